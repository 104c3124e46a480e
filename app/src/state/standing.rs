//! How the stages of a job stand: what is done, what works now.

use silhueta_shared::job::Stage;
use silhueta_shared::protocol::JobView;
use silhueta_shared::state::JobState;

/// Those that are shown; the first, `probe`, is said where `track` will be.
pub(crate) const SHOWN: [Stage; 4] = [Stage::Track, Stage::Identify, Stage::Pose, Stage::Export];

/// How a stage stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its turn has not come, or will not come any more.
    Waiting,
    /// It works.
    Now,
    /// It stands still until somebody lets it go on.
    Paused,
    /// It is over.
    Done,
}

impl Standing {
    /// Its name for programs and styles.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Now => "now",
            Self::Paused => "paused",
            Self::Done => "done",
        }
    }
}

/// How a stage of a job stands.
pub(crate) fn standing(job: &JobView, stage: Stage) -> Standing {
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

#[cfg(test)]
mod tests {
    use silhueta_shared::protocol::StageView;

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
