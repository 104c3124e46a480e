//! What can be done with a task: pause it, let it go on, cancel it; see what came out; go on, begin anew, forget it.
//! No other page's work keeps any of it from being done.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast as _;
use silhueta_shared::protocol::{Ask, JobId, JobView};
use silhueta_shared::state::JobState;

use crate::components::{Icon, Shape, Sure};
use crate::i18n::processar::Processar;
use crate::i18n::queue::Queue;
use crate::i18n::tarefas::Tarefas;
use crate::i18n::use_texts;
use crate::net::{Link, LinkStatus};
use crate::state::late;
use crate::state::task_list::Group;
use crate::state::toasts::Toasts;

/// What the buttons depend on; nothing that changes with each frame.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Standing {
    group: Group,
    paused: bool,
    stopping: bool,
    kept: bool,
}

/// The buttons of one task.
#[component]
pub(super) fn Acts(id: JobId, task: Memo<Option<Arc<JobView>>>) -> impl IntoView {
    let t = use_texts::<Processar>();
    let link = expect_context::<Link>();
    let toasts = expect_context::<Toasts>();
    let asking = RwSignal::new(false);
    let sure = RwSignal::new(false);
    let standing = Memo::new(move |_| {
        task.with(|task| {
            let task = task.as_ref()?;
            Some(Standing {
                group: Group::of(task.state),
                paused: matches!(task.state, JobState::Paused(_)),
                stopping: task.stopping && !task.state.has_ended(),
                kept: task.resumable.is_some(),
            })
        })
    });
    let offline = move || link.status().get() != LinkStatus::Online;
    let held = Memo::new(move |_| offline() || asking.get());
    let why = move || offline().then(|| t().blocked_offline);
    let ask = Callback::new(move |ask: Ask| {
        asking.set(true);
        keep_focus(id);
        spawn_local(async move {
            if let Err(error) = link.ask(ask).await {
                toasts.refused(error);
            }
            // The row may be in another list by now, or gone.
            late::set(asking, false);
        });
    });
    let name =
        StoredValue::new(task.with_untracked(|t| t.as_ref().map(|t| t.source.name().to_owned())).unwrap_or_default());
    let buttons = move || {
        let Standing { group, paused, stopping, kept } = standing.get()?;
        let named = move |said: fn(&Tarefas) -> fn(&str) -> String| Named { said, name };
        Some(match group {
            Group::Work => view! {
                <Press label=named(if paused { |t| t.resume_of } else { |t| t.pause_of }) held=Signal::derive(move || held.get() || stopping)
                    testid=if paused { "task-resume" } else { "task-pause" }
                    shape=if paused { Shape::Play } else { Shape::Pause }
                    ask=if paused { Ask::Resume { job: id } } else { Ask::Pause { job: id } } on_press=ask />
                <Cancel label=named(|t| t.cancel_of) held=Signal::derive(move || held.get() || stopping) stopping on_press=move || ask.run(Ask::Stop { job: id }) />
            }
            .into_any(),
            Group::Waiting => view! {
                <Press label=named(|t| t.take_out) held=held testid="task-cancel" shape=Shape::Cross ask=Ask::Stop { job: id } on_press=ask />
            }
            .into_any(),
            Group::Done => view! {
                <Outcome task />
                <Press label=named(|t| t.forget) held=held testid="task-forget" shape=Shape::Cross ask=Ask::Remove { job: id } on_press=ask />
            }
            .into_any(),
            Group::Unfinished => view! { <GoOn id kept held name ask sure /> }.into_any(),
        })
    };
    let forget = Callback::new(move |()| {
        sure.set(false);
        ask.run(Ask::Remove { job: id });
    });
    view! {
        <div class="task-acts" title=why>
            <Show
                when=move || sure.get() && standing.get().is_some_and(|standing| standing.group == Group::Unfinished)
                fallback=move || view! { {buttons} }
            >
                <Sure on_yes=forget on_no=Callback::new(move |()| sure.set(false)) />
            </Show>
        </div>
    }
}

/// A text with the task's name in it.
#[derive(Clone, Copy)]
struct Named {
    said: fn(&Tarefas) -> fn(&str) -> String,
    name: StoredValue<String>,
}

/// A small button with an icon alone.
#[component]
fn Press(
    label: Named,
    #[prop(into)] held: Signal<bool>,
    testid: &'static str,
    shape: Shape,
    ask: Ask,
    on_press: Callback<Ask>,
) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let said = move || label.name.with_value(|name| (label.said)(t())(name));
    view! {
        <button
            type="button"
            class="icon-button"
            data-testid=testid
            disabled=held
            aria-label=said
            title=said
            on:click=move |_| on_press.run(ask.clone())
        >
            <Icon shape />
        </button>
    }
}

