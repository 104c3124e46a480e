//! The jobs, their queue and the lock: what happens to them is decided, kept and told here, in that order.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use silhueta_results::checkpoint::Checkpoint;
use silhueta_shared::job::Failure;
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{
    ErrorCode, HelperMessage, JobId, JobView, KeptWork, Lock, LogLine, ResultsView, RunId, SessionId, SourceRef,
    StageView, StartRun, WireError,
};
use silhueta_shared::state::{JobEvent, JobState};
use silhueta_shared::worker::Progress;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::hub::Hub;
use super::now;
use super::store::{Store, StoreError};
use crate::place;

/// Lines of a log that a newly arrived client gets.
const LOG_TAIL: usize = 300;
/// Ended jobs that a newly arrived client gets.
const RECENT: usize = 50;

/// One video's work.
#[derive(Debug)]
struct Job {
    view: JobView,
    path: PathBuf,
    log: VecDeque<LogLine>,
    last_line: u64,
}

/// What whoever runs a job listens to.
#[derive(Clone, Debug)]
pub(super) struct Controls {
    /// The job is to end.
    pub(super) stop: CancellationToken,
    /// Whether it is to stand still.
    pub(super) pause: watch::Receiver<bool>,
}

#[derive(Debug)]
struct Running {
    job: JobId,
    stop: CancellationToken,
    pause: watch::Sender<bool>,
}

/// All jobs.
#[derive(Debug)]
pub(super) struct Workbench {
    jobs: BTreeMap<JobId, Job>,
    store: Store,
    hub: Arc<Hub>,
    running: Option<Running>,
    told: Option<Lock>,
    last_job: u64,
}

impl Workbench {
    /// What the store holds. What was running when the helper ended is interrupted from here on, and may go on where
    /// `out` holds work of it.
    pub(super) fn open(store: Store, hub: Arc<Hub>, out: &Path) -> Result<Self, StoreError> {
        let last_job = store.last_job()?;
        let mut jobs = BTreeMap::new();
        for kept in store.jobs()? {
            let mut view = kept.view;
            view.owner = None;
            view.stopping = false;
            let last_line = kept.log.last().map_or(0, |line| line.seq);
            let log = kept.log.into_iter().rev().take(LOG_TAIL).rev().collect();
            jobs.insert(view.id, Job { view, path: kept.path, log, last_line });
        }
        let mut bench = Self { jobs, store, hub, running: None, told: None, last_job };
        let cut: Vec<_> = bench.jobs.values().filter(|job| job.view.state.is_active()).map(|job| job.view.id).collect();
        for job in cut {
            if let Some(job) = bench.jobs.get_mut(&job) {
                let found = place::unfinished_of(out, &job.path);
                job.view.kept = found.map(|(folder, checkpoint)| kept_in(&folder, &checkpoint));
            }
            bench.note(job, Notice::Interrupted);
            bench.happen(job, JobEvent::Interrupt);
        }
        // Somebody may have gone on in the terminal, or cleaned up.
        for job in bench.jobs.values_mut().filter(|job| job.view.state.has_ended()) {
            let is_gone = |kept: &KeptWork| place::unfinished(Path::new(&kept.folder)).is_none();
            job.view.kept = job.view.kept.take().filter(|kept| !is_gone(kept));
        }
        bench.told = bench.lock();
        Ok(bench)
    }

