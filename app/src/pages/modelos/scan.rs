//! A look for models that were put into their folder by hand.

use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::Ask;

use crate::components::{Icon, Shape};
use crate::i18n::modelos::Modelos;
use crate::i18n::use_texts;
use crate::net::Link;
use crate::state::late;
use crate::state::toasts::Toasts;

/// Looks for models again.
#[component]
pub(super) fn Scan() -> impl IntoView {
    let t = use_texts::<Modelos>();
    let link = expect_context::<Link>();
    let toasts = expect_context::<Toasts>();
    let scanning = RwSignal::new(false);
    let scan = move |_| {
        scanning.set(true);
        spawn_local(async move {
            let answer = link.ask(Ask::ScanModels).await;
            // The page may have been left meanwhile.
            late::set(scanning, false);
            if let Err(error) = answer {
                toasts.refused(error);
            }
        });
    };
    view! {
        <div class="scan">
            <button type="button" class="button" data-testid="scan-models" disabled=scanning on:click=scan>
                <Icon shape=Shape::Again />
                {move || if scanning.get() { t().scanning } else { t().scan }}
            </button>
        </div>
    }
}
