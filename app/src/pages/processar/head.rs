//! The page's name, and while something works: which video, how far, how long.

use leptos::prelude::*;

use super::stall::Stall;
use crate::i18n::format::clock;
use crate::i18n::processar::Processar;
use crate::i18n::{notices, use_locale, use_texts};
use crate::net::Link;
use crate::state::bench::Bench;
use crate::state::clock::every_second;
use crate::state::helper::HelperState;
use crate::state::progress::share;

/// Title line.
#[component]
pub(super) fn Head() -> impl IntoView {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    view! {
        <header class="head">
            <div>
                <h1>{move || notices::page(locale.get(), silhueta_shared::protocol::Page::Processar)}</h1>
                <p class="quiet">{move || t().lead}</p>
            </div>
            <Show when=move || bench.merged.with(|merged| merged.active)>
                <Now />
            </Show>
        </header>
        <OwnerNote />
        <Stall />
    }
}

/// The video that works, its place in the run, its share and its time.
#[component]
fn Now() -> impl IntoView {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let helper = expect_context::<HelperState>();
    let tick = every_second();
    let working = Memo::new(move |_| bench.jobs.with(|jobs| jobs.iter().position(|job| job.state.is_active())));
    let place = move || {
        working.get()?;
        let of = bench.jobs.with(Vec::len) as u64;
        // The queue's order may have changed: what counts is how many are over.
        let n = bench.jobs.with(|jobs| jobs.iter().filter(|job| job.state.has_ended()).count()) as u64 + 1;
        (of > 1).then(|| (t().video_n_of)(n, of))
    };
    let job = move || working.get().and_then(|at| bench.jobs.with(|jobs| jobs.get(at).cloned()));
    let elapsed = move || {
        tick.track();
        let started = job()?.started?;
        let seconds = helper.now().saturating_sub(started) / 1000;
        Some((t().elapsed)(&clock(seconds as f64)))
    };
    let percent = move || job().map(|job| locale.get().percent(share(&job)));
    let parts = move || {
        let texts = [place(), elapsed()].into_iter().flatten();
        texts.map(|text| view! { <span>{text}</span> }).collect_view()
    };
    view! {
        <div class="now num">
            <b class="now-share">{percent}</b>
            <span class="now-parts quiet">{parts}</span>
        </div>
    }
}

/// Said to who sees a run that another window began.
#[component]
fn OwnerNote() -> impl IntoView {
    let t = use_texts::<Processar>();
    let bench = expect_context::<Bench>();
    let link = expect_context::<Link>();
    let elsewhere = Memo::new(move |_| {
        let owner = bench.jobs.with(|jobs| jobs.first().and_then(|job| job.owner));
        bench.merged.with(|merged| merged.active) && owner.is_some() && owner != link.session()
    });
    view! {
        <Show when=move || elsewhere.get()>
            <p class="banner quiet-banner" data-testid="owner-note">{move || t().started_elsewhere}</p>
        </Show>
    }
}
