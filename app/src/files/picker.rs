//! The dialog that chooses videos in folders of the helper's machine.

use leptos::html::{Dialog, Div, Input};
use leptos::prelude::*;
use silhueta_shared::protocol::SourceRef;
use web_sys::KeyboardEvent;

use super::browser::Browser;
use super::listing::crumbs;
use super::roots::Roots;
use super::rows::Rows;
use super::selection::Selection;
use crate::components::{Icon, Shape};
use crate::i18n::errors::refusal;
use crate::i18n::files::Files;
use crate::i18n::{use_locale, use_texts};
use crate::net::Link;
use crate::state::helper::HelperState;

/// Chooses videos; `on_pick` gets them in the order they were chosen.
#[component]
pub(crate) fn FilePicker(open: RwSignal<bool>, on_pick: Callback<Vec<SourceRef>>) -> impl IntoView {
    let (texts, locale) = (use_texts::<Files>(), use_locale());
    let helper = expect_context::<HelperState>();
    let browser = Browser::new(expect_context::<Link>(), helper);
    let Browser { listing, filter, selection, rows, busy, .. } = browser;
    let (dialog, list, path) = (NodeRef::<Dialog>::new(), NodeRef::<Div>::new(), NodeRef::<Input>::new());

    Effect::new(move |_| {
        let (open, Some(dialog)) = (open.get(), dialog.get()) else { return };
        if open && !dialog.open() {
            // Refused only where it is open already.
            let _ = dialog.show_modal();
            browser.enter();
            if helper.roots.with_untracked(Vec::is_empty) {
                focus(path);
            }
        } else if !open && dialog.open() {
            dialog.close();
        }
    });
    // The keyboard is in the list as soon as there is one.
    Effect::new(move |_| {
        if listing.with(|listing| matches!(listing, Some(Ok(_)))) && open.get_untracked() {
            request_animation_frame(move || {
                if let Some(list) = list.get_untracked() {
                    let _ = list.focus();
                }
            });
        }
    });
    let count = move || selection.with(|selection| selection.chosen().len());
    let choose = Callback::new(move |()| {
        let chosen = browser.chosen();
        if !chosen.is_empty() {
            open.set(false);
            on_pick.run(chosen);
        }
    });
    let way = move || {
        let (root, at) = browser.at.get()?;
        let crumbs = crumbs(&browser.root_path()?, &at);
        let last = crumbs.len() - 1;
        let crumb = move |(i, (name, path)): (usize, (String, String))| {
            view! {
                <li>
                    <button
                        type="button"
                        aria-current=(i == last).then_some("location")
                        on:click=move |_| browser.go(root, path.clone())
                    >
                        {name}
                    </button>
                </li>
            }
        };
        Some(crumbs.into_iter().enumerate().map(crumb).collect_view())
    };
    let to_list = move |event: KeyboardEvent| {
        if event.key() == "ArrowDown"
            && let Some(list) = list.get_untracked()
        {
            event.prevent_default();
            let _ = list.focus();
        }
    };
    // What there is instead of lines.
    let instead = move || {
        let t = texts();
        let said = |head: &str, more: String, again: bool| Some((head.to_owned(), more, again));
        match listing.get() {
            Some(Err(error)) => said(refusal(locale.get(), &error), error.message, true),
            Some(Ok(listing)) if listing.entries.is_empty() => said(t.empty, t.empty_hint.into(), false),
            Some(Ok(_)) if rows.with(Vec::is_empty) => said(t.no_match, String::new(), false),
            Some(Ok(_)) => None,
            None if busy.get() => said(t.loading, String::new(), false),
            None => said(t.no_roots, t.no_roots_hint.into(), false),
        }
    };
    let is_cut = move || listing.with(|listing| matches!(listing, Some(Ok(listing)) if listing.cut));
    view! {
        <dialog
            class="picker"
            data-testid="picker"
            aria-labelledby="picker-title"
            node_ref=dialog
            on:close=move |_| open.set(false)
        >
            <header>
                <h2 id="picker-title">{move || texts().title}</h2>
                <button
                    type="button"
                    class="icon-button"
                    data-testid="picker-close"
                    aria-label=move || texts().close
                    title=move || texts().close
                    on:click=move |_| open.set(false)
                >
                    <Icon shape=Shape::Close />
                </button>
            </header>
            <Roots browser input=path />
            <div class="picker-main">
                <div class="picker-way">
                    <nav aria-label=move || texts().where_am_i>
                        <ol>{way}</ol>
                    </nav>
                    <input
                        type="search"
                        autocomplete="off"
                        spellcheck="false"
                        placeholder=move || texts().filter
                        aria-label=move || texts().filter
                        disabled=move || listing.with(|listing| !matches!(listing, Some(Ok(_))))
                        prop:value=filter
                        on:keydown=to_list
                        on:input=move |event| {
                            filter.set(event_target_value(&event));
                            selection.update(Selection::home);
                        }
                    />
                </div>
                <p class="picker-cut" hidden=move || !is_cut()>{move || texts().cut}</p>
                <Show when=move || instead().is_some()>
                    <div class="picker-instead" role="status">
                        <p>{move || instead().map(|(head, ..)| head)}</p>
                        <small>{move || instead().map(|(_, more, _)| more)}</small>
                        <Show when=move || instead().is_some_and(|(.., again)| again)>
                            <button type="button" class="button" on:click=move |_| browser.again()>
                                {move || texts().again}
                            </button>
                        </Show>
                    </div>
                </Show>
                <div class="picker-list" hidden=move || instead().is_some()>
                    <Rows browser list on_choose=choose />
                </div>
            </div>
            <footer>
                <small class="picker-keys">{move || texts().keys}</small>
                <button
                    type="button"
                    class="button"
                    disabled=move || rows.with(|rows| !rows.iter().any(|row| row.is_video()))
                    on:click=move |_| {
                        rows.with_untracked(|rows| {
                            selection.update(|selection| if selection.chosen().is_empty() {
                                selection.all(rows);
                            } else {
                                selection.clear();
                            });
                        });
                    }
                >
                    {move || if count() == 0 { texts().all } else { texts().none }}
                </button>
                <button
                    type="button"
                    class="button primary"
                    data-testid="picker-choose"
                    disabled=move || count() == 0
                    on:click=move |_| choose.run(())
                >
                    {move || texts().add}
                    <span hidden=move || count() == 0>{move || format!("({})", locale.get().int(count() as u64))}</span>
                </button>
                <output class="unseen" aria-live="polite">
                    {move || locale.get().counted(count() as u64, texts().chosen)}
                </output>
            </footer>
        </dialog>
    }
}

fn focus(input: NodeRef<Input>) {
    request_animation_frame(move || {
        if let Some(input) = input.get_untracked() {
            let _ = input.focus();
        }
    });
}
