//! What somebody has looked at: kept in this browser, so that a dot waits for its reader.

use leptos::prelude::*;
use silhueta_shared::protocol::{Page, RunId};

use crate::state::dots::{latest_end, newest_end};
use crate::state::helper::HelperState;
use crate::state::store;

const KEY: &str = "silhueta.seen";
const TASKS_KEY: &str = "silhueta.seen.tasks";

/// What was looked at last on each page.
#[derive(Clone, Copy)]
pub(super) struct Seen {
    /// The newest run that was over.
    pub(super) runs: RwSignal<Vec<(Page, RunId)>>,
    /// The latest end of a task, in milliseconds since 1970.
    pub(super) tasks: RwSignal<u64>,
}

/// Follows the page that is open.
pub(super) fn follow(here: Memo<Option<Page>>) -> Seen {
    Seen { runs: follow_runs(here), tasks: follow_tasks(here) }
}

fn follow_runs(here: Memo<Option<Page>>) -> RwSignal<Vec<(Page, RunId)>> {
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
            pages.into_iter().filter_map(|page| Some((page, newest_end(page, jobs)?))).collect::<Vec<_>>()
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

fn follow_tasks(here: Memo<Option<Page>>) -> RwSignal<u64> {
    let helper = expect_context::<HelperState>();
    let kept: Option<u64> = store::get(TASKS_KEY).and_then(|text| text.parse().ok());
    let first_time = StoredValue::new(kept.is_none());
    let seen = RwSignal::new(kept.unwrap_or_default());
    let looked_at = Memo::new(move |_| {
        let is_here = here.get() == Some(Page::Tarefas);
        if !helper.known.get() || !is_here && !first_time.get_value() {
            return None;
        }
        first_time.set_value(false);
        helper.tasks.with(|tasks| latest_end(tasks.all())).or(Some(0))
    });
    Effect::new(move |_| {
        let Some(end) = looked_at.get() else { return };
        // Tasks may be forgotten: what was seen stays seen.
        let end = end.max(seen.get_untracked());
        if store::get(TASKS_KEY).is_none_or(|kept| kept != end.to_string()) {
            seen.set(end);
            store::put(TASKS_KEY, &end.to_string());
        }
    });
    seen
}
