//! The four stages of the job that is looked at: what is done, what works now, how fast, how long still.

use leptos::prelude::*;
use silhueta_shared::job::Stage;
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{JobView, LogLine, StageView};
use silhueta_shared::state::JobState;

use crate::components::{Icon, Shape};
use crate::i18n::format::{clock, seconds_left};
use crate::i18n::processar::Processar;
use crate::i18n::{Locale, notices, use_locale, use_texts};
use crate::state::bench::Bench;
use crate::state::helper::HelperState;
use crate::state::progress::stage_share;

/// Those that are shown; the first, `probe`, is said where `track` will be.
const SHOWN: [Stage; 4] = [Stage::Track, Stage::Identify, Stage::Pose, Stage::Export];

/// How a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Waiting,
    Now,
    Paused,
    Done,
}

impl Standing {
    const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Now => "now",
            Self::Paused => "paused",
            Self::Done => "done",
        }
    }
}

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
        (_, Some(view)) if view.done > 0 || counting() => frames(locale.get(), &view, counting()),
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

fn standing(job: &JobView, stage: Stage) -> Standing {
    let ended = job.stages.iter().any(|view| view.stage == stage && view.ended);
    match job.state {
        JobState::Completed => Standing::Done,
        JobState::Running(at) | JobState::Paused(at) if stage < at => Standing::Done,
        JobState::Running(at) if stage == at => Standing::Now,
        JobState::Paused(at) if stage == at => Standing::Paused,
        _ if ended => Standing::Done,
        _ => Standing::Waiting,
    }
}

/// `8.090 / 18.812` while it counts, `18.812 quadros` after.
fn frames(locale: Locale, view: &StageView, counting: bool) -> String {
    match view.total {
        Some(total) if counting && total > 0 => format!("{} / {}", locale.int(view.done), locale.int(total)),
        _ => notices::frames_of(locale, view.done),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{file, job};

    fn standings(state: JobState, ended: &[Stage]) -> [Standing; 4] {
        let mut job = job(1, 1, file(1, "a"), state);
        job.stages = ended
            .iter()
            .map(|stage| StageView { stage: *stage, done: 1, total: Some(1), fps: 1.0, ended: true })
            .collect();
        SHOWN.map(|stage| standing(&job, stage))
    }

    #[test]
    fn stages_stand_as_the_job_does() {
        use Standing::{Done, Now, Paused, Waiting};
        assert_eq!(standings(JobState::Queued, &[]), [Waiting; 4]);
        assert_eq!(standings(JobState::Running(Stage::Probe), &[]), [Waiting; 4]);
        assert_eq!(standings(JobState::Running(Stage::Pose), &[]), [Done, Done, Now, Waiting]);
        assert_eq!(standings(JobState::Paused(Stage::Track), &[]), [Paused, Waiting, Waiting, Waiting]);
        assert_eq!(standings(JobState::Completed, &[]), [Done; 4]);
    }

    #[test]
    fn what_ended_before_a_failure_stays_done_and_nothing_more() {
        use Standing::{Done, Waiting};
        assert_eq!(standings(JobState::Failed, &[Stage::Track]), [Done, Waiting, Waiting, Waiting]);
        assert_eq!(standings(JobState::Cancelled, &[Stage::Track, Stage::Identify]), [Done, Done, Waiting, Waiting]);
    }
}
