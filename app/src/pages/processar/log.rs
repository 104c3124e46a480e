//! The log of the whole run.

use leptos::prelude::*;
use silhueta_shared::protocol::JobId;

use crate::components::{LogView, last_lines};
use crate::state::bench::Bench;
use crate::state::helper::HelperState;

/// The card with the log.
#[component]
pub(super) fn Log() -> impl IntoView {
    let bench = expect_context::<Bench>();
    let helper = expect_context::<HelperState>();
    let ids = Memo::new(move |_| bench.jobs.with(|jobs| jobs.iter().map(|job| job.id).collect::<Vec<_>>()));
    let lines = Memo::new(move |_| {
        let (ids, quietest) = (ids.get(), bench.quietest.get());
        helper.logs.with(|logs| {
            let of_run = ids.iter().filter_map(|id| Some((*id, logs.get(id)?)));
            last_lines(of_run.flat_map(|(id, lines)| lines.iter().map(move |line| (id, line.clone()))), quietest)
        })
    });
    let names = Memo::new(move |_| -> Vec<(JobId, String)> {
        bench.jobs.with(|jobs| jobs.iter().map(|job| (job.id, job.source.name().to_owned())).collect())
    });
    view! {
        <div class="card">
            <LogView lines names quietest=bench.quietest />
        </div>
    }
}
