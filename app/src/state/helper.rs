//! The helper's truth as signals: each part of the [`Model`] changes by itself, so that a hardware figure
//! draws no job anew.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use silhueta_shared::protocol::{
    Hardware, HelperMessage, JobId, JobView, Lock, LogLine, ModelFetch, ModelShelf, QueueView, Root,
};
use silhueta_shared::worker::DoctorReport;

use super::model::{self, Changed, Model};
use super::tasks::Tasks;

/// What the helper says, in context.
#[derive(Clone, Copy)]
pub(crate) struct HelperState {
    model: StoredValue<Model>,
    /// Whether a snapshot has come.
    pub(crate) known: RwSignal<bool>,
    /// The helper's version.
    pub(crate) app: RwSignal<String>,
    /// The pages' jobs, oldest first; tasks are not among them.
    pub(crate) jobs: RwSignal<Vec<JobView>>,
    /// What scripts posted.
    pub(crate) tasks: RwSignal<Tasks>,
    /// Who waits.
    pub(crate) queue: RwSignal<QueueView>,
    /// The pages' logs, each by rising `seq`.
    pub(crate) logs: RwSignal<BTreeMap<JobId, Vec<LogLine>>>,
    /// Who holds the workbench.
    pub(crate) lock: RwSignal<Option<Lock>>,
    /// What the machine is doing.
    pub(crate) hardware: RwSignal<Option<Hardware>>,
    /// The models there are.
    pub(crate) models: RwSignal<Option<ModelShelf>>,
    /// Downloads that wait, run, or failed.
    pub(crate) fetches: RwSignal<Vec<ModelFetch>>,
    /// Models whose download was seen to end well.
    pub(crate) came: RwSignal<BTreeSet<String>>,
    /// The folders that are open.
    pub(crate) roots: RwSignal<Vec<Root>>,
    /// What the machine can do.
    pub(crate) machine: RwSignal<Option<DoctorReport>>,
    /// Bytes that may still be uploaded. The helper tells once; who uploads takes off what it sent.
    pub(crate) upload_room: RwSignal<u64>,
    /// The folder for results.
    pub(crate) out: RwSignal<String>,
    /// The helper's clock less this machine's, in milliseconds.
    pub(crate) clock_offset: RwSignal<i64>,
}

impl HelperState {
    /// Nothing known yet.
    pub(crate) fn new() -> Self {
        Self {
            model: StoredValue::new(Model::default()),
            known: RwSignal::new(false),
            app: RwSignal::default(),
            jobs: RwSignal::default(),
            tasks: RwSignal::default(),
            queue: RwSignal::default(),
            logs: RwSignal::default(),
            lock: RwSignal::default(),
            hardware: RwSignal::default(),
            models: RwSignal::default(),
            fetches: RwSignal::default(),
            came: RwSignal::default(),
            roots: RwSignal::default(),
            machine: RwSignal::default(),
            upload_room: RwSignal::default(),
            out: RwSignal::default(),
            clock_offset: RwSignal::default(),
        }
    }

    /// Takes a message in.
    pub(crate) fn hear(&self, message: HelperMessage) {
        let mut changed = Changed::default();
        self.model.update_value(|model| changed = model::apply(model, message, browser_now()));
        self.show(changed);
    }

    /// Takes lines of a log in that were asked for.
    pub(crate) fn hear_log(&self, job: JobId, lines: Vec<LogLine>) {
        let mut changed = Changed::default();
        self.model.update_value(|model| changed = model::add_log(model, job, lines));
        self.show(changed);
    }

    /// From now on the lines of a task's log are kept, or not any more. Those before have to be asked for.
    pub(crate) fn follow_task(&self, job: JobId, on: bool) {
        let mut tasks = false;
        self.model.update_value(|model| tasks = model.tasks.follow(job, on));
        self.show(Changed { tasks, ..Changed::default() });
    }

    /// The helper was asked to forget how a download ended, which it tells nobody.
    pub(crate) fn forget_fetch(&self, id: &str) {
        self.model.update_value(|model| model.fetches.retain(|fetch| fetch.id != id || !fetch.state.has_ended()));
        self.show(Changed { fetches: true, ..Changed::default() });
    }

    /// The helper's clock now, in milliseconds since 1970.
    pub(crate) fn now(&self) -> u64 {
        browser_now().saturating_add_signed(self.clock_offset.get())
    }

    fn show(&self, changed: Changed) {
        let all = changed.all;
        self.model.with_value(|model| {
            // The order matters to those who look at several: the whole is there when `known` turns true.
            if all {
                self.app.set(model.app.clone());
                self.upload_room.set(model.upload_room);
                self.out.set(model.out.clone());
                self.clock_offset.set(model.clock_offset);
            }
            if all || changed.roots {
                self.roots.set(model.roots.clone());
            }
            if all || changed.fetches {
                self.fetches.set(model.fetches.clone());
                if self.came.with_untracked(|came| *came != model.came) {
                    self.came.set(model.came.clone());
                }
            }
            if all || changed.models {
                self.models.set(model.models.clone());
            }
            if all || changed.machine {
                self.machine.set(model.machine.clone());
            }
            if all || changed.hardware {
                self.hardware.set(model.hardware.clone());
            }
            if all || changed.logs {
                self.logs.set(model.logs.clone());
            }
            // Before the jobs: who looks at both finds each job's place.
            if all || changed.queue {
                self.queue.set(model.queue.clone());
            }
            if all || changed.jobs {
                self.jobs.set(model.jobs.clone());
            }
            if all || changed.tasks {
                self.tasks.set(model.tasks.clone());
            }
            if all || changed.lock {
                self.lock.set(model.lock.clone());
            }
            if all {
                self.known.set(model.known);
            }
        });
    }
}

/// This machine's clock, in milliseconds since 1970.
fn browser_now() -> u64 {
    // A clock before 1970 is set wrong; zero is as good.
    js_sys::Date::now().max(0.0) as u64
}
