//! Errors on the wire.

use serde::{Deserialize, Serialize};

use super::Lock;

/// What went wrong, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The message is not MessagePack of this protocol.
    Malformed,
    /// The helper speaks another version.
    UnsupportedProtocol,
    /// `hello` comes first, and once.
    OutOfOrder,
    /// A value is not usable; `field` says which.
    BadValue,
    /// Another page works; `lock` says which.
    PageLocked,
    /// There is no such thing.
    NotFound,
    /// The job is in no state for that.
    IllegalState,
    /// The path is not below a folder that the user opened.
    OutsideRoots,
    /// From a browser, files are named by root or upload, not by path.
    PathNotAllowed,
    /// The file can't be read as a video.
    NotAVideo,
    /// No model of a role is there, or the one named doesn't fit.
    ModelUnfit,
    /// The file can't be used as a network.
    NotAModel,
    /// The file holds weights without a graph; `hint` says how to make a network of it.
    NeedsExport,
    /// Another model has this name.
    NameTaken,
    /// A job uses it, or another helper is at it.
    InUse,
    /// The network, or the other side, can't be reached.
    Offline,
    /// None of a model's addresses gave it.
    NotDelivered,
    /// What came is not the file that it should be; it was thrown away.
    WrongDigest,
    /// The disk has no room.
    DiskFull,
    /// The request's address, host or origin is not this helper's.
    Forbidden,
    /// A token is needed.
    Unauthorized,
    /// More than may be sent or stored.
    TooLarge,
    /// No room left for uploads.
    QuotaExceeded,
    /// The helper is ending.
    Closing,
    /// The helper's own fault; its log says more.
    Internal,
}

/// An error, told to a program and a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireError {
    /// What it is.
    pub code: ErrorCode,
    /// What happened, to which thing, in English.
    pub message: String,
    /// The request's field that is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The way out, in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Who works, for [`ErrorCode::PageLocked`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lock: Option<Box<Lock>>,
}

impl WireError {
    /// An error without field, hint and lock.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), field: None, hint: None, lock: None }
    }

    /// The same with the way out.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same with the field that is wrong.
    #[must_use]
    pub fn field(self, field: impl Into<String>) -> Self {
        Self { field: Some(field.into()), ..self }
    }
}
