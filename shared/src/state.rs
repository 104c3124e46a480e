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
    /// Cut off: the helper ended, or the page that it was attached to was closed.
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
    /// The helper ends, or has ended, under it; or the page that it is attached to is gone.
    Interrupt,
    /// A person wants it after all: it waits for its turn again, as a new attempt.
    Requeue,
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
    /// [`IllegalTransition`]: nothing changes. Within an attempt stages only go forward and an end is final;
    /// [`JobEvent::Requeue`] begins a new attempt, unless all results are there.
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
            (state, JobEvent::Interrupt) if !state.has_ended() => Ok(Self::Interrupted),
            (state, JobEvent::Requeue) if state.is_unfinished() => Ok(Self::Queued),
            (state, event) => Err(IllegalTransition { state, event }),
        }
    }

    /// Whether its attempt is over.
    pub const fn has_ended(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled | Self::Interrupted)
    }

    /// Whether its attempt is over and its results are not there: it can be tried again.
    pub const fn is_unfinished(self) -> bool {
        matches!(self, Self::Failed | Self::Cancelled | Self::Interrupted)
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
            Just(JobEvent::Requeue),
        ]
    }

    proptest! {
        #[test]
        fn an_end_is_final_for_its_attempt_and_within_one_stages_never_go_back(events in prop::collection::vec(event(), 0..60)) {
            let (mut state, mut furthest) = (JobState::Queued, Stage::Probe);
            for event in events {
                match state.after(event) {
                    Ok(next) => {
                        if event == JobEvent::Requeue {
                            prop_assert!(state.is_unfinished(), "{:?} began again", state);
                            prop_assert_eq!(next, JobState::Queued);
                            furthest = Stage::Probe;
                        } else {
                            prop_assert!(!state.has_ended(), "{:?} followed the end {:?}", next, state);
                        }
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
        fn what_is_completed_stays_so(events in prop::collection::vec(event(), 0..60)) {
            let done = JobState::Completed;
            prop_assert!(events.into_iter().all(|event| done.after(event).is_err()));
        }

        #[test]
        fn every_job_can_be_stopped_until_it_ends(events in prop::collection::vec(event(), 0..60)) {
            let state = events.into_iter().fold(JobState::Queued, |s, e| s.after(e).unwrap_or(s));
            prop_assert_eq!(state.after(JobEvent::Cancel).is_ok(), !state.has_ended());
            // And what was ended before its results were there can be tried again.
            let can_be_tried = state.after(JobEvent::Requeue).is_ok();
            prop_assert_eq!(can_be_tried, state.has_ended() && state != JobState::Completed);
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
