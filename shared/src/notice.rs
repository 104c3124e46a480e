//! What a job tells a person while it works: typed, so that the page can say it in the reader's language.
//! [`std::fmt::Display`] is the English line of terminals and files.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::job::{Device, Failure, JobModels, Stage};

/// How loud a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Good to know.
    Info,
    /// Worth a look.
    Warn,
    /// Something did not work.
    Error,
}

/// What a reader should know of a video that was read to its end all the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VideoWarning {
    /// Reading ended before the container said.
    EndedEarly {
        /// Frames that decode.
        frames: u64,
        /// FFmpeg's reason.
        why: String,
    },
    /// Fewer frames decode than the container promises.
    CutOff {
        /// Frames that decode.
        decoded: u64,
        /// Frames by the container's word.
        promised: u64,
    },
    /// Packets that do not decode.
    Damaged {
        /// How many.
        packets: u64,
    },
    /// Frames without a time, or with one that does not rise, were given one.
    RepairedTimes {
        /// How many.
        frames: u64,
    },
}

/// Why a job can't go on where an earlier run of it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnewReason {
    /// The video is another one now.
    Source,
    /// Other networks run now.
    Models,
    /// It was asked for with other settings.
    Settings,
    /// Another version of Silhueta, of ONNX Runtime or of FFmpeg, another device or another processor.
    Machine,
    /// What was kept is damaged or incomplete.
    Damaged,
    /// The video decodes to other pictures than before.
    Pictures,
    /// The file with the people's boxes is another one now.
    Boxes,
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// The video was opened.
    Opened(VideoFacts),
    /// The networks that run, by id.
    Models {
        /// Finds people.
        detector: String,
        /// Tells them apart.
        reid: String,
        /// Finds their joints.
        pose: String,
    },
    /// People's boxes come from a file: nobody is looked for. The one network that runs is named here.
    Boxes {
        /// The file.
        file: String,
        /// Frames that it has.
        frames: u64,
        /// People that it has.
        people: u32,
        /// Whether its people are counted from 0; in the results each has a number that is one more.
        is_from_zero: bool,
        /// Finds their joints.
        pose: String,
    },
    /// The file with the boxes has more or fewer frames than the video.
    BoxesMismatch {
        /// Frames of the file.
        boxes: u64,
        /// Frames of the video.
        video: u64,
    },
    /// Where the networks run.
    DeviceUsed {
        /// The device.
        device: Device,
    },
    /// A device makes a network its own, once: that takes minutes.
    Building {
        /// The device.
        device: Device,
        /// The network's id.
        model: String,
    },
    /// A device that `auto` could not use.
    PassedOver {
        /// Its name.
        device: String,
        /// The runtime's own reason.
        why: String,
    },
    /// A stage ended.
    StageEnded {
        /// Which.
        stage: Stage,
        /// Frames it went through.
        frames: u64,
        /// Wall time.
        seconds: f64,
        /// Frames a second.
        fps: f64,
    },
    /// Tracks were joined into people.
    Identified {
        /// Confirmed tracks.
        tracks: u32,
        /// People.
        people: u32,
    },
    /// Something about the video itself.
    Video(VideoWarning),
    /// A model's file is not what it should be; it runs all the same.
    Model {
        /// Which and what.
        text: String,
    },
    /// Small networks that are part of the program run, as there are no others.
    SmallNetworks {
        /// Their ids.
        models: Vec<String>,
    },
    /// A model takes several pictures a run however few there are, and that can't be changed: it costs time.
    FixedBatch {
        /// The model's id.
        model: String,
        /// Pictures a run.
        batch: u64,
    },
    /// The work was paused.
    Paused,
    /// It goes on.
    Resumed,
    /// Somebody asked it to stop.
    Stopping,
    /// It was stopped.
    Cancelled,
    /// The helper ended while it ran.
    Interrupted,
    /// The page that it was attached to was closed, and did not come back in time.
    PageClosed,
    /// It waits for its turn again.
    Requeued {
        /// Which attempt that will be.
        attempt: u32,
        /// From its beginning, whatever was kept.
        fresh: bool,
    },
    /// It goes on where an earlier run of it was.
    GoesOn {
        /// The stage.
        stage: Stage,
        /// Frames of it that are done.
        frame: u64,
    },
    /// An earlier run's work can't be used: it begins at the first frame.
    BeginsAnew {
        /// Why.
        why: AnewReason,
    },
    /// Its results were there before.
    FinishedBefore {
        /// Their folder.
        folder: String,
    },
    /// It is done.
    Completed {
        /// People.
        people: u32,
        /// Wall time of all stages.
        seconds: f64,
    },
    /// It failed.
    Failed(Failure),
    /// A file of no more use could not be removed.
    LeftOver {
        /// Its path.
        path: String,
        /// The system's reason.
        why: String,
    },
}

impl Notice {
    /// Says which of these are small ones, if any is.
    pub fn of_small(models: &JobModels) -> Option<Self> {
        let models = models.builtin();
        (!models.is_empty()).then_some(Self::SmallNetworks { models })
    }

