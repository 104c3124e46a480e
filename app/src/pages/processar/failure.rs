//! How jobs of the run ended that did not end well: failed, interrupted, stopped. Never beside a "done". Each can
//! go on, and one press lets all of them.

use leptos::prelude::*;
use silhueta_shared::protocol::{Ask, JobId, JobView};
use silhueta_shared::state::JobState;

use super::go_on::{GoOn, Kept, blocked};
use crate::components::{Copy, Icon, Shape};
use crate::i18n::queue::Queue;
use crate::i18n::results::Results;
use crate::i18n::shell::Shell;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::bench::Bench;
use crate::state::toasts::Toasts;

/// Jobs of the run in some states, by number.
fn those(states: fn(JobState) -> bool) -> Memo<Vec<JobId>> {
    let bench = expect_context::<Bench>();
    Memo::new(move |_| {
        let wanted = |job: &&JobView| states(job.state);
        bench.jobs.with(|jobs| jobs.iter().filter(wanted).map(|job| job.id).collect())
    })
}

fn of(id: JobId) -> Memo<Option<JobView>> {
    let bench = expect_context::<Bench>();
    Memo::new(move |_| bench.jobs.with(|jobs| jobs.iter().find(|job| job.id == id).cloned()))
}

/// A card for each job that failed, and one for all that were cut off or stopped.
#[component]
pub(super) fn Endings() -> impl IntoView {
    let failed = those(|state| state == JobState::Failed);
    view! {
        <For each=move || failed.get() key=|id| *id let:id>
            <Failed id />
        </For>
        <Unfinished />
    }
}

#[component]
fn Failed(id: JobId) -> impl IntoView {
    let t = use_texts::<Results>();
    let shell = use_texts::<Shell>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let job = of(id);
    let name = move || job.with(|job| job.as_ref().map(|job| job.source.name().to_owned())).unwrap_or_default();
    let failure = Memo::new(move |_| job.with(|job| job.as_ref().and_then(|job| job.failure.clone())));
    let code = move || failure.with(|failure| failure.as_ref().map(|failure| failure.code));
    let others = move || bench.jobs.with(|jobs| jobs.len() > 1).then(|| t().partial);
    let has_kept = Memo::new(move |_| job.with(|job| job.as_ref().is_some_and(|job| job.resumable.is_some())));
    let detail = move || {
        let detail = failure.get().map(|failure| match failure.hint {
            Some(hint) => format!("{}\n{hint}", failure.message),
            None => failure.message,
        })?;
        let copied = detail.clone();
        Some(view! {
            <details>
                <summary>{move || shell().detail}</summary>
                <pre class="detail">{detail}</pre>
                <Copy text=move || copied.clone() />
            </details>
        })
    };
    view! {
        <section class="card failure" data-testid="failure" data-name=name role="alert">
            <Icon shape=Shape::Warning />
            <div class="failure-text">
                <h2>{move || (t().failed)(&name())}</h2>
                <p>{move || code().map(|code| notices::failure(locale.get(), code))}</p>
                <p>
                    <b>{move || t().way_out} ": "</b>
                    {move || code().map(|code| notices::way_out(locale.get(), code))}
                </p>
                <Show when=move || has_kept.get()>
                    <p class="quiet"><Kept job /></p>
                </Show>
                <p class="quiet">{others}</p>
                {detail}
                <GoOn id job />
            </div>
        </section>
    }
}

/// Those that were cut off or stopped; above them, from two on, what lets all go on, failed ones too.
#[component]
fn Unfinished() -> impl IntoView {
    let t = use_texts::<Queue>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let toasts = expect_context::<Toasts>();
    let all = those(JobState::is_unfinished);
    let halted = those(|state| matches!(state, JobState::Cancelled | JobState::Interrupted));
    let several = Memo::new(move |_| all.with(|all| all.len() > 1));
    let is_blocked = blocked();
    let videos = move || notices::videos_of(locale.get(), all.with(Vec::len) as u64);
    let continue_all = move |_| {
        if let Some(run) = bench.merged.with_untracked(|merged| merged.run) {
            bench.go_on(Ask::ContinueRun { run }, run, toasts);
        }
    };
    view! {
        <Show when=move || several.get() || halted.with(|halted| !halted.is_empty())>
            <section class="card unfinished" data-testid="unfinished">
                <Show when=move || several.get()>
                    <div class="card-head">
                        <h2>{move || (t().unfinished)(&videos())}</h2>
                        <button
                            type="button"
                            class="button small primary"
                            data-testid="continue-run"
                            disabled=move || is_blocked.with(Option::is_some)
                            title=move || is_blocked.get()
                            on:click=continue_all
                        >
                            <Icon shape=Shape::Play />
                            {move || t().continue_all}
                        </button>
                    </div>
                </Show>
                <ul class="halted-list">
                    <For each=move || halted.get() key=|id| *id let:id>
                        <Halted id />
                    </For>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn Halted(id: JobId) -> impl IntoView {
    let locale = use_locale();
    let job = of(id);
    let name = move || job.with(|job| job.as_ref().map(|job| job.source.name().to_owned())).unwrap_or_default();
    let state = move || job.with(|job| job.as_ref().map(|job| job.state));
    let cut = move || state() == Some(JobState::Interrupted);
    view! {
        <li class="halted" data-testid="halted" data-name=name data-state=move || state().map(notices::state_name)>
            {move || view! { <Icon shape=if cut() { Shape::Plug } else { Shape::Stop } /> }}
            <div class="halted-text">
                <b title=name>{name}</b>
                <small>
                    <span class="halted-state">{move || state().map(|state| notices::state(locale.get(), state))}</span>
                    " · "
                    <Kept job />
                </small>
            </div>
            <GoOn id job />
        </li>
    }
}
