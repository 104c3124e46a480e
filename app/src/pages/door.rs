//! Page.
use leptos::prelude::*;
use silhueta_shared::protocol::Page;
/// Page.
#[component]
pub(crate) fn Door(page: Page) -> impl IntoView {
    view! { <h1>{page.name()}</h1> }
}
/// Page.
#[component]
pub(crate) fn Nowhere() -> impl IntoView {
    view! { <h1>"?"</h1> }
}
