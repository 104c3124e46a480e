//! int8 copies of networks: what the daemon asks of a worker while it makes one, and what the worker measures.

use serde::{Deserialize, Serialize};

use crate::job::JobModels;
use crate::model::Role;

/// Frames of real video to feed networks with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frames {
    /// The videos' paths.
    pub videos: Vec<String>,
    /// Frames in all, spread evenly over the videos and over each of them; at least 1.
    pub count: u32,
}

/// Write down what a network is fed with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibrate {
    /// Which of `models` it is.
    pub role: Role,
    /// The networks: people are found by the detector.
    pub models: JobModels,
    /// What to look at.
    pub frames: Frames,
    /// The file for the inputs: f32 in the machine's order, one `[3,h,w]` after another.
    pub out: String,
}

/// What was written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calibrated {
    /// Inputs in the file.
    pub count: u64,
    /// Channels, rows and columns of each.
    pub shape: [usize; 3],
}

/// Say what a copy of a network loses against the original.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compare {
    /// Which of `models` the original is.
    pub role: Role,
    /// The networks, the original among them.
    pub models: JobModels,
    /// The copy's file.
    pub copy: String,
    /// What to look at: other frames of these videos than a [`Calibrate`] with the same number took.
    pub frames: Frames,
    /// COCO keypoints with their pictures beside them, for a pose network.
    pub truth: Option<String>,
}

/// What a copy loses, and what it saves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Runs of each network.
    pub runs: u64,
    /// Median milliseconds of a run, with preparation and decoding, in one thread: the original.
    pub original_ms: f64,
    /// The same of the copy; runs alternate.
    pub copy_ms: f64,
    /// What changed.
    pub change: Change,
    /// Against annotated people, where there are any.
    pub truth: Option<AgainstTruth>,
}

/// What changed from original to copy.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// People with a score of 0.5 or more; in the other network 0.4 is enough, for scores that only waver.
    Detector {
        /// Found by the original.
        people: u64,
        /// Of them also found by the copy (boxes that overlap by half or more).
        found: u64,
        /// Found by the copy alone.
        new: u64,
        /// Mean overlap (IoU) of those found by both.
        overlap: f64,
    },
    /// Joints that the original is sure enough of to draw.
    Pose {
        /// People compared.
        people: u64,
        /// Joints compared.
        joints: u64,
        /// Mean way between both, as a share of the person's height.
        shift: f64,
        /// The way that 95 of 100 joints stay below.
        shift_p95: f64,
        /// Mean OKS of the copy with the original as truth; for sets that begin with COCO's 17 joints.
        oks: f64,
    },
    /// Embeddings.
    Reid {
        /// People compared.
        people: u64,
        /// Mean cosine of both embeddings of a person.
        cosine: f64,
    },
}

/// Mean OKS of annotated people, in their annotated boxes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct AgainstTruth {
    /// Annotated people.
    pub people: u64,
    /// By the original.
    pub original: f64,
    /// By the copy.
    pub copy: f64,
}
