//! The helper's truth as last heard, and how a message changes it. Pure, so that it is tested without a browser.

use std::collections::{BTreeMap, BTreeSet};

use silhueta_shared::protocol::{
    FetchState, Hardware, HelperMessage, JobId, JobView, Lock, LogLine, ModelFetch, ModelShelf, QueueView, Root,
    Snapshot, StageView,
};
use silhueta_shared::state::JobState;
use silhueta_shared::worker::{DoctorReport, Progress};

use super::tasks::{self, Tasks};

/// Lines that are kept of one job's log; the oldest go first.
pub(crate) const LOG_LIMIT: usize = 1000;

/// Everything heard so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Model {
    /// Whether a snapshot has come.
    pub(crate) known: bool,
    /// The helper's version.
    pub(crate) app: String,
    /// The pages' jobs, oldest first. What scripts posted is none of them: no page takes a task for its own.
    pub(crate) jobs: Vec<JobView>,
    /// Who waits.
    pub(crate) queue: QueueView,
    /// What scripts posted, with its logs.
    pub(crate) tasks: Tasks,
    /// The pages' logs, each by rising `seq`.
    pub(crate) logs: BTreeMap<JobId, Vec<LogLine>>,
    pub(crate) lock: Option<Lock>,
    pub(crate) hardware: Option<Hardware>,
    pub(crate) models: Option<ModelShelf>,
    /// Downloads that wait, run, or failed; one that is done until its model is there.
    pub(crate) fetches: Vec<ModelFetch>,
    /// Models whose download was seen to end well.
    pub(crate) came: BTreeSet<String>,
    pub(crate) roots: Vec<Root>,
    pub(crate) machine: Option<DoctorReport>,
    pub(crate) upload_room: u64,
    /// The folder for results.
    pub(crate) out: String,
    /// The helper's clock less this machine's, in milliseconds.
    pub(crate) clock_offset: i64,
}

/// Which parts a message changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) all: bool,
    pub(crate) jobs: bool,
    pub(crate) tasks: bool,
    pub(crate) queue: bool,
    pub(crate) logs: bool,
    pub(crate) lock: bool,
    pub(crate) hardware: bool,
    pub(crate) models: bool,
    pub(crate) fetches: bool,
    pub(crate) roots: bool,
    pub(crate) machine: bool,
}

/// Takes a message in. `now` is this machine's clock in milliseconds since 1970.
pub(crate) fn apply(model: &mut Model, message: HelperMessage, now: u64) -> Changed {
    let nothing = Changed::default();
    match message {
        HelperMessage::Welcome { app, snapshot, .. } => {
            *model = welcomed(model, app, *snapshot, now);
            Changed { all: true, ..nothing }
        }
        HelperMessage::Job(job) => model.take(*job),
        HelperMessage::Jobs(jobs) => {
            let changes = jobs.into_iter().map(|job| model.take(job));
            changes.fold(nothing, |all, one| Changed {
                jobs: all.jobs || one.jobs,
                tasks: all.tasks || one.tasks,
                ..all
            })
        }
        HelperMessage::Removed { job } => {
            if model.tasks.forget(job) {
                return Changed { tasks: true, ..nothing };
            }
            model.jobs.retain(|other| other.id != job);
            model.logs.remove(&job);
            Changed { jobs: true, logs: true, ..nothing }
        }
        HelperMessage::Queue(queue) => {
            model.queue = queue;
            Changed { queue: true, ..nothing }
        }
        HelperMessage::Progress { job, progress } => {
            if let Some(task) = model.tasks.find_mut(job) {
                return Changed { tasks: went_on(task, progress), ..nothing };
            }
            let job = model.jobs.iter_mut().find(|other| other.id == job);
            Changed { jobs: job.is_some_and(|job| went_on(job, progress)), ..nothing }
        }
        HelperMessage::Log { job, line } => model.hear(job, line),
        HelperMessage::Logs(lines) => {
            let changes = lines.into_iter().map(|(job, line)| model.hear(job, line));
            changes.fold(nothing, |all, one| Changed {
                logs: all.logs || one.logs,
                tasks: all.tasks || one.tasks,
                ..all
            })
        }
        HelperMessage::Lock(lock) => {
            model.lock = lock;
            Changed { lock: true, ..nothing }
        }
        HelperMessage::Hardware(hardware) => {
            model.hardware = Some(hardware);
            Changed { hardware: true, ..nothing }
        }
        HelperMessage::Models(shelf) => {
            model.models = Some(shelf);
            let before = model.fetches.len();
            model.fetches.retain(|fetch| fetch.state != FetchState::Done || is_offered(&model.models, &fetch.id));
            Changed { models: true, fetches: model.fetches.len() != before, ..nothing }
        }
        HelperMessage::Fetch(fetch) => {
            let models = fetched(model, fetch);
            Changed { models, fetches: true, ..nothing }
        }
        HelperMessage::Roots(roots) => {
            model.roots = roots;
            Changed { roots: true, ..nothing }
        }
        HelperMessage::Machine(machine) => {
            model.machine = Some(*machine);
            Changed { machine: true, ..nothing }
        }
        HelperMessage::Answer { .. }
        | HelperMessage::Refused { .. }
        | HelperMessage::Preview(_)
        | HelperMessage::Closing => nothing,
    }
}

impl Model {
    /// Puts a job in its place, among the pages' or the tasks.
    fn take(&mut self, job: JobView) -> Changed {
        if tasks::is_task(&job) {
            self.tasks.put(job);
            return Changed { tasks: true, ..Changed::default() };
        }
        put(&mut self.jobs, job);
        Changed { jobs: true, ..Changed::default() }
    }

