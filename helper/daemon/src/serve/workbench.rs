//! The jobs, their queue and the lock: what happens to them is decided, kept and told here, in that order.

mod owners;
mod pages;
mod queue;
mod tasks;
mod telling;
mod webhooks;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use silhueta_shared::job::{Failure, JobModels};
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{
    ErrorCode, HelperMessage, JobId, JobSettings, JobView, Lock, LogLine, Page, ResultsView, Resumable, RunId,
    SessionId, SourceRef, StageView, StartRun, WireError,
};
use silhueta_shared::state::{JobEvent, JobState};
use silhueta_shared::worker::Progress;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::hub::Hub;
use super::now;
use super::shelf::Preferred;
use super::store::{New, Store, StoreError};
pub(super) use tasks::NewTask;

/// Lines of a log that a newly arrived client gets.
const LOG_TAIL: usize = 300;

/// One video's work.
#[derive(Debug)]
struct Job {
    view: JobView,
    path: PathBuf,
    /// What it runs, once that is decided.
    models: Option<JobModels>,
    /// Where its results go, once that was decided.
    folder: Option<PathBuf>,
    /// Nothing that was kept is to be used.
    fresh: bool,
    /// Jobs that wait go by this.
    place: u64,
    log: VecDeque<LogLine>,
    last_line: u64,
}

impl Job {
    fn new(view: JobView, path: PathBuf, fresh: bool, place: u64) -> Self {
        Self { view, path, models: None, folder: None, fresh, place, log: VecDeque::new(), last_line: 0 }
    }

    const fn is_task(&self) -> bool {
        self.view.task.is_some()
    }

    fn as_new(&self) -> New<'_> {
        New { view: &self.view, path: &self.path, fresh: self.fresh, place: self.place, key: None, webhook: None }
    }
}

/// One try at a job. Whoever works on it speaks for this one only: what it says after a later one began
/// changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attempt {
    /// The job.
    pub(super) job: JobId,
    n: u32,
}

impl Attempt {
    /// The one that a job is at.
    pub(super) const fn of(view: &JobView) -> Self {
        Self { job: view.id, n: view.attempt }
    }
}

/// A job whose turn it is.
#[derive(Debug)]
pub(super) struct Turn {
    pub(super) view: JobView,
    /// The video.
    pub(super) path: PathBuf,
    /// Nothing that was kept is to be used.
    pub(super) fresh: bool,
    /// Jobs that share the machine with it, itself among them.
    pub(super) sharing: usize,
    pub(super) controls: Controls,
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
    stop: CancellationToken,
    pause: watch::Sender<bool>,
    /// It ends because its page was closed, not because somebody stopped it.
    page_closed: bool,
}

/// All jobs.
#[derive(Debug)]
pub(super) struct Workbench {
    jobs: BTreeMap<JobId, Job>,
    /// Those that scripts posted and still know, by their names.
    tasks: HashMap<String, JobId>,
    store: Store,
    hub: Arc<Hub>,
    moved: Arc<watch::Sender<()>>,
    running: BTreeMap<JobId, Running>,
    gathered: Option<telling::Gathered>,
    told: Option<Lock>,
    last_job: u64,
    is_paused: bool,
}

