//! Which runs somebody has looked at: kept in this browser, so that a dot waits for its reader.

use leptos::prelude::*;
use silhueta_shared::protocol::{Page, RunId};

use crate::state::dots::newest_run;
use crate::state::helper::HelperState;
use crate::state::store;

const KEY: &str = "silhueta.seen";

/// The newest run that was looked at on each page; follows the page that is open.
pub(super) fn follow(here: Memo<Option<Page>>) -> RwSignal<Vec<(Page, RunId)>> {
    let helper = expect_context::<HelperState>();
    let kept: Option<Vec<(Page, RunId)>> = store::get(KEY).and_then(|text| serde_json::from_str(&text).ok());
    let first_time = StoredValue::new(kept.is_none());
    let seen = RwSignal::new(kept.unwrap_or_default());
    Effect::new(move |_| {
        if !helper.known.get() {
            return;
        }
        let pages: Vec<Page> = if first_time.get_value() {
            // Someone who comes for the first time has missed nothing.
            first_time.set_value(false);
            Page::ALL.to_vec()
        } else {
            here.get().into_iter().collect()
        };
        let newest = helper.jobs.with(|jobs| {
            pages.into_iter().filter_map(|page| Some((page, newest_run(page, jobs)?))).collect::<Vec<_>>()
        });
        for (page, run) in newest {
            if seen.with_untracked(|seen| !seen.contains(&(page, run))) {
                seen.update(|seen| {
                    seen.retain(|(other, _)| *other != page);
                    seen.push((page, run));
                });
                if let Ok(text) = serde_json::to_string(&seen.get_untracked()) {
                    store::put(KEY, &text);
                }
            }
        }
    });
    seen
}
