//! The dashboard: what works now, what the machine is, what pages did last.

use leptos::prelude::*;
use leptos_router::components::A;
use silhueta_shared::protocol::{JobView, Page};

use super::machine::Machine;
use crate::i18n::doors::Doors;
use crate::i18n::format::{clock, moment};
use crate::i18n::{notices, use_locale, use_texts};
use crate::shell::hardware::HardwareMeters;
use crate::state::helper::HelperState;
use crate::state::progress::share;
use crate::state::route;

/// Jobs that are listed.
const LISTED: usize = 12;

/// The page.
#[component]
pub(crate) fn Painel() -> impl IntoView {
    let t = use_texts::<Doors>();
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    let ids = Memo::new(move |_| {
        helper.jobs.with(|jobs| jobs.iter().rev().take(LISTED).map(|job| job.id).collect::<Vec<_>>())
    });
    view! {
        <div class="page painel">
            <header class="head">
                <div>
                    <h1>{move || notices::page(locale.get(), Page::Painel)}</h1>
                    <p class="quiet">{move || t().painel_lead}</p>
                </div>
            </header>
            <div class="columns">
                <div class="stack">
                    <section class="card">
                        <h2>{move || t().now}</h2>
                        <Now />
                        <TasksLine />
                    </section>
                    <section class="card">
                        <h2>{move || t().last_jobs}</h2>
                        <Show when=move || ids.with(Vec::is_empty)>
                            <p class="quiet">{move || t().no_jobs}</p>
                        </Show>
                        <ul class="job-list">
                            <For each=move || ids.get() key=|id| *id let:id>
                                {
                                    let job = Memo::new(move |_| {
                                        helper.jobs.with(|jobs| jobs.iter().find(|job| job.id == id).cloned())
                                    });
                                    move || job.get().map(|job| view! { <JobRow job /> })
                                }
                            </For>
                        </ul>
                    </section>
                </div>
                <div class="stack">
                    <section class="card">
                        <h2>{move || t().machine}</h2>
                        <div class="hardware large">
                            <HardwareMeters />
                        </div>
                        <Machine />
                    </section>
                </div>
            </div>
        </div>
    }
}

/// The work that holds the workbench.
#[component]
fn Now() -> impl IntoView {
    let t = use_texts::<Doors>();
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    let working = Memo::new(move |_| {
        let lock = helper.lock.get()?;
        let job = helper.jobs.with(|jobs| jobs.iter().find(|job| job.id == lock.job).cloned());
        Some((lock, job))
    });
    move || {
        let Some((lock, job)) = working.get() else {
            return view! { <p class="quiet">{t().idle}</p> }.into_any();
        };
        let locale = locale.get();
        let done = job.as_ref().map_or(0.0, share);
        let state = job.map(|job| match job.state.stage() {
            Some(stage) => format!("{} · {}", notices::state(locale, job.state), notices::stage(locale, stage)),
            None => notices::state(locale, job.state).to_owned(),
        });
        view! {
            <A href=route::path(lock.page) attr:class="working">
                <b>{lock.video}</b>
                <span class="num">{locale.percent(done)}</span>
                <span class="bar"><span class="bar-fill" style:width=format!("{:.1}%", done * 100.0)></span></span>
                <small class="quiet">{notices::page(locale, lock.page)} " · " {state}</small>
            </A>
        }
        .into_any()
    }
}

/// How many tasks of scripts work and wait, with the way to their page.
#[component]
fn TasksLine() -> impl IntoView {
    let t = use_texts::<Doors>();
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    let under_way = Memo::new(move |_| helper.tasks.with(|tasks| tasks.under_way()));
    let line = move || {
        let (active, waiting) = under_way.get();
        let figure = |n: usize| locale.get().int(n as u64);
        (active + waiting > 0).then(|| {
            view! {
                <p class="tasks-line" data-testid="painel-tasks">
                    <A href=route::path(Page::Tarefas)>{notices::page(locale.get(), Page::Tarefas)}</A>
                    <span class="quiet num">{(t().tasks)(&figure(active), &figure(waiting))}</span>
                </p>
            }
        })
    };
    view! { {line} }
}

#[component]
fn JobRow(job: JobView) -> impl IntoView {
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    let when = job.ended.or(job.started).unwrap_or(job.created);
    let took = job.started.zip(job.ended).map(|(from, to)| clock(to.saturating_sub(from) as f64 / 1000.0));
    let name = job.source.name().to_owned();
    let title = name.clone();
    let people = job.results.as_ref().map(|results| u64::from(results.people));
    let state = job.state;
    view! {
        <li class="job-row num" data-state=notices::state_name(state)>
            <span class="state-dot" aria-hidden="true"></span>
            <b title=title>{name}</b>
            <span>{move || notices::state(locale.get(), state)}</span>
            <span class="quiet">{move || people.map(|people| notices::people_of(locale.get(), people))}</span>
            <span class="quiet">{took}</span>
            <time class="quiet">{move || moment(when, helper.now(), locale.get())}</time>
        </li>
    }
}
