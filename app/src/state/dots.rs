//! The dot beside a page's name: it works now, or its work ended and nobody has looked yet.

use silhueta_shared::protocol::{JobView, Lock, Page, RunId};
use silhueta_shared::state::JobState;

/// A page's dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dot {
    Busy,
    Ok,
    Bad,
}

impl Dot {
    /// Its name for programs and styles.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::Ok => "ok",
            Self::Bad => "bad",
        }
    }
}

/// The dot of `page`. `seen` is the newest run that somebody has looked at there.
pub(crate) fn dot(page: Page, jobs: &[JobView], lock: Option<&Lock>, seen: Option<RunId>) -> Option<Dot> {
    if lock.is_some_and(|lock| lock.page == page) {
        return Some(Dot::Busy);
    }
    let run = newest_run(page, jobs).filter(|run| Some(*run) > seen)?;
    let states = || jobs.iter().filter(|job| job.run == run).map(|job| job.state);
    if states().any(|state| matches!(state, JobState::Failed | JobState::Interrupted)) {
        return Some(Dot::Bad);
    }
    // What a person stopped needs no telling.
    states().all(|state| state == JobState::Completed).then_some(Dot::Ok)
}

/// The last run that a page began.
pub(crate) fn newest_run(page: Page, jobs: &[JobView]) -> Option<RunId> {
    jobs.iter().filter(|job| job.page == page).map(|job| job.run).max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{file, job, job_id, run_id};
    use silhueta_shared::job::Stage;

    fn run(states: &[JobState]) -> Vec<JobView> {
        (1..).zip(states).map(|(id, state)| job(id, 5, file(1, "a"), *state)).collect()
    }

    fn of(states: &[JobState], seen: Option<u64>) -> Option<Dot> {
        dot(Page::Processar, &run(states), None, seen.map(run_id))
    }

    #[test]
    fn an_end_is_shown_until_it_was_seen() {
        assert_eq!(of(&[JobState::Completed, JobState::Completed], None), Some(Dot::Ok));
        assert_eq!(of(&[JobState::Completed, JobState::Failed], Some(4)), Some(Dot::Bad));
        assert_eq!(of(&[JobState::Completed, JobState::Cancelled], None), None);
        assert_eq!(of(&[JobState::Completed], Some(5)), None);
        assert_eq!(of(&[], None), None);
    }

    #[test]
    fn only_the_page_that_works_is_busy() {
        let jobs = run(&[JobState::Running(Stage::Pose)]);
        let lock = Lock { page: Page::Processar, run: run_id(5), job: job_id(1), video: "a".into(), owner: None };
        assert_eq!(dot(Page::Processar, &jobs, Some(&lock), Some(run_id(5))), Some(Dot::Busy));
        assert_eq!(dot(Page::Resultados, &jobs, Some(&lock), None), None);
    }
}
