//! One video of the list: what it is, how it stands, and what can be done with it.

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast as _;
use silhueta_shared::protocol::{Ask, ErrorCode, JobView, SourceRef};
use silhueta_shared::state::JobState;

use crate::components::{Icon, Shape};
use crate::i18n::format::clock;
use crate::i18n::processar::Processar;
use crate::i18n::queue::Queue;
use crate::i18n::{Locale, errors, notices, use_locale, use_texts};
use crate::net::{Link, LinkStatus};
use crate::state::bench::Bench;
use crate::state::merge::Mark;
use crate::state::progress::share;
use crate::state::queue::moved;
use crate::state::toasts::Toasts;

/// A row of the list.
#[component]
pub(super) fn VideoRow(source: SourceRef) -> impl IntoView {
    let t = use_texts::<Processar>();
    let queue = use_texts::<Queue>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let link = expect_context::<Link>();
    let toasts = expect_context::<Toasts>();
    let name = source.name().to_owned();
    let source = StoredValue::new(source);
    let of_row = move |jobs: &Vec<JobView>| source.with_value(|s| jobs.iter().find(|job| job.source == *s).cloned());
    let job = Memo::new(move |_| bench.jobs.with(of_row));
    let facts = Memo::new(move |_| {
        let of_job = job.with(|job| job.as_ref().and_then(|job| job.facts.clone()));
        let of_list =
            || bench.sources.with(|list| source.with_value(|s| list.iter().find(|v| v.source == *s)?.facts.clone()));
        of_job.or_else(of_list)
    });
    let wrong = Memo::new(move |_| source.with_value(|source| wrong(bench, source, t(), locale.get())));
    let state = move || job.with(|job| job.as_ref().map_or("ready", |job| notices::state_name(job.state)));
    let read = move || facts.with(Option::is_some);
    let stands = move || stands(job.get(), read(), bench, t(), locale.get());
    let looked_at = move || {
        let focus = bench.focus.with(|focus| focus.as_ref().map(|job| job.id));
        focus.is_some() && job.with(|job| job.as_ref().map(|job| job.id)) == focus && bench.jobs.with(Vec::len) > 1
    };
    // What is no part of a run that works can be taken off at any time.
    let removable = move || {
        bench.editable()
            || bench.open_to_videos() && bench.merged.with(|merged| merged.active) && job.with(Option::is_none)
    };
    // What waits can be moved, or taken out of the queue.
    let queued = Memo::new(move |_| {
        let waits = job.with(|job| job.as_ref().is_some_and(|job| job.state == JobState::Queued));
        waits && link.status().get() == LinkStatus::Online
    });
    let movable = Memo::new(move |_| {
        let some = |jobs: &Vec<JobView>| jobs.iter().filter(|job| job.state == JobState::Queued).count() > 1;
        if queued.get() { bench.jobs.with(some) } else { bench.editable() && bench.sources.with(|list| list.len() > 1) }
    });
    let shift = move |up: bool| {
        move |event: ev::MouseEvent| {
            let Some(id) = job.with_untracked(|job| job.as_ref().filter(|_| queued.get_untracked()).map(|job| job.id))
            else {
                return source.with_value(|source| bench.shift(source, up));
            };
            let Some(ask) = bench.jobs.with_untracked(|jobs| moved(jobs, id, up)) else { return };
            let button = event.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlElement>().ok());
            spawn_local(async move {
                if let Err(error) = link.ask(ask).await {
                    return toasts.refused(error);
                }
                // A row that moves loses the focus: who uses the keyboard presses on.
                request_animation_frame(move || {
                    if let Some(button) = button {
                        drop(button.focus());
                    }
                });
            });
        }
    };
    let take_off =
        move |_| match job.with_untracked(|job| job.as_ref().filter(|_| queued.get_untracked()).map(|job| job.id)) {
            Some(job) => bench.wish(Ask::Stop { job }, toasts),
            None => source.with_value(|source| bench.remove(source)),
        };
    let look = move |_| bench.picked.set(job.get_untracked().map(|job| job.id));
    let filled = move || {
        let share = job.with(|job| job.as_ref().filter(|job| job.state.is_active()).map(share));
        share.map(|share| {
            let width = format!("{:.1}%", share * 100.0);
            view! { <span class="bar"><span class="bar-fill" style:width=width></span></span> }
        })
    };
    let label = |said: fn(&Processar) -> fn(&str) -> String| {
        let name = name.clone();
        move || said(t())(&name)
    };
    let (off, up, down) = (label(|t| t.remove), label(|t| t.move_up), label(|t| t.move_down));
    let out = {
        let name = name.clone();
        move || (queue().take_out)(&name)
    };
    let remove = move || if queued.get() { out() } else { off() };
    let (remove, up, down) = (StoredValue::new(remove), StoredValue::new(up), StoredValue::new(down));
    view! {
        <li
            class="video-row"
            class:looked-at=looked_at
            class:bad=move || wrong.with(Option::is_some)
            data-testid="video-row"
            data-name=name.clone()
            data-state=state
        >
            <button
                type="button"
                class="video-main"
                title=name.clone()
                aria-pressed=move || looked_at().to_string()
                disabled=move || job.with(Option::is_none)
                on:click=look
            >
                <b class="video-name">{name.clone()}</b>
                <span class="video-length num quiet">
                    {move || facts.with(|facts| facts.as_ref().and_then(|facts| facts.seconds).map(clock))}
                </span>
                <small class="video-facts num">
                    {move || facts.with(|facts| facts.as_ref().map(|facts| notices::facts(locale.get(), facts)))}
                </small>
                <small class="video-state">{move || wrong.get().unwrap_or_else(stands)}</small>
            </button>
            <Show when=move || removable() || queued.get()>
                <span class="video-acts">
                    <Show when=move || movable.get()>
                        <button type="button" class="icon-button" data-testid="move-up" aria-label=move || up.with_value(|l| l()) on:click=shift(true)>
                            <Icon shape=Shape::Up />
                        </button>
                        <button type="button" class="icon-button" data-testid="move-down" aria-label=move || down.with_value(|l| l()) on:click=shift(false)>
                            <Icon shape=Shape::Down />
                        </button>
                    </Show>
                    <button type="button" class="icon-button" data-testid="remove-video" aria-label=move || remove.with_value(|l| l()) on:click=take_off>
                        <Icon shape=Shape::Cross />
                    </button>
                </span>
            </Show>
            {filled}
        </li>
    }
}

