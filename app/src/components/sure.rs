//! A question before what can't be had back is thrown away.

use leptos::html;
use leptos::prelude::*;

use crate::i18n::queue::Queue;
use crate::i18n::use_texts;

/// Asks before what was done is thrown away.
#[component]
pub(crate) fn Sure(on_yes: Callback<()>, on_no: Callback<()>) -> impl IntoView {
    let t = use_texts::<Queue>();
    let keep = NodeRef::<html::Button>::new();
    // The pressed button is gone: who uses the keyboard goes on here.
    Effect::new(move |_| {
        if let Some(button) = keep.get() {
            drop(button.focus());
        }
    });
    view! {
        <div class="go-on" role="group" aria-label=move || t().sure>
            <span class="sure">{move || t().sure}</span>
            <button type="button" class="button small danger" data-testid="discard" on:click=move |_| on_yes.run(())>
                {move || t().discard}
            </button>
            <button type="button" class="button small" data-testid="keep" node_ref=keep on:click=move |_| on_no.run(())>
                {move || t().keep}
            </button>
        </div>
    }
}