#[component]
fn Cancel(label: Named, held: Signal<bool>, stopping: bool, on_press: impl Fn() + 'static) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let p = use_texts::<Processar>();
    view! {
        <button
            type="button"
            class="button small danger"
            data-testid="task-cancel"
            disabled=held
            aria-label=move || label.name.with_value(|name| (label.said)(t())(name))
            on:click=move |_| on_press()
        >
            <Icon shape=Shape::Stop />
            {move || if stopping { p().stopping } else { t().cancel }}
        </button>
    }
}

/// Ended without its results: it can go on, begin anew, be forgotten.
#[component]
fn GoOn(
    id: JobId,
    kept: bool,
    held: Memo<bool>,
    name: StoredValue<String>,
    ask: Callback<Ask>,
    sure: RwSignal<bool>,
) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let q = use_texts::<Queue>();
    let named = move |said: fn(&Tarefas) -> fn(&str) -> String| move || name.with_value(|name| said(t())(name));
    let forget = Callback::new(move |remove: Ask| {
        // Only what is lost by it needs a second thought.
        if kept { sure.set(true) } else { ask.run(remove) }
    });
    view! {
        <button
            type="button"
            class="button small"
            data-testid="task-continue"
            disabled=held
            aria-label=named(if kept { |t| t.continue_of } else { |t| t.again_of })
            on:click=move |_| ask.run(Ask::Continue { job: id })
        >
            <Icon shape=if kept { Shape::Play } else { Shape::Again } />
            {move || if kept { q().go_on } else { q().try_again }}
        </button>
        {kept.then(|| view! {
            <button
                type="button"
                class="button small quiet-button"
                data-testid="task-retry"
                disabled=held
                aria-label=named(|t| t.anew_of)
                on:click=move |_| ask.run(Ask::Retry { job: id })
            >
                <Icon shape=Shape::Again />
                {move || q().anew}
            </button>
        })}
        <Press label=Named { said: |t| t.forget, name } held=held testid="task-forget" shape=Shape::Cross ask=Ask::Remove { job: id } on_press=forget />
    }
}

/// What came out, over HTTP; only as long as the task API knows the task.
#[component]
fn Outcome(task: Memo<Option<Arc<JobView>>>) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let known = Memo::new(move |_| {
        let view = task.with(|task| task.as_ref().and_then(|task| task.task.clone()))?;
        view.kept.then(|| (view.id, view.visualization.is_some()))
    });
    move || {
        known.get().map(|(id, has_video)| {
            view! {
                {has_video.then(|| view! {
                    <a class="button small" data-testid="task-video" href=format!("/tasks/{id}/visualization") target="_blank" rel="noopener">
                        <Icon shape=Shape::Play />
                        {move || t().open_video}
                    </a>
                })}
                <a class="button small" data-testid="task-json" href=format!("/tasks/{id}/predictions") download>
                    <Icon shape=Shape::Download />
                    {move || t().get_json}
                </a>
            }
        })
    }
}

/// A row that goes to another list loses the focus: who uses the keyboard goes on at the row, or at the page's top
/// where the row is gone for good.
fn keep_focus(id: JobId) {
    const LOOKS: [u64; 3] = [150, 600, 2_500];
    let look = move |last: bool| {
        let is_lost = document().active_element().is_none_or(|active| active.tag_name() == "BODY");
        let row = document().query_selector(&format!("[aria-controls='task-{id}']")).ok().flatten();
        let there = row.or_else(|| document().get_element_by_id("content").filter(|_| last));
        if let Some(there) = there.filter(|_| is_lost) {
            focus_in_place(&there);
        }
    };
    for after in LOOKS {
        set_timeout(move || look(after == LOOKS[2]), std::time::Duration::from_millis(after));
    }
}

/// Gives the focus without scrolling: whoever presses on with the mouse finds everything where it was.
fn focus_in_place(element: &web_sys::Element) {
    let options = js_sys::Object::new();
    let set = js_sys::Reflect::set(&options, &"preventScroll".into(), &true.into());
    let focus =
        js_sys::Reflect::get(element, &"focus".into()).ok().and_then(|it| it.dyn_into::<js_sys::Function>().ok());
    if let Some(focus) = focus.filter(|_| set.is_ok()) {
        // Refused only where it is gone already.
        drop(focus.call1(element, &options));
    }
}
