//! Why models can't be changed now, in words: said by every button that is switched off for it.

use leptos::prelude::*;

use crate::i18n::modelos::Modelos;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::shelf::{Held, Shelf};

/// The reason, while there is one.
pub(super) fn why_held() -> impl Fn() -> Option<String> + Copy + Send + Sync + 'static {
    let t = use_texts::<Modelos>();
    let locale = use_locale();
    let shelf = expect_context::<Shelf>();
    move || {
        Some(match shelf.held.get()? {
            Held::Offline => t().unconnected.to_owned(),
            Held::By(page) => (t().held)(notices::page(locale.get(), page)),
        })
    }
}
