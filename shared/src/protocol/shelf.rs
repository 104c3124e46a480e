//! The models: what is there, what can be had, what was taken away, and downloads on their way.

use serde::{Deserialize, Serialize};

use super::WireError;
use crate::model::{Profile, Role};

/// The largest file that is taken as a model, in bytes: ONNX can hold no more.
pub const MAX_MODEL: u64 = i32::MAX as u64;

/// The models folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelShelf {
    /// Where it is.
    pub folder: String,
    /// Bytes of the models in it.
    pub disk_used: u64,
    /// Bytes that are free on its disk, where the system says so.
    pub disk_free: Option<u64>,
    /// What is there: what a job takes by itself first, then by name, then what is built in.
    pub models: Vec<ModelView>,
    /// What is known and not there, in order of preference within a role.
    pub offered: Vec<OfferedModel>,
    /// Roles of the main job for which there is only what is built in, with what does better.
    pub better: Vec<WantedModel>,
    /// What was taken away and can be brought back, the last one first.
    pub removed: Vec<RemovedModel>,
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
    /// What it is good for, among those of its role; none for one that nobody here knows.
    pub profile: Option<Profile>,
    /// The joints of a pose network: `coco17`, `halpe26`, `wholebody133`; of landmarks their own.
    pub keypoints: Option<String>,
    /// Its licence, where it is known.
    pub licence: Option<String>,
    /// Whose it is.
    pub origin: ModelOrigin,
    /// A job that has not ended uses it: it can't be taken away.
    pub used: bool,
}

/// Whether a model is known by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelOrigin {
    /// The manifest names it.
    Known,
    /// The user brought or made it.
    Own,
    /// It is part of the program: small, in no folder, and can't be taken away.
    BuiltIn,
}

/// A model that is known and not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedModel {
    /// Its name.
    pub id: String,
    /// What it is for.
    pub role: Role,
    /// What it is good for, among those of its role.
    pub profile: Option<Profile>,
    /// The joints of a pose network.
    pub keypoints: Option<String>,
    /// Bytes, where known.
    pub size: Option<u64>,
    /// Its licence, as its source states it.
    pub licence: String,
    /// How to get it.
    pub source: ModelSource,
    /// Bytes of an unfinished download: it goes on from there.
    pub partial: u64,
}

/// How a model is got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelSource {
    /// The helper fetches it from here.
    Address(String),
    /// Nobody publishes it as ONNX: the user brings it.
    BringYourOwn {
        /// The command that makes it of its published weights, where there is one.
        recipe: Option<String>,
    },
}

/// A network that does better than the one that is built in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedModel {
    /// The role.
    pub role: Role,
    /// Its name, as the manifest has it.
    pub id: String,
    /// Where it is published, if it is.
    pub url: Option<String>,
    /// Its licence.
    pub licence: String,
}

/// A model that was taken away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedModel {
    /// Its name.
    pub id: String,
    /// Bytes.
    pub size: u64,
    /// When it was taken away, in milliseconds since 1970.
    pub removed_at: u64,
    /// Until when it can be brought back.
    pub until: u64,
}

/// A download.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFetch {
    /// Of which model.
    pub id: String,
    /// Where it is.
    pub state: FetchState,
}

/// Where a download is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FetchState {
    /// It waits for its turn.
    Waiting,
    /// It comes.
    Running(FetchProgress),
    /// It is here and looked at. What is wrong may still come from another address: then it runs again.
    Checking,
    /// The model is there.
    Done,
    /// Somebody ended it.
    Cancelled {
        /// Bytes that are kept for the next time.
        kept: u64,
    },
    /// It ended by an error.
    Failed(WireError),
}

impl FetchState {
    /// Whether nothing more comes of it.
    pub const fn has_ended(&self) -> bool {
        matches!(self, Self::Done | Self::Cancelled { .. } | Self::Failed(_))
    }
}

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FetchProgress {
    /// Bytes that are here; never fewer than were told before.
    pub done: u64,
    /// Bytes in all, where the other side says.
    pub total: Option<u64>,
    /// Bytes a second, lately; 0 while it stands still.
    pub speed: f64,
    /// Seconds that are left, where they can be told.
    pub left: Option<f64>,
    /// Nothing came for some seconds. It is tried again by itself.
    pub stalled: bool,
    /// Which connection this is: 1 for the first.
    pub attempt: u32,
}

/// A model's file held to what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelCheck {
    /// Which model.
    pub id: String,
    /// The digest of its bytes, lower-case hex.
    pub sha256: Option<String>,
    /// What that says.
    pub verdict: ModelVerdict,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelVerdict {
    /// It has the digest of the manifest.
    Pinned,
    /// It is as it came.
    AsItCame {
        /// From where.
        from: String,
    },
    /// Nobody knows its digest.
    Unknown,
    /// It is not the file that it was or should be.
    Changed {
        /// The digest that it should have.
        wanted: String,
    },
    /// It can't be used.
    Unusable {
        /// Why.
        why: String,
    },
}

/// Answer to a model sent over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelImported {
    /// Its name from now on.
    pub id: String,
    /// What it is for.
    pub role: Role,
    /// What its graph says it is.
    pub about: String,
    /// The very same file was there already.
    pub was_there: bool,
}
