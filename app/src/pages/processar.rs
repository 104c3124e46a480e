//! Page.
use leptos::prelude::*;
/// Page.
#[component]
pub(crate) fn Processar() -> impl IntoView {
    view! { <h1>"Processar"</h1> }
}
