//! The page of the main job: choose videos, start, watch the stages and the skeletons, take the results.

mod actions;
mod announce;
mod failure;
mod go_on;
mod head;
mod log;
mod queue;
mod results;
mod settings;
mod stages;
mod stall;
mod video_row;
mod videos;
mod welcome;

use leptos::prelude::*;
use silhueta_shared::protocol::Page;

use self::actions::Actions;
use self::announce::Announcer;
use self::failure::Endings;
use self::head::Head;
use self::log::Log;

use self::results::ResultsCard;
use self::settings::Settings;
use self::stages::Stages;
use self::videos::Videos;
use self::welcome::Welcome;
use crate::pages::modelos::Small;
use crate::preview::PreviewTile;
use crate::state::bench::Bench;

/// The page.
#[component]
pub(crate) fn Processar() -> impl IntoView {
    let bench = expect_context::<Bench>();
    let has_run = Memo::new(move |_| bench.jobs.with(|jobs| !jobs.is_empty()));
    let is_new = Memo::new(move |_| !has_run.get() && bench.sources.with(Vec::is_empty));
    let active = move || bench.merged.with(|merged| merged.active);
    view! {
        <div class="page processar">
            <Head />
            <Announcer />
            <div class="bench" class:new=is_new class:work-first=move || has_run.get()>
                <div class="bench-inputs">
                    <Videos />
                    <Settings />
                    <Actions />
                </div>
                <div class="bench-work" class:active=active>
                    <Show when=move || !is_new.get()>
                        <Stages />
                    </Show>
                    <Endings />
                    <ResultsCard />
                    <Show when=move || !is_new.get()>
                        <PreviewTile
                            page=Page::Processar
                            job=bench.focus.into()
                            wanted=bench.preview
                            look=bench.look
                        />
                    </Show>
                    <Show when=move || is_new.get()>
                        <Welcome />
                    </Show>
                    <Small />
                </div>
                <Show when=move || has_run.get()>
                    <div class="bench-log">
                        <Log />
                    </div>
                </Show>
            </div>
        </div>
    }
}
