//! Says changes of state to who listens instead of looks: a line that only screen readers meet.

use leptos::prelude::*;

use crate::i18n::processar::Processar;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::bench::Bench;

/// The line.
#[component]
pub(super) fn Announcer() -> impl IntoView {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    // Without frames and rates: those change all the time.
    let line = Memo::new(move |_| {
        let job = bench.focus.get()?;
        let state =
            if job.stopping && !job.state.has_ended() { t().stopping } else { notices::state(locale.get(), job.state) };
        let stage = job.state.stage().map(|stage| format!(", {}", notices::stage(locale.get(), stage)));
        Some(format!("{}: {state}{}", job.source.name(), stage.unwrap_or_default()))
    });
    view! { <p class="unseen" role="status" aria-live="polite">{move || line.get()}</p> }
}
