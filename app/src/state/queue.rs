//! The order in which jobs happen, and what moving one in it asks of the helper. Pure.

use silhueta_shared::protocol::{Ask, JobId, JobView, QueueView};
use silhueta_shared::state::JobState;

/// Puts jobs into the order in which they happen: those that began by when they did, those that ended before they
/// began, then those that wait as the queue has them.
pub(crate) fn in_order(jobs: &mut [JobView], queue: &QueueView) {
    let place = |id: JobId| queue.order.iter().position(|other| *other == id).unwrap_or(usize::MAX);
    jobs.sort_by_key(|job| match job.state {
        JobState::Queued => (1, 0, place(job.id), job.id),
        _ => (0, job.started.unwrap_or(u64::MAX), 0, job.id),
    });
}

/// What moves a job that waits one place up (or down); none at the end of its way. `jobs` as they happen.
pub(crate) fn moved(jobs: &[JobView], id: JobId, up: bool) -> Option<Ask> {
    let waiting: Vec<_> = jobs.iter().filter(|job| job.state == JobState::Queued).map(|job| job.id).collect();
    let at = waiting.iter().position(|other| *other == id)?;
    let before = if up {
        Some(waiting[at.checked_sub(1)?])
    } else {
        // Right before the one after the next, which for the last but one is the end.
        (at + 1 < waiting.len()).then_some(())?;
        waiting.get(at + 2).copied()
    };
    Some(Ask::MoveJob { job: id, before })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{file, job, job_id};
    use silhueta_shared::job::Stage;

    fn jobs(queue: &[u64]) -> Vec<JobView> {
        let state = |id| match id {
            1 => JobState::Completed,
            2 => JobState::Running(Stage::Track),
            6 => JobState::Cancelled,
            _ => JobState::Queued,
        };
        let mut jobs: Vec<_> = (1..=6).map(|id| job(id, 1, file(1, "a"), state(id))).collect();
        // The second was moved to the front.
        (jobs[0].started, jobs[1].started) = (Some(9), Some(5));
        in_order(&mut jobs, &QueueView { paused: false, order: queue.iter().map(|id| job_id(*id)).collect() });
        jobs
    }

    #[test]
    fn what_began_comes_first_and_what_waits_as_the_queue_has_it() {
        let ids = |queue: &[u64]| jobs(queue).iter().map(|job| job.id.get()).collect::<Vec<_>>();
        assert_eq!(ids(&[5, 3, 4]), [2, 1, 6, 5, 3, 4]);
        assert_eq!(ids(&[4]), [2, 1, 6, 4, 3, 5], "one that the queue was not heard of yet is last");
    }

    #[test]
    fn each_place_can_be_reached_and_the_ends_are_ends() {
        let jobs = jobs(&[5, 3, 4]);
        let ask = |id, up| match moved(&jobs, job_id(id), up) {
            Some(Ask::MoveJob { job, before }) => Some((job.get(), before.map(JobId::get))),
            Some(other) => panic!("{other:?}"),
            None => None,
        };
        assert_eq!([ask(5, true), ask(3, true), ask(4, true)], [None, Some((3, Some(5))), Some((4, Some(3)))]);
        assert_eq!([ask(5, false), ask(3, false), ask(4, false)], [Some((5, Some(4))), Some((3, None)), None]);
        assert_eq!(ask(2, true), None, "it works");
    }
}
