//! What came out: people, tracks and files of every video of the run that is done.

use leptos::prelude::*;
use leptos_router::components::A;
use silhueta_shared::job::Precision;
use silhueta_shared::protocol::{JobId, JobView, Page, Ran};
use silhueta_shared::state::JobState;

use crate::components::{Copy, Icon, Shape};
use crate::i18n::results::{Results, about};
use crate::i18n::{Locale, notices, use_locale, use_texts};
use crate::state::bench::Bench;
use crate::state::route;

/// Opened in a tab of its own; every other file is downloaded.
const OPENED: &str = "overlay.mp4";

/// The card with every finished video, the newest first.
#[component]
pub(super) fn ResultsCard() -> impl IntoView {
    let t = use_texts::<Results>();
    let bench = expect_context::<Bench>();
    let done = Memo::new(move |_| {
        let finished = |job: &&JobView| job.state == JobState::Completed && job.results.is_some();
        bench.jobs.with(|jobs| jobs.iter().rev().filter(finished).map(|job| job.id).collect::<Vec<_>>())
    });
    view! {
        <Show when=move || done.with(|done| !done.is_empty())>
            <section class="card results" data-testid="results">
                <div class="card-head">
                    <h2>{move || t().title}</h2>
                </div>
                <For each=move || done.get() key=|id| *id let:id>
                    <OfJob id />
                </For>
            </section>
        </Show>
    }
}

#[component]
fn OfJob(id: JobId) -> impl IntoView {
    let t = use_texts::<Results>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    // What is done changes no more.
    let job = bench.jobs.with_untracked(|jobs| jobs.iter().find(|job| job.id == id).cloned());
    let Some((job, results)) = job.and_then(|job| job.results.clone().map(|results| (job, results))) else {
        return ().into_any();
    };
    // What was finished before took no time now.
    let took = job.started.zip(job.ended).map(|(from, to)| to.saturating_sub(from) as f64 / 1000.0);
    let seconds = took.filter(|_| !job.stages.is_empty());
    let mut files = results.files.clone();
    files.sort_by_key(|name| name != OPENED);
    let links = files.into_iter().map(|name| view! { <FileLink id name /> }).collect_view();
    let (people, tracks) = (u64::from(results.people), u64::from(results.tracks));
    let folder = results.folder.clone();
    let is_small = results.ran.as_ref().is_some_and(|ran| ran.small);
    view! {
        <article class="result">
            <h3 title=results.folder.clone()>{job.source.name().to_owned()}</h3>
            <dl class="figures num">
                <div>
                    <dd>{move || locale.get().int(people)}</dd>
                    <dt>{move || locale.get().noun(people, notices::people(locale.get()))}</dt>
                </div>
                <div>
                    <dd>{move || locale.get().int(tracks)}</dd>
                    <dt>{move || locale.get().noun(tracks, notices::tracks(locale.get()))}</dt>
                </div>
                {seconds.map(|seconds| view! {
                    <div>
                        <dd>{move || locale.get().seconds(seconds)}</dd>
                        <dt>{move || t().time}</dt>
                    </div>
                })}
            </dl>
            {results.ran.map(|ran| view! { <p class="quiet ran" data-testid="ran">{move || made_with(locale.get(), &ran)}</p> })}
            {is_small.then(|| view! {
                <p class="quiet ran" data-testid="ran-small">
                    {move || t().small} " " <A href=route::path(Page::Modelos)>{move || notices::page(locale.get(), Page::Modelos)}</A>
                </p>
            })}
            <ul class="files">{links}</ul>
            <p class="folder">
                <span class="quiet">{move || t().folder}</span>
                <code>{results.folder}</code>
                <Copy text=move || folder.clone() />
            </p>
        </article>
    }
    .into_any()
}

/// `CPU · int8 · yolov8n-int8, osnet_x0_5, tinypose-int8`; a precision that nobody chose goes without saying.
fn made_with(locale: Locale, ran: &Ran) -> String {
    let Ran { device, precision, detector, reid, pose, .. } = ran;
    let precision = if *precision == Precision::Auto { String::new() } else { format!(" · {precision}") };
    let networks: Vec<_> = [detector.as_deref(), reid.as_deref(), Some(pose)].into_iter().flatten().collect();
    format!("{}{precision} · {}", notices::device(locale, *device), networks.join(", "))
}

#[component]
fn FileLink(id: JobId, name: String) -> impl IntoView {
    let t = use_texts::<Results>();
    let locale = use_locale();
    let opened = name == OPENED;
    let encoded = js_sys::encode_uri_component(&name);
    let address = format!("/api/v1/jobs/{id}/files/{encoded}");
    let shape = if opened { Shape::Play } else { Shape::Download };
    let (what, data_name, saved_as) = (name.clone(), name.clone(), (!opened).then(|| name.clone()));
    view! {
        <li>
            <a
                class="file-link"
                class:main=opened
                data-testid="result-link"
                data-name=data_name
                href=address
                target=opened.then_some("_blank")
                rel=opened.then_some("noopener")
                download=saved_as
                title=move || if opened { t().open } else { t().download }
            >
                <Icon shape />
                <span class="file-name">{name}</span>
                <small>{move || about(locale.get(), &what)}</small>
            </a>
        </li>
    }
}