impl Workbench {
    /// What the store holds. What was running when the helper ended is interrupted from here on. `kept` looks
    /// into a folder for what an unfinished job has kept there.
    pub(super) fn open(
        store: Store,
        hub: Arc<Hub>,
        kept: impl Fn(&Path) -> Option<Resumable>,
    ) -> Result<Self, StoreError> {
        let (last_job, is_paused) = (store.last_job()?, store.is_queue_paused()?);
        let mut jobs = BTreeMap::new();
        for found in store.jobs()? {
            let mut view = found.view;
            view.owner = None;
            view.stopping = false;
            view.stalled = None;
            // Other programs, and people, may have been there since.
            if view.state.is_unfinished() || view.state.is_active() {
                view.resumable = found.folder.as_deref().and_then(&kept);
            }
            let last_line = found.log.last().map_or(0, |line| line.seq);
            let log = found.log.into_iter().rev().take(LOG_TAIL).rev().collect();
            let (path, folder, fresh, place) = (found.path, found.folder, found.fresh, found.place);
            jobs.insert(view.id, Job { view, path, models: None, folder, fresh, place, log, last_line });
        }
        let (running, gathered, told) = (BTreeMap::new(), None, None);
        let tasks = tasks::by_id(&jobs);
        let mut bench =
            Self { jobs, tasks, store, hub, moved: Arc::default(), running, gathered, told, last_job, is_paused };
        let cut = bench.jobs.values().map(|job| &job.view).filter(|view| view.state.is_active()).map(Attempt::of);
        for attempt in cut.collect::<Vec<_>>() {
            if !bench.give_up_task(attempt) {
                bench.note(attempt, Notice::Interrupted);
                bench.happen(attempt, JobEvent::Interrupt);
            }
        }
        bench.requeue_tasks()?;
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
        owner: impl Into<Option<SessionId>>,
        request: &StartRun,
        videos: Vec<(SourceRef, PathBuf)>,
    ) -> Result<(RunId, Vec<JobId>), WireError> {
        self.free_for(None)?;
        let owner = owner.into();
        let first = self.last_job + 1;
        // A run is named by its first job.
        let Some(run) = RunId::new(first) else { return Err(internal("no numbers are left")) };
        let mut jobs = Vec::new();
        for (((source, path), n), place) in videos.into_iter().zip(first..).zip(self.last_place() + 1..) {
            let Some(id) = JobId::new(n) else { return Err(internal("no numbers are left")) };
            let view = JobView {
                owner,
                attached: request.attached,
                ..new_job(id, run, request.page, source, request.settings.clone())
            };
            jobs.push(Job::new(view, path, request.settings.again, place));
        }
        let rows: Vec<_> = jobs.iter().map(Job::as_new).collect();
        self.store.add(&rows).map_err(|e| internal(&e.to_string()))?;
        let ids: Vec<_> = jobs.iter().map(|job| job.view.id).collect();
        self.last_job += ids.len() as u64;
        self.jobs.extend(jobs.into_iter().map(|job| (job.view.id, job)));
        self.tell_jobs(&ids);
        self.tell_queue();
        self.tell_lock();
        Ok((run, ids))
    }

    /// Where the job's results go: what others have kept there is this one's from now on.
    pub(super) fn placed(&mut self, attempt: Attempt, folder: &Path) {
        let Some(job) = self.current(attempt) else { return };
        job.folder = Some(folder.to_owned());
        if let Some(job) = self.jobs.get(&attempt.job)
            && let Err(error) = self.store.set_folder(&job.view, folder)
        {
            tracing::error!("the folder of job {} is not kept: {error}", attempt.job);
        }
        let is_other = |job: &&Job| job.view.id != attempt.job && job.folder.as_deref() == Some(folder);
        let others = self.jobs.values().filter(is_other).filter(|job| job.view.resumable.is_some());
        for other in others.map(|job| Attempt::of(&job.view)).collect::<Vec<_>>() {
            self.edit(other, |view| view.resumable = None);
        }
    }

    /// Where an attempt's results go, if that was ever decided.
    pub(super) fn folder(&self, attempt: Attempt) -> Option<PathBuf> {
        self.jobs.get(&attempt.job)?.folder.clone()
    }

    /// A job that had its turn is over.
    pub(super) fn turn_ended(&mut self, id: JobId) {
        self.running.remove(&id);
    }

    /// Something happened to a job. What can't follow changes nothing and is logged.
    pub(super) fn happen(&mut self, attempt: Attempt, event: JobEvent) {
        let Some(job) = self.current(attempt) else { return };
        let state = match job.view.state.after(event) {
            Ok(state) => state,
            Err(illegal) => {
                tracing::error!("job {}: {illegal}", attempt.job);
                return;
            }
        };
        let is_new = state != job.view.state;
        job.view.state = state;
        if state.is_active() {
            job.view.started.get_or_insert_with(now);
        }
        if state.has_ended() {
            job.view.ended = Some(now());
            job.view.stopping = false;
            job.view.stalled = None;
        }
        if is_new {
            self.changed(attempt.job);
        }
    }

    /// Changes something beside a job's state.
    pub(super) fn edit(&mut self, attempt: Attempt, edit: impl FnOnce(&mut JobView)) {
        if let Some(job) = self.current(attempt) {
            edit(&mut job.view);
            self.changed(attempt.job);
        }
    }

