//! The jobs that wait: their order, whose turn is next, and how ended ones come back among them.

use std::path::{Path, PathBuf};

use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{
    ErrorCode, HelperMessage, JobId, JobView, QueueView, RunId, SessionId, WebhookState, WireError,
};
use silhueta_shared::state::{JobEvent, JobState};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Attempt, Controls, Job, Running, Turn, Workbench, illegal, internal};

impl Workbench {
    /// The job whose turn it is, with what it listens to from now on. Pages' jobs come one at a time, none while
    /// their queue is paused; tasks, up to `tasks` of them, while no page's job runs.
    pub(in crate::serve) fn next(&mut self, tasks: usize) -> Option<Turn> {
        let of_page = |id: &JobId| self.jobs.get(id).is_some_and(|job| !job.is_task());
        let page_works = self.running.keys().any(of_page);
        let next = if page_works || self.is_paused { None } else { self.order().first().copied() };
        let waiting = self.waiting_tasks();
        let next = match next {
            None if !page_works && self.running.len() < tasks => waiting.first().copied(),
            next => next,
        };
        let job = self.jobs.get(&next?)?;
        let free = if job.is_task() { tasks.saturating_sub(self.running.len()).min(waiting.len()) } else { 1 };
        let sharing = self.running.len() + free;
        let stop = CancellationToken::new();
        let (pause, paused) = watch::channel(false);
        let controls = Controls { stop: stop.clone(), pause: paused };
        let turn = Turn { view: job.view.clone(), path: job.path.clone(), fresh: job.fresh, sharing, controls };
        self.running.insert(turn.view.id, Running { stop, pause, page_closed: false });
        Some(turn)
    }

    /// The pages' jobs that wait, the next one first.
    pub(super) fn order(&self) -> Vec<JobId> {
        self.waiting(|job| !job.is_task())
    }

    /// The tasks that wait, the next one first.
    pub(in crate::serve) fn waiting_tasks(&self) -> Vec<JobId> {
        self.waiting(Job::is_task)
    }

    fn waiting(&self, which: impl Fn(&Job) -> bool) -> Vec<JobId> {
        let waiting = self.jobs.values().filter(|job| job.view.state == JobState::Queued && which(job));
        let mut order: Vec<_> = waiting.map(|job| (job.place, job.view.id)).collect();
        order.sort_unstable();
        order.into_iter().map(|(_, id)| id).collect()
    }

    /// The queue as clients see it.
    pub(in crate::serve) fn queue(&self) -> QueueView {
        QueueView { paused: self.is_paused, order: self.order() }
    }

    pub(super) fn tell_queue(&self) {
        self.hub.tell_all(&HelperMessage::Queue(self.queue()));
    }

    /// The last place that is taken; those after it are free.
    pub(super) fn last_place(&self) -> u64 {
        self.jobs.values().map(|job| job.place).max().unwrap_or(0)
    }

    /// Queues a job again that ended before its results were there; `fresh` from its beginning. Without an owner it
    /// is attached to nobody.
    pub(in crate::serve) fn requeue(
        &mut self,
        owner: impl Into<Option<SessionId>>,
        id: JobId,
        fresh: bool,
    ) -> Result<(), WireError> {
        let view = &self.get(id)?.view;
        if !view.state.is_unfinished() {
            return Err(illegal(id, view.state, if fresh { "tried again" } else { "continued" }));
        }
        self.requeue_all(owner.into(), view.run, vec![id], fresh)
    }

    /// Queues all jobs of a run again that ended before their results were there, in the order they had.
    pub(in crate::serve) fn continue_run(&mut self, owner: SessionId, run: RunId) -> Result<(), WireError> {
        let jobs = self.of_run(run)?;
        let unfinished = jobs.iter().filter(|(_, state)| state.is_unfinished());
        let mut ids: Vec<_> = unfinished.map(|(id, _)| *id).collect();
        if ids.is_empty() {
            let error = format!("run {run} has no job that was stopped, interrupted or failed");
            return Err(WireError::new(ErrorCode::IllegalState, error));
        }
        ids.sort_by_key(|id| self.jobs.get(id).map(|job| job.place));
        self.requeue_all(Some(owner), run, ids, false)
    }

