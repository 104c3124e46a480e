//! How jobs of the run ended that did not end well: failed, interrupted, stopped. Never beside a "done".

use leptos::prelude::*;
use silhueta_shared::protocol::{JobId, JobView};
use silhueta_shared::state::JobState;

use crate::components::{Copy, Icon, Shape};
use crate::i18n::results::Results;
use crate::i18n::shell::Shell;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::bench::Bench;

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
    let name = job.source.name().to_owned();
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
            </div>
        </section>
    }
}

#[component]
fn Interrupted(job: JobView) -> impl IntoView {
    let t = use_texts::<Results>();
    let name = job.source.name().to_owned();
    view! {
        <section class="card halted">
            <Icon shape=Shape::Plug />
            <div>
                <h2>{move || (t().interrupted)(&name)}</h2>
                <p>{move || t().interrupted_hint}</p>
            </div>
        </section>
    }
}

/// One line for all that were stopped.
#[component]
fn Cancelled() -> impl IntoView {
    let t = use_texts::<Results>();
    let bench = expect_context::<Bench>();
    let names = Memo::new(move |_| {
        let stopped = |job: &&JobView| job.state == JobState::Cancelled;
        let name = |job: &JobView| job.source.name().to_owned();
        bench.jobs.with(|jobs| jobs.iter().filter(stopped).map(name).collect::<Vec<_>>().join(", "))
    });
    view! {
        <Show when=move || names.with(|names| !names.is_empty())>
            <p class="card halted">
                <Icon shape=Shape::Stop />
                <span>{move || names.with(|names| (t().cancelled)(names))}</span>
            </p>
        </Show>
    }
}
