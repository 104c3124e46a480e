//! The folder of an unfinished job, beside its results: journals, checkpoint, whose it is, and who works in it.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Where an unfinished job keeps what it has.
#[derive(Clone, Debug)]
pub struct WorkFolder(PathBuf);

/// Held by the process that works in a folder; let go by the system however that process ends.
#[derive(Debug)]
pub struct WorkLock {
    /// Locked for as long as it is open.
    _file: File,
}

impl WorkFolder {
    /// The one that belongs to the results in `out`. Creates nothing.
    pub fn of(out: &Path) -> Self {
        Self(out.join(".work"))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The checkpoint, see [`crate::checkpoint`].
    pub fn checkpoint(&self) -> PathBuf {
        self.0.join("checkpoint")
    }

    /// Boxes, frame by frame.
    pub fn tracks(&self) -> PathBuf {
        self.0.join("tracks.journal")
    }

    /// Tracks that have ended.
    pub fn tracklets(&self) -> PathBuf {
        self.0.join("tracklets.journal")
    }

    /// Poses, frame by frame.
    pub fn poses(&self) -> PathBuf {
        self.0.join("poses.journal")
    }

    /// The annotated video, packet by packet.
    pub fn overlay(&self) -> PathBuf {
        self.0.join("overlay.journal")
    }

    /// Names the video whose folder this is.
    pub fn claim(&self) -> PathBuf {
        self.0.join("source")
    }

    fn mark(&self) -> PathBuf {
        self.0.join("lock")
    }

    /// Makes the folder where it is missing, and takes it; `None` where another process works in it.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn lock(&self) -> Result<Option<WorkLock>> {
        let path = self.mark();
        let fail = |source: std::io::Error| Error::write(&path, source);
        loop {
            std::fs::create_dir_all(&self.0).map_err(fail)?;
            let file = match File::options().create(true).write(true).truncate(false).open(&path) {
                // Who had it removed the folder just now.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                file => file.map_err(fail)?,
            };
            match file.try_lock() {
                Ok(()) if is_at(&file, &path) => return Ok(Some(WorkLock { _file: file })),
                // The file that we hold is nobody's any more: the folder was removed and made again.
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(fail(error)),
            }
        }
    }

    /// Forgets all work, so that it begins at the first frame; the folder stays its video's.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn clear(&self) -> Result<()> {
        // The checkpoint first: without it the rest counts for nothing.
        for path in [self.checkpoint(), self.tracks(), self.tracklets(), self.poses(), self.overlay()] {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::write(&path, error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes the folder with all that is in it.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn remove(&self, lock: WorkLock) -> Result<()> {
        // Windows removes no file that is open; elsewhere nobody may come in between.
        let held = if cfg!(windows) { None } else { Some(lock) };
        let removed = std::fs::remove_dir_all(&self.0).map_err(|source| Error::write(&self.0, source));
        drop(held);
        removed
    }

    /// Bytes that are in it.
    pub fn size(&self) -> u64 {
        let entries = std::fs::read_dir(&self.0).into_iter().flatten().flatten();
        entries.filter_map(|entry| entry.metadata().ok()).map(|meta| meta.len()).sum()
    }
}

/// Whether the open file is the one at `path`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let id = |meta: std::fs::Metadata| (meta.dev(), meta.ino());
    match (file.metadata(), std::fs::metadata(path)) {
        (Ok(open), Ok(there)) => id(open) == id(there),
        _ => false,
    }
}

#[cfg(not(unix))]
fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time_works_in_a_folder_and_the_next_finds_it_as_it_was_left() {
        let out = tempfile::tempdir().unwrap();
        let work = WorkFolder::of(out.path());
        let held = work.lock().unwrap().unwrap();
        assert!(work.lock().unwrap().is_none());
        for path in [work.checkpoint(), work.tracks(), work.claim()] {
            File::create(path).unwrap();
        }
        drop(held);
        let held = work.lock().unwrap().unwrap();
        work.clear().unwrap();
        assert!(work.claim().exists() && !work.checkpoint().exists() && !work.tracks().exists());
        assert!(work.lock().unwrap().is_none());
        work.remove(held).unwrap();
        assert!(!work.path().exists());
        assert!(work.lock().unwrap().is_some());
    }

    #[cfg(unix)]
    #[test]
    fn a_lock_in_a_folder_that_was_removed_is_none() {
        let out = tempfile::tempdir().unwrap();
        let work = WorkFolder::of(out.path());
        let _held = work.lock().unwrap().unwrap();
        let stale = File::open(work.mark()).unwrap();
        std::fs::remove_file(work.mark()).unwrap();
        assert!(!is_at(&stale, &work.mark()));
        // Whoever comes now gets a lock that others meet, too.
        let _second = work.lock().unwrap().unwrap();
        assert!(work.lock().unwrap().is_none());
    }
}
