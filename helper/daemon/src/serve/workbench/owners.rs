//! Whose jobs are: who pressed start, and what becomes of them when that one leaves for good.

use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{ErrorCode, JobId, JobView, RunId, SessionId, WireError};
use silhueta_shared::state::JobEvent;

use super::{Attempt, Job, Workbench};

impl Workbench {
    /// The session is gone for good. What is attached to it stops, the last first, so that nothing new begins;
    /// the rest goes on without an owner.
    pub(in crate::serve) fn left(&mut self, session: SessionId) {
        let is_own = |view: &JobView| view.owner == Some(session);
        let own = self.jobs.values().map(|job| &job.view).filter(|view| is_own(view)).map(Attempt::of);
        let own: Vec<_> = own.collect();
        if own.is_empty() {
            return;
        }
        self.together(|bench| {
            bench.cut_off(|job| job.view.attached && is_own(&job.view))?;
            own.into_iter().for_each(|attempt| bench.edit(attempt, |view| view.owner = None));
            Ok(())
        });
    }

    /// Stops what was attached to a session from before the helper's start that nobody has taken up since.
    pub(in crate::serve) fn stop_orphans(&mut self) {
        if self.has_orphans() {
            self.together(|bench| bench.cut_off(|job| job.view.attached && job.view.owner.is_none()));
        }
    }

    /// Whether there is anything that [`Workbench::stop_orphans`] would stop.
    pub(in crate::serve) fn has_orphans(&self) -> bool {
        self.jobs.values().any(|job| job.view.attached && job.view.owner.is_none() && !job.view.state.has_ended())
    }

    /// Ties what is left of a run to this session, or lets it go on without any.
    pub(in crate::serve) fn attach(&mut self, session: SessionId, run: RunId, on: bool) -> Result<(), WireError> {
        let jobs = self.of_run(run)?;
        let open = jobs.iter().filter(|(_, state)| !state.has_ended()).filter_map(|(id, _)| self.jobs.get(id));
        let open: Vec<_> = open.map(|job| Attempt::of(&job.view)).collect();
        if open.is_empty() {
            return Err(WireError::new(ErrorCode::IllegalState, format!("run {run} has ended")));
        }
        self.together(|bench| {
            open.into_iter().for_each(|attempt| {
                bench.edit(attempt, |view| {
                    view.attached = on;
                    if on {
                        view.owner = Some(session);
                    }
                });
            });
            Ok(())
        });
        Ok(())
    }

    fn together(&mut self, act: impl FnOnce(&mut Self) -> Result<(), WireError>) {
        if let Err(error) = self.at_once(act) {
            tracing::error!("not all jobs of a session were changed: {}", error.message);
        }
    }

    /// Interrupts jobs that have not ended because their page is gone, the last first.
    fn cut_off(&mut self, which: impl Fn(&Job) -> bool) -> Result<(), WireError> {
        let open = |job: &&Job| !job.view.state.has_ended() && which(job);
        let mut jobs: Vec<(u64, JobId)> = self.jobs.values().filter(open).map(|job| (job.place, job.view.id)).collect();
        jobs.sort_unstable();
        for (_, id) in jobs.into_iter().rev() {
            let attempt = Attempt::of(&self.get(id)?.view);
            match self.running.get_mut(&id) {
                // A person's stop that is under way already stays a stop.
                Some(running) if running.stop.is_cancelled() => {}
                Some(running) => {
                    running.page_closed = true;
                    running.stop.cancel();
                    self.edit(attempt, |view| view.stopping = true);
                }
                None => {
                    self.note(attempt, Notice::PageClosed);
                    self.happen(attempt, JobEvent::Interrupt);
                }
            }
        }
        Ok(())
    }
}
