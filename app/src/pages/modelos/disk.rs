//! The models folder: where it is, what it takes, what is left, and a look for files that were put there by hand.

use leptos::prelude::*;

use super::folder::Folder;
use crate::i18n::modelos::Modelos;
use crate::i18n::{use_locale, use_texts};
use crate::state::shelf::Shelf;

/// The card.
#[component]
pub(super) fn Disk() -> impl IntoView {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let shelf = expect_context::<Shelf>();
    let used = shelf.part(|shelf| shelf.disk_used);
    let free = shelf.part(|shelf| shelf.disk_free);
    view! {
        <section class="card models-disk" data-testid="models-disk">
            <h2>{move || t().disk}</h2>
            <p class="disk-figures num">
                <span>
                    <b data-testid="disk-used">{move || locale.get().bytes(used.get())}</b>
                    <span class="quiet">{move || t().disk_used}</span>
                </span>
                <Show when=move || free.get().is_some()>
                    <span>
                        <b>{move || locale.get().bytes(free.get().unwrap_or_default())}</b>
                        <span class="quiet">{move || t().disk_free}</span>
                    </span>
                </Show>
            </p>
            <Folder />
        </section>
    }
}
