//! Page.
use leptos::prelude::*;
/// Page.
#[component]
pub(crate) fn Painel() -> impl IntoView {
    view! { <h1>"Painel"</h1> }
}
