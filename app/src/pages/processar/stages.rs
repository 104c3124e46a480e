//! The four stages of the job that is looked at: what is done, what works now, how fast, how long still.

use leptos::prelude::*;
use silhueta_shared::job::Stage;
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::LogLine;
use silhueta_shared::state::JobState;

use crate::components::{Icon, Shape};
use crate::i18n::format::{clock, seconds_left};
use crate::i18n::processar::Processar;
use crate::i18n::{notices, use_locale, use_texts};
use crate::state::bench::Bench;
use crate::state::helper::HelperState;
use crate::state::progress::stage_share;
use crate::state::standing::{SHOWN, Standing, standing};

/// The stages side by side.
#[component]
pub(super) fn Stages() -> impl IntoView {
    let t = use_texts::<Processar>();
    let bench = expect_context::<Bench>();
    let several = move || bench.jobs.with(|jobs| jobs.len() > 1);
    let name = move || bench.focus.with(|job| job.as_ref().map(|job| job.source.name().to_owned()));
    view! {
        <section class="stages-block">
            <Show when=several>
                <h2 class="stages-of">{name}</h2>
            </Show>
            <ol class="stages" aria-label=move || t().stages>
                {SHOWN.into_iter().map(|stage| view! { <StageCard stage /> }).collect_view()}
            </ol>
        </section>
    }
}

#[component]
fn StageCard(stage: Stage) -> impl IntoView {
    let t = use_texts::<Processar>();
    let locale = use_locale();
    let bench = expect_context::<Bench>();
    let helper = expect_context::<HelperState>();
    let job = bench.focus;
    let standing =
        Memo::new(move |_| job.with(|job| job.as_ref().map_or(Standing::Waiting, |job| standing(job, stage))));
    let view =
        Memo::new(move |_| job.with(|job| job.as_ref()?.stages.iter().find(|view| view.stage == stage).copied()));
    let preparing = Memo::new(move |_| {
        stage == Stage::Track
            && job.with(|job| job.as_ref().is_some_and(|job| job.state == JobState::Running(Stage::Probe)))
    });
    let ended = Memo::new(move |_| job.with(|job| job.as_ref().is_some_and(|job| job.state.has_ended())));
    let share = move || match (standing.get(), view.get()) {
        (Standing::Done, _) => 1.0,
        (_, Some(view)) => stage_share(&view),
        (_, None) => 0.0,
    };
    let counting = move || matches!(standing.get(), Standing::Now | Standing::Paused);
    let unknown = move || standing.get() == Standing::Now && view.get().is_none_or(|view| view.total.is_none());
    let frames = move || match (standing.get(), view.get()) {
        (_, Some(view)) if view.done > 0 || counting() => notices::frames_at(locale.get(), &view, counting()),
        (Standing::Now, _) => notices::stage_does(locale.get(), stage).to_owned(),
        (Standing::Waiting, _) if preparing.get() => t().preparing.to_owned(),
        // After a bad end it never comes to this stage.
        (Standing::Waiting, _) if ended.get() => "–".to_owned(),
        (Standing::Waiting, _) if job.with(Option::is_some) => t().waiting.to_owned(),
        (Standing::Waiting, _) => notices::stage_does(locale.get(), stage).to_owned(),
        _ => String::new(),
    };
    let pace = move || {
        let rate = || view.get().filter(|view| view.fps > 0.0).map(|view| locale.get().rate(view.fps));
        let left = || view.get().and_then(|view| seconds_left(view.done, view.total, view.fps));
        let parts = match standing.get() {
            Standing::Paused => [Some(t().stage_paused.to_owned()), None],
            Standing::Now => [rate(), left().map(|left| (t().left)(&clock(left)))],
            Standing::Done => [rate(), None],
            Standing::Waiting => [None, None],
        };
        parts.map(|part| part.map(|part| view! { <span>{part}</span> })).collect_view()
    };
    let identified = move || {
        if stage != Stage::Identify || standing.get() != Standing::Done {
            return None;
        }
        let id = job.with(|job| job.as_ref().map(|job| job.id))?;
        let notice = helper.logs.with(|logs| {
            let said = |line: &&LogLine| matches!(line.notice, Notice::Identified { .. });
            logs.get(&id)?.iter().rev().find(said).map(|line| line.notice.clone())
        })?;
        Some(notices::notice(locale.get(), &notice))
    };
    view! {
        <li
            class="stage"
            class:preparing=preparing
            data-testid=format!("stage-{}", stage.name())
            data-state=move || standing.get().name()
            aria-current=move || counting().then_some("step")
        >
            <span class="stage-name">
                {move || notices::stage(locale.get(), stage)}
                {move || (standing.get() == Standing::Done).then(|| view! { <Icon shape=Shape::Check /> })}
                {move || (standing.get() == Standing::Paused).then(|| view! { <Icon shape=Shape::Pause /> })}
            </span>
            <span class="bar" class:unknown=move || unknown() || preparing.get()>
                <span class="bar-fill" style:width=move || format!("{:.2}%", share() * 100.0)></span>
            </span>
            <span class="stage-frames num">{move || identified().unwrap_or_else(frames)}</span>
            <span class="stage-pace num quiet">{pace}</span>
        </li>
    }
}
