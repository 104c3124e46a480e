//! Start, pause, go on, stop. A button that can't be pressed says why.

use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::{Answer, Ask, Page, StartRun};

use crate::components::{Icon, Shape};
use crate::i18n::processar::Processar;
use crate::i18n::queue::Queue;
use crate::i18n::{Locale, notices, use_locale, use_texts};
use crate::net::{Link, LinkStatus};
use crate::state::bench::Bench;
use crate::state::helper::HelperState;
use crate::state::late;
use crate::state::start::Blocked;
use crate::state::toasts::Toasts;

/// The buttons of the page.
#[component]
pub(super) fn Actions() -> impl IntoView {
    let bench = expect_context::<Bench>();
    view! {
        <div class="actions">
            <Show when=move || bench.merged.with(|merged| merged.active) fallback=Start>
                <Running />
            </Show>
        </div>
    }
}

#[component]
fn Start() -> impl IntoView {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let link = expect_context::<Link>();
    let toasts = expect_context::<Toasts>();
    let starting = RwSignal::new(false);
    let start = move |_| {
        let Ok(sources) = bench.startable.get_untracked() else { return };
        if starting.get_untracked() {
            return;
        }
        starting.set(true);
        let settings = bench.settings.get_untracked();
        let attached = bench.is_attached_untracked();
        spawn_local(async move {
            match link.ask(Ask::Start(StartRun { page: Page::Processar, sources, settings, attached })).await {
                Ok(Answer::Started { run, .. }) => bench.show(run),
                Ok(_) => {}
                Err(error) => {
                    bench.doubt();
                    toasts.refused(error);
                }
            }
            // The button is gone once the run is there.
            late::set(starting, false);
        });
    };
    let label = move || {
        if starting.get() {
            return t().starting.to_owned();
        }
        match bench.startable.get() {
            Ok(sources) if sources.len() > 1 => {
                (t().start_some)(&notices::videos_of(locale.get(), sources.len() as u64))
            }
            _ => t().start.to_owned(),
        }
    };
    let reason = move || bench.startable.get().err().map(|blocked| said(blocked, t(), locale.get()));
    view! {
        <button
            type="button"
            class="button primary large"
            data-testid="start"
            disabled=move || starting.get() || bench.startable.with(Result::is_err)
            aria-describedby="start-reason"
            on:click=start
        >
            <Icon shape=Shape::Play />
            {label}
        </button>
        <p class="reason quiet" id="start-reason">{reason}</p>
    }
}

#[component]
fn Running() -> impl IntoView {
    let t = use_texts::<Processar>();
    let bench = expect_context::<Bench>();
    let link = expect_context::<Link>();
    let toasts = expect_context::<Toasts>();
    let helper = expect_context::<HelperState>();
    let queue = use_texts::<Queue>();
    // Pressed, and the helper has not said so yet.
    let pressed = RwSignal::new(false);
    let active = Memo::new(move |_| {
        bench.jobs.with(|jobs| jobs.iter().find(|job| job.state.is_active()).map(|job| (job.id, job.state)))
    });
    let is_paused =
        move || active.get().is_some_and(|(_, state)| matches!(state, silhueta_shared::state::JobState::Paused(_)));
    let stopping = Memo::new(move |_| {
        pressed.get() || bench.jobs.with(|jobs| jobs.iter().any(|job| job.stopping && !job.state.has_ended()))
    });
    let online = move || link.status().get() == LinkStatus::Online;
    let asking = RwSignal::new(false);
    let ask = move |ask: Ask| {
        asking.set(true);
        spawn_local(async move {
            if let Err(error) = link.ask(ask).await {
                toasts.refused(error);
            }
            late::set(asking, false);
        });
    };
    let pause = move |_| {
        if let Some((job, _)) = active.get_untracked() {
            ask(Ask::Pause { job });
        }
    };
    let resume = move |_| {
        if let Some((job, _)) = active.get_untracked() {
            ask(Ask::Resume { job });
        }
    };
    let stop = move |_| {
        let Some(run) = bench.merged.with_untracked(|merged| merged.run) else { return };
        pressed.set(true);
        spawn_local(async move {
            if let Err(error) = link.ask(Ask::StopRun { run }).await {
                late::set(pressed, false);
                toasts.refused(error);
            }
        });
    };
    let held = move || !online() || stopping.get() || asking.get() || active.with(Option::is_none);
    let paused = Memo::new(move |_| helper.queue.with(|queue| queue.paused));
    let reason = move || match (online(), stopping.get(), active.with(Option::is_none)) {
        (false, ..) => Some(t().blocked_offline),
        (true, false, true) if paused.get() => Some(queue().paused),
        (true, false, true) => Some(t().between),
        _ => None,
    };
    view! {
        <div class="action-row">
            <Show
                when=is_paused
                fallback=move || {
                    view! {
                        <button type="button" class="button large" data-testid="pause" disabled=held aria-describedby="run-reason" on:click=pause>
                            <Icon shape=Shape::Pause />
                            {move || t().pause}
                        </button>
                    }
                }
            >
                <button type="button" class="button primary large" data-testid="resume" disabled=held aria-describedby="run-reason" on:click=resume>
                    <Icon shape=Shape::Play />
                    {move || t().resume}
                </button>
            </Show>
            <button
                type="button"
                class="button danger large"
                data-testid="stop"
                disabled=move || !online() || stopping.get()
                aria-describedby="run-reason"
                on:click=stop
            >
                <Icon shape=Shape::Stop />
                {move || if stopping.get() { capital(t().stopping) } else { t().stop.to_owned() }}
            </button>
        </div>
        <p class="reason quiet" id="run-reason">{reason}</p>
    }
}

fn said(blocked: Blocked, t: &Processar, locale: Locale) -> String {
    match blocked {
        Blocked::Offline => t.blocked_offline.into(),
        Blocked::Locked(page) => (t.blocked_locked)(notices::page(locale, page)),
        Blocked::Gone(role) => (t.blocked_gone)(notices::role(locale, role)),
        Blocked::Device(device) => (t.blocked_device)(notices::device(locale, device)),
        Blocked::Precision(precision) => (t.blocked_precision)(precision.name()),
        Blocked::NoVideos => t.blocked_empty.into(),
        Blocked::NoUsable => t.blocked_unusable.into(),
    }
}

/// The same with a capital letter in front.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_in_any_script() {
        assert_eq!([capital("parando…"), capital("остановка…"), capital("")], ["Parando…", "Остановка…", ""]);
    }
}
