//! The switches on the video.

use leptos::prelude::*;

use super::look::Look;
use crate::i18n::tile::Tile;
use crate::i18n::use_texts;

/// One switch of [`Look`].
struct Switch {
    test: &'static str,
    label: fn(&Tile) -> &'static str,
    hint: fn(&Tile) -> &'static str,
    get: fn(&Look) -> bool,
    flip: fn(&mut Look),
}

const SWITCHES: [Switch; 4] = [
    Switch {
        test: "look-skeletons",
        label: |t| t.skeletons,
        hint: |t| t.skeletons_hint,
        get: |look| look.skeletons,
        flip: |look| look.skeletons = !look.skeletons,
    },
    Switch {
        test: "look-boxes",
        label: |t| t.boxes,
        hint: |t| t.boxes_hint,
        get: |look| look.boxes,
        flip: |look| look.boxes = !look.boxes,
    },
    Switch {
        test: "look-names",
        label: |t| t.names,
        hint: |t| t.names_hint,
        get: |look| look.names,
        flip: |look| look.names = !look.names,
    },
    Switch {
        test: "look-privacy",
        label: |t| t.privacy,
        hint: |t| t.privacy_hint,
        get: |look| look.privacy,
        flip: |look| look.privacy = !look.privacy,
    },
];

/// All of them, in a row.
#[component]
pub(super) fn Chips(look: RwSignal<Look>) -> impl IntoView {
    let texts = use_texts::<Tile>();
    let chip = move |switch: &'static Switch| {
        view! {
            <button
                type="button"
                class="chip"
                data-testid=switch.test
                title=move || (switch.hint)(texts())
                aria-pressed=move || (switch.get)(&look.get()).to_string()
                on:click=move |_| look.update(switch.flip)
            >
                {move || (switch.label)(texts())}
            </button>
        }
    };
    view! { <div class="tile-chips" role="group" aria-label=move || texts().switches>{SWITCHES.each_ref().map(chip)}</div> }
}
