//! What can be done with a job that ended before its results were there: go on, begin anew, forget it.

use leptos::prelude::*;
use silhueta_shared::protocol::{Ask, JobId, JobView};

use crate::components::{Icon, Shape, Sure};
use crate::i18n::processar::Processar;
use crate::i18n::queue::{Queue, kept};
use crate::i18n::{notices, use_locale, use_texts};
use crate::net::{Link, LinkStatus};
use crate::state::bench::Bench;
use crate::state::helper::HelperState;
use crate::state::toasts::Toasts;

/// Why nothing can be continued now, in words; none when it can.
pub(super) fn blocked() -> Signal<Option<String>> {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let helper = expect_context::<HelperState>();
    let link = expect_context::<Link>();
    Signal::derive(move || {
        if link.status().get() != LinkStatus::Online {
            return Some(t().blocked_offline.to_owned());
        }
        // The run that works takes its own back.
        let run = bench.merged.with(|merged| merged.run);
        let other = helper.lock.with(|lock| lock.as_ref().filter(|lock| Some(lock.run) != run).map(|lock| lock.page));
        other.map(|page| (t().blocked_locked)(notices::page(locale.get(), page)))
    })
}

/// What a job has kept, as a sentence.
#[component]
pub(super) fn Kept(job: Memo<Option<JobView>>) -> impl IntoView {
    let locale = use_locale();
    let t = use_texts::<Queue>();
    let kept = move || {
        job.with(|job| match job {
            Some(JobView { resumable: None, started: None, .. }) => t().not_begun.to_owned(),
            job => kept(locale.get(), job.as_ref().and_then(|job| job.resumable.as_ref())),
        })
    };
    view! { <span class="kept" data-testid="kept">{kept}</span> }
}

/// The buttons of one job.
#[component]
pub(super) fn GoOn(id: JobId, job: Memo<Option<JobView>>) -> impl IntoView {
    let t = use_texts::<Queue>();
    let bench = expect_context::<Bench>();
    let toasts = expect_context::<Toasts>();
    let blocked = blocked();
    let sure = RwSignal::new(false);
    let has_kept = Memo::new(move |_| job.with(|job| job.as_ref().is_some_and(|job| job.resumable.is_some())));
    let held = move || blocked.with(Option::is_some);
    let go_on = move |ask: Ask| {
        if let Some(run) = job.with_untracked(|job| job.as_ref().map(|job| job.run)) {
            bench.go_on(ask, run, toasts);
        }
    };
    let remove = move || bench.wish(Ask::Remove { job: id }, toasts);
    // Only what is lost by it needs a second thought.
    let ask_first = move |_| if has_kept.get_untracked() { sure.set(true) } else { remove() };
    let name = move || job.with(|job| job.as_ref().map(|job| job.source.name().to_owned())).unwrap_or_default();
    let removing = move || (t().remove)(&name());
    view! {
        <Show
            when=move || sure.get()
            fallback=move || {
                view! {
                    <div class="go-on" title=move || blocked.get()>
                        <button type="button" class="button small" data-testid="continue" disabled=held on:click=move |_| go_on(Ask::Continue { job: id })>
                            {move || view! { <Icon shape=if has_kept.get() { Shape::Play } else { Shape::Again } /> }}
                            {move || if has_kept.get() { t().go_on } else { t().try_again }}
                        </button>
                        <Show when=move || has_kept.get()>
                            <button type="button" class="button small quiet-button" data-testid="retry" disabled=held on:click=move |_| go_on(Ask::Retry { job: id })>
                                <Icon shape=Shape::Again />
                                {move || t().anew}
                            </button>
                        </Show>
                        <button type="button" class="icon-button" data-testid="remove-job" aria-label=removing title=removing on:click=ask_first>
                            <Icon shape=Shape::Cross />
                        </button>
                    </div>
                }
            }
        >
            <Sure on_yes=Callback::new(move |()| remove()) on_no=Callback::new(move |()| sure.set(false)) />
        </Show>
    }
}
