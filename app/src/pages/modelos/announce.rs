//! Says how downloads go to who listens instead of looks: when one begins, ends or fails, never every byte.

use std::collections::BTreeMap;

use leptos::prelude::*;
use silhueta_shared::protocol::{FetchState, ModelFetch};

use super::fetching::kind;
use crate::i18n::modelos::Modelos;
use crate::i18n::{errors, use_locale, use_texts};
use crate::state::helper::HelperState;

/// A line that only screen readers meet.
#[component]
pub(super) fn Announcer() -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let fetches = expect_context::<HelperState>().fetches;
    let line = RwSignal::new(String::new());
    Effect::new(move |before: Option<BTreeMap<String, &'static str>>| {
        let now = fetches.with(|fetches| kinds(fetches));
        let changed = |id: &str| before.as_ref().is_some_and(|before| before.get(id) != now.get(id));
        let told = fetches.with(|fetches| {
            let fetch = fetches.iter().find(|fetch| changed(&fetch.id))?;
            let said = match &fetch.state {
                FetchState::Waiting => t().waiting,
                FetchState::Running(_) => t().under_way,
                FetchState::Checking => t().checking,
                FetchState::Done => t().done,
                FetchState::Cancelled { .. } => return None,
                FetchState::Failed(error) => errors::refusal(locale.get_untracked(), error),
            };
            Some(format!("{}: {said}", fetch.id))
        });
        if let Some(told) = told {
            line.set(told);
        }
        now
    });
    view! { <p class="unseen" role="status" aria-live="polite">{move || line.get()}</p> }
}

fn kinds(fetches: &[ModelFetch]) -> BTreeMap<String, &'static str> {
    fetches.iter().map(|fetch| (fetch.id.clone(), kind(&fetch.state))).collect()
}
