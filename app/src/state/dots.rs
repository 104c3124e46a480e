//! The dot beside a page's name: it works now, or its work ended and nobody has looked yet.

use std::sync::Arc;

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

/// The dot of a `page` that works by runs. `seen` is the newest run that somebody has looked at there.
pub(crate) fn dot(page: Page, jobs: &[JobView], lock: Option<&Lock>, seen: Option<RunId>) -> Option<Dot> {
    if lock.is_some_and(|lock| lock.page == page) {
        return Some(Dot::Busy);
    }
    let run = runs(page, jobs).max().filter(|run| Some(*run) > seen)?;
    let states = || jobs.iter().filter(|job| job.run == run).map(|job| job.state);
    if states().any(|state| matches!(state, JobState::Failed | JobState::Interrupted)) {
        return Some(Dot::Bad);
    }
    // What a person stopped needs no telling.
    states().all(|state| state == JobState::Completed).then_some(Dot::Ok)
}

/// The dot of the page Tarefas, whose tasks begin and end by themselves. `seen` is the latest end that somebody has
/// looked at there, in milliseconds since 1970.
pub(crate) fn task_dot(tasks: &[Arc<JobView>], seen: u64) -> Option<Dot> {
    if tasks.iter().any(|task| task.state.is_active()) {
        return Some(Dot::Busy);
    }
    let unseen = || tasks.iter().filter(|task| task.ended > Some(seen)).map(|task| task.state);
    if unseen().any(|state| matches!(state, JobState::Failed | JobState::Interrupted)) {
        return Some(Dot::Bad);
    }
    unseen().any(|state| state == JobState::Completed).then_some(Dot::Ok)
}

/// The last run of a page that is over: one that still works has nothing to be seen yet.
pub(crate) fn newest_end(page: Page, jobs: &[JobView]) -> Option<RunId> {
    let is_over = |run: &RunId| jobs.iter().filter(|job| job.run == *run).all(|job| job.state.has_ended());
    runs(page, jobs).filter(is_over).max()
}

/// The latest end of a task, in milliseconds since 1970.
pub(crate) fn latest_end(tasks: &[Arc<JobView>]) -> Option<u64> {
    tasks.iter().filter_map(|task| task.ended).max()
}

fn runs(page: Page, jobs: &[JobView]) -> impl Iterator<Item = RunId> {
    jobs.iter().filter(move |job| job.page == page).map(|job| job.run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{file, job, job_id, run_id, task};
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

    #[test]
    fn a_run_is_seen_only_once_it_is_over() {
        let states = [JobState::Completed, JobState::Queued];
        assert_eq!(newest_end(Page::Processar, &run(&states)), None);
        assert_eq!(newest_end(Page::Processar, &run(&[JobState::Completed, JobState::Failed])), Some(run_id(5)));
        assert_eq!(newest_end(Page::Testes, &run(&[JobState::Completed])), None);
    }

    #[test]
    fn tasks_are_told_by_their_ends() {
        let at = |states: &[(JobState, u64)], seen| {
            let task = |(id, (state, ended)): (u64, &(JobState, u64))| {
                Arc::new(JobView { ended: (*ended > 0).then_some(*ended), ..task(id, *state) })
            };
            task_dot(&(1..).zip(states).map(task).collect::<Vec<_>>(), seen)
        };
        let ended = [(JobState::Failed, 10), (JobState::Completed, 20), (JobState::Cancelled, 30)];
        assert_eq!(at(&ended, 0), Some(Dot::Bad));
        assert_eq!(at(&ended, 10), Some(Dot::Ok), "the failure was seen, what came after it was not");
        assert_eq!(at(&ended, 20), None, "what a person stopped needs no telling");
        assert_eq!(at(&[(JobState::Paused(Stage::Pose), 0), ended[0]], 0), Some(Dot::Busy));
        assert_eq!(at(&[(JobState::Queued, 0)], 0), None, "nothing works yet");
    }
}
