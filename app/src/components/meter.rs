//! A share as a thin bar with its figure.

use leptos::prelude::*;

/// A labelled bar.
#[component]
pub(crate) fn Meter(
    label: &'static str,
    /// 0..=1.
    #[prop(into)]
    share: Signal<f64>,
    #[prop(into)] figure: Signal<String>,
    #[prop(into, optional)] title: Option<Signal<String>>,
) -> impl IntoView {
    let width = move || format!("{:.1}%", share.get().clamp(0.0, 1.0) * 100.0);
    view! {
        <div class="meter" title=move || title.map(|title| title.get())>
            <span>{label}</span>
            <span class="bar" class:high=move || { share.get() > 0.92 }>
                <span class="bar-fill" style:width=width></span>
            </span>
            <b class="num">{move || figure.get()}</b>
        </div>
    }
}