    /// Folders, uploads and logs.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Takes a run in, if nobody works.
    pub(super) fn start(
        &mut self,
        owner: SessionId,
        request: &StartRun,
        videos: Vec<(SourceRef, PathBuf)>,
    ) -> Result<(RunId, Vec<JobId>), WireError> {
        self.refuse_while_locked()?;
        let first = self.last_job + 1;
        // A run is named by its first job.
        let (Some(run), created) = (RunId::new(first), now()) else { return Err(internal("no numbers are left")) };
        let mut jobs = Vec::new();
        for ((source, path), n) in videos.into_iter().zip(first..) {
            let Some(id) = JobId::new(n) else { return Err(internal("no numbers are left")) };
            let view = JobView {
                id,
                run,
                page: request.page,
                owner: Some(owner),
                source,
                settings: request.settings.clone(),
                state: JobState::Queued,
                stopping: false,
                facts: None,
                stages: vec![],
                failure: None,
                results: None,
                kept: None,
                attempts: 0,
                created,
                started: None,
                ended: None,
            };
            jobs.push(Job { view, path, log: VecDeque::new(), last_line: 0 });
        }
        let rows = jobs.iter().map(|job| (&job.view, job.path.as_path()));
        self.store.save_all(rows).map_err(|e| internal(&e.to_string()))?;
        let ids: Vec<_> = jobs.iter().map(|job| job.view.id).collect();
        self.last_job += ids.len() as u64;
        for job in jobs {
            self.hub.tell_all(&HelperMessage::Job(Box::new(job.view.clone())));
            self.jobs.insert(job.view.id, job);
        }
        self.tell_lock();
        Ok((run, ids))
    }

    /// Puts a job that ended early into the queue again, if nobody works.
    pub(super) fn go_on(&mut self, owner: SessionId, id: JobId) -> Result<(), WireError> {
        let view = &self.get(id)?.view;
        let state = view.state;
        state.after(JobEvent::GoOn).map_err(|_| illegal(id, state, "gone on with"))?;
        let is_there = |kept: &KeptWork| place::unfinished(Path::new(&kept.folder)).is_some();
        if !view.kept.as_ref().is_some_and(is_there) {
            self.edit(id, |view| view.kept = None);
            let error = WireError::new(ErrorCode::IllegalState, format!("job {id} left no work to go on with"));
            return Err(error.hint("start it again"));
        }
        self.refuse_while_locked()?;
        if let Some(job) = self.jobs.get_mut(&id) {
            let view = &mut job.view;
            (view.owner, view.failure, view.started, view.ended) = (Some(owner), None, None, None);
        }
        self.happen(id, JobEvent::GoOn);
        Ok(())
    }

    fn refuse_while_locked(&self) -> Result<(), WireError> {
        let Some(lock) = self.lock() else { return Ok(()) };
        let error = WireError::new(ErrorCode::PageLocked, format!("{} is at work on {}", lock.page.name(), lock.video));
        Err(WireError { lock: Some(Box::new(lock)), ..error.hint("wait until it has ended, or stop it") })
    }

    /// The job whose turn it is, with what it listens to from now on.
    pub(super) fn next(&mut self) -> Option<(JobView, PathBuf, Controls)> {
        if self.running.is_some() {
            return None;
        }
        let job = self.jobs.values().find(|job| job.view.state == JobState::Queued)?;
        let stop = CancellationToken::new();
        let (pause, paused) = watch::channel(false);
        self.running = Some(Running { job: job.view.id, stop: stop.clone(), pause });
        Some((job.view.clone(), job.path.clone(), Controls { stop, pause: paused }))
    }

    /// The job that had its turn is over.
    pub(super) fn turn_ended(&mut self) {
        self.running = None;
    }

