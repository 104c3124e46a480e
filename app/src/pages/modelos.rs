//! The networks on this machine, by role.

use leptos::prelude::*;
use silhueta_shared::model::Role;
use silhueta_shared::protocol::{ModelView, Page};

use super::processar::{NoModels, Scan};
use crate::components::Copy;
use crate::i18n::doors::Doors;
use crate::i18n::processar::Processar;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::helper::HelperState;

/// In the order of the main job; what can't be used comes last.
const ROLES: [Option<Role>; 6] =
    [Some(Role::Detector), Some(Role::Reid), Some(Role::Pose), Some(Role::Face), Some(Role::Landmarks), None];

/// The page.
#[component]
pub(crate) fn Modelos() -> impl IntoView {
    let t = use_texts::<Doors>();
    let words = use_texts::<Processar>();
    let locale = use_locale();
    let shelf = expect_context::<HelperState>().models;
    let folder = Memo::new(move |_| shelf.with(|shelf| shelf.as_ref().map(|s| s.folder.clone()).unwrap_or_default()));
    let models = Memo::new(move |_| shelf.with(|shelf| shelf.as_ref().map(|s| s.models.clone()).unwrap_or_default()));
    let known = move || shelf.with(Option::is_some);
    let complete = move || shelf.with(|shelf| shelf.as_ref().is_some_and(|s| s.missing.is_empty()));
    view! {
        <div class="page modelos">
            <header class="head">
                <div>
                    <h1>{move || notices::page(locale.get(), Page::Modelos)}</h1>
                    <p class="quiet">{move || t().modelos_lead}</p>
                </div>
            </header>
            <NoModels />
            <Show when=known>
                <section class="card">
                    <Show when=move || models.with(Vec::is_empty)>
                        <p class="quiet">{move || t().no_models}</p>
                    </Show>
                    {ROLES.map(|role| view! { <OfRole role models /> }).collect_view()}
                    <Show when=complete>
                        <p class="folder">
                            <span class="quiet">{move || words().folder}</span>
                            <code>{move || folder.get()}</code>
                            <Copy text=move || folder.get_untracked() />
                        </p>
                        <Scan />
                    </Show>
                </section>
            </Show>
        </div>
    }
}

#[component]
fn OfRole(role: Option<Role>, models: Memo<Vec<ModelView>>) -> impl IntoView {
    let t = use_texts::<Doors>();
    let locale = use_locale();
    let of_role = Memo::new(move |_| {
        models.with(|models| models.iter().filter(|model| model.role == role).cloned().collect::<Vec<_>>())
    });
    let name = move || role.map_or_else(|| t().unused, |role| notices::role(locale.get(), role));
    let does = move || role.map(|role| notices::role_does(locale.get(), role));
    let row = move |model: ModelView| {
        let size = model.size;
        view! {
            <li class="model-row" class:unused=role.is_none()>
                <code>{model.id}</code>
                <span class="num quiet">{move || locale.get().bytes(size)}</span>
                <span class="quiet">{model.about}</span>
            </li>
        }
    };
    view! {
        <Show when=move || of_role.with(|models| !models.is_empty())>
            <section class="role">
                <h2>{name} <small class="quiet">{does}</small></h2>
                <ul>
                    <For each=move || of_role.get() key=|model| model.clone().id children=row />
                </ul>
            </section>
        </Show>
    }
}
