//! How the program ends: each way has its code.

use std::process::ExitCode;

use silhueta_shared::job::{Failure, FailureKind};

use crate::models::StoreError;

/// The exit codes of `silhueta`; a wrong command line is 2, by clap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything asked for is done.
    Done,
    /// A video, or another file that was named, can't be read or used.
    Input,
    /// A model, the runtime, a device or the disk stands in the way.
    Runtime,
    /// Ctrl+C.
    Interrupted,
    /// SIGTERM.
    #[cfg(unix)]
    Terminated,
    /// The terminal was closed.
    #[cfg(unix)]
    HungUp,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Input => 3,
            Exit::Runtime => 4,
            Exit::Interrupted => 130,
            #[cfg(unix)]
            Exit::Terminated => 143,
            #[cfg(unix)]
            Exit::HungUp => 129,
        })
    }
}

/// An error that ends the program, told to a person.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    #[error("{0}")]
    Input(String),
    /// Like `Input`, with the way out.
    #[error("{what}")]
    Advised { what: String, way_out: String },
    #[error("{0}")]
    Runtime(String),
    #[error("{}", .0.message)]
    Job(Failure),
    #[error(transparent)]
    Model(#[from] StoreError),
}

impl CliError {
    /// Something named can't be read or used, and what to do about it.
    pub(crate) fn advised(what: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self::Advised { what: what.into(), way_out: way_out.into() }
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Input(_) | Self::Advised { .. } => Exit::Input,
            Self::Runtime(_) => Exit::Runtime,
            Self::Model(StoreError::Stopped { .. }) => Exit::Interrupted,
            Self::Model(error) if error.is_of_input() => Exit::Input,
            Self::Model(_) => Exit::Runtime,
            Self::Job(failure) => match failure.code.kind() {
                FailureKind::Input => Exit::Input,
                FailureKind::Runtime | FailureKind::Output => Exit::Runtime,
            },
        }
    }

    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Advised { way_out, .. } => Some(way_out.clone()),
            Self::Job(failure) => failure.hint.clone(),
            Self::Model(error) => error.hint(),
            _ => None,
        }
    }
}
