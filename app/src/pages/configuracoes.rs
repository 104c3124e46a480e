//! Page.
use leptos::prelude::*;
/// Page.
#[component]
pub(crate) fn Configuracoes() -> impl IntoView {
    view! { <h1>"Configuracoes"</h1> }
}
