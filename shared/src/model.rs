//! Which networks a job runs.

use serde::{Deserialize, Serialize};

/// What a network is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Finds people in a frame.
    Detector,
    /// Turns a person's picture into an embedding that tells people apart.
    Reid,
    /// Finds a person's joints.
    Pose,
    /// Finds faces.
    Face,
    /// Finds points of a face.
    Landmarks,
    /// Lifts joints of the picture into space.
    Lifter,
}

impl Role {
    /// The name used in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Detector => "detector",
            Self::Reid => "reid",
            Self::Pose => "pose",
            Self::Face => "face",
            Self::Landmarks => "landmarks",
            Self::Lifter => "lifter",
        }
    }
}

/// What the int8 copy that `silhueta models quantize` makes adds to the id of its original.
pub const INT8_SUFFIX: &str = "-int8";
/// What a network is good for, among those of its role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Small and quick.
    Fast,
    /// Between the two.
    Balanced,
    /// Large and slow.
    Accurate,
}

impl Profile {
    /// The name used in files and on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Balanced => "balanced",
            Self::Accurate => "accurate",
        }
    }
}

/// A network's file, exactly.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelFile {
    /// The file's stem.
    pub id: String,
    /// Its path.
    pub file: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// It is one of the small ones that are part of the program.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub builtin: bool,
}
