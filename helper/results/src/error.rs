//! What can go wrong with a file of results.

use std::io;
use std::path::{Path, PathBuf};

/// A file of results that can't be written, read or understood. Every kind names the file.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The system refused to write, sync or rename.
    #[error("can't write {}: {source}", path.display())]
    Write {
        /// The file as its readers will know it.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The system refused to open or read.
    #[error("can't read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is there but is not what it should be.
    #[error("{} is not {what} that this version reads: {why}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What was expected, with its article.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// A pose that can't be compared with COCO's truth.
    #[error(
        "a pose of {joints} joints can't be scored: those of 17 (coco17), 26 (halpe26) and 133 (wholebody133) can, by \
         their first 17, which are COCO's"
    )]
    Joints {
        /// How many it has.
        joints: usize,
    },
    /// A row that the file can't hold.
    #[error("a row doesn't fit into {}: {why}", path.display())]
    Row {
        /// The file being written.
        path: PathBuf,
        /// What is wrong with the row.
        why: String,
    },
}

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn write(path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Write { path: path.to_owned(), source: source.into() }
    }

    pub(crate) fn read(path: &Path, source: impl Into<io::Error>) -> Self {
        Self::Read { path: path.to_owned(), source: source.into() }
    }

    pub(crate) fn format(path: &Path, what: &'static str, why: impl Into<String>) -> Self {
        Self::Format { path: path.to_owned(), what, why: why.into() }
    }

    pub(crate) fn row(path: &Path, why: impl Into<String>) -> Self {
        Self::Row { path: path.to_owned(), why: why.into() }
    }

    /// Whether the disk is full or over its quota: a person can help, unlike with other write errors.
    pub fn is_out_of_space(&self) -> bool {
        use io::ErrorKind::{QuotaExceeded, StorageFull};
        matches!(self, Self::Write { source, .. } if matches!(source.kind(), StorageFull | QuotaExceeded))
    }
}
