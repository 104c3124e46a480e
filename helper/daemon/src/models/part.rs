//! A download that is not whole yet: its bytes, and a note of where they are from, so that another run goes on.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use silhueta_results::file::write_whole;

use super::error::StoreError;

/// Where the bytes are from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// The address that was asked.
    pub(super) url: String,
    /// What tells whether the file there is still the same: a strong ETag, or when it was changed.
    pub(super) validator: Option<String>,
    /// Bytes in all, where the other side says.
    pub(super) total: Option<u64>,
}

/// Bytes that came, and their note. Never has a model's name.
#[derive(Clone, Debug)]
pub(super) struct Part {
    path: PathBuf,
    note: PathBuf,
}

impl Part {
    pub(super) fn new(folder: &Path, id: &str) -> Self {
        Self { path: folder.join(format!("{id}.part")), note: folder.join(format!("{id}.part.json")) }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that are here.
    pub(super) fn len(&self) -> u64 {
        self.path.metadata().map_or(0, |meta| meta.len())
    }

    /// The note, when there are bytes of this address that can be gone on from.
    pub(super) fn note(&self, url: &str) -> Option<Note> {
        let text = fs::read_to_string(&self.note).ok()?;
        // A note that can't be read is as good as none: the download starts anew.
        let note: Note = serde_json::from_str(&text).ok()?;
        (note.url == url && note.validator.is_some() && self.len() > 0).then_some(note)
    }

    /// Forgets what is here and begins a file of this note.
    pub(super) fn begin(&self, note: &Note) -> Result<(), StoreError> {
        // The bytes go first: no note may ever stand beside bytes of another file.
        self.clear()?;
        let text = serde_json::to_vec(note).map_err(|e| StoreError::Internal(e.to_string()))?;
        write_whole(&self.note, |out| out.write_all(&text))?;
        File::create(&self.path).map(|_| ()).map_err(StoreError::write(&self.path))
    }

    /// Throws away bytes and note.
    pub(super) fn clear(&self) -> Result<(), StoreError> {
        [&self.path, &self.note].into_iter().try_for_each(|path| remove(path))
    }
}

/// Removes a file that may not be there.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreError::write(path)(error)),
        _ => Ok(()),
    }
}