    fn hear(&mut self, job: JobId, line: LogLine) -> Changed {
        let Self { tasks, logs, .. } = self;
        if tasks.find(job).is_some() {
            // Thousands of tasks write lines: only what somebody reads is kept.
            let open = tasks.logs.get_mut(&job);
            return Changed { tasks: open.is_some_and(|lines| add_lines(lines, [line])), ..Changed::default() };
        }
        Changed { logs: add_lines(logs.entry(job).or_default(), [line]), ..Changed::default() }
    }
}

/// Takes older lines of a job's log in, as the helper answered them.
pub(crate) fn add_log(model: &mut Model, job: JobId, lines: Vec<LogLine>) -> Changed {
    if model.tasks.find(job).is_some() {
        let open = model.tasks.logs.get_mut(&job);
        return Changed { tasks: open.is_some_and(|known| add_lines(known, lines)), ..Changed::default() };
    }
    Changed { logs: add_lines(model.logs.entry(job).or_default(), lines), ..Changed::default() }
}

/// The last line up to which nothing is missing: what to ask the helper for lines after.
pub(crate) fn heard_up_to(lines: &[LogLine]) -> u64 {
    // A full log has let its first lines go on purpose.
    let mut last = if lines.len() >= LOG_LIMIT { lines[0].seq - 1 } else { 0 };
    for line in lines {
        if line.seq != last + 1 {
            break;
        }
        last = line.seq;
    }
    last
}

fn welcomed(before: &Model, app: String, snapshot: Snapshot, now: u64) -> Model {
    let Snapshot {
        now: theirs,
        mut jobs,
        queue,
        tasks,
        log,
        lock,
        hardware,
        models,
        fetches,
        roots,
        machine,
        upload_room,
        out,
    } = snapshot;
    jobs.sort_by_key(|job| job.id);
    let (posted, jobs): (Vec<_>, Vec<_>) = jobs.into_iter().partition(tasks::is_task);
    // Logs heard before stay, unless the number now names another job (the helper's store was thrown away).
    let same = |id: &JobId| {
        let created = |jobs: &[JobView]| jobs.iter().find(|job| job.id == *id).map(|job| job.created);
        created(&before.jobs).is_some_and(|created_before| created(&jobs) == Some(created_before))
    };
    let mut logs: BTreeMap<_, _> =
        before.logs.iter().filter(|(id, _)| same(id)).map(|(id, lines)| (*id, lines.clone())).collect();
    for (job, line) in log {
        if !posted.iter().any(|task| task.id == job) {
            add_lines(logs.entry(job).or_default(), [line]);
        }
    }
    let tasks = before.tasks.welcomed(posted, tasks);
    let clock_offset = i64::try_from(i128::from(theirs) - i128::from(now)).unwrap_or_default();
    Model {
        known: true,
        app,
        jobs,
        queue,
        tasks,
        logs,
        lock,
        hardware: Some(hardware),
        models: Some(models),
        fetches,
        came: before.came.clone(),
        roots,
        machine,
        upload_room,
        out,
        clock_offset,
    }
}

/// Takes in how a download stands; whether that says something of the models, too.
fn fetched(model: &mut Model, fetch: ModelFetch) -> bool {
    let place = model.fetches.iter().position(|other| other.id == fetch.id);
    match fetch.state {
        // The next download goes on from there: said at once, not only with the helper's next look at its folder.
        FetchState::Cancelled { kept } => {
            place.map(|place| model.fetches.remove(place));
            let offers = model.models.iter_mut().flat_map(|shelf| &mut shelf.offered);
            let Some(offer) = offers.into_iter().find(|offer| offer.id == fetch.id) else { return false };
            offer.partial = kept;
            return true;
        }
        FetchState::Done => {
            model.came.insert(fetch.id.clone());
            if !is_offered(&model.models, &fetch.id) {
                place.map(|place| model.fetches.remove(place));
                return false;
            }
        }
        _ => {}
    }
    match place {
        Some(place) => model.fetches[place] = fetch,
        None => model.fetches.push(fetch),
    }
    false
}

fn is_offered(shelf: &Option<ModelShelf>, id: &str) -> bool {
    shelf.as_ref().is_some_and(|shelf| shelf.offered.iter().any(|offer| offer.id == id))
}

/// Replaces the job of that number, or puts it in its place.
fn put(jobs: &mut Vec<JobView>, job: JobView) {
    match jobs.binary_search_by_key(&job.id, |job| job.id) {
        Ok(place) => jobs[place] = job,
        Err(place) => jobs.insert(place, job),
    }
}

fn went_on(job: &mut JobView, progress: Progress) -> bool {
    // Progress that was under way when the job ended says nothing any more, nor when it waits again.
    if !job.state.is_active() {
        return false;
    }
    let Progress { stage, done, total, fps, ended } = progress;
    let view = StageView { stage, done, total, fps, ended };
    if let JobState::Running(at) = job.state
        && stage > at
    {
        job.state = JobState::Running(stage);
    }
    match job.stages.iter_mut().find(|other| other.stage == stage) {
        Some(other) if *other == view => return false,
        Some(other) => *other = view,
        None => job.stages.push(view),
    }
    true
}

fn add_lines(lines: &mut Vec<LogLine>, new: impl IntoIterator<Item = LogLine>) -> bool {
    let mut changed = false;
    for line in new {
        // Nearly always the last place.
        if let Err(place) = lines.binary_search_by_key(&line.seq, |line| line.seq) {
            lines.insert(place, line);
            changed = true;
        }
    }
    if lines.len() > LOG_LIMIT {
        lines.drain(..lines.len() - LOG_LIMIT);
    }
    changed
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
