//! `summary.json`: what was done to one video, with what, and how fast.

use serde::{Deserialize, Serialize};

use crate::job::{Anchor, Device, Failure, IdentityPreset, JobModels, Precision, Stage};

/// The version of the layout that this code writes.
pub const SUMMARY_VERSION: u32 = 1;

/// How the job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SummaryState {
    /// Every file is whole.
    Completed,
    /// It ended by an error; see `failure`.
    Failed,
    /// It was stopped.
    Cancelled,
}

/// The video as it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceInfo {
    /// Absolute path.
    pub path: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Pixels across, after rotation.
    pub width: u32,
    /// Pixels down, after rotation.
    pub height: u32,
    /// Mean frames a second.
    pub fps: f64,
    /// Frames that decode (0 until the first pass has counted them).
    pub frames: u64,
}

/// A device that `auto` could not use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// Its name.
    pub name: String,
    /// The runtime's own reason.
    pub why: String,
}

/// The device a job ran on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceUse {
    /// What was asked for.
    pub requested: Device,
    /// What ran.
    pub used: Device,
    /// What was tried before it.
    pub passed_over: Vec<PassedOver>,
}

/// One stage's work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StageTiming {
    /// Which stage.
    pub name: Stage,
    /// Frames it went through.
    pub frames: u64,
    /// Wall time.
    pub seconds: f64,
    /// `frames / seconds`; 0 where a stage has no frames.
    pub fps: f64,
}

/// Preview pictures that were encoded, by stage: only `pose` may be above 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewFrames {
    /// Always 0.
    pub track: u64,
    /// Always 0.
    pub identify: u64,
    /// Pictures encoded while RTMPose ran.
    pub pose: u64,
}

/// The whole file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// [`SUMMARY_VERSION`].
    pub version: u32,
    /// How it ended.
    pub state: SummaryState,
    /// Why, when it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// What was read.
    pub source: SourceInfo,
    /// What ran.
    pub models: JobModels,
    /// The joints that the record has of each person: [`KeypointSet::name`](crate::pose::KeypointSet::name).
    #[serde(default = "coco17")]
    pub keypoints: String,
    /// Where it ran.
    pub device: DeviceUse,
    /// What the numbers depend on beside the input.
    pub settings: Settings,
    /// Each stage that ran.
    pub stages: Vec<StageTiming>,
    /// Tracks that were confirmed.
    pub tracks: u32,
    /// People after tracks were joined.
    pub identities: u32,
    /// Previews sent.
    pub preview_frames: PreviewFrames,
    /// What a reader should know of the input: cut off, damaged packets, repaired times.
    pub warnings: Vec<String>,
}

/// The first summaries did not say: there was only one set.
fn coco17() -> String {
    crate::pose::KeypointSet::Coco17.name().to_owned()
}

/// Settings that change results.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Frames a second looked at; `None` for all.
    pub fps: Option<f64>,
    /// The precision that was asked for; the first summaries and records did not say.
    #[serde(default)]
    pub precision: Precision,
    /// Tracker preset.
    pub tracker: String,
    /// How tracks became persons.
    #[serde(default)]
    pub identities: IdentityPreset,
    /// Places that numbers belonged to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anchors: Vec<Anchor>,
    /// People per run of the pose network.
    pub pose_batch: usize,
    /// ONNX Runtime's version.
    pub runtime: String,
    /// The processor's kind: numbers are the same only within one.
    pub cpu: String,
    /// Version of Silhueta.
    pub app: String,
}
