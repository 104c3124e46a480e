//! How long still: for the stage at work, and for all of a job where the stages before it tell enough.

use silhueta_shared::job::Stage;
use silhueta_shared::protocol::{JobView, StageView};
use silhueta_shared::state::JobState;

use super::progress::weight;
use crate::i18n::format::seconds_left;

/// Seconds that are left; none where nobody can know.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Eta {
    /// Of the stage at work.
    pub(crate) stage: Option<f64>,
    /// Of the whole job, by rule of thumb: the two passes over a video take about as long as each other.
    pub(crate) whole: Option<f64>,
}

/// What is left of a job that works.
pub(crate) fn eta(job: &JobView) -> Eta {
    let JobState::Running(at) = job.state else { return Eta::default() };
    let view = |stage| job.stages.iter().find(|view| view.stage == stage);
    let stage = view(at).filter(|view| !view.ended).and_then(|view| seconds_left(view.done, view.total, view.fps));
    // Where boxes are given, the first pass only reads them: it tells nothing of the second.
    let first = || view(Stage::Track).filter(|_| job.task.as_ref().is_none_or(|task| task.boxes.is_none()));
    let after = match at {
        Stage::Track => first().and_then(|track| rest(track, &[Stage::Identify, Stage::Pose, Stage::Export])),
        Stage::Identify => first().and_then(|track| rest(track, &[Stage::Pose, Stage::Export])),
        Stage::Pose => view(Stage::Pose).and_then(|pose| rest(pose, &[Stage::Export])),
        Stage::Probe | Stage::Export => None,
    };
    let now = if at == Stage::Identify { Some(0.0) } else { stage };
    Eta { stage, whole: now.zip(after).map(|(now, after)| now + after) }
}

/// How long the stages after one that has this pace take.
fn rest(view: &StageView, stages: &[Stage]) -> Option<f64> {
    let all = seconds_left(0, view.total, view.fps)?;
    Some(all * stages.iter().map(|stage| weight(*stage)).sum::<f64>() / weight(view.stage))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::task;

    fn at(stage: Stage, views: &[(Stage, u64, bool)]) -> JobView {
        let mut job = task(1, JobState::Running(stage));
        let view = |(stage, done, ended): &(Stage, u64, bool)| StageView {
            stage: *stage,
            done: *done,
            total: Some(480),
            fps: 10.0,
            ended: *ended,
        };
        job.stages = views.iter().map(view).collect();
        job
    }

    fn whole(job: &JobView) -> Option<u64> {
        eta(job).whole.map(|seconds| seconds.round() as u64)
    }

    #[test]
    fn the_whole_is_told_from_the_first_pass_on_and_gets_less() {
        let first = at(Stage::Track, &[(Stage::Track, 240, false)]);
        assert_eq!((eta(&first).stage, whole(&first)), (Some(24.0), Some(24 + 50)));
        let joined = at(Stage::Identify, &[(Stage::Track, 480, true), (Stage::Identify, 0, false)]);
        assert_eq!(whole(&joined), Some(48));
        let second = at(Stage::Pose, &[(Stage::Track, 480, true), (Stage::Pose, 240, false)]);
        assert_eq!(whole(&second), Some(24 + 4));
    }

    #[test]
    fn what_nobody_can_know_is_not_told() {
        assert_eq!(eta(&at(Stage::Probe, &[])), Eta::default());
        assert_eq!(whole(&at(Stage::Export, &[(Stage::Pose, 480, true)])), None);
        let mut boxes = at(Stage::Track, &[(Stage::Track, 240, false)]);
        boxes.task.as_mut().unwrap().boxes = Some("/videos/1.json".into());
        assert_eq!((eta(&boxes).stage, whole(&boxes)), (Some(24.0), None));
        let mut unknown = at(Stage::Track, &[(Stage::Track, 240, false)]);
        unknown.stages[0].total = None;
        assert_eq!(eta(&unknown), Eta::default());
        let paused = JobView { state: JobState::Paused(Stage::Track), ..at(Stage::Track, &[(Stage::Track, 1, false)]) };
        assert_eq!(eta(&paused), Eta::default());
    }
}
