//! What ends a job early, and how it is told to a person.

use std::path::{Path, PathBuf};

use silhueta_shared::job::{Failure, FailureCode};
use silhueta_shared::notice::AnewReason;
use silhueta_vision::runtime::RuntimeError;
use silhueta_vision::video::VideoError;

use crate::control::Stopped;

/// Why a job has no results.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobError {
    #[error(transparent)]
    Video(#[from] VideoError),
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    #[error(transparent)]
    Results(#[from] silhueta_results::Error),
    /// A task's result can't be put where it belongs.
    #[error("{}", delivery(.0))]
    Delivery(silhueta_results::Error),
    #[error("{0}")]
    NoRuntime(String),
    #[error("{}: {why}", path.display())]
    Folder { path: PathBuf, why: String },
    #[error("{} has {free} MB free, this job needs about {needed} MB", path.display())]
    Space { path: PathBuf, free: u64, needed: u64 },
    #[error("{}: {why}", path.display())]
    Source { path: PathBuf, why: String },
    #[error("frame {frame} is not what the first pass saw: was the file changed meanwhile?")]
    Changed { frame: u64 },
    #[error("{} is being worked on by another process", path.display())]
    Busy { path: PathBuf },
    #[error("how far the work is can't be written down: {0}")]
    NotKept(String),
    /// Earlier work does not fit; caught before anybody is told.
    #[error("{0}")]
    Unfit(AnewReason),
    #[error("a picture can't be worked on: {0}")]
    Picture(String),
    /// No int8 copy can be made or judged.
    #[error("{0}")]
    NotQuantized(String),
    #[error("stopped")]
    Stopped,
    /// The other side of a channel ended first; its own error tells why.
    #[error("a part of the pipeline ended early")]
    Disconnected,
}

impl From<Stopped> for JobError {
    fn from(Stopped: Stopped) -> Self {
        Self::Stopped
    }
}

impl JobError {
    pub(crate) fn folder(path: &Path, error: &dyn std::fmt::Display) -> Self {
        Self::Folder { path: path.into(), why: error.to_string() }
    }

    pub(crate) fn source(path: impl AsRef<Path>, why: &dyn std::fmt::Display) -> Self {
        Self::Source { path: path.as_ref().into(), why: why.to_string() }
    }

    pub(crate) fn into_failure(self) -> Failure {
        const ROOM: Option<&str> = Some("make room or choose another folder with --out");
        let (code, hint) = match &self {
            Self::Video(VideoError::Write { .. }) => (FailureCode::OutputUnwritable, ROOM),
            Self::Video(VideoError::TooLarge { .. }) => {
                (FailureCode::SourceTooLarge, Some("scale the video down first"))
            }
            Self::Video(VideoError::NoVideo { .. }) => {
                (FailureCode::SourceWithoutPictures, Some("choose a file with pictures, not only sound"))
            }
            Self::Video(VideoError::Missing { .. }) | Self::Source { .. } => {
                (FailureCode::SourceMissing, Some("check the path and that you may read it"))
            }
            Self::Video(_) => (FailureCode::SourceUnreadable, Some("check that the file plays, or export it again")),
            Self::Runtime(RuntimeError::Device { .. }) => (
                FailureCode::DeviceMissing,
                Some("choose --device auto or --device cpu; `silhueta doctor` lists the devices"),
            ),
            Self::Runtime(RuntimeError::Precision { .. }) => {
                (FailureCode::PrecisionMissing, Some("choose the precision auto, or a device that has this one"))
            }
            Self::Runtime(RuntimeError::Model { .. } | RuntimeError::Graph(_)) => {
                (FailureCode::ModelUnfit, Some("choose another file; `silhueta doctor` lists the models there are"))
            }
            Self::Runtime(RuntimeError::Load { .. }) => {
                (FailureCode::RuntimeMissing, Some("`cargo xtask run` brings the right library"))
            }
            Self::NoRuntime(_) => (FailureCode::RuntimeMissing, None),
            Self::NotQuantized(_) => (FailureCode::ModelUnfit, None),
            Self::Changed { .. } => (FailureCode::SourceChanged, Some("work through it again")),
            Self::Picture(_) | Self::NotKept(_) | Self::Disconnected | Self::Stopped | Self::Unfit(_) => {
                (FailureCode::Internal, None)
            }
            Self::Busy { .. } => (FailureCode::OutputBusy, Some("wait until that has ended, or stop it")),
            Self::Space { .. } => (FailureCode::NoSpace, ROOM),
            Self::Results(error) | Self::Delivery(error) if error.is_out_of_space() => {
                (FailureCode::NoSpace, Some("make room, then start it again: it goes on where it was"))
            }
            Self::Delivery(_) => (
                FailureCode::OutputUnwritable,
                Some("let the helper write there, or start it with --task-out DIR, a folder for the results of tasks"),
            ),
            Self::Results(_) | Self::Folder { .. } => (FailureCode::OutputUnwritable, ROOM),
        };
        Failure { code, message: self.to_string(), hint: hint.map(Into::into) }
    }
}

/// The usual reason has words of its own.
fn delivery(error: &silhueta_results::Error) -> String {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    match error {
        silhueta_results::Error::Write { path, source }
            if matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem) =>
        {
            format!("can't write {}: its folder is read-only for the helper ({source})", path.display())
        }
        other => other.to_string(),
    }
}
