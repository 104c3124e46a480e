//! Said while the job at work does not move: since when, and that stop works all the same.

use leptos::prelude::*;

use crate::components::{Icon, Shape};
use crate::i18n::format::clock;
use crate::i18n::processar::Processar;
use crate::i18n::use_texts;
use crate::state::bench::Bench;
use crate::state::clock::every_second;
use crate::state::helper::HelperState;

/// The badge.
#[component]
pub(super) fn Stall() -> impl IntoView {
    let bench = expect_context::<Bench>();
    let since = Memo::new(move |_| {
        bench.jobs.with(|jobs| jobs.iter().find(|job| job.state.is_active() && !job.stopping)?.stalled)
    });
    view! { <Show when=move || since.get().is_some()>
        <Badge since />
    </Show> }
}

#[component]
fn Badge(since: Memo<Option<u64>>) -> impl IntoView {
    let t = use_texts::<Processar>();
    let helper = expect_context::<HelperState>();
    let tick = every_second();
    let time = move || {
        tick.track();
        since.get().map(|since| clock(helper.now().saturating_sub(since) as f64 / 1000.0))
    };
    view! {
        <div class="banner warn" role="status" data-testid="stall">
            <Icon shape=Shape::Warning />
            <p>
                <b>{move || t().stalled}</b>
                " "
                <span class="num">{time}</span>
                ". "
                <span class="quiet">{move || t().stalled_hint}</span>
            </p>
        </div>
    }
}