    fn requeue_all(
        &mut self,
        owner: Option<SessionId>,
        run: RunId,
        ids: Vec<JobId>,
        fresh: bool,
    ) -> Result<(), WireError> {
        let is_service = ids.iter().all(|id| self.jobs.get(id).is_some_and(Job::is_task));
        if !is_service {
            self.free_for(Some(run))?;
        }
        let mut begun = Vec::new();
        for (id, place) in ids.into_iter().zip(self.last_place() + 1..) {
            let mut view = self.get(id)?.view.clone();
            view.state = view.state.after(JobEvent::Requeue).map_err(|e| internal(&e.to_string()))?;
            begin_anew(&mut view, owner, fresh);
            begun.push((view, place));
        }
        // Not begun before it is kept: an attempt that nobody remembers would be heard by nobody.
        self.store.requeue(&begun, fresh).map_err(|e| internal(&e.to_string()))?;
        self.at_once(|bench| {
            for (view, place) in begun {
                let attempt = Attempt::of(&view);
                if let Some(job) = bench.jobs.get_mut(&attempt.job) {
                    (job.view, job.fresh, job.place) = (view, fresh, place);
                }
                bench.note(attempt, Notice::Requeued { attempt: attempt.n, fresh });
                bench.changed(attempt.job);
            }
            Ok(())
        })?;
        self.tell_queue();
        Ok(())
    }

    /// Gives a job that waits another place: right before another one, or at the end.
    pub(in crate::serve) fn move_job(&mut self, id: JobId, before: Option<JobId>) -> Result<(), WireError> {
        for waiting in [Some(id), before].into_iter().flatten() {
            let job = self.get(waiting)?;
            if job.view.state != JobState::Queued || job.is_task() {
                return Err(illegal(waiting, job.view.state, "moved in the queue"));
            }
        }
        if before == Some(id) {
            return Ok(());
        }
        let old = self.order();
        let mut new: Vec<_> = old.iter().copied().filter(|other| *other != id).collect();
        let at = before.and_then(|before| new.iter().position(|other| *other == before)).unwrap_or(new.len());
        new.insert(at, id);
        // The same places, dealt anew.
        let places: Vec<_> = old.iter().filter_map(|id| self.jobs.get(id)).map(|job| job.place).collect();
        let moved = new.into_iter().zip(places).zip(old);
        let moved: Vec<_> = moved.filter(|((new, _), old)| new != old).map(|(placed, _)| placed).collect();
        self.store.set_places(&moved).map_err(|e| internal(&e.to_string()))?;
        for (id, place) in moved {
            if let Some(job) = self.jobs.get_mut(&id) {
                job.place = place;
            }
        }
        self.tell_queue();
        self.tell_lock();
        Ok(())
    }

    /// Lets nothing new begin, or lets the queue go on.
    pub(in crate::serve) fn pause_queue(&mut self, on: bool) -> Result<(), WireError> {
        self.store.pause_queue(on).map_err(|e| internal(&e.to_string()))?;
        self.is_paused = on;
        self.tell_queue();
        Ok(())
    }

    /// Forgets a job that has ended. The answer is the folder with what it has kept, to be thrown away, and its
    /// video.
    pub(in crate::serve) fn remove(&mut self, id: JobId) -> Result<Option<(PathBuf, PathBuf)>, WireError> {
        let state = self.get(id)?.view.state;
        if !state.has_ended() || self.running.contains_key(&id) {
            return Err(illegal(id, state, "removed").hint("stop it first"));
        }
        self.store.remove(id).map_err(|e| internal(&e.to_string()))?;
        let removed = self.jobs.remove(&id);
        if let Some(task) = removed.as_ref().and_then(|job| job.view.task.as_ref()) {
            self.tasks.remove(&task.id);
        }
        let kept = removed.filter(|job| job.view.resumable.is_some());
        self.hub.tell_all(&HelperMessage::Removed { job: id });
        Ok(kept.and_then(|job| Some((job.folder?, job.path))))
    }

    /// Whether a job that has not ended works, or will go on, in this folder.
    pub(in crate::serve) fn needs(&self, folder: &Path) -> bool {
        let in_it = |job: &Job| job.folder.as_deref() == Some(folder);
        self.jobs.values().any(|job| in_it(job) && (!job.view.state.has_ended() || job.view.resumable.is_some()))
    }
}

/// What is said of a job when another attempt at it waits.
pub(super) fn begin_anew(view: &mut JobView, owner: Option<SessionId>, fresh: bool) {
    view.attempt += 1;
    (view.owner, view.attached) = (owner, view.attached && owner.is_some());
    view.stopping = false;
    (view.failure, view.results) = (None, None);
    (view.started, view.ended) = (None, None);
    // Its end is another one, and told anew.
    if let Some(webhook) = view.task.as_mut().and_then(|task| task.webhook.as_mut()) {
        (webhook.state, webhook.tries, webhook.error) = (WebhookState::Waiting, 0, None);
    }
    // Stages before the one that goes on are not done again.
    let goes_on = view.resumable.filter(|_| !fresh);
    view.stages.retain(|known| known.ended && goes_on.is_some_and(|kept| known.stage < kept.stage));
}
