//! Jobs as a client sees them.

use serde::{Deserialize, Serialize};

use super::{JobId, Page, RunId, SessionId, SourceRef, TaskView};
use crate::job::{Device, Failure, IdentityPreset, Precision, Stage, TrackerKind, TrackerPreset};
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
    /// Whether all of it stops when the page that starts it is closed.
    #[serde(default)]
    pub attached: bool,
}

/// How a video is worked through.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobSettings {
    /// Where the networks run.
    pub device: Device,
    /// How exact their numbers are.
    #[serde(default)]
    pub precision: Precision,
    /// Finds people, by id; `None` for the first that fits.
    pub detector: Option<String>,
    /// Tells people apart, by id; `None` for the first that fits.
    pub reid: Option<String>,
    /// Finds joints, by id; `None` for the first that fits.
    pub pose: Option<String>,
    /// Who follows people from frame to frame.
    #[serde(default)]
    pub tracker: TrackerKind,
    /// Whose settings the tracker has, if it has presets.
    #[serde(default)]
    pub preset: TrackerPreset,
    /// How tracks become persons.
    #[serde(default)]
    pub identities: IdentityPreset,
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
    /// The page that started it; [`Page::Tarefas`] for a task.
    pub page: Page,
    /// What a script asked for; such a job holds no lock.
    #[serde(default)]
    pub task: Option<TaskView>,
    /// The session that pressed start; gone when that session is.
    pub owner: Option<SessionId>,
    /// Whether it stops when its owner is gone for good.
    pub attached: bool,
    /// The video.
    pub source: SourceRef,
    /// How.
    pub settings: JobSettings,
    /// Where it is.
    pub state: JobState,
    /// How often it was begun or waits to be: 1, and one more each time that it is continued or tried again.
    /// What is told of an earlier attempt changes nothing.
    pub attempt: u32,
    /// Whether it was asked to stop and has not ended yet.
    pub stopping: bool,
    /// Since when it has not moved though it should, in milliseconds since 1970.
    #[serde(default)]
    pub stalled: Option<u64>,
    /// What the video is, once it was opened.
    pub facts: Option<VideoFacts>,
    /// The stages that have begun, in order.
    pub stages: Vec<StageView>,
    /// How far the work got that an unfinished attempt left behind; the next one goes on from there.
    pub resumable: Option<Resumable>,
    /// Why it failed.
    pub failure: Option<Failure>,
    /// What came out.
    pub results: Option<ResultsView>,
    /// When it was asked for, in milliseconds since 1970.
    pub created: u64,
    /// When its work began.
    pub started: Option<u64>,
    /// When it ended.
    pub ended: Option<u64>,
}

/// What an unfinished job has kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumable {
    /// The stage that goes on.
    pub stage: Stage,
    /// Frames of it that need not be done again.
    pub done: u64,
    /// Frames in all, where that is known.
    pub total: Option<u64>,
}

/// The jobs that wait for their turn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueView {
    /// Whether nothing new begins.
    pub paused: bool,
    /// Who waits, the next one first.
    pub order: Vec<JobId>,
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
    /// What ran; `None` in results that were kept before this was told.
    #[serde(default)]
    pub ran: Option<Ran>,
}

/// What results were made with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// Where the networks ran.
    pub device: Device,
    /// The precision that was asked for.
    pub precision: Precision,
    /// Found people, by id; none where their boxes were given.
    pub detector: Option<String>,
    /// Told them apart, by id; none where their boxes were given.
    pub reid: Option<String>,
    /// Found their joints, by id.
    pub pose: String,
    /// Some of them are the small ones that are built in.
    #[serde(default)]
    pub small: bool,
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
