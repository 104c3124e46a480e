//! What stands around every page: navigation, connection, machine, lock, messages and the door.

mod access;
mod choices;
mod connection;
pub(crate) mod hardware;
mod lock;
mod nav;
mod seen;
mod title;
mod toasts;

use leptos::ev;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use silhueta_shared::protocol::Page;

use self::access::AccessForm;
use self::connection::{ConnectionBanner, ConnectionLine};
use self::hardware::HardwareStrip;
use self::lock::LockBanner;
use self::nav::Navigation;
use self::toasts::ToastList;
use crate::components::{Icon, Shape};
use crate::i18n::shell::Shell as Texts;
use crate::i18n::{notices, use_locale, use_texts};
use crate::net::{Link, LinkStatus};
use crate::state::{route, store};

pub(crate) use self::choices::{LocaleChoice, ThemeChoice};

/// Where the last page is kept.
const LAST_PAGE_KEY: &str = "silhueta.page";

/// The page that was open last, or Processar.
pub(crate) fn last_page() -> Page {
    store::get(LAST_PAGE_KEY).and_then(|path| route::page_at(&path)).unwrap_or(Page::Processar)
}

/// The frame around a page.
#[component]
pub(crate) fn Shell(children: Children) -> impl IntoView {
    let t = use_texts::<Texts>();
    let locale = use_locale();
    let link = expect_context::<Link>();
    let location = use_location();
    let here = Memo::new(move |_| route::page_at(&location.pathname.get()));
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        open.set(false);
        if let Some(page) = here.get() {
            store::put(LAST_PAGE_KEY, route::path(page));
        }
    });
    window_event_listener(ev::keydown, move |event| {
        if event.key() == "Escape" {
            open.set(false);
        }
    });
    title::follow(here);
    let seen = seen::follow(here);
    let name = move || here.get().map(|page| notices::page(locale.get(), page));
    let status = link.status();
    let locked_out = move || status.get() == LinkStatus::AccessNeeded;
    view! {
        <a class="skip" href="#content">{move || t().skip}</a>
        <div class="shell" class:menu-open=open>
            <header class="topbar">
                <button
                    type="button"
                    class="icon-button"
                    aria-expanded=move || open.get().to_string()
                    aria-controls="sidebar"
                    aria-label=move || if open.get() { t().close_menu } else { t().menu }
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    {move || {
                        let shape = if open.get() { Shape::Close } else { Shape::Menu };
                        view! { <Icon shape /> }
                    }}
                </button>
                <span class="topbar-name">{name}</span>
            </header>
            <div class="scrim" on:click=move |_| open.set(false)></div>
            <aside class="sidebar" id="sidebar">
                <div class="brand">
                    <Icon shape=Shape::Figure />
                    <span>"Silhueta"</span>
                </div>
                <Navigation here seen />
                <div class="sidebar-foot">
                    <HardwareStrip />
                    <ConnectionLine />
                    <div class="choices">
                        <ThemeChoice testid="theme" />
                        <LocaleChoice testid="locale" />
                    </div>
                </div>
            </aside>
            <main id="content" tabindex="-1">
                <ConnectionBanner />
                <LockBanner here />
                <Show when=locked_out>
                    <AccessForm />
                </Show>
                <div class="outlet" class:hidden=locked_out>{children()}</div>
            </main>
        </div>
        <ToastList />
    }
}