    /// A job went on. Kept when a stage begins or ends; what lies between is told, not kept.
    pub(super) fn progress(&mut self, attempt: Attempt, progress: Progress) {
        let Some(job) = self.current(attempt) else { return };
        let Progress { stage, done, total, fps, ended } = progress;
        let view = StageView { stage, done, total, fps, ended };
        let known = job.view.stages.iter().position(|known| known.stage >= stage);
        let is_known = known.is_some_and(|at| job.view.stages[at].stage == stage);
        match known {
            Some(at) if is_known => job.view.stages[at] = view,
            Some(at) => job.view.stages.insert(at, view),
            None => job.view.stages.push(view),
        }
        if (ended || !is_known)
            && let Some(job) = self.jobs.get(&attempt.job)
            && let Err(error) = self.store.save(&job.view)
        {
            tracing::error!("job {} is not kept: {error}", attempt.job);
        }
        self.hub.tell_all(&HelperMessage::Progress { job: attempt.job, progress });
    }

    /// Ends a job with its results.
    pub(super) fn complete(&mut self, attempt: Attempt, notice: Notice, results: Option<ResultsView>) {
        self.note(attempt, notice);
        if let Some(job) = self.current(attempt) {
            job.view.results = results;
            job.view.resumable = None;
        }
        self.happen(attempt, JobEvent::Complete);
    }

    /// Ends a job with an error; `kept` is what it leaves for another attempt.
    pub(super) fn fail(&mut self, attempt: Attempt, failure: Failure, kept: Option<Resumable>) {
        self.note(attempt, Notice::Failed(failure.clone()));
        if let Some(job) = self.current(attempt) {
            job.view.failure = Some(failure);
            job.view.resumable = kept;
        }
        self.happen(attempt, JobEvent::Fail);
    }

    /// Ends a job that was ended from here: by a person, or because its page was closed.
    pub(super) fn stopped(&mut self, attempt: Attempt, kept: Option<Resumable>) {
        let of_attempt = self.running.get(&attempt.job);
        let (notice, event) = if of_attempt.is_some_and(|running| running.page_closed) {
            (Notice::PageClosed, JobEvent::Interrupt)
        } else {
            (Notice::Cancelled, JobEvent::Cancel)
        };
        self.end_unfinished(attempt, notice, event, kept);
    }

    /// Ends a job because the helper ends.
    pub(super) fn interrupted(&mut self, attempt: Attempt, kept: Option<Resumable>) {
        self.end_unfinished(attempt, Notice::Interrupted, JobEvent::Interrupt, kept);
    }

    fn end_unfinished(&mut self, attempt: Attempt, notice: Notice, event: JobEvent, kept: Option<Resumable>) {
        self.note(attempt, notice);
        if let Some(job) = self.current(attempt) {
            job.view.resumable = kept;
        }
        self.happen(attempt, event);
    }

    /// Asks a running job to stand still, or to go on.
    pub(super) fn pause(&mut self, id: JobId, on: bool) -> Result<(), WireError> {
        let state = self.get(id)?.view.state;
        let running = self.running.get(&id);
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
        let view = &self.get(id)?.view;
        let (state, attempt) = (view.state, Attempt::of(view));
        if state.has_ended() {
            return Err(illegal(id, state, "stopped"));
        }
        if let Some(running) = self.running.get_mut(&id) {
            running.page_closed = false;
            running.stop.cancel();
            self.note(attempt, Notice::Stopping);
            self.edit(attempt, |view| view.stopping = true);
        } else {
            self.note(attempt, Notice::Cancelled);
            self.happen(attempt, JobEvent::Cancel);
        }
        Ok(())
    }

    /// Stops everything that one press of start began, the last first, so that nothing new begins.
    pub(super) fn stop_run(&mut self, run: RunId) -> Result<(), WireError> {
        let jobs = self.of_run(run)?;
        let open: Vec<_> = jobs.iter().rev().filter(|(_, state)| !state.has_ended()).map(|(id, _)| *id).collect();
        if open.is_empty() {
            return Err(WireError::new(ErrorCode::IllegalState, format!("run {run} has ended")));
        }
        self.at_once(|bench| open.into_iter().try_for_each(|id| bench.stop(id)))
    }

