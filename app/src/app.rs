//! What every page shares, and which page is at which address.

use leptos::prelude::*;
use leptos_router::components::{Redirect, Route, Router, Routes};
use leptos_router::path;
use silhueta_shared::protocol::Page;

use crate::files::{Imports, Uploads};
use crate::i18n::provide_locale;
use crate::net::Link;
use crate::pages::{Configuracoes, Door, Modelos, Nowhere, Painel, Processar, Tarefas};
use crate::shell::{Shell, last_page};
use crate::state::bench::Bench;
use crate::state::helper::HelperState;
use crate::state::route;
use crate::state::shelf::Shelf as ModelShelf;
use crate::state::theme::ChosenTheme;
use crate::state::toasts::Toasts;

/// The whole page.
#[component]
pub(crate) fn App() -> impl IntoView {
    provide_locale();
    ChosenTheme::provide();
    let helper = HelperState::new();
    let link = Link::open(helper);
    provide_context(helper);
    provide_context(link);
    let toasts = Toasts::new();
    provide_context(toasts);
    provide_context(Uploads::open(helper, link));
    let shelf = ModelShelf::open(helper, link, toasts);
    provide_context(shelf);
    provide_context(Imports::open(link, shelf));
    provide_context(Bench::open(helper, link));
    view! {
        <Router>
            <Shell>
                <Routes fallback=Nowhere>
                    <Route path=path!("/") view=|| view! { <Redirect path=route::path(last_page()) /> } />
                    <Route path=path!("/painel") view=Painel />
                    <Route path=path!("/processar") view=Processar />
                    <Route path=path!("/testes") view=|| view! { <Door page=Page::Testes /> } />
                    <Route path=path!("/ao-vivo") view=|| view! { <Door page=Page::AoVivo /> } />
                    <Route path=path!("/rostos") view=|| view! { <Door page=Page::Rostos /> } />
                    <Route path=path!("/resultados") view=|| view! { <Door page=Page::Resultados /> } />
                    <Route path=path!("/tarefas") view=Tarefas />
                    <Route path=path!("/modelos") view=Modelos />
                    <Route path=path!("/configuracoes") view=Configuracoes />
                </Routes>
            </Shell>
        </Router>
    }
}
