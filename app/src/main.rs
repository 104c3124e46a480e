//! The page. For now it tells what Silhueta is and how to run it; it holds no truth of its own.

mod i18n;

use leptos::prelude::*;

use crate::i18n::{Locale, Texts};

fn main() {
    mount_to_body(Welcome);
}

/// The only page so far.
#[component]
fn Welcome() -> impl IntoView {
    let locale = Locale::of_browser();
    let Texts { title, what, how, next } = locale.texts();
    if let Some(root) = document().document_element() {
        // A page in another language than it says is read out wrongly.
        let said = root.set_attribute("lang", locale.tag());
        debug_assert!(said.is_ok(), "lang is a valid attribute");
    }
    view! {
        <main class="welcome">
            <h1>{title}</h1>
            <p>{what}</p>
            <p>{how}</p>
            <pre><code>"cargo xtask run video.mp4"</code></pre>
            <p class="quiet">{next}</p>
        </main>
    }
}
