//! What clients are told of jobs, as it happens and on arrival.

use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{HelperMessage, JobId, JobView, LogLine, WireError};

use super::{Attempt, Job, LOG_TAIL, Workbench};
use crate::serve::now;

/// Ended jobs that a newly arrived client gets beside those of the last run: pages', and tasks, which are many and
/// searched by name.
const RECENT: [usize; 2] = [50, 500];

/// What is told in one message when several things happen at once.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    jobs: Vec<JobId>,
    lines: Vec<(JobId, LogLine)>,
}

impl Workbench {
    /// What a client gets on arrival: the last jobs, pages' and tasks, and the end of the latest log of a page's.
    pub(in crate::serve) fn recent(&self) -> (Vec<JobView>, Vec<(JobId, LogLine)>) {
        let last_run = self.jobs.values().rfind(|job| !job.is_task()).map(|job| job.view.run);
        let is_old = |job: &Job| job.view.state.has_ended() && Some(job.view.run) != last_run;
        let old = |of_task: bool| self.jobs.values().filter(|job| job.is_task() == of_task && is_old(job)).count();
        let mut to_skip = [false, true].map(|of_task| old(of_task).saturating_sub(RECENT[usize::from(of_task)]));
        let mut jobs = Vec::new();
        for job in self.jobs.values() {
            let to_skip = &mut to_skip[usize::from(job.is_task())];
            if is_old(job) && *to_skip > 0 {
                *to_skip -= 1;
            } else {
                jobs.push(job.view.clone());
            }
        }
        let of_pages = || self.jobs.values().filter(|job| !job.is_task());
        let latest = of_pages().find(|job| job.view.state.is_active());
        let latest = latest.or_else(|| of_pages().rfind(|job| job.last_line > 0));
        let log = latest.map(|job| job.log.iter().map(|line| (job.view.id, line.clone())).collect());
        (jobs, log.unwrap_or_default())
    }

    /// A job has something to tell.
    pub(in crate::serve) fn note(&mut self, attempt: Attempt, notice: Notice) {
        let Some(job) = self.current(attempt) else { return };
        let id = attempt.job;
        job.last_line += 1;
        let line = LogLine { seq: job.last_line, at: now(), level: notice.level(), notice };
        if job.log.len() == LOG_TAIL {
            job.log.pop_front();
        }
        job.log.push_back(line.clone());
        if let Err(error) = self.store.log(id, &line) {
            tracing::error!("a line of job {id} is not kept: {error}");
        }
        match &mut self.gathered {
            Some(gathered) => gathered.lines.push((id, line)),
            None => self.hub.tell_all(&HelperMessage::Log { job: id, line }),
        }
    }

    /// Does several things, kept in one go and told in one message each: a run may have thousands of jobs, and a
    /// client has room for a few hundred messages.
    pub(super) fn at_once<T>(&mut self, act: impl FnOnce(&mut Self) -> Result<T, WireError>) -> Result<T, WireError> {
        self.gathered = Some(Gathered::default());
        let begun = self.store.begin();
        let done = act(self);
        let Gathered { mut jobs, lines } = self.gathered.take().unwrap_or_default();
        jobs.sort_unstable();
        jobs.dedup();
        let views = jobs.iter().filter_map(|id| self.jobs.get(id)).map(|job| &job.view);
        let saved = views.map(|view| self.store.save(view)).collect::<Vec<_>>();
        for error in [begun, self.store.commit()].into_iter().chain(saved).filter_map(Result::err) {
            tracing::error!("jobs are not kept: {error}");
        }
        if !lines.is_empty() {
            self.hub.tell_all(&HelperMessage::Logs(lines));
        }
        self.tell_jobs(&jobs);
        self.tell_lock();
        done
    }

    /// Keeps and tells a job as it is now, and the lock where that changed.
    pub(super) fn changed(&mut self, id: JobId) {
        if let Some(gathered) = &mut self.gathered {
            gathered.jobs.push(id);
            return;
        }
        if let Some(job) = self.jobs.get(&id)
            && let Err(error) = self.store.save(&job.view)
        {
            tracing::error!("job {id} is not kept: {error}");
        }
        self.tell_jobs(&[id]);
        self.tell_lock();
    }

    pub(super) fn tell_jobs(&self, ids: &[JobId]) {
        let mut views: Vec<_> = ids.iter().filter_map(|id| self.jobs.get(id)).map(|job| job.view.clone()).collect();
        match views.len() {
            0 => {}
            1 => self.hub.tell_all(&HelperMessage::Job(Box::new(views.remove(0)))),
            _ => self.hub.tell_all(&HelperMessage::Jobs(views)),
        }
    }

    pub(super) fn tell_lock(&mut self) {
        self.moved.send_replace(());
        let lock = self.lock();
        if lock != self.told {
            self.hub.tell_all(&HelperMessage::Lock(lock.clone()));
            self.told = lock;
        }
    }
}
