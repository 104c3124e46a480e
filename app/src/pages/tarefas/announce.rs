//! Says to who listens instead of looks when a task fails and when all are over; never each of hundreds.

use leptos::prelude::*;
use silhueta_shared::protocol::JobId;
use silhueta_shared::state::JobState;

use crate::i18n::tarefas::{Tarefas, state};
use crate::i18n::{use_locale, use_texts};
use crate::state::helper::HelperState;

/// What was so when something was told last.
type Before = (usize, Option<(u64, JobId)>);

/// A line that only screen readers meet.
#[component]
pub(super) fn Announcer() -> impl IntoView {
    let t = use_texts::<Tarefas>();
    let locale = use_locale();
    let helper = expect_context::<HelperState>();
    let line = RwSignal::new(String::new());
    let open = Memo::new(move |_| {
        let (active, waiting) = helper.tasks.with(|tasks| tasks.under_way());
        active + waiting
    });
    // The end of the last one that failed.
    let failed = Memo::new(move |_| {
        helper.tasks.with(|tasks| {
            let failed = tasks.all().iter().filter(|task| task.state == JobState::Failed);
            failed.filter_map(|task| Some((task.ended?, task.id))).max()
        })
    });
    Effect::new(move |before: Option<Option<Before>>| {
        // What was so before the helper spoke is no news.
        let now = helper.known.get().then(|| (open.get(), failed.get()))?;
        let Some(before) = before.flatten() else { return Some(now) };
        if let Some((_, id)) = now.1.filter(|_| now.1 > before.1) {
            let name = helper.tasks.with_untracked(|tasks| tasks.find(id).map(|task| task.source.name().to_owned()));
            let failed = state(locale.get_untracked(), JobState::Failed);
            line.set(format!("{}: {failed}", name.unwrap_or_default()));
        } else if now.0 == 0 && before.0 > 0 {
            line.set(t().all_over.to_owned());
        }
        Some(now)
    });
    view! { <p class="unseen" role="status" aria-live="polite">{move || line.get()}</p> }
}
