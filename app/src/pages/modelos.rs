//! Page.
use leptos::prelude::*;
/// Page.
#[component]
pub(crate) fn Modelos() -> impl IntoView {
    view! { <h1>"Modelos"</h1> }
}
