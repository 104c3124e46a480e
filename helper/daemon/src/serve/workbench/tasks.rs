//! Tasks: jobs that scripts posted. They are services: several work at once, after pages' jobs, none holds the lock,
//! and after a restart of the helper they go on by themselves.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use silhueta_shared::job::{Failure, FailureCode};
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{ErrorCode, JobId, JobSettings, JobView, Page, RunId, SourceRef, TaskView, WireError};
use silhueta_shared::state::{JobEvent, JobState};

use super::queue::begin_anew;
use super::{Attempt, Job, Workbench, internal, new_job};
use crate::serve::store::{Key, New, StoreError};

/// How often the helper may end under a task without a goodbye until the task is no longer tried by itself: the
/// task may be what ends it.
pub(super) const MOST_CUTS: u32 = 3;

/// A task that is new.
#[derive(Debug)]
pub(in crate::serve) struct NewTask {
    pub(in crate::serve) task: TaskView,
    pub(in crate::serve) source: SourceRef,
    /// The video.
    pub(in crate::serve) path: PathBuf,
    pub(in crate::serve) settings: JobSettings,
    /// What makes sure that a request that is sent again makes no second one.
    pub(in crate::serve) key: Option<Key>,
    /// The whole address of who is told of its end.
    pub(in crate::serve) webhook: Option<String>,
}

/// The tasks that scripts still know, by their names.
pub(super) fn by_id(jobs: &BTreeMap<JobId, Job>) -> HashMap<String, JobId> {
    let views = jobs.values().map(|job| &job.view);
    let tasks =
        views.filter_map(|view| view.task.as_ref().filter(|task| task.kept).map(|task| (task.id.clone(), view.id)));
    tasks.collect()
}

impl Workbench {
    /// Takes a task in.
    pub(in crate::serve) fn add_task(&mut self, new: NewTask) -> Result<JobView, WireError> {
        let NewTask { task, source, path, settings, key, webhook } = new;
        let n = self.last_job + 1;
        let (Some(id), Some(run)) = (JobId::new(n), RunId::new(n)) else { return Err(internal("no numbers are left")) };
        let name = task.id.clone();
        let view = JobView { task: Some(task), ..new_job(id, run, Page::Tarefas, source, settings) };
        let job = Job::new(view, path, false, self.last_place() + 1);
        let row = New { key: key.as_ref(), webhook: webhook.as_deref(), ..job.as_new() };
        self.store.add(&[row]).map_err(|e| internal(&e.to_string()))?;
        let view = job.view.clone();
        self.last_job = n;
        self.jobs.insert(id, job);
        self.tasks.insert(name, id);
        self.tell_jobs(&[id]);
        Ok(view)
    }

    /// A task that scripts know.
    pub(in crate::serve) fn task(&self, id: &str) -> Result<&JobView, WireError> {
        let none = || WireError::new(ErrorCode::NotFound, format!("Task {id} not found")).field("task_id");
        let job = self.tasks.get(id).and_then(|job| self.jobs.get(job));
        job.map(|job| &job.view).ok_or_else(none)
    }

    /// All of those, oldest first.
    pub(in crate::serve) fn tasks(&self) -> impl Iterator<Item = &JobView> {
        let is_kept = |job: &&Job| job.view.task.as_ref().is_some_and(|task| task.kept);
        self.jobs.values().filter(is_kept).map(|job| &job.view)
    }

    /// Every job, oldest first.
    pub(in crate::serve) fn jobs(&self) -> impl Iterator<Item = &JobView> {
        self.jobs.values().map(|job| &job.view)
    }

    /// Tasks that scripts know: those at work, those that wait, and all.
    pub(in crate::serve) fn task_counts(&self) -> (usize, usize, usize) {
        let of = |wanted: fn(JobState) -> bool| self.tasks().filter(|view| wanted(view.state)).count();
        let is_waiting = |state| matches!(state, JobState::Queued | JobState::Interrupted);
        (of(JobState::is_active), of(is_waiting), self.tasks.len())
    }

    /// Forgets the record of a task and nothing else: its work goes on, and can be stopped as any job can.
    pub(in crate::serve) fn forget_task(&mut self, id: &str) -> Result<JobView, WireError> {
        let attempt = Attempt::of(self.task(id)?);
        self.store.forget_task(attempt.job).map_err(|e| internal(&e.to_string()))?;
        self.tasks.remove(id);
        self.edit(attempt, |view| {
            if let Some(task) = &mut view.task {
                task.kept = false;
            }
        });
        self.job(attempt.job).map(|(view, _)| view.clone())
    }

    /// The helper ended under a task once more. One that this happens to again and again fails; whether it did.
    pub(super) fn give_up_task(&mut self, attempt: Attempt) -> bool {
        let Some(job) = self.current(attempt) else { return false };
        let Some(task) = &mut job.view.task else { return false };
        task.cut_off += 1;
        let is_enough = task.cut_off >= MOST_CUTS;
        if is_enough {
            let kept = job.view.resumable;
            let failure = Failure {
                code: FailureCode::CutOff,
                message: format!("the helper ended {MOST_CUTS} times while it worked on this"),
                hint: Some("look into the helper's log for the reason, then try it again".into()),
            };
            self.fail(attempt, failure, kept);
        }
        is_enough
    }

    /// After a start of the helper: what was cut off waits for its turn again, where it was in the queue.
    pub(super) fn requeue_tasks(&mut self) -> Result<(), StoreError> {
        let cut = self.jobs.values().filter(|job| job.is_task() && job.view.state == JobState::Interrupted);
        let mut begun = Vec::new();
        for job in cut {
            let mut view = job.view.clone();
            // Always legal for what was interrupted.
            view.state = view.state.after(JobEvent::Requeue).unwrap_or(view.state);
            begin_anew(&mut view, None, false);
            begun.push((view, job.place));
        }
        self.store.requeue(&begun, false)?;
        for (view, _) in begun {
            let attempt = Attempt::of(&view);
            if let Some(job) = self.jobs.get_mut(&attempt.job) {
                (job.view, job.fresh) = (view, false);
            }
            self.note(attempt, Notice::Requeued { attempt: attempt.n, fresh: false });
        }
        Ok(())
    }
}
