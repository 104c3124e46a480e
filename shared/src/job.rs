//! What a job is asked to do, and the stages it goes through.

use std::fmt;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::model::{ModelFile, Role};
use crate::track::IdentityId;

/// The stages of an offline job, always in this order, each over the whole video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Read the container, check limits and space, hash the source, load the networks.
    Probe,
    /// Detect, embed and track: the first pass over the video.
    Track,
    /// Join tracks into persistent identities.
    Identify,
    /// Keypoints of every tracked person and the annotated video: the second pass.
    Pose,
    /// Write the record and the files derived from it.
    Export,
}

impl Stage {
    /// Every stage, in the order they run.
    pub const ALL: [Self; 5] = [Self::Probe, Self::Track, Self::Identify, Self::Pose, Self::Export];

    /// The name used in files and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Track => "track",
            Self::Identify => "identify",
            Self::Pose => "pose",
            Self::Export => "export",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Frames a second that may be asked for; holds neither NaN nor infinity.
pub const FPS: RangeInclusive<f64> = 0.001..=1000.0;

/// Where the networks run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// The first of TensorRT, CUDA, OpenVINO, CPU that is really there.
    #[default]
    Auto,
    /// ONNX Runtime's own CPU kernels.
    Cpu,
    /// NVIDIA, plain CUDA kernels.
    Cuda,
    /// NVIDIA, engines built by TensorRT.
    Tensorrt,
    /// Intel's OpenVINO.
    Openvino,
}

impl Device {
    /// The name used in files, on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::Tensorrt => "tensorrt",
            Self::Openvino => "openvino",
        }
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How exact the networks' numbers are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// As the files are; TensorRT works in half precision, CUDA may use TF32.
    #[default]
    Auto,
    /// 32-bit floats throughout.
    Fp32,
    /// 16-bit floats, where the device has them: TensorRT and OpenVINO.
    Fp16,
    /// The int8 copies that `silhueta models quantize` made.
    Int8,
}

impl Precision {
    /// Every precision, `auto` first.
    pub const ALL: [Self; 4] = [Self::Auto, Self::Fp32, Self::Fp16, Self::Int8];

    /// The name used in files, on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Fp32 => "fp32",
            Self::Fp16 => "fp16",
            Self::Int8 => "int8",
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who follows people from frame to frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackerKind {
    /// BoT-SORT: motion, appearance and the camera's motion.
    #[default]
    Botsort,
    /// ByteTrack: motion alone.
    Bytetrack,
    /// Deep OC-SORT: what was seen before, appearance and the camera's motion.
    Deepocsort,
}

impl TrackerKind {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Botsort, Self::Bytetrack, Self::Deepocsort];

    /// The name used in files, on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Botsort => "botsort",
            Self::Bytetrack => "bytetrack",
            Self::Deepocsort => "deepocsort",
        }
    }

    /// Whether it has presets: the others are what their authors made them.
    pub const fn has_presets(self) -> bool {
        matches!(self, Self::Botsort)
    }
}

impl fmt::Display for TrackerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whose settings a tracker has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrackerPreset {
    /// Ours.
    #[default]
    Silhueta,
    /// The authors' own code.
    Original,
    /// Ultralytics 8.4.
    Ultralytics,
    /// boxmot 25, as its constructor sets it.
    Boxmot,
    /// NeuraPose, at its last state.
    Neurapose,
    /// NeuraPose, as it first was.
    #[serde(rename = "neurapose-first")]
    NeuraposeFirst,
}

impl TrackerPreset {
    /// All of them, the default first.
    pub const ALL: [Self; 6] =
        [Self::Silhueta, Self::Original, Self::Ultralytics, Self::Boxmot, Self::Neurapose, Self::NeuraposeFirst];

    /// The name used in files, on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Silhueta => "silhueta",
            Self::Original => "original",
            Self::Ultralytics => "ultralytics",
            Self::Boxmot => "boxmot",
            Self::Neurapose => "neurapose",
            Self::NeuraposeFirst => "neurapose-first",
        }
    }
}

impl fmt::Display for TrackerPreset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How tracks become persons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityPreset {
    /// Ours: by looks and motion over the whole video, cut where a track changes person, short gaps filled.
    #[default]
    Silhueta,
    /// NeuraPose's: joined by time alone, then filtered (which deletes people who stand still).
    Neurapose,
    /// Every track is a person.
    Off,
}

impl IdentityPreset {
    /// All of them, the default first.
    pub const ALL: [Self; 3] = [Self::Silhueta, Self::Neurapose, Self::Off];

    /// The name used in files, on the wire and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Silhueta => "silhueta",
            Self::Neurapose => "neurapose",
            Self::Off => "off",
        }
    }
}

impl fmt::Display for IdentityPreset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A number that belongs to a place in the picture: NeuraPose's `STATIC_IDENTITIES`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Anchor {
    /// Whose.
    pub identity: IdentityId,
    /// Where the middle of their box is, in source pixels.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// The networks of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobModels {
    /// Finds people; none where their boxes are given.
    pub detector: Option<ModelFile>,
    /// Tells them apart; none where their boxes are given.
    pub reid: Option<ModelFile>,
    /// Finds their joints.
    pub pose: ModelFile,
    /// Lifts joints into space; none where they stay in the picture.
    #[serde(default)]
    pub lifter: Option<ModelFile>,
}

