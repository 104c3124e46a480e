//! Which roles are shown: all, or one. Kept in the browser.

use leptos::prelude::*;
use silhueta_shared::model::Role;

use super::groups::ROLES;
use crate::i18n::modelos::Modelos;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::shelf::Shelf;
use crate::state::store;

/// Where the choice is kept: a role's name, or nothing.
const KEY: &str = "silhueta.modelos.role";

/// What was chosen last.
pub(super) fn kept() -> Option<Role> {
    let name = store::get(KEY)?;
    ROLES.into_iter().flatten().find(|role| role.name() == name)
}

/// A button a role that there is something of.
#[component]
pub(super) fn Filter(role: RwSignal<Option<Role>>) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let shelf = expect_context::<Shelf>();
    let there = shelf.part(|shelf| {
        let all = || shelf.models.iter().filter_map(|model| model.role).chain(shelf.offered.iter().map(|m| m.role));
        ROLES.into_iter().flatten().filter(|role| all().any(|other| other == *role)).collect::<Vec<_>>()
    });
    // A role that has gone with its last model hides nothing.
    Effect::new(move |_| {
        if role.get().is_some_and(|role| there.with(|there| !there.is_empty() && !there.contains(&role))) {
            role.set(None);
        }
    });
    let choose = move |chosen: Option<Role>| {
        store::put(KEY, chosen.map_or("", Role::name));
        role.set(chosen);
    };
    let button = move |of: Option<Role>| {
        view! {
            <button
                type="button"
                data-testid="filter"
                data-role=of.map_or("all", Role::name)
                aria-pressed=move || (role.get() == of).to_string()
                on:click=move |_| choose(of)
            >
                {move || of.map_or(t().all, |of| notices::role(locale.get(), of))}
            </button>
        }
    };
    view! {
        <div class="filter" role="group" aria-label=move || t().filter>
            {button(None)}
            <For each=move || there.get() key=|role| *role children=move |of| button(Some(of)) />
        </div>
    }
}
