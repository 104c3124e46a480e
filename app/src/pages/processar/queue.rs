//! The queue's own line: how many wait, and whether it is paused.

use leptos::prelude::*;
use silhueta_shared::protocol::Ask;
use silhueta_shared::state::JobState;

use crate::components::{Icon, Shape};
use crate::i18n::queue::Queue;
use crate::i18n::{use_locale, use_texts};
use crate::net::{Link, LinkStatus};
use crate::state::bench::Bench;
use crate::state::helper::HelperState;
use crate::state::toasts::Toasts;

/// Shown while somebody waits, or nothing new begins.
#[component]
pub(super) fn QueueBar() -> impl IntoView {
    let t = use_texts::<Queue>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let helper = expect_context::<HelperState>();
    let link = expect_context::<Link>();
    let toasts = expect_context::<Toasts>();
    let paused = Memo::new(move |_| helper.queue.with(|queue| queue.paused));
    let waiting =
        Memo::new(move |_| bench.jobs.with(|jobs| jobs.iter().filter(|job| job.state == JobState::Queued).count()));
    let offline = move || link.status().get() != LinkStatus::Online;
    let said = move || {
        if paused.get() { t().paused.to_owned() } else { (t().waiting)(&locale.get().int(waiting.get() as u64)) }
    };
    let press = move |_| bench.wish(Ask::PauseQueue { on: !paused.get_untracked() }, toasts);
    view! {
        <Show when=move || paused.get() || (waiting.get() > 0)>
            <div class="queue-bar" class:paused=paused data-testid="queue-bar" data-paused=move || paused.get().to_string()>
                <span class="queue-said" role="status">{said}</span>
                <button type="button" class="button small" data-testid="pause-queue" disabled=offline on:click=press>
                    {move || view! { <Icon shape=if paused.get() { Shape::Play } else { Shape::Pause } /> }}
                    {move || if paused.get() { t().let_go_on } else { t().pause }}
                </button>
            </div>
        </Show>
    }
}