impl JobModels {
    /// The one for a role of the job; `None` for any other role, and for one that has nothing to do.
    pub const fn of(&self, role: Role) -> Option<&ModelFile> {
        match role {
            Role::Detector => self.detector.as_ref(),
            Role::Reid => self.reid.as_ref(),
            Role::Pose => Some(&self.pose),
            Role::Lifter => self.lifter.as_ref(),
            Role::Face | Role::Landmarks => None,
        }
    }

    /// All of them, in the order they run.
    pub fn files(&self) -> impl Iterator<Item = &ModelFile> {
        [self.detector.as_ref(), self.reid.as_ref(), Some(&self.pose), self.lifter.as_ref()].into_iter().flatten()
    }

    /// The ids of those that are built in.
    pub fn builtin(&self) -> Vec<String> {
        self.files().filter(|model| model.builtin).map(|model| model.id.clone()).collect()
    }

    /// All of them, to be changed.
    pub fn files_mut(&mut self) -> impl Iterator<Item = &mut ModelFile> {
        [self.detector.as_mut(), self.reid.as_mut(), Some(&mut self.pose), self.lifter.as_mut()].into_iter().flatten()
    }
}

/// One video to work through. Paths are the worker's; text, because they travel and are shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobSpec {
    /// The video.
    pub source: String,
    /// The folder for its results (made by the daemon).
    pub out_dir: String,
    /// Where the networks run.
    pub device: Device,
    /// How exact their numbers are.
    #[serde(default)]
    pub precision: Precision,
    /// Which networks.
    pub models: JobModels,
    /// Frames a second to look at; `None` for every frame of the source.
    pub fps: Option<f64>,
    /// Who follows people; nobody where their boxes are given.
    #[serde(default)]
    pub tracker: TrackerKind,
    /// Whose settings the tracker has, if it has presets.
    #[serde(default)]
    pub preset: TrackerPreset,
    /// Whether to write the annotated video.
    pub video: bool,
    /// Cores to use: the number of one-thread inferences side by side on the CPU, at least 1.
    pub threads: usize,
    /// People per run of the pose network; `None` for what suits the device.
    pub pose_batch: Option<usize>,
    /// Channel order into the pose network; see [`ChannelOrder::Bgr`].
    #[serde(default)]
    pub pose_channels: ChannelOrder,
    /// How tracks become persons.
    #[serde(default)]
    pub identities: IdentityPreset,
    /// Places that numbers belong to; only [`IdentityPreset::Neurapose`] knows such a thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub anchors: Vec<Anchor>,
    /// Whether to begin at the first frame even where an unfinished run left a checkpoint.
    #[serde(default)]
    pub anew: bool,
    /// A file with the people's boxes, frame by frame, to use instead of detection and tracking.
    #[serde(default)]
    pub boxes: Option<String>,
    /// Where a task's results go beside the record; none for NeuraPose's files and the video in `out_dir`.
    #[serde(default)]
    pub deliver: Option<Deliver>,
}

/// Files that a task's caller reads. They may replace those of another task that is at work on the same video:
/// each is seen only when it is whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deliver {
    /// The predictions in MMPose's form.
    pub predictions: String,
    /// The annotated video; written only where [`JobSpec::video`] says so.
    pub visualization: String,
}

/// Order of the colour channels that a network is fed with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelOrder {
    /// As RTMPose was trained.
    #[default]
    Rgb,
    /// As rtmlib feeds it by mistake: only for comparisons with it.
    Bgr,
}

/// What kind of failure it is; each has an exit code of `silhueta run`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// The video, or what comes with it, can't be read.
    Input,
    /// A model doesn't fit, the runtime or a device is missing, or they failed at work.
    Runtime,
    /// The results can't be written: no space, no permission.
    Output,
}

/// Why a job ended without its results; the page has a sentence for each in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureCode {
    /// The file is missing or may not be read.
    SourceMissing,
    /// The file is not a video that can be read.
    SourceUnreadable,
    /// It has no pictures, only sound or nothing.
    SourceWithoutPictures,
    /// Its pictures are too large.
    SourceTooLarge,
    /// It changed between the two passes.
    SourceChanged,
    /// The file with the people's boxes is missing, or is not one.
    BoxesUnfit,
    /// No model fits a role, or a file doesn't fit its role.
    ModelUnfit,
    /// ONNX Runtime can't be loaded.
    RuntimeMissing,
    /// A device that was named can't be used.
    DeviceMissing,
    /// The precision is not to be had: the device can't, or no network has an int8 copy.
    PrecisionMissing,
    /// The worker can't be started.
    WorkerMissing,
    /// The worker ended by itself.
    WorkerDied,
    /// The worker did not move and was killed.
    WorkerHung,
    /// The helper itself ended under it, again and again.
    CutOff,
    /// Another process works on the same results.
    OutputBusy,
    /// The disk has no room.
    NoSpace,
    /// Results can't be written.
    OutputUnwritable,
    /// Something that should not happen.
    Internal,
}

impl FailureCode {
    /// Its kind.
    pub const fn kind(self) -> FailureKind {
        match self {
            Self::SourceMissing
            | Self::SourceUnreadable
            | Self::SourceWithoutPictures
            | Self::SourceTooLarge
            | Self::SourceChanged
            | Self::BoxesUnfit => FailureKind::Input,
            Self::OutputBusy | Self::NoSpace | Self::OutputUnwritable => FailureKind::Output,
            _ => FailureKind::Runtime,
        }
    }
}

/// A failure, told to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What it is.
    pub code: FailureCode,
    /// What happened, to which file, in English.
    pub message: String,
    /// The way out, in English.
    pub hint: Option<String>,
}
