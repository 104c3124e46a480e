//! A label with its control, and a choice of several.

use leptos::prelude::*;

/// A label with a control.
#[component]
pub(crate) fn Field(#[prop(into)] label: Signal<&'static str>, children: Children) -> impl IntoView {
    view! {
        <label class="field">
            <span>{move || label.get()}</span>
            {children()}
        </label>
    }
}

/// One of several.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// What it is to programs.
    pub(crate) value: String,
    /// What it is to people.
    pub(crate) label: String,
    /// Whether it can be chosen.
    pub(crate) usable: bool,
}

impl Choice {
    /// One that can be chosen.
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), usable: true }
    }
}

/// A native list to choose from.
#[component]
pub(crate) fn Select(
    #[prop(into)] choices: Signal<Vec<Choice>>,
    #[prop(into)] value: Signal<String>,
    on_choose: impl Fn(String) + 'static,
    #[prop(into, default = false.into())] disabled: Signal<bool>,
    #[prop(optional)] testid: Option<&'static str>,
    /// For lists without a visible label.
    #[prop(into, optional)]
    label: Option<Signal<&'static str>>,
    /// Whether the chosen one can't be used any more.
    #[prop(into, default = false.into())]
    bad: Signal<bool>,
) -> impl IntoView {
    view! {
        <select
            data-testid=testid
            aria-label=move || label.map(|label| label.get())
            aria-invalid=move || bad.get().then_some("true")
            disabled=disabled
            on:change=move |event| on_choose(event_target_value(&event))
            // Set after the options are there, and again when they change.
            prop:value=move || {
                choices.track();
                value.get()
            }
        >
            {move || {
                let chosen = value.get();
                choices
                    .get()
                    .into_iter()
                    .map(|choice| {
                        let selected = choice.value == chosen;
                        view! {
                            <option value=choice.value disabled=!choice.usable selected=selected>
                                {choice.label}
                            </option>
                        }
                    })
                    .collect_view()
            }}
        </select>
    }
}
