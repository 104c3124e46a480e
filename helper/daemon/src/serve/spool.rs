//! Where uploads are kept: a folder of the helper's own, within a quota.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use silhueta_shared::protocol::{ErrorCode, UploadId, WireError};

use super::answer::internal;
use super::now;
use super::store::{Store, StoreError, Upload};

/// Bytes of all uploads together.
const QUOTA: u64 = 20 << 30;
/// Bytes of the disk that uploads leave free.
const LEFT_FREE: u64 = 2 << 30;
/// Uploads older than this, in milliseconds, go when the helper starts, unless a job still waits for them or
/// can go on with them.
const KEPT: u64 = 7 * 24 * 3600 * 1000;

/// Why the folder can't be opened.
#[derive(Debug, thiserror::Error)]
pub(super) enum SpoolError {
    /// The folder itself.
    #[error("the folder of uploads can't be used: {0}")]
    Folder(#[from] std::io::Error),
    /// What is known of its content.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The folder of uploads: one folder each, named by number, with one file in it.
#[derive(Debug)]
pub(super) struct Spool {
    /// Where they are.
    pub(super) folder: PathBuf,
    last: AtomicU64,
    /// Bytes of uploads that are still coming.
    pub(super) coming: Arc<Mutex<u64>>,
}

impl Spool {
    /// Opens the folder and clears what is unfinished or old.
    pub(super) fn open(folder: PathBuf, store: &Store) -> Result<Self, SpoolError> {
        std::fs::create_dir_all(&folder)?;
        let waiting: Vec<_> = store
            .jobs()?
            .into_iter()
            .filter(|job| !job.view.state.has_ended() || job.view.resumable.is_some())
            .collect();
        for upload in store.uploads()? {
            let file = file_of(&folder, &upload);
            let is_old = upload.at + KEPT < now() && !waiting.iter().any(|job| job.path == file);
            if is_old || !file.is_file() {
                store.drop_upload(upload.id)?;
            }
        }
        let kept = store.uploads()?;
        let mut last = kept.iter().map(|upload| upload.id.get()).max().unwrap_or(0);
        for entry in std::fs::read_dir(&folder)?.flatten() {
            let number = entry.file_name().to_str().and_then(|name| name.parse::<u64>().ok());
            last = last.max(number.unwrap_or(0));
            if !number.is_some_and(|n| kept.iter().any(|upload| upload.id.get() == n)) {
                std::fs::remove_dir_all(entry.path())?;
            }
        }
        // Numbers go on by the clock: one from before a restart never names another video.
        let last = AtomicU64::new(last.max(now() / 1000));
        Ok(Self { folder, last, coming: Arc::default() })
    }

    /// A number that no upload had before.
    pub(super) fn number(&self) -> Result<UploadId, WireError> {
        UploadId::new(self.last.fetch_add(1, Ordering::Relaxed) + 1).ok_or_else(|| internal("no numbers are left"))
    }

    /// Bytes that may still be sent.
    pub(super) fn room(&self, store: &Store) -> u64 {
        let stored: u64 = store.uploads().map_or(QUOTA, |all| all.iter().map(|upload| upload.size).sum());
        let coming = *self.coming.lock().unwrap_or_else(PoisonError::into_inner);
        let free = crate::disk::free(&self.folder).unwrap_or(0).saturating_sub(LEFT_FREE);
        QUOTA.saturating_sub(stored).saturating_sub(coming).min(free)
    }

    /// Where an upload is.
    pub(super) fn path(&self, uploads: &[Upload], id: UploadId) -> Result<PathBuf, WireError> {
        let upload = uploads.iter().find(|upload| upload.id == id);
        Ok(file_of(&self.folder, upload.ok_or_else(|| gone(id))?))
    }

    /// Throws an upload away.
    pub(super) fn drop_upload(&self, store: &Store, id: UploadId) -> Result<(), WireError> {
        store.drop_upload(id).map_err(internal)?;
        std::fs::remove_dir_all(self.folder.join(id.get().to_string())).map_err(internal)
    }
}

fn file_of(folder: &Path, upload: &Upload) -> PathBuf {
    folder.join(upload.id.get().to_string()).join(&upload.name)
}

fn gone(id: UploadId) -> WireError {
    WireError::new(ErrorCode::NotFound, format!("upload {id} is not there")).hint("send the video again")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn at_the_start_what_is_old_or_unfinished_goes_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let put = |n: u64| {
            let place = folder.path().join(n.to_string());
            std::fs::create_dir(&place).unwrap();
            std::fs::File::create(place.join("a.mp4")).unwrap().write_all(b"x").unwrap();
        };
        let store = Store::in_memory();
        let note = |n: u64, at: u64| {
            let upload = Upload { id: UploadId::new(n).unwrap(), name: "a.mp4".into(), size: 1, at };
            store.add_upload(&upload).unwrap();
        };
        // 1 is fresh, 2 is old, 3 was never finished, 4 has lost its file.
        (1..=3).for_each(put);
        [(1, now()), (2, 0), (4, now())].into_iter().for_each(|(n, at)| note(n, at));
        let spool = Spool::open(folder.path().to_owned(), &store).unwrap();
        let kept = store.uploads().unwrap();
        assert_eq!(kept.iter().map(|upload| upload.id.get()).collect::<Vec<_>>(), [1]);
        let there = |n: u64| folder.path().join(n.to_string()).exists();
        assert_eq!([there(1), there(2), there(3)], [true, false, false]);
        assert!(spool.number().unwrap().get() > 4, "a number is given twice");
        assert!(spool.path(&kept, UploadId::new(1).unwrap()).unwrap().is_file());
        assert_eq!(spool.path(&kept, UploadId::new(2).unwrap()).unwrap_err().code, ErrorCode::NotFound);
    }
}
