//! The folders that are open, and the way to open another.

use leptos::html::Input;
use leptos::prelude::*;
use silhueta_shared::protocol::{ErrorCode, Root, WireError};
use web_sys::SubmitEvent;

use super::browser::Browser;
use super::listing::base_name;
use crate::components::{Icon, Shape};
use crate::i18n::errors::refusal;
use crate::i18n::files::Files;
use crate::i18n::{use_locale, use_texts};
use crate::state::helper::HelperState;

/// At the side of the picker.
#[component]
pub(super) fn Roots(browser: Browser, input: NodeRef<Input>) -> impl IntoView {
    let (texts, locale) = (use_texts::<Files>(), use_locale());
    let helper = expect_context::<HelperState>();
    let path = RwSignal::new(String::new());
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let wanted = path.get_untracked().trim().to_owned();
        if !wanted.is_empty() {
            browser.open(wanted);
        }
    };
    // A folder that is shown was opened: the field is free for another.
    Effect::new(move |_| {
        if browser.at.get().is_some() {
            path.set(String::new());
        }
    });
    let roots = move || {
        let here = browser.at.get().map(|(root, _)| root);
        let line = move |root: Root| {
            let id = root.id;
            view! {
                <li>
                    <button
                        type="button"
                        class="picker-root"
                        data-testid="picker-root"
                        data-path=root.path.clone()
                        title=root.path
                        aria-current=(here == Some(id)).then_some("true")
                        on:click=move |_| browser.go(id, String::new())
                    >
                        <Icon shape=Shape::Folder />
                        <span>
                            <b>{base_name(&root.path).to_owned()}</b>
                            <small>{root.path.clone()}</small>
                        </span>
                    </button>
                </li>
            }
        };
        helper.roots.get().into_iter().map(line).collect_view()
    };
    // The one value that was given is the path: what is wrong with it is the helper's to say.
    let said = move |error: &WireError| match error.code {
        ErrorCode::BadValue => texts().cant_open,
        _ => refusal(locale.get(), error),
    };
    let trouble = move || browser.trouble.get().map(|error| (said(&error), error.message));
    view! {
        <aside class="picker-side">
            <h3 hidden=move || helper.roots.with(Vec::is_empty)>{move || texts().folders}</h3>
            <ul>{roots}</ul>
            <form class="picker-open" on:submit=submit>
                <label>
                    {move || texts().other_folder}
                    <input
                        node_ref=input
                        type="text"
                        name="path"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        data-testid="picker-path-input"
                        placeholder=move || texts().path_example
                        aria-invalid=move || browser.trouble.with(Option::is_some).then_some("true")
                        aria-describedby="picker-path-about"
                        prop:value=path
                        on:input=move |event| {
                            browser.trouble.set(None);
                            path.set(event_target_value(&event));
                        }
                    />
                </label>
                <button type="submit" class="button" data-testid="picker-open-root" disabled=move || path.with(|p| p.trim().is_empty())>
                    {move || texts().open}
                </button>
                <p id="picker-path-about" class:bad=move || trouble().is_some() role="status">
                    {move || trouble().map_or_else(|| texts().path_hint.to_owned(), |(said, _)| said.to_owned())}
                    <small>{move || trouble().map(|(_, detail)| detail)}</small>
                </p>
            </form>
        </aside>
    }
}
