//! The door: asks for the code when the helper runs with closed access.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::components::{Icon, Shape};
use crate::i18n::shell::Shell;
use crate::i18n::use_texts;
use crate::net::{Credential, Entry, Link};
use crate::state::late;

/// The form that lets a person in.
#[component]
pub(super) fn AccessForm() -> impl IntoView {
    let t = use_texts::<Shell>();
    let link = expect_context::<Link>();
    let token = RwSignal::new(String::new());
    let answer = RwSignal::new(None::<Entry>);
    let waiting = RwSignal::new(false);
    let enter = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let given = token.get_untracked().trim().to_owned();
        if given.is_empty() || waiting.get_untracked() {
            return;
        }
        waiting.set(true);
        spawn_local(async move {
            let entry = link.enter(Credential::Token(given)).await;
            // Let in, the form is gone.
            late::set(waiting, false);
            late::set(answer, Some(entry));
        });
    };
    let wrong = move || match answer.get() {
        Some(Entry::Refused) => Some(t().access_wrong),
        Some(Entry::Silent) => Some(t().access_silent),
        Some(Entry::Open) | None => None,
    };
    view! {
        <form class="access card" data-testid="access-form" on:submit=enter>
            <Icon shape=Shape::Lock />
            <h1>{move || t().access_title}</h1>
            <p class="quiet">{move || t().access_how}</p>
            <label>
                <span>{move || t().access_label}</span>
                <input
                    type="password"
                    autocomplete="off"
                    spellcheck="false"
                    autofocus
                    aria-invalid=move || wrong().map(|_| "true")
                    bind:value=token
                />
            </label>
            <p class="wrong" role="alert">{wrong}</p>
            <button type="submit" class="button primary" disabled=waiting>{move || t().access_enter}</button>
        </form>
    }
}
