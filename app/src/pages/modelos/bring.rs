//! The way in for a file of the user's own: dropped, or chosen in the browser's dialog.

use leptos::html::Input;
use leptos::prelude::*;
use web_sys::DragEvent;

use super::arrival::ArrivalRow;
use super::held::why_held;
use crate::components::{Icon, Shape};
use crate::files::Imports;
use crate::files::arrivals::ACCEPT;
use crate::i18n::modelos::Modelos;
use crate::i18n::use_texts;

/// The card.
#[component]
pub(super) fn Bring() -> impl IntoView {
    let t = use_texts::<Modelos>();
    let imports = expect_context::<Imports>();
    let why_held = why_held();
    let input = NodeRef::<Input>::new();
    // Leaving one child of the zone for another is not leaving the zone.
    let over = RwSignal::new(0i32);
    let is_over = move || over.get() > 0 && why_held().is_none();
    let drop_files = move |event: DragEvent| {
        event.prevent_default();
        over.set(0);
        if let Some(transfer) = event.data_transfer()
            && untrack(why_held).is_none()
        {
            imports.take_dropped(&transfer);
        }
    };
    let pick = move |_| {
        if let Some(input) = input.get_untracked() {
            if let Some(list) = input.files() {
                imports.take_chosen(&list);
            }
            // The same file may be chosen again.
            input.set_value("");
        }
    };
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let keys = move || imports.arrivals.with(|all| all.list().iter().map(|arrival| arrival.key).collect::<Vec<_>>());
    view! {
        <section class="card bring">
            <h2>{move || t().bring}</h2>
            <div
                class="drop"
                class:over=is_over
                data-testid="model-drop"
                aria-disabled=move || why_held().map(|_| "true")
                on:dragenter=move |event: DragEvent| {
                    event.prevent_default();
                    over.update(|n| *n += 1);
                }
                on:dragleave=move |_| over.update(|n| *n = (*n - 1).max(0))
                on:dragover=move |event: DragEvent| event.prevent_default()
                on:drop=drop_files
            >
                <Icon shape=Shape::Box />
                <p>
                    {move || if is_over() { t().bring_now } else { t().bring_here }} <span>
                        " " {move || t().or} " "
                        <button
                            type="button"
                            class="link"
                            data-testid="choose-model"
                            disabled=move || why_held().is_some()
                            on:click=choose
                        >
                            {move || t().bring_choose}
                        </button>
                    </span>
                </p>
                <small>{move || why_held().unwrap_or_else(|| t().bring_hint.to_owned())}</small>
                <input
                    node_ref=input
                    type="file"
                    multiple
                    hidden
                    accept=ACCEPT
                    data-testid="model-input"
                    on:change=pick
                />
            </div>
            <div class="uploads">
                <For
                    each=keys
                    key=|key| *key
                    let:key
                >
                    <ArrivalRow key />
                </For>
            </div>
        </section>
    }
}
