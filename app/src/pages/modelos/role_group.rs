//! The models of one role, below its name and what it does.

use leptos::prelude::*;
use silhueta_shared::model::Role;

use super::groups::is_shown;
use crate::i18n::modelos::Modelos;
use crate::i18n::{notices, use_locale, use_texts};

/// One of the lists' parts, while there is something in it and the filter `role` lets it through; `None`: what can't
/// be used.
#[component]
pub(super) fn RoleGroup<F, V>(
    of: Option<Role>,
    role: RwSignal<Option<Role>>,
    ids: Memo<Vec<String>>,
    row: F,
) -> impl IntoView
where
    F: Fn(String) -> V + Copy + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let name = move || of.map_or(t().unusable, |of| notices::role(locale.get(), of));
    let does = move || of.map_or(t().unusable_hint, |of| notices::role_does(locale.get(), of));
    view! {
        <Show when=move || is_shown(of, role.get()) && ids.with(|ids| !ids.is_empty())>
            <section class="models-role">
                <h3>
                    {name} <small class="quiet">{does}</small>
                </h3>
                <ul>
                    <For each=move || ids.get() key=|id| id.clone() children=row />
                </ul>
            </section>
        </Show>
    }
}
