//! A look for models that were put into their folder by hand.

use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::Ask;

use crate::components::{Icon, Shape};
use crate::i18n::processar::Processar;
use crate::i18n::use_texts;
use crate::net::Link;
use crate::state::helper::HelperState;
use crate::state::late;
use crate::state::toasts::Toasts;

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
