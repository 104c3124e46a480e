//! How far a job is over all its stages, as one share. The stages' lengths differ by machine and settings; the
//! two passes over the video take nearly all of it.

use silhueta_shared::job::Stage;
use silhueta_shared::protocol::{JobView, StageView};
use silhueta_shared::state::JobState;

/// What part of a job a stage is, by rule of thumb.
pub(super) const fn weight(stage: Stage) -> f64 {
    match stage {
        Stage::Probe | Stage::Identify => 0.02,
        Stage::Track => 0.48,
        Stage::Pose => 0.44,
        Stage::Export => 0.04,
    }
}

/// 0..=1; 1 only when it is completed.
pub(crate) fn share(job: &JobView) -> f64 {
    if job.state == JobState::Completed {
        return 1.0;
    }
    let at = job.stages.iter().map(|view| view.stage).max();
    let done = |stage: Stage| match job.stages.iter().find(|view| view.stage == stage) {
        Some(view) => stage_share(view),
        // One that never reported, before one that has, is over.
        None if at > Some(stage) => 1.0,
        None => 0.0,
    };
    Stage::ALL.into_iter().map(|stage| weight(stage) * done(stage)).sum::<f64>().min(0.99)
}

/// 0..=1.
pub(crate) fn stage_share(view: &StageView) -> f64 {
    match view.total {
        _ if view.ended => 1.0,
        Some(total) if total > 0 => (view.done as f64 / total as f64).min(1.0),
        _ => 0.0,
    }
}

/// The video that a run is at: the one that works, else the next, else the last that
/// failed, else the last that was begun.
pub(crate) fn at(jobs: &[JobView]) -> Option<&JobView> {
    let active = jobs.iter().find(|job| job.state.is_active());
    let next = || jobs.iter().find(|job| job.state == JobState::Queued);
    let failed = || jobs.iter().rev().find(|job| job.state == JobState::Failed);
    let begun = || jobs.iter().rev().find(|job| job.started.is_some());
    active.or_else(next).or_else(failed).or_else(begun).or_else(|| jobs.last())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{file, job};

    fn view(stage: Stage, done: u64, total: Option<u64>, ended: bool) -> StageView {
        StageView { stage, done, total, fps: 1.0, ended }
    }

    #[test]
    fn the_share_rises_over_the_stages_and_is_whole_at_the_end_only() {
        let mut working = job(1, 1, file(1, "a"), JobState::Running(Stage::Track));
        let steps = [
            view(Stage::Track, 0, None, false),
            view(Stage::Track, 50, Some(100), false),
            view(Stage::Track, 90, Some(90), true),
            view(Stage::Pose, 45, Some(90), false),
            view(Stage::Export, 0, None, true),
            // All of it, and its results not yet in place.
            view(Stage::Pose, 90, Some(90), true),
        ];
        let mut last = -1.0;
        for step in steps {
            working.stages.retain(|view| view.stage != step.stage);
            working.stages.push(step);
            let now = share(&working);
            assert!(now > last && now < 1.0, "{now} after {last}");
            last = now;
        }
        working.state = JobState::Completed;
        assert_eq!(share(&working), 1.0);
    }

    #[test]
    fn more_frames_than_promised_are_no_more_than_all() {
        assert_eq!(stage_share(&view(Stage::Pose, 12, Some(10), false)), 1.0);
        assert_eq!(stage_share(&view(Stage::Pose, 12, Some(0), false)), 0.0);
    }

    #[test]
    fn a_run_is_at_what_works_then_at_what_comes_then_at_what_failed() {
        let jobs = |states: &[JobState]| -> Vec<JobView> {
            (1..).zip(states).map(|(id, state)| job(id, 1, file(1, "a"), *state)).collect()
        };
        let at_id = |states: &[JobState]| at(&jobs(states)).map(|job| job.id.get());
        use JobState::{Completed, Failed, Queued, Running};
        assert_eq!(at_id(&[Completed, Running(Stage::Pose), Queued]), Some(2));
        assert_eq!(at_id(&[Failed, Queued, Queued]), Some(2));
        assert_eq!(at_id(&[Failed, Completed]), Some(1));
        assert_eq!(at_id(&[Completed, Completed]), Some(2));
        assert_eq!(at_id(&[]), None);
        let mut stopped = jobs(&[JobState::Cancelled, JobState::Cancelled]);
        stopped[0].started = Some(7);
        assert_eq!(at(&stopped).map(|job| job.id.get()), Some(1), "the other was never begun");
    }
}