    /// How loud.
    pub const fn level(&self) -> Level {
        match self {
            Self::Video(_)
            | Self::Model { .. }
            | Self::SmallNetworks { .. }
            | Self::FixedBatch { .. }
            | Self::LeftOver { .. }
            | Self::Interrupted
            | Self::PageClosed
            | Self::BoxesMismatch { .. }
            | Self::BeginsAnew { .. } => Level::Warn,
            Self::Failed(_) => Level::Error,
            _ => Level::Info,
        }
    }
}

/// A video by its container's word and its first picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoFacts {
    /// Pixels across, after rotation.
    pub width: u32,
    /// Pixels down, after rotation.
    pub height: u32,
    /// Mean frames a second.
    pub fps: f64,
    /// Frames, where the container says so.
    pub frames: Option<u64>,
    /// Length, where the container says so.
    pub seconds: Option<f64>,
    /// The codec's short name, for instance `h264`.
    pub codec: String,
}

impl fmt::Display for AnewReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Source => "the video has changed since it was stopped",
            Self::Models => "other networks were at work when it was stopped",
            Self::Settings => "it was stopped with other settings",
            Self::Machine => "it was stopped with another version, device or processor",
            Self::Damaged => "what an earlier run left can't be used",
            Self::Pictures => "the video decodes to other pictures than before",
            Self::Boxes => "the file with the boxes has changed since it was stopped",
        })
    }
}

impl fmt::Display for VideoWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndedEarly { frames, why } => write!(f, "reading ended early after {frames} frames: {why}"),
            Self::CutOff { decoded, promised } => {
                write!(f, "the container promises {promised} frames, {decoded} decode: it may be cut off")
            }
            Self::Damaged { packets } => write!(f, "{packets} damaged packets were skipped"),
            Self::RepairedTimes { frames } => {
                write!(f, "{frames} frames had no usable time and got one at the mean rate")
            }
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened(VideoFacts { width, height, fps, frames, codec, .. }) => {
                write!(f, "{width}×{height}, {fps:.2} fps, {codec}")?;
                frames.map_or(Ok(()), |frames| write!(f, ", {frames} frames"))
            }
            Self::Models { detector, reid, pose } => {
                write!(f, "detector {detector}, re-identification {reid}, pose {pose}")
            }
            Self::Boxes { file, frames, people, is_from_zero, pose } => {
                write!(f, "boxes of {people} people in {frames} frames from {file}, pose {pose}")?;
                f.write_str(if *is_from_zero { "; people counted from 0 are counted from 1 here" } else { "" })
            }
            Self::BoxesMismatch { boxes, video } if boxes < video => {
                write!(f, "the file with the boxes has {boxes} frames, the video {video}: nobody is in the last ones")
            }
            Self::BoxesMismatch { boxes, video } => {
                write!(f, "the file with the boxes has {boxes} frames, the video {video}: its last boxes are not used")
            }
            Self::Building { device, model } => {
                write!(f, "{device} builds its own form of {model}; that takes minutes, once")
            }
            Self::DeviceUsed { device } => write!(f, "the networks run on {device}"),
            Self::PassedOver { device, why } => write!(f, "{device} is passed over: {why}"),
            Self::StageEnded { stage, frames, seconds, fps } => {
                write!(f, "{stage}: {frames} frames in {seconds:.1} s, {fps:.1} fps")
            }
            Self::Identified { tracks, people } => write!(f, "{tracks} tracks are {people} people"),
            Self::Video(warning) => warning.fmt(f),
            Self::Model { text } => f.write_str(text),
            Self::SmallNetworks { models } => write!(
                f,
                "these networks are the small ones that are built in: {}; larger ones see more: `silhueta models fetch` \
                 brings them, `silhueta models import FILE` takes your own",
                models.join(", ")
            ),
            Self::FixedBatch { model, batch } => write!(
                f,
                "{model} takes {batch} pictures a run however few there are: one costs as much as {batch}; export it \
                 with a batch of 1 or a dynamic one"
            ),
            Self::Paused => f.write_str("paused"),
            Self::Resumed => f.write_str("resumed"),
            Self::Stopping => f.write_str("stopping"),
            Self::Cancelled => f.write_str("stopped"),
            Self::Interrupted => f.write_str("interrupted: the helper ended while this ran"),
            Self::PageClosed => f.write_str("interrupted: the page that it was attached to was closed"),
            Self::Requeued { attempt, fresh: false } => write!(f, "queued again to go on, attempt {attempt}"),
            Self::Requeued { attempt, fresh: true } => write!(f, "queued again from its beginning, attempt {attempt}"),
            Self::GoesOn { stage, frame: 0 } => write!(f, "goes on at {stage}"),
            Self::GoesOn { stage, frame } => write!(f, "goes on at {stage}, frame {frame}"),
            Self::BeginsAnew { why } => write!(f, "begins at the first frame: {why}"),
            Self::FinishedBefore { folder } => write!(f, "finished before: {folder}"),
            Self::Completed { people, seconds } => write!(f, "done: {people} people, {seconds:.1} s"),
            Self::Failed(failure) => f.write_str(&failure.message),
            Self::LeftOver { path, why } => write!(f, "{path} could not be removed: {why}"),
        }
    }
}
