//! Folders, files and uploads.

use serde::{Deserialize, Serialize};

use super::{RootId, UploadId};

/// Endings of the names that count as a video's, in any case.
pub const VIDEO_ENDINGS: [&str; 14] =
    ["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "mts", "m2ts", "wmv", "flv", "3gp"];

/// A folder that the user opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// Its name on the wire.
    pub id: RootId,
    /// Its path, for people.
    pub path: String,
}

/// A folder's content: folders and videos, hidden ones left out, folders first, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Below which root.
    pub root: RootId,
    /// Which folder, with `/` between names; empty for the root itself.
    pub path: String,
    /// What is in it.
    pub entries: Vec<Entry>,
    /// Whether there is more than is listed.
    pub cut: bool,
}

/// One entry of a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// Bytes; 0 for a folder.
    pub size: u64,
    /// Last change in milliseconds since 1970.
    pub changed: u64,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A folder.
    Folder,
    /// A file that looks like a video by its name.
    Video,
}

/// A video to work on.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SourceRef {
    /// Below a folder that the user opened.
    File {
        /// Which folder.
        root: RootId,
        /// Path below it with `/` between names.
        path: String,
    },
    /// Sent to the helper before.
    Upload {
        /// Which.
        upload: UploadId,
        /// Its name, for people.
        name: String,
    },
    /// Any file that the helper may read: only from clients that are no browser.
    Path {
        /// Absolute path.
        path: String,
    },
}

impl SourceRef {
    /// The file's name, for people.
    pub fn name(&self) -> &str {
        match self {
            Self::File { path, .. } | Self::Path { path } => path.rsplit(['/', '\\']).next().unwrap_or(path),
            Self::Upload { name, .. } => name,
        }
    }
}

/// Answer to an upload over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UploadDone {
    /// Its name on the wire.
    pub upload: UploadId,
    /// Its file name.
    pub name: String,
    /// Bytes.
    pub size: u64,
}
