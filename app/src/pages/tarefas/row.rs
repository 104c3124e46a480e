//! One task: what it is, how it stands, what can be done with it; its details when it is unfolded.

use std::sync::Arc;

use leptos::prelude::*;
use silhueta_shared::protocol::{JobId, JobView};
use silhueta_shared::state::JobState;

use super::acts::Acts;
use super::details::Details;
use super::progress::Progress;
use super::shown::Shown;
use crate::components::{Icon, Shape};
use crate::i18n::format::{clock, moment};
use crate::i18n::processar::Processar;
use crate::i18n::queue::kept;
use crate::i18n::tarefas::{Tarefas, state as state_text};
use crate::i18n::{Locale, Section as _, notices, use_locale, use_texts};
use crate::state::helper::HelperState;
use crate::state::progress::share;

/// A row of a list.
#[component]
pub(super) fn Row(id: JobId) -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    let shown = expect_context::<Shown>();
    let task = shown.task(id);
    // What never changes is read once; a row whose task is gone is gone with it.
    let Some(now) = task.get_untracked() else { return ().into_any() };
    let name = now.source.name().to_owned();
    let uuid = now.task.as_ref().map(|task| task.id.clone()).unwrap_or_default();
    let (model, from) = now.task.as_ref().map(|task| (task.model.clone(), task.from.clone())).unwrap_or_default();
    let (created, has_boxes) = (now.created, now.task.as_ref().is_some_and(|task| task.boxes.is_some()));
    let state = Memo::new(move |_| task.with(|task| task.as_ref().map_or(JobState::Queued, |task| task.state)));
    let attempt = Memo::new(move |_| task.with(|task| task.as_ref().map_or(1, |task| task.attempt)));
    let is_again = move || attempt.get() > 1;
    let is_forgotten = Memo::new(move |_| {
        task.with(|task| task.as_ref().and_then(|task| task.task.as_ref()).is_some_and(|task| !task.kept))
    });
    // What waits begins in the order of its number.
    let place = Memo::new(move |_| {
        let waits = |task: &&Arc<JobView>| task.state == JobState::Queued && task.id <= id;
        (state.get() == JobState::Queued)
            .then(|| helper.tasks.with(|tasks| tasks.all().iter().filter(waits).count()) as u64)
    });
    let stands = move || match place.get() {
        Some(place) => (t().place)(place),
        None => task.with(|task| task.as_ref().map(|task| stands(task, t(), locale.get()))).unwrap_or_default(),
    };
    let ended = Memo::new(move |_| task.with(|task| task.as_ref().and_then(|task| task.ended)));
    let when = move || ended.get().map(|ended| moment(ended, helper.now(), locale.get()));
    let unfolded = Memo::new(move |_| shown.is_unfolded(id));
    let details = format!("task-{id}");
    let controls = details.clone();
    let [title, said_of, data_name] = [(); 3].map(|()| name.clone());
    view! {
        <li
            class="task"
            data-testid="task"
            data-id=uuid
            data-name=data_name
            data-state=move || notices::state_name(state.get())
        >
            <span class="state-dot" aria-hidden="true"></span>
            <button
                type="button"
                class="task-main"
                data-testid="task-main"
                aria-expanded=move || unfolded.get().to_string()
                aria-controls=controls
                on:click=move |_| shown.fold(id)
            >
                <span class="task-line">
                    <b class="task-name" title=title>{name}</b>
                    <Show when=is_again>
                        <span class="tag">{move || (t().attempt)(attempt.get())}</span>
                    </Show>
                    {has_boxes.then(|| view! { <span class="tag" title=move || t().boxes_hint>{move || t().with_boxes}</span> })}
                    <Show when=move || is_forgotten.get()>
                        <span class="tag" data-testid="task-forgotten" title=move || t().forgotten_hint>{move || t().forgotten}</span>
                    </Show>
                </span>
                <small class="task-facts num">
                    <span>{model}</span>
                    <span>{move || (t().from)(&from)}</span>
                    <time>{move || moment(created, helper.now(), locale.get())}</time>
                </small>
                <span class="task-stands num">
                    <span data-testid="task-stands">{stands}</span>
                    <small class="quiet">{when}</small>
                </span>
                <Icon shape=Shape::Down />
            </button>
            <Acts id task />
            <Show when=move || state.get().is_active()>
                <Progress task name=said_of.clone() />
            </Show>
            <Ending task />
            <Show when=move || unfolded.get()>
                <Details id task element=details.clone() />
            </Show>
        </li>
    }
    .into_any()
}

/// `em trabalho · 43 %`, `concluída · levou 3:12`.
fn stands(task: &JobView, t: &Tarefas, locale: Locale) -> String {
    let said = state_text(locale, task.state);
    if task.stopping && !task.state.has_ended() {
        return Processar::of(locale).stopping.to_owned();
    }
    if task.state.is_active() {
        return format!("{said} · {}", locale.percent(share(task)));
    }
    let took = task.started.zip(task.ended).filter(|_| task.state == JobState::Completed);
    match took {
        Some((from, to)) => {
            format!("{said} · {}", (t.took)(&clock(to.saturating_sub(from) as f64 / 1000.0)))
        }
        None => said.to_owned(),
    }
}

/// Why it ended without results, what to do, and what of it is kept.
#[component]
fn Ending(task: Memo<Option<Arc<JobView>>>) -> impl IntoView {
    let locale = use_locale();
    let code = Memo::new(move |_| {
        task.with(|task| {
            let failed = task.as_ref().filter(|task| task.state == JobState::Failed)?;
            failed.failure.as_ref().map(|failure| failure.code)
        })
    });
    let resumable =
        Memo::new(move |_| task.with(|task| task.as_ref().filter(|task| task.state.is_unfinished())?.resumable));
    let failed = move || {
        code.get().map(|code| {
            view! {
                <p class="task-failure" data-testid="task-failure">
                    <b>{notices::failure(locale.get(), code)}</b>
                    " "
                    {notices::way_out(locale.get(), code)}
                </p>
            }
        })
    };
    let kept = move || {
        let resumable = resumable.get()?;
        Some(view! { <p class="task-kept num" data-testid="task-kept">{kept(locale.get(), Some(&resumable))}</p> })
    };
    view! { {failed} {kept} }
}
