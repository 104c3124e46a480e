//! A button that copies a text, and says so.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::{Icon, Shape};
use crate::i18n::shell::Shell;
use crate::i18n::use_texts;
use crate::state::late;

/// Copies what `text` says when pressed.
#[component]
pub(crate) fn Copy(
    text: impl Fn() -> String + 'static,
    /// What is copied, for who listens: where several of these stand together.
    #[prop(into, optional)]
    of: Option<Signal<String>>,
) -> impl IntoView {
    let t = use_texts::<Shell>();
    let copied = RwSignal::new(false);
    let copy = move |_| {
        let text = text();
        spawn_local(async move {
            let promise = window().navigator().clipboard().write_text(&text);
            if JsFuture::from(promise).await.is_ok() {
                // The button may be gone by now.
                late::set(copied, true);
                set_timeout(move || late::set(copied, false), Duration::from_secs(2));
            }
        });
    };
    view! {
        <button
            type="button"
            class="button small quiet-button copy"
            data-testid="copy"
            aria-label=move || of.map(|of| format!("{}: {}", if copied.get() { t().copied } else { t().copy }, of.get()))
            on:click=copy
        >
            {move || {
                let shape = if copied.get() { Shape::Check } else { Shape::Copy };
                view! { <Icon shape /> }
            }}
            <span aria-live="polite">{move || if copied.get() { t().copied } else { t().copy }}</span>
        </button>
    }
}
