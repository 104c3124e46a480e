//! Pages that are still to come: what they will do, and what can be done today instead.

use leptos::prelude::*;
use leptos_router::components::A;
use silhueta_shared::protocol::Page;

use crate::components::{Icon, page_shape};
use crate::i18n::doors::{Doors, door};
use crate::i18n::shell::Shell;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::route;

/// A page that is not there yet.
#[component]
pub(crate) fn Door(page: Page) -> impl IntoView {
    let t = use_texts::<Doors>();
    let locale = use_locale();
    view! {
        <div class="page door">
            <header class="head">
                <h1>{move || notices::page(locale.get(), page)}</h1>
            </header>
            <section class="card empty">
                <div class="empty-mark">
                    <Icon shape=page_shape(page) />
                </div>
                <h2>{move || t().not_yet}</h2>
                <p>{move || door(locale.get(), page).will}</p>
                <p class="quiet">{move || door(locale.get(), page).today}</p>
                <A href=route::path(Page::Processar) attr:class="button">{move || t().go_processar}</A>
            </section>
        </div>
    }
}

/// An address without a page.
#[component]
pub(crate) fn Nowhere() -> impl IntoView {
    let t = use_texts::<Shell>();
    view! {
        <div class="page door">
            <section class="card empty">
                <h1>{move || t().nowhere}</h1>
                <p class="quiet">{move || t().nowhere_hint}</p>
            </section>
        </div>
    }
}
