//! The short messages at the corner.

use std::time::Duration;

use leptos::html::{Button, Div};
use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;
use silhueta_shared::protocol::WireError;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::components::{Icon, Shape};
use crate::i18n::modelos::Modelos;
use crate::i18n::shell::Shell as Texts;
use crate::i18n::{errors, use_locale, use_texts};
use crate::state::shelf::Shelf;
use crate::state::toasts::{Said, Toast, Toasts};

/// How long something done stays to be undone here; its own page has it for longer.
const UNDO: Duration = Duration::from_secs(12);

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
    let Toast { id, said } = toast;
    match said {
        Said::Refused(error) => view! { <Refusal id error /> }.into_any(),
        Said::Removed { model } => view! { <Removed id model /> }.into_any(),
    }
}

#[component]
fn Refusal(id: u32, error: WireError) -> impl IntoView {
    let locale = use_locale();
    let detail = [Some(error.message.clone()), error.hint.clone()].into_iter().flatten().collect::<Vec<_>>().join(". ");
    view! {
        <div class="toast" data-testid="notice">
            <Icon shape=Shape::Warning />
            <div>
                <p>{move || errors::refusal(locale.get(), &error)}</p>
                <p class="quiet detail">{detail}</p>
            </div>
            <Dismiss id />
        </div>
    }
}

#[component]
fn Removed(id: u32, model: String) -> impl IntoView {
    let t = use_texts::<Modelos>();
    let (toasts, shelf) = (expect_context::<Toasts>(), expect_context::<Shelf>());
    let card = NodeRef::<Div>::new();
    // It stays while somebody is at it.
    let go = move || {
        let watched = card.get_untracked().is_some_and(|card| card.matches(":hover, :focus-within").unwrap_or(false));
        if !watched {
            toasts.dismiss(id);
        }
    };
    if let Ok(timer) = set_interval_with_handle(go, UNDO) {
        on_cleanup(move || timer.clear());
    }
    let undo = NodeRef::<Button>::new();
    // Who pressed a button that went with its row would else begin at the top of the page again.
    Effect::new(move |_| {
        let Some(undo) = undo.get() else { return };
        request_animation_frame(move || {
            let active = document().active_element();
            if active.is_none_or(|active| active.tag_name() == "BODY") {
                // Refused only where it is gone already.
                drop(undo.focus());
            }
        });
    });
    let (name, back) = (model.clone(), model);
    let restore = move |_| {
        shelf.restore(back.clone());
        if let Some(main) = document().get_element_by_id("content").and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            drop(main.focus());
        }
    };
    view! {
        <div node_ref=card class="toast done" data-testid="removed-notice">
            <Icon shape=Shape::Trash />
            <p>{move || (t().removed_toast)(&name)}</p>
            <div class="toast-acts">
                <button
                    type="button"
                    node_ref=undo
                    class="button small"
                    data-testid="undo"
                    on:click=restore
                >
                    <Icon shape=Shape::Undo />
                    {move || t().undo}
                </button>
                <Dismiss id />
            </div>
        </div>
    }
}

#[component]
fn Dismiss(id: u32) -> impl IntoView {
    let t = use_texts::<Texts>();
    let toasts = expect_context::<Toasts>();
    view! {
        <button type="button" class="icon-button" aria-label=move || t().dismiss on:click=move |_| toasts.dismiss(id)>
            <Icon shape=Shape::Close />
        </button>
    }
}
