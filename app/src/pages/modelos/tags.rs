//! What a model is good for, in a word each.

use leptos::prelude::*;
use silhueta_shared::model::Profile;

use super::groups::points;
use crate::i18n::modelos::Modelos;
use crate::i18n::use_texts;

/// Its profile among those of its role, and its joints.
#[component]
pub(super) fn Tags(profile: Option<Profile>, keypoints: Option<String>) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let profile = profile.map(|profile| {
        let at = match profile {
            Profile::Fast => 0,
            Profile::Balanced => 1,
            Profile::Accurate => 2,
        };
        view! { <span class="tag" title=move || t().profiles[at].1>{move || t().profiles[at].0}</span> }
    });
    let joints = keypoints.map(|set| {
        let count = points(&set);
        let about = move || {
            let at = [17, 26, 133].iter().position(|known| Some(*known) == count)?;
            t().sets.get(at).copied()
        };
        let said = move || count.map_or_else(|| set.clone(), |count| (t().points)(&count.to_string()));
        view! { <span class="tag num" title=about>{said}</span> }
    });
    view! {
        {profile}
        {joints}
    }
}
