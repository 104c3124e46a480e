//! On or off.

use leptos::prelude::*;

/// A row with a text and a switch; all of it can be pressed.
#[component]
pub(crate) fn Switch(
    /// What it switches.
    #[prop(into)]
    label: Signal<&'static str>,
    /// A few words more.
    #[prop(into)]
    hint: Signal<&'static str>,
    #[prop(into)] on: Signal<bool>,
    on_change: impl Fn(bool) + 'static,
    #[prop(into, default = false.into())] disabled: Signal<bool>,
    testid: &'static str,
) -> impl IntoView {
    view! {
        <button
            type="button"
            role="switch"
            class="switch"
            data-testid=testid
            aria-checked=move || on.get().to_string()
            disabled=disabled
            on:click=move |_| on_change(!on.get_untracked())
        >
            <span class="switch-text">
                {move || label.get()}
                <small>{move || hint.get()}</small>
            </span>
            <span class="switch-knob" aria-hidden="true"></span>
        </button>
    }
}