    /// Something happened to a job. What can't follow changes nothing and is logged.
    pub(super) fn happen(&mut self, id: JobId, event: JobEvent) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        let state = match job.view.state.after(event) {
            Ok(state) => state,
            Err(illegal) => {
                tracing::error!("job {id}: {illegal}");
                return;
            }
        };
        let is_new = state != job.view.state;
        if job.view.state == JobState::Queued && state.is_active() {
            // An attempt begins; what an earlier one reached is told again by its worker.
            job.view.attempts += 1;
            job.view.stages.clear();
        }
        job.view.state = state;
        if state.is_active() {
            job.view.started.get_or_insert_with(now);
        }
        if state.has_ended() {
            job.view.ended = Some(now());
            job.view.stopping = false;
        }
        if is_new {
            self.changed(id);
        }
    }

    /// Changes something beside a job's state.
    pub(super) fn edit(&mut self, id: JobId, edit: impl FnOnce(&mut JobView)) {
        if let Some(job) = self.jobs.get_mut(&id) {
            edit(&mut job.view);
            self.changed(id);
        }
    }

    /// A job went on. Kept when a stage begins or ends; what lies between is told, not kept.
    pub(super) fn progress(&mut self, id: JobId, progress: Progress) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        let Progress { stage, done, total, fps, ended } = progress;
        let view = StageView { stage, done, total, fps, ended };
        let known = job.view.stages.iter_mut().find(|known| known.stage == stage);
        let is_kept = ended || known.is_none();
        match known {
            Some(known) => *known = view,
            None => job.view.stages.push(view),
        }
        if is_kept && let Err(error) = self.store.save(&job.view, &job.path) {
            tracing::error!("job {id} is not kept: {error}");
        }
        self.hub.tell_all(&HelperMessage::Progress { job: id, progress });
    }

    /// A job has something to tell.
    pub(super) fn note(&mut self, id: JobId, notice: Notice) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        job.last_line += 1;
        let line = LogLine { seq: job.last_line, at: now(), level: notice.level(), notice };
        if let Err(error) = self.store.log(id, &line) {
            tracing::error!("a line of job {id} is not kept: {error}");
        }
        if job.log.len() == LOG_TAIL {
            job.log.pop_front();
        }
        job.log.push_back(line.clone());
        self.hub.tell_all(&HelperMessage::Log { job: id, line });
    }

    /// Ends a job with its results.
    pub(super) fn complete(&mut self, id: JobId, notice: Notice, results: Option<ResultsView>) {
        self.note(id, notice);
        if let Some(job) = self.jobs.get_mut(&id) {
            job.view.results = results;
            job.view.kept = None;
        }
        self.happen(id, JobEvent::Complete);
    }

    /// Ends a job with an error.
    pub(super) fn fail(&mut self, id: JobId, failure: Failure) {
        self.note(id, Notice::Failed(failure.clone()));
        if let Some(job) = self.jobs.get_mut(&id) {
            job.view.failure = Some(failure);
        }
        self.happen(id, JobEvent::Fail);
    }

    /// Asks a running job to stand still, or to go on.
    pub(super) fn pause(&mut self, id: JobId, on: bool) -> Result<(), WireError> {
        let state = self.get(id)?.view.state;
        let running = self.running.as_ref().filter(|running| running.job == id);
        match (state, running) {
            (JobState::Running(_), Some(running)) if on => {
                running.pause.send_replace(true);
                Ok(())
            }
            // Also takes back a pause that has not taken hold yet.
            (JobState::Paused(_) | JobState::Running(_), Some(running)) if !on => {
                running.pause.send_replace(false);
                Ok(())
            }
            _ => Err(illegal(id, state, if on { "paused" } else { "resumed" })),
        }
    }

    /// Stops a job whatever it does, or takes it out of the queue.
    pub(super) fn stop(&mut self, id: JobId) -> Result<(), WireError> {
        let state = self.get(id)?.view.state;
        if state.has_ended() {
            return Err(illegal(id, state, "stopped"));
        }
        if let Some(running) = self.running.as_ref().filter(|running| running.job == id) {
            running.stop.cancel();
            self.note(id, Notice::Stopping);
            self.edit(id, |view| view.stopping = true);
        } else {
            self.note(id, Notice::Cancelled);
            self.happen(id, JobEvent::Cancel);
        }
        Ok(())
    }

    /// Stops everything that one press of start began, the last first, so that nothing new begins.
    pub(super) fn stop_run(&mut self, run: RunId) -> Result<(), WireError> {
        let of_run = self.jobs.values().filter(|job| job.view.run == run);
        let jobs: Vec<_> = of_run.map(|job| (job.view.id, job.view.state)).collect();
        if jobs.is_empty() {
            return Err(WireError::new(ErrorCode::NotFound, format!("there is no run {run}")).field("run"));
        }
        let mut is_over = true;
        for (id, _) in jobs.iter().rev().filter(|(_, state)| !state.has_ended()) {
            is_over = false;
            self.stop(*id)?;
        }
        if is_over { Err(WireError::new(ErrorCode::IllegalState, format!("run {run} has ended"))) } else { Ok(()) }
    }

    /// The session is gone for good; its jobs are not.
    pub(super) fn disown(&mut self, session: SessionId) {
        let own = self.jobs.values().filter(|job| job.view.owner == Some(session));
        let own: Vec<_> = own.map(|job| job.view.id).collect();
        for id in own {
            self.edit(id, |view| view.owner = None);
        }
    }

    /// Who holds the workbench: the first job that has not ended.
    pub(super) fn lock(&self) -> Option<Lock> {
        let unfinished = || self.jobs.values().map(|job| &job.view).filter(|view| !view.state.has_ended());
        let view = unfinished().find(|view| view.state.is_active()).or_else(|| unfinished().next())?;
        let video = view.source.name().to_owned();
        Some(Lock { page: view.page, run: view.run, job: view.id, video, owner: view.owner })
    }

    /// A job and its video's path.
    pub(super) fn job(&self, id: JobId) -> Result<(&JobView, &Path), WireError> {
        self.get(id).map(|job| (&job.view, job.path.as_path()))
    }

    /// Whether work that has not ended reads this file.
    pub(super) fn is_using(&self, path: &Path) -> bool {
        self.jobs.values().any(|job| !job.view.state.has_ended() && job.path == path)
    }

    /// Jobs that have not ended: those at work, and those that wait.
    pub(super) fn counts(&self) -> (usize, usize, usize) {
        let of = |wanted: fn(JobState) -> bool| self.jobs.values().filter(|job| wanted(job.view.state)).count();
        (of(JobState::is_active), of(|state| state == JobState::Queued), self.jobs.len())
    }

    /// What a client gets on arrival: the last jobs, and the end of the latest log.
    pub(super) fn recent(&self) -> (Vec<JobView>, Vec<(JobId, LogLine)>) {
        let ended = self.jobs.values().filter(|job| job.view.state.has_ended()).count();
        let mut to_skip = ended.saturating_sub(RECENT);
        let mut jobs = Vec::new();
        for job in self.jobs.values() {
            if job.view.state.has_ended() && to_skip > 0 {
                to_skip -= 1;
            } else {
                jobs.push(job.view.clone());
            }
        }
        let active = self.jobs.values().find(|job| job.view.state.is_active());
        let latest = active.or_else(|| self.jobs.values().rfind(|job| job.last_line > 0));
        let log = latest.map(|job| job.log.iter().map(|line| (job.view.id, line.clone())).collect());
        (jobs, log.unwrap_or_default())
    }

    fn get(&self, id: JobId) -> Result<&Job, WireError> {
        let none = || WireError::new(ErrorCode::NotFound, format!("there is no job {id}")).field("job");
        self.jobs.get(&id).ok_or_else(none)
    }

    /// Keeps and tells a job as it is now, and the lock where that changed.
    fn changed(&mut self, id: JobId) {
        if let Some(job) = self.jobs.get(&id) {
            if let Err(error) = self.store.save(&job.view, &job.path) {
                tracing::error!("job {id} is not kept: {error}");
            }
            self.hub.tell_all(&HelperMessage::Job(Box::new(job.view.clone())));
        }
        self.tell_lock();
    }

    fn tell_lock(&mut self) {
        let lock = self.lock();
        if lock != self.told {
            self.hub.tell_all(&HelperMessage::Lock(lock.clone()));
            self.told = lock;
        }
    }
}

/// What a results folder holds to go on with.
pub(super) fn kept_in(folder: &Path, at: &Checkpoint) -> KeptWork {
    KeptWork { folder: folder.display().to_string(), stage: at.stage, done: at.done, total: at.total }
}

fn illegal(id: JobId, state: JobState, what: &str) -> WireError {
    let now = match state {
        JobState::Queued => "waits for its turn",
        JobState::Running(_) => "runs",
        JobState::Paused(_) => "is paused",
        JobState::Completed => "is done",
        JobState::Failed => "has failed",
        JobState::Cancelled => "was stopped",
        JobState::Interrupted => "was interrupted",
    };
    WireError::new(ErrorCode::IllegalState, format!("job {id} {now} and can't be {what}"))
}

fn internal(why: &str) -> WireError {
    WireError::new(ErrorCode::Internal, why)
}

#[cfg(test)]
mod tests;
