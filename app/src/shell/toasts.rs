//! The short messages at the corner.

use leptos::prelude::*;

use crate::components::{Icon, Shape};
use crate::i18n::shell::Shell;
use crate::i18n::{errors, use_locale, use_texts};
use crate::state::toasts::{Toast, Toasts};

/// Every message that is there now.
#[component]
pub(super) fn ToastList() -> impl IntoView {
    let toasts = expect_context::<Toasts>();
    view! {
        <div class="toasts" role="region" aria-live="assertive">
            <For each=move || toasts.get() key=|toast| toast.id let:toast>
                <ToastCard toast />
            </For>
        </div>
    }
}

#[component]
fn ToastCard(toast: Toast) -> impl IntoView {
    let t = use_texts::<Shell>();
    let locale = use_locale();
    let toasts = expect_context::<Toasts>();
    let Toast { id, error } = toast;
    let detail = [Some(error.message.clone()), error.hint.clone()].into_iter().flatten().collect::<Vec<_>>().join(". ");
    view! {
        <div class="toast" data-testid="notice">
            <Icon shape=Shape::Warning />
            <div>
                <p>{move || errors::refusal(locale.get(), &error)}</p>
                <p class="quiet detail">{detail}</p>
            </div>
            <button type="button" class="icon-button" aria-label=move || t().dismiss on:click=move |_| toasts.dismiss(id)>
                <Icon shape=Shape::Close />
            </button>
        </div>
    }
}
