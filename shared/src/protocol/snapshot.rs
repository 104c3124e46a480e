//! All that a client needs to begin with.

use serde::{Deserialize, Serialize};

use super::{JobId, JobView, Lock, LogLine, QueueView, Root};
use crate::model::Role;
use crate::worker::DoctorReport;

/// The state of the helper when a client arrives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The helper's clock, in milliseconds since 1970.
    pub now: u64,
    /// The last jobs, oldest first; all that have not ended are among them.
    pub jobs: Vec<JobView>,
    /// The jobs that wait.
    pub queue: QueueView,
    /// The end of the log of the job that runs or ran last.
    pub log: Vec<(JobId, LogLine)>,
    /// Who holds the workbench.
    pub lock: Option<Lock>,
    /// What the machine is doing.
    pub hardware: Hardware,
    /// The models there are.
    pub models: ModelShelf,
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

/// The models that were found, and what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelShelf {
    /// The folder that was looked in.
    pub folder: String,
    /// What is there, in order of preference within a role.
    pub models: Vec<ModelView>,
    /// Roles of the main job that nothing fits, with what would.
    pub missing: Vec<WantedModel>,
}

/// A model's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelView {
    /// Its stem.
    pub id: String,
    /// What it is for; none where it can't be used.
    pub role: Option<Role>,
    /// What it is, or why it can't be used.
    pub about: String,
    /// Bytes.
    pub size: u64,
}

/// A role that nothing fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedModel {
    /// The role.
    pub role: Role,
    /// A network that would do, as the manifest names it.
    pub id: String,
    /// Where it is published, if it is.
    pub url: Option<String>,
    /// Its licence.
    pub licence: String,
}
