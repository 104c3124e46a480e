//! How jobs of the run ended that did not end well: failed, interrupted, stopped. Never beside a "done". What is
//! kept of them is called partial, and can be gone on with.

use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::{Ask, JobId, JobView};
use silhueta_shared::state::JobState;

use crate::components::{Copy, Icon, Shape};
use crate::i18n::results::Results;
use crate::i18n::shell::Shell;
use crate::i18n::{notices, use_locale, use_texts};
use crate::net::{Link, LinkStatus};
use crate::state::bench::Bench;
use crate::state::late;
use crate::state::toasts::Toasts;

/// A card for each job that did not come to its end.
#[component]
pub(super) fn Endings() -> impl IntoView {
    let bench = expect_context::<Bench>();
    let ended = Memo::new(move |_| {
        let badly = |job: &&JobView| matches!(job.state, JobState::Failed | JobState::Interrupted);
        bench.jobs.with(|jobs| jobs.iter().filter(badly).map(|job| job.id).collect::<Vec<_>>())
    });
    view! {
        <For each=move || ended.get() key=|id| *id let:id>
            <Ending id />
        </For>
        <Cancelled />
    }
}

#[component]
fn Ending(id: JobId) -> impl IntoView {
    let bench = expect_context::<Bench>();
    let job = Memo::new(move |_| bench.jobs.with(|jobs| jobs.iter().find(|job| job.id == id).cloned()));
    move || {
        let job = job.get()?;
        Some(match job.state {
            JobState::Failed => view! { <Failed job /> }.into_any(),
            _ => view! { <Interrupted job /> }.into_any(),
        })
    }
}

#[component]
fn Failed(job: JobView) -> impl IntoView {
    let t = use_texts::<Results>();
    let shell = use_texts::<Shell>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let (id, name) = (job.id, job.source.name().to_owned());
    let data_name = name.clone();
    let others = move || bench.jobs.with(|jobs| jobs.len() > 1).then(|| t().partial);
    let failure = job.failure;
    let code = failure.as_ref().map(|failure| failure.code);
    let detail = failure.map(|failure| match failure.hint {
        Some(hint) => format!("{}\n{hint}", failure.message),
        None => failure.message,
    });
    let detail = detail.map(|detail| {
        let copied = detail.clone();
        view! {
            <details>
                <summary>{move || shell().detail}</summary>
                <pre class="detail">{detail}</pre>
                <Copy text=move || copied.clone() />
            </details>
        }
    });
    view! {
        <section class="card failure" data-testid="failure" data-name=data_name role="alert">
            <Icon shape=Shape::Warning />
            <div class="failure-text">
                <h2>{move || (t().failed)(&name)}</h2>
                <p>{move || code.map(|code| notices::failure(locale.get(), code))}</p>
                <p>
                    <b>{move || t().way_out} ": "</b>
                    {move || code.map(|code| notices::way_out(locale.get(), code))}
                </p>
                <p class="quiet">{others}</p>
                {detail}
                <GoOn id />
            </div>
        </section>
    }
}

#[component]
fn Interrupted(job: JobView) -> impl IntoView {
    let t = use_texts::<Results>();
    let (id, name) = (job.id, job.source.name().to_owned());
    view! {
        <section class="card halted">
            <Icon shape=Shape::Plug />
            <div class="failure-text">
                <h2>{move || (t().interrupted)(&name)}</h2>
                <p>{move || t().interrupted_hint}</p>
                <GoOn id />
            </div>
        </section>
    }
}

/// What is kept of a job and the button that goes on with it; nothing where nothing is kept.
#[component]
fn GoOn(id: JobId) -> impl IntoView {
    let t = use_texts::<Results>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let link = expect_context::<Link>();
    let toasts = expect_context::<Toasts>();
    let asking = RwSignal::new(false);
    let job = Memo::new(move |_| bench.jobs.with(|jobs| jobs.iter().find(|job| job.id == id).cloned()));
    let go_on = move |_| {
        asking.set(true);
        spawn_local(async move {
            if let Err(error) = link.ask(Ask::ResumeJob { job: id }).await {
                toasts.refused(error);
            }
            late::set(asking, false);
        });
    };
    // Nothing else may be at work, and a helper must be there to ask.
    let held =
        move || asking.get() || link.status().get() != LinkStatus::Online || bench.merged.with(|merged| merged.active);
    move || {
        let job = job.get()?;
        let kept = job.kept.clone()?;
        let name = job.source.name().to_owned();
        let frames = match kept.total {
            Some(total) => format!("{} / {}", locale.get().int(kept.done), notices::frames_of(locale.get(), total)),
            None => notices::frames_of(locale.get(), kept.done),
        };
        let said = (t().kept)(notices::stage(locale.get(), kept.stage), &frames);
        Some(view! {
            <p data-testid="kept">{said}</p>
            <div class="action-row">
                <button
                    type="button"
                    class="button primary"
                    data-testid="go-on"
                    disabled=held
                    aria-label=move || (t().go_on_with)(&name)
                    on:click=go_on
                >
                    <Icon shape=Shape::Play />
                    {move || t().go_on}
                </button>
            </div>
        })
    }
}

/// One line for all that were stopped before there was anything to keep, and a card for each of the others.
#[component]
fn Cancelled() -> impl IntoView {
    let t = use_texts::<Results>();
    let bench = expect_context::<Bench>();
    let of = move |wanted: fn(&JobView) -> bool| {
        let stopped = move |job: &&JobView| job.state == JobState::Cancelled && wanted(job);
        bench.jobs.with(|jobs| {
            jobs.iter().filter(stopped).map(|job| (job.id, job.source.name().to_owned())).collect::<Vec<_>>()
        })
    };
    let partial = Memo::new(move |_| of(|job| job.kept.is_some()));
    let names = Memo::new(move |_| {
        let names: Vec<_> = of(|job| job.kept.is_none()).into_iter().map(|(_, name)| name).collect();
        names.join(", ")
    });
    view! {
        <For each=move || partial.get() key=|(id, _)| *id let((id, name))>
            <section class="card halted" data-testid="stopped">
                <Icon shape=Shape::Stop />
                <div class="failure-text">
                    <h2>{move || (t().cancelled)(&name)}</h2>
                    <GoOn id />
                </div>
            </section>
        </For>
        <Show when=move || names.with(|names| !names.is_empty())>
            <p class="card halted">
                <Icon shape=Shape::Stop />
                <span>{move || names.with(|names| (t().cancelled)(names))}</span>
            </p>
        </Show>
    }
}
