//! The banner on every page that has to wait for another: who works, on what, and the way there.

use leptos::prelude::*;
use leptos_router::components::A;
use silhueta_shared::protocol::Page;

use crate::components::{Icon, Shape};
use crate::i18n::shell::Shell;
use crate::i18n::{notices, use_locale, use_texts};
use crate::net::Link;
use crate::state::helper::HelperState;
use crate::state::route;

/// Shown while another page holds the workbench. Tarefas is never locked: it says itself which tasks wait for it.
#[component]
pub(super) fn LockBanner(here: Memo<Option<Page>>) -> impl IntoView {
    let t = use_texts::<Shell>();
    let locale = use_locale();
    let link = expect_context::<Link>();
    let lock = expect_context::<HelperState>().lock;
    let banner = move || {
        let here = here.get();
        let lock = lock.get().filter(|lock| Some(lock.page) != here && here != Some(Page::Tarefas))?;
        let name = notices::page(locale.get(), lock.page);
        let owner =
            if lock.owner.is_some() && lock.owner == link.session() { t().lock_here } else { t().lock_elsewhere };
        Some(view! {
            <div class="banner lock" data-testid="lock-banner" data-page=lock.page.name() role="status">
                <Icon shape=Shape::Lock />
                <p>
                    <b>{(t().lock_works)(name, &lock.video)}</b>
                    " "
                    <span class="quiet">{owner} " " {t().lock_rule}</span>
                </p>
                <A href=route::path(lock.page) attr:class="button small">{(t().lock_go)(name)}</A>
            </div>
        })
    };
    view! { {banner} }
}
