//! The states of a job and what may follow what.

use serde::{Deserialize, Serialize};

use crate::job::Stage;

/// Where a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Waits for its turn.
    Queued,
    /// Works at a stage.
    Running(Stage),
    /// Stands still in a stage until it is resumed.
    Paused(Stage),
    /// All results are there.
    Completed,
    /// Ended by an error, which is kept beside.
    Failed,
    /// Stopped by a person.
    Cancelled,
    /// The helper ended while it ran.
    Interrupted,
}

/// What happens to a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobEvent {
    /// Its worker begins, or goes on with, a stage.
    Stage(Stage),
    /// Its worker stands still.
    Pause,
    /// Its worker goes on.
    Resume,
    /// Its results are whole.
    Complete,
    /// It can't go on.
    Fail,
    /// A person stopped it.
    Cancel,
    /// The helper ends, or has ended, under it.
    Interrupt,
    /// A person lets it go on after it ended early: another attempt of the same job.
    GoOn,
}

/// An event that can't happen in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a job that is {state:?} can't {event:?}")]
pub struct IllegalTransition {
    /// The state.
    pub state: JobState,
    /// The event.
    pub event: JobEvent,
}

impl JobState {
    /// The state after `event`.
    ///
    /// # Errors
    /// [`IllegalTransition`]: nothing changes. Within an attempt stages only go forward. What is completed stays so;
    /// another end is left only by [`JobEvent::GoOn`], which begins a new attempt.
    pub fn after(self, event: JobEvent) -> Result<Self, IllegalTransition> {
        match (self, event) {
            (Self::Queued, JobEvent::Stage(stage)) => Ok(Self::Running(stage)),
            (Self::Running(now), JobEvent::Stage(next)) if next >= now => Ok(Self::Running(next)),
            (Self::Running(stage), JobEvent::Pause) => Ok(Self::Paused(stage)),
            (Self::Paused(stage), JobEvent::Resume) => Ok(Self::Running(stage)),
            (Self::Running(_), JobEvent::Complete) => Ok(Self::Completed),
            // Found finished before its turn's work began.
            (Self::Queued, JobEvent::Complete) => Ok(Self::Completed),
            (state, JobEvent::Fail) if !state.has_ended() => Ok(Self::Failed),
            (state, JobEvent::Cancel) if !state.has_ended() => Ok(Self::Cancelled),
            (Self::Running(_) | Self::Paused(_), JobEvent::Interrupt) => Ok(Self::Interrupted),
            (Self::Failed | Self::Cancelled | Self::Interrupted, JobEvent::GoOn) => Ok(Self::Queued),
            (state, event) => Err(IllegalTransition { state, event }),
        }
    }

    /// Whether nothing follows by itself.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Interrupted)
    }

    /// Whether a worker has it.
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Running(_) | Self::Paused(_))
    }

    /// The stage it is at.
    pub const fn stage(self) -> Option<Stage> {
        match self {
            Self::Running(stage) | Self::Paused(stage) => Some(stage),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event() -> impl Strategy<Value = JobEvent> {
        prop_oneof![
            (0..Stage::ALL.len()).prop_map(|i| JobEvent::Stage(Stage::ALL[i])),
            Just(JobEvent::Pause),
            Just(JobEvent::Resume),
            Just(JobEvent::Complete),
            Just(JobEvent::Fail),
            Just(JobEvent::Cancel),
            Just(JobEvent::Interrupt),
            Just(JobEvent::GoOn),
        ]
    }

    proptest! {
        #[test]
        fn whatever_happens_only_going_on_follows_an_end_and_stages_never_go_back(
            events in prop::collection::vec(event(), 0..60),
        ) {
            let (mut state, mut furthest) = (JobState::Queued, Stage::Probe);
            for event in events {
                match state.after(event) {
                    Ok(next) if event == JobEvent::GoOn => {
                        prop_assert!(state.has_ended() && state != JobState::Completed, "{:?} went on", state);
                        prop_assert_eq!(next, JobState::Queued);
                        (state, furthest) = (next, Stage::Probe);
                    }
                    Ok(next) => {
                        prop_assert!(!state.has_ended(), "{:?} followed the end {:?}", next, state);
                        if let Some(stage) = next.stage() {
                            prop_assert!(stage >= furthest);
                            furthest = stage;
                        }
                        state = next;
                    }
                    Err(refused) => prop_assert_eq!(refused, IllegalTransition { state, event }),
                }
            }
        }

        #[test]
        fn every_job_can_be_stopped_until_it_ends(events in prop::collection::vec(event(), 0..60)) {
            let state = events.into_iter().fold(JobState::Queued, |s, e| s.after(e).unwrap_or(s));
            prop_assert_eq!(state.after(JobEvent::Cancel).is_ok(), !state.has_ended());
        }
    }

    #[test]
    fn what_ended_early_may_go_on_and_what_is_done_may_not() {
        for end in [JobState::Failed, JobState::Cancelled, JobState::Interrupted] {
            assert_eq!(end.after(JobEvent::GoOn), Ok(JobState::Queued));
        }
        for other in [JobState::Completed, JobState::Queued, JobState::Running(Stage::Pose)] {
            assert!(other.after(JobEvent::GoOn).is_err(), "{other:?}");
        }
    }

    #[test]
    fn the_usual_way_and_a_pause_on_it() {
        use JobEvent::{Complete, Pause, Resume};
        let way = [
            JobEvent::Stage(Stage::Probe),
            JobEvent::Stage(Stage::Track),
            Pause,
            Resume,
            JobEvent::Stage(Stage::Export),
            Complete,
        ];
        let end = way.into_iter().try_fold(JobState::Queued, JobState::after);
        assert_eq!(end, Ok(JobState::Completed));
        assert!(JobState::Paused(Stage::Pose).after(Complete).is_err());
        assert!(JobState::Queued.after(Pause).is_err());
    }
}
