//! The models: what is on this machine, what each is for, what can be had, and the ways in and out.

mod acts;
mod announce;
mod arrival;
mod bring;
mod disk;
mod fetching;
mod filter;
mod folder;
mod groups;
mod held;
mod here;
mod offered;
mod removed;
mod role_group;
mod scan;
mod small;
mod tags;

use leptos::prelude::*;
use silhueta_shared::model::Role;
use silhueta_shared::protocol::Page;

pub(crate) use self::small::Small;

use self::announce::Announcer;
use self::bring::Bring;
use self::disk::Disk;
use self::filter::{Filter, kept};
use self::here::Here;
use self::offered::Offered;
use self::removed::Removed;
use self::small::Large;
use crate::i18n::modelos::Modelos as Texts;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::helper::HelperState;

/// The page.
#[component]
pub(crate) fn Modelos() -> impl IntoView {
    let t = use_texts::<Texts>();
    let locale = use_locale();
    let shelf = expect_context::<HelperState>().models;
    let known = Memo::new(move |_| shelf.with(Option::is_some));
    let role: RwSignal<Option<Role>> = RwSignal::new(kept());
    view! {
        <div class="page modelos">
            <header class="head">
                <div>
                    <h1>{move || notices::page(locale.get(), Page::Modelos)}</h1>
                    <p class="quiet">{move || t().lead}</p>
                </div>
            </header>
            <Announcer />
            <Show when=move || known.get()>
                <div class="models">
                    <Large />
                    <div class="models-strip">
                        <Bring />
                        <Disk />
                    </div>
                    <Filter role />
                    <div class="models-lists">
                        <Here role />
                        <Offered role />
                    </div>
                    <Removed />
                </div>
            </Show>
        </div>
    }
}
