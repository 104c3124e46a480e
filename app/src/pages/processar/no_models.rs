//! Said first when nothing can run: which networks are missing, where they go, and what to press then.

use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::{Ask, WantedModel};

use crate::components::{Copy, Icon, Shape};
use crate::i18n::processar::Processar;
use crate::i18n::{notices, use_locale, use_texts};
use crate::net::Link;
use crate::state::helper::HelperState;
use crate::state::late;
use crate::state::toasts::Toasts;

/// The card, while a role of the main job has no network.
#[component]
pub(crate) fn NoModels() -> impl IntoView {
    let t = use_texts::<Processar>();
    let shelf = expect_context::<HelperState>().models;
    let missing = Memo::new(move |_| shelf.with(|shelf| shelf.as_ref().map(|s| s.missing.clone()).unwrap_or_default()));
    let folder = Memo::new(move |_| shelf.with(|shelf| shelf.as_ref().map(|s| s.folder.clone()).unwrap_or_default()));
    view! {
        <Show when=move || missing.with(|missing| !missing.is_empty())>
            <section class="card no-models" data-testid="no-models">
                <h2>
                    <Icon shape=Shape::Box />
                    {move || t().missing}
                </h2>
                <p>{move || t().missing_how}</p>
                <ul class="wanted">
                    {move || missing.get().into_iter().map(|wanted| view! { <Wanted wanted /> }).collect_view()}
                </ul>
                <p class="folder">
                    <span class="quiet">{move || t().folder}</span>
                    <code>{move || folder.get()}</code>
                    <Copy text=move || folder.get_untracked() />
                </p>
                <Scan />
            </section>
        </Show>
    }
}

#[component]
fn Wanted(wanted: WantedModel) -> impl IntoView {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let WantedModel { role, id, url, licence } = wanted;
    let link = url.map(|url| {
        view! {
            <a href=url target="_blank" rel="noopener noreferrer">
                {move || t().missing_page}
            </a>
        }
    });
    view! {
        <li>
            <b>{move || notices::role(locale.get(), role)}</b>
            <span class="quiet">{move || notices::role_does(locale.get(), role)}</span>
            <span class="wanted-model">
                <code>{id}</code>
                <span class="quiet">{move || t().licence} " " {licence}</span>
                {link}
            </span>
        </li>
    }
}

/// Looks for models again.
#[component]
pub(crate) fn Scan() -> impl IntoView {
    let t = use_texts::<Processar>();
    let link = expect_context::<Link>();
    let toasts = expect_context::<Toasts>();
    let shelf = expect_context::<HelperState>().models;
    let scanning = RwSignal::new(false);
    let scanned = RwSignal::new(false);
    let scan = move |_| {
        scanning.set(true);
        spawn_local(async move {
            let answer = link.ask(Ask::ScanModels).await;
            // With all models there this card, and its signals, are gone.
            late::set(scanning, false);
            match answer {
                Ok(_) => late::set(scanned, true),
                Err(error) => toasts.refused(error),
            }
        });
    };
    let still = move || scanned.get() && shelf.with(|shelf| shelf.as_ref().is_some_and(|s| !s.missing.is_empty()));
    view! {
        <div class="scan">
            <button type="button" class="button" data-testid="scan-models" disabled=scanning on:click=scan>
                <Icon shape=Shape::Again />
                {move || if scanning.get() { t().scanning } else { t().scan }}
            </button>
            <span class="quiet" role="status">{move || still().then(|| t().scanned)}</span>
        </div>
    }
}