/// What keeps a video from being started, in words.
fn wrong(bench: Bench, source: &SourceRef, t: &Processar, locale: Locale) -> Option<String> {
    let mark = bench.merged.with(|merged| {
        let at = merged.memory.sources.iter().position(|video| video.source == *source)?;
        merged.marks.get(at).copied().flatten()
    });
    let in_run = bench.merged.with(|merged| merged.active)
        && bench.jobs.with(|jobs| jobs.iter().any(|job| job.source == *source));
    if in_run {
        return None;
    }
    match mark {
        Some(Mark::RootClosed) => return Some(t.root_closed.into()),
        Some(Mark::ByPath) => return Some(t.by_path.into()),
        None => {}
    }
    let error = bench.unopened.with(|list| list.iter().find(|(other, _)| other == source).map(|(_, e)| e.clone()))?;
    let gone = error.code == ErrorCode::NotFound && matches!(source, SourceRef::Upload { .. });
    Some(if gone { t.upload_gone.into() } else { errors::refusal(locale, &error).into() })
}

/// How a video stands, in a word or two.
fn stands(job: Option<JobView>, read: bool, bench: Bench, t: &Processar, locale: Locale) -> String {
    match job {
        Some(job) if job.stopping && !job.state.has_ended() => t.stopping.into(),
        Some(job) if job.state.is_active() => {
            format!("{} · {}", notices::state(locale, job.state), locale.percent(share(&job)))
        }
        Some(job) => notices::state(locale, job.state).into(),
        None if bench.merged.with(|merged| merged.active) => t.not_in_run.into(),
        None => (if read { t.ready } else { t.reading }).into(),
    }
}
