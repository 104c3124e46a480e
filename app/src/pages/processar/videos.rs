//! The list of videos, and the ways into it.

use leptos::prelude::*;

use super::queue::QueueBar;
use super::video_row::VideoRow;
use crate::files::{DropZone, FilePicker};
use crate::i18n::processar::Processar;
use crate::i18n::use_texts;
use crate::state::bench::Bench;

/// The card with the list.
#[component]
pub(super) fn Videos() -> impl IntoView {
    let t = use_texts::<Processar>();
    let bench = expect_context::<Bench>();
    let browsing = RwSignal::new(false);
    let some = move || bench.sources.with(|sources| sources.len() > 1) && bench.editable();
    let clear = move |_| {
        for video in bench.sources.get_untracked() {
            bench.remove(&video.source);
        }
    };
    view! {
        // Put aside while another page works, not taken away: uploads under way are shown beside it.
        <section class="card videos" class:closed=move || !bench.open_to_videos()>
            <div class="card-head">
                <h2>
                    {move || t().videos}
                    <span class="count num">
                        {move || bench.sources.with(|sources| (!sources.is_empty()).then_some(sources.len()))}
                    </span>
                </h2>
                <Show when=some>
                    <button type="button" class="button small quiet-button" on:click=clear>{move || t().clear}</button>
                </Show>
            </div>
            <ul class="video-list">
                <For
                    each=move || bench.sources.get()
                    key=|video| video.source.clone()
                    children=move |video| view! { <VideoRow source=video.source /> }
                />
            </ul>
            <QueueBar />
            <DropZone
                on_ready=Callback::new(move |source| bench.add(vec![source]))
                on_browse=Callback::new(move |()| browsing.set(true))
            />
            <FilePicker open=browsing on_pick=Callback::new(move |sources| bench.add(sources)) />
        </section>
    }
}
