//! The list of a folder: chosen with mouse, finger or keyboard.

use js_sys::{Date, Object, Reflect};
use leptos::html::Div;
use leptos::prelude::*;
use wasm_bindgen::JsValue;
use web_sys::{KeyboardEvent, MouseEvent, ScrollIntoViewOptions, ScrollLogicalPosition};

use super::browser::Browser;
use super::selection::Row;
use crate::components::{Icon, Shape};
use crate::i18n::files::Files;
use crate::i18n::{Locale, use_locale, use_texts};

/// Lines that are drawn at first, and how many more each time: five thousand at once are slow.
const PART: usize = 300;

/// Lines that Page Up and Page Down pass.
const PAGE: isize = 10;

/// The lines of the folder that is shown.
#[component]
pub(super) fn Rows(browser: Browser, list: NodeRef<Div>, on_choose: Callback<()>) -> impl IntoView {
    let (texts, locale) = (use_texts::<Files>(), use_locale());
    let Browser { rows, selection, .. } = browser;
    let limit = RwSignal::new(PART);
    Effect::new(move |_| {
        rows.track();
        limit.set(PART);
    });
    // The keyboard goes on where the list was cut.
    Effect::new(move |_| {
        let cursor = selection.with(|selection| selection.cursor());
        if cursor >= limit.get_untracked() {
            limit.set(cursor + PART);
        }
        request_animation_frame(move || show_row(cursor));
    });
    let enter = move |at: usize| {
        let Some(row) = rows.with_untracked(|rows| rows.get(at).cloned()) else { return };
        if !row.is_video() {
            browser.go(row.place.0, row.place.1);
            return;
        }
        selection.update(|selection| {
            if selection.chosen().is_empty() {
                rows.with_untracked(|rows| selection.press(rows, at, false));
            }
        });
        on_choose.run(());
    };
    let press = move |at: usize, range: bool| {
        rows.with_untracked(|rows| selection.update(|selection| selection.press(rows, at, range)));
    };
    let key = move |event: KeyboardEvent| {
        let step = |by| rows.with_untracked(|rows| selection.update(|s| s.step(rows, by, event.shift_key())));
        let cursor = selection.with_untracked(|selection| selection.cursor());
        let command = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "a" | "A" if command => rows.with_untracked(|rows| selection.update(|selection| selection.all(rows))),
            _ if command => return,
            "ArrowDown" => step(1),
            "ArrowUp" => step(-1),
            "PageDown" => step(PAGE),
            "PageUp" => step(-PAGE),
            "Home" => step(isize::MIN / 2),
            "End" => step(isize::MAX / 2),
            " " => press(cursor, event.shift_key()),
            "Enter" => enter(cursor),
            "ArrowRight" if rows.with_untracked(|rows| rows.get(cursor).is_some_and(|row| !row.is_video())) => {
                enter(cursor);
            }
            "Backspace" | "ArrowLeft" => browser.up(),
            _ => return,
        }
        event.prevent_default();
    };
    let line = move |(at, row): (usize, Row)| {
        let (place, is_video, name) = (row.place.clone(), row.is_video(), row.entry.name.clone());
        let (size, changed) = (row.entry.size, row.entry.changed);
        let chosen = Memo::new(move |_| selection.with(|selection| selection.holds(&place)));
        let on_cursor = move || selection.with(|selection| selection.cursor()) == at;
        let click = move |event: MouseEvent| {
            // Folders open at once: there is nothing else to do with them.
            if is_video { press(at, event.shift_key()) } else { enter(at) }
        };
        view! {
            <div
                id=id_of(at)
                class="picker-row"
                class:on-cursor=on_cursor
                role="option"
                aria-selected=move || is_video.then(|| chosen.get().to_string())
                data-testid="picker-entry"
                data-name=name
                data-kind=if is_video { "video" } else { "folder" }
                on:click=click
                on:dblclick=move |_| {
                    if is_video {
                        // The second click took back what the first one chose.
                        if !chosen.get_untracked() {
                            press(at, false);
                        }
                        on_choose.run(());
                    }
                }
            >
                <i class="picker-tick" aria-hidden="true">
                    {is_video.then(|| view! { <Icon shape=Shape::Check /> })}
                </i>
                <Icon shape=if is_video { Shape::Film } else { Shape::Folder } />
                <b title=name.clone()>{name.clone()}</b>
                <span>{move || if is_video { locale.get().bytes(size) } else { texts().folder.to_owned() }}</span>
                <time title=move || date(locale.get(), changed, true)>{move || date(locale.get(), changed, false)}</time>
            </div>
        }
    };
    let shown = move || {
        let rows = rows.get();
        rows.into_iter().take(limit.get()).enumerate().map(line).collect_view()
    };
    view! {
        <div
            class="picker-rows"
            role="listbox"
            tabindex="0"
            aria-multiselectable="true"
            aria-label=move || texts().content
            aria-busy=move || browser.busy.get().to_string()
            aria-activedescendant=move || {
                rows.with(|rows| !rows.is_empty()).then(|| id_of(selection.with(|selection| selection.cursor())))
            }
            node_ref=list
            on:keydown=key
        >
            {shown}
            <Show when=move || { limit.get() < rows.with(Vec::len) }>
                <button type="button" class="button" on:click=move |_| limit.update(|limit| *limit += PART)>
                    {move || texts().more}
                </button>
            </Show>
        </div>
    }
}

fn id_of(at: usize) -> String {
    format!("picker-row-{at}")
}

fn show_row(at: usize) {
    if let Some(row) = document().get_element_by_id(&id_of(at)) {
        let nearest = ScrollIntoViewOptions::new();
        nearest.set_block(ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&nearest);
    }
}

/// A day as the language writes it, with the time where that is wanted.
fn date(locale: Locale, ms: u64, with_time: bool) -> String {
    if ms == 0 {
        return String::new();
    }
    let date = Date::new(&JsValue::from_f64(ms as f64));
    let style = Object::new();
    let put = |name: &str, value: &str| {
        // Setting a name on an object of our own is never refused.
        let _ = Reflect::set(&style, &name.into(), &value.into());
    };
    put("dateStyle", if with_time { "long" } else { "short" });
    if with_time {
        put("timeStyle", "short");
    }
    date.to_locale_string(locale.tag(), &style).into()
}
