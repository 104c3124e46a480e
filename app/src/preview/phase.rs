//! What the tile is doing, and what it says of that.

use silhueta_shared::job::Stage;
use silhueta_shared::protocol::JobView;
use silhueta_shared::state::JobState;

/// What the tile is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Switched off.
    Off,
    /// Nothing runs.
    Idle,
    /// Waits for its turn.
    Queued,
    /// Works at a stage before pose.
    Before(Stage),
    /// Pose has begun; no picture of it has come yet.
    Soon,
    /// Pictures come.
    Live,
    /// Stands still in a stage.
    Paused(Stage),
    /// Pose is over, results are being written.
    After,
    /// Over.
    Ended(JobState),
}

impl Phase {
    /// The phase of a page's job; `seen` tells whether a picture of this job was painted.
    pub(super) fn of(job: Option<&JobView>, wanted: bool, seen: bool) -> Self {
        let Some(job) = job else { return if wanted { Self::Idle } else { Self::Off } };
        match job.state {
            _ if !wanted => Self::Off,
            JobState::Queued => Self::Queued,
            JobState::Running(Stage::Pose) if seen => Self::Live,
            JobState::Running(Stage::Pose) => Self::Soon,
            JobState::Running(Stage::Export) => Self::After,
            JobState::Running(stage) => Self::Before(stage),
            JobState::Paused(stage) => Self::Paused(stage),
            ended => Self::Ended(ended),
        }
    }

    /// The name in `data-state`, for tests and styles.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Idle | Self::Queued | Self::Before(_) | Self::Soon => "waiting",
            Self::Paused(stage) if !matches!(stage, Stage::Pose | Stage::Export) => "waiting",
            Self::Live | Self::Paused(_) => "live",
            Self::After | Self::Ended(_) => "ended",
        }
    }

    /// Whether an earlier picture must not be taken for what is going on: it is dimmed.
    pub(super) const fn is_stale(self) -> bool {
        !matches!(self, Self::Live | Self::Paused(Stage::Pose | Stage::Export) | Self::After | Self::Ended(_))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use silhueta_shared::protocol::{JobId, JobSettings, Page, RunId, SourceRef};

    /// A job in a state.
    pub(crate) fn job(state: JobState) -> JobView {
        JobView {
            id: JobId::new(1).unwrap(),
            run: RunId::new(1).unwrap(),
            page: Page::Processar,
            task: None,
            owner: None,
            attached: false,
            source: SourceRef::Path { path: "/v/rua.mp4".into() },
            settings: JobSettings::default(),
            state,
            attempt: 1,
            stopping: false,
            stalled: None,
            facts: None,
            stages: Vec::new(),
            resumable: None,
            failure: None,
            results: None,
            created: 0,
            started: None,
            ended: None,
        }
    }

    #[test]
    fn a_picture_is_live_only_in_pose_and_only_when_it_came() {
        let of = |state, wanted, seen| Phase::of(Some(&job(state)), wanted, seen);
        assert_eq!(of(JobState::Running(Stage::Pose), true, true).name(), "live");
        assert_eq!(of(JobState::Running(Stage::Pose), true, false), Phase::Soon);
        assert_eq!(of(JobState::Running(Stage::Pose), false, true).name(), "off");
        assert_eq!(of(JobState::Running(Stage::Track), true, true).name(), "waiting");
        assert_eq!(of(JobState::Paused(Stage::Track), true, false).name(), "waiting");
        assert_eq!(of(JobState::Running(Stage::Export), true, true).name(), "ended");
        assert_eq!(of(JobState::Failed, true, false), Phase::Ended(JobState::Failed));
        assert_eq!((Phase::of(None, true, false), Phase::of(None, false, true)), (Phase::Idle, Phase::Off));
    }

    #[test]
    fn the_picture_of_the_video_before_is_not_shown_as_this_ones() {
        let of = |state| Phase::of(Some(&job(state)), true, true);
        assert!(of(JobState::Running(Stage::Track)).is_stale() && of(JobState::Queued).is_stale());
        assert!(!of(JobState::Paused(Stage::Pose)).is_stale() && !of(JobState::Cancelled).is_stale());
    }
}
