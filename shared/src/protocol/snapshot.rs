//! All that a client needs to begin with.

use serde::{Deserialize, Serialize};

use super::{JobId, JobView, Lock, LogLine, ModelFetch, ModelShelf, QueueView, Root, TaskApi};
use crate::worker::DoctorReport;

/// The state of the helper when a client arrives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The helper's clock, in milliseconds since 1970.
    pub now: u64,
    /// The last jobs, oldest first; all that have not ended are among them.
    pub jobs: Vec<JobView>,
    /// The jobs of pages that wait.
    pub queue: QueueView,
    /// What the task API takes.
    pub tasks: TaskApi,
    /// The end of the log of the job that runs or ran last.
    pub log: Vec<(JobId, LogLine)>,
    /// Who holds the workbench.
    pub lock: Option<Lock>,
    /// What the machine is doing.
    pub hardware: Hardware,
    /// The models there are.
    pub models: ModelShelf,
    /// Downloads that wait or run, in the order of their turns, and those that failed last.
    pub fetches: Vec<ModelFetch>,
    /// The folders that are open.
    pub roots: Vec<Root>,
    /// What the machine can do; not known in the first moments.
    pub machine: Option<DoctorReport>,
    /// Bytes that may still be uploaded.
    pub upload_room: u64,
    /// The folder for results.
    pub out: String,
}

/// What the machine is doing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hardware {
    /// Share of all cores in use, 0..=1.
    pub cpu: f32,
    /// Bytes of memory in use.
    pub ram_used: u64,
    /// Bytes of memory.
    pub ram_total: u64,
    /// The graphics card, where there is one.
    pub gpu: Option<Gpu>,
}

/// A graphics card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gpu {
    /// Its name.
    pub name: String,
    /// Bytes of its memory in use.
    pub memory_used: u64,
    /// Bytes of its memory.
    pub memory_total: u64,
}
