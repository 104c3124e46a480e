//! Where the models are, and a look for files that were put there by hand.

use leptos::prelude::*;

use super::scan::Scan;
use crate::components::Copy;
use crate::i18n::modelos::Modelos;
use crate::i18n::use_texts;
use crate::state::shelf::Shelf;

/// The folder's path, to be copied, and the button.
#[component]
pub(super) fn Folder() -> impl IntoView {
    let t = use_texts::<Modelos>();
    let folder = expect_context::<Shelf>().part(|shelf| shelf.folder.clone());
    view! {
        <p class="folder">
            <span class="quiet">{move || t().folder}</span>
            <code>{move || folder.get()}</code>
            <Copy text=move || folder.get_untracked() />
        </p>
        <Scan />
    }
}