    /// The jobs of a run with their states, by number; at least one.
    fn of_run(&self, run: RunId) -> Result<Vec<(JobId, JobState)>, WireError> {
        let of_run = self.jobs.values().filter(|job| job.view.run == run);
        let jobs: Vec<_> = of_run.map(|job| (job.view.id, job.view.state)).collect();
        if jobs.is_empty() {
            return Err(WireError::new(ErrorCode::NotFound, format!("there is no run {run}")).field("run"));
        }
        Ok(jobs)
    }

    /// Who holds the workbench: the page's job that runs, or comes next.
    pub(super) fn lock(&self) -> Option<Lock> {
        let active = self.jobs.values().find(|job| !job.is_task() && job.view.state.is_active());
        let view = &active.or_else(|| self.jobs.get(self.order().first()?))?.view;
        let video = view.source.name().to_owned();
        Some(Lock { page: view.page, run: view.run, job: view.id, video, owner: view.owner })
    }

    /// Refuses what no page may do while one works.
    pub(super) fn check_free(&self) -> Result<(), WireError> {
        self.free_for(None)
    }

    /// What a job runs is decided.
    pub(super) fn decided(&mut self, id: JobId, models: &JobModels) {
        if let Some(job) = self.jobs.get_mut(&id) {
            job.models = Some(models.clone());
            self.moved.send_replace(());
        }
    }

    /// Models, by the stems of their files, that jobs use which have not ended.
    pub(super) fn models_in_use(&self, preferred: &Preferred) -> HashSet<String> {
        let unfinished = self.jobs.values().filter(|job| !job.view.state.has_ended());
        let of_job = |job: &Job| match &job.models {
            Some(models) => models.files().map(|model| model.id.clone()).collect::<Vec<_>>(),
            None => {
                let choices = job.view.settings.choices().into_iter();
                let id = |(role, choice): (_, &Option<String>)| {
                    choice.clone().or_else(|| preferred.of(role).map(str::to_owned))
                };
                choices.filter_map(id).collect()
            }
        };
        unfinished.flat_map(of_job).collect()
    }

    /// Wakes whenever jobs began, ended or decided something.
    pub(super) fn moved(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// Whether a run may begin, or go on, now: nobody works, or that very run does.
    fn free_for(&self, run: Option<RunId>) -> Result<(), WireError> {
        match self.lock() {
            Some(lock) if Some(lock.run) != run => {
                let error =
                    WireError::new(ErrorCode::PageLocked, format!("{} is at work on {}", lock.page.name(), lock.video));
                Err(WireError { lock: Some(Box::new(lock)), ..error.hint("wait until it has ended, or stop it") })
            }
            _ => Ok(()),
        }
    }

    /// A job and its video's path.
    pub(super) fn job(&self, id: JobId) -> Result<(&JobView, &Path), WireError> {
        self.get(id).map(|job| (&job.view, job.path.as_path()))
    }

    /// Whether work that has not ended reads this file.
    pub(super) fn is_using(&self, path: &Path) -> bool {
        self.jobs.values().any(|job| !job.view.state.has_ended() && job.path == path)
    }

    /// Whether anything works.
    pub(super) fn is_at_work(&self) -> bool {
        self.jobs.values().any(|job| job.view.state.is_active())
    }

    fn get(&self, id: JobId) -> Result<&Job, WireError> {
        let none = || WireError::new(ErrorCode::NotFound, format!("there is no job {id}")).field("job");
        self.jobs.get(&id).ok_or_else(none)
    }

    /// The job, if this attempt is still the one that counts.
    fn current(&mut self, attempt: Attempt) -> Option<&mut Job> {
        let job = self.jobs.get_mut(&attempt.job).filter(|job| job.view.attempt == attempt.n);
        if job.is_none() {
            tracing::warn!("attempt {} of job {} is over and is not listened to", attempt.n, attempt.job);
        }
        job
    }
}

/// A job that waits for its first turn and belongs to nobody.
fn new_job(id: JobId, run: RunId, page: Page, source: SourceRef, settings: JobSettings) -> JobView {
    JobView {
        id,
        run,
        page,
        task: None,
        owner: None,
        attached: false,
        source,
        settings,
        state: JobState::Queued,
        attempt: 1,
        stopping: false,
        stalled: None,
        facts: None,
        stages: vec![],
        resumable: None,
        failure: None,
        results: None,
        created: now(),
        started: None,
        ended: None,
    }
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
#[cfg(test)]
pub(super) use tests::sample;
