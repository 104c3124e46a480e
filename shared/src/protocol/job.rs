//! Jobs as a client sees them.

use serde::{Deserialize, Serialize};

use super::{JobId, Page, RunId, SessionId, SourceRef};
use crate::job::{Device, Failure, Stage};
use crate::model::Role;
use crate::notice::{Level, Notice, VideoFacts};
use crate::state::JobState;

/// One press of start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StartRun {
    /// The page that starts it.
    pub page: Page,
    /// The videos, at least one.
    pub sources: Vec<SourceRef>,
    /// How.
    pub settings: JobSettings,
}

/// How a video is worked through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSettings {
    /// Where the networks run.
    pub device: Device,
    /// Finds people, by id; `None` for the first that fits.
    pub detector: Option<String>,
    /// Tells people apart, by id; `None` for the first that fits.
    pub reid: Option<String>,
    /// Finds joints, by id; `None` for the first that fits.
    pub pose: Option<String>,
    /// Frames a second to look at; `None` for all.
    pub fps: Option<f64>,
    /// Whether to write the annotated video.
    pub video: bool,
    /// Whether to work again through a video that is finished.
    pub again: bool,
}

impl JobSettings {
    /// What was chosen for each role.
    pub const fn choices(&self) -> [(Role, &Option<String>); 3] {
        [(Role::Detector, &self.detector), (Role::Reid, &self.reid), (Role::Pose, &self.pose)]
    }
}

/// One video's work, as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobView {
    /// Its name on the wire.
    pub id: JobId,
    /// The press of start that it belongs to.
    pub run: RunId,
    /// The page that started it.
    pub page: Page,
    /// The session that pressed start; gone when that session is.
    pub owner: Option<SessionId>,
    /// The video.
    pub source: SourceRef,
    /// How.
    pub settings: JobSettings,
    /// Where it is.
    pub state: JobState,
    /// Whether it was asked to stop and has not ended yet.
    pub stopping: bool,
    /// What the video is, once it was opened.
    pub facts: Option<VideoFacts>,
    /// The stages that have begun, in order.
    pub stages: Vec<StageView>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What came out.
    pub results: Option<ResultsView>,
    /// What is kept of a job that ended early: it can go on there.
    #[serde(default)]
    pub kept: Option<KeptWork>,
    /// How often its work began or went on.
    #[serde(default)]
    pub attempts: u32,
    /// When it was asked for, in milliseconds since 1970.
    pub created: u64,
    /// When its work began.
    pub started: Option<u64>,
    /// When it ended.
    pub ended: Option<u64>,
}

/// Work that a job left when it ended early.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptWork {
    /// The folder, for people.
    pub folder: String,
    /// The stage that would go on.
    pub stage: Stage,
    /// Frames of it that are done.
    pub done: u64,
    /// Frames in all, where that is known.
    pub total: Option<u64>,
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageView {
    /// Which.
    pub stage: Stage,
    /// Frames done.
    pub done: u64,
    /// Frames in all, where that is known.
    pub total: Option<u64>,
    /// Frames a second: over the last seconds while it runs, over all of it after.
    pub fps: f64,
    /// Whether it has ended.
    pub ended: bool,
}

/// What came out of a job. Its files are at `/api/v1/jobs/ID/files/NAME`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ResultsView {
    /// The folder, for people.
    pub folder: String,
    /// Names of the files in it.
    pub files: Vec<String>,
    /// Confirmed tracks.
    pub tracks: u32,
    /// People.
    pub people: u32,
    /// Preview pictures that were encoded while it ran.
    pub preview_frames: u64,
}

/// One line of a job's log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogLine {
    /// 1, 2, 3 … within a job.
    pub seq: u64,
    /// When, in milliseconds since 1970.
    pub at: u64,
    /// How loud.
    pub level: Level,
    /// What.
    pub notice: Notice,
}
