//! Files that are sent to us: kept in the folder for work until they are taken in, gone whatever happens.

use std::fs::{self, File};
use std::path::Path;

use tempfile::NamedTempFile;

use super::error::StoreError;
use super::intake::{file_name, files_in};
use super::part::remove;
use super::store::Store;

/// How their names begin and end.
const NAME: [&str; 2] = ["sent.", ".part"];

/// A file that comes. Removed when dropped.
#[derive(Debug)]
pub(crate) struct Incoming(NamedTempFile);

impl Incoming {
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// To write to it.
    pub(crate) fn file(&self) -> Result<File, StoreError> {
        self.0.as_file().try_clone().map_err(StoreError::write(self.path()))
    }
}

impl Store {
    /// A place for a file that is sent to us.
    pub(crate) fn incoming(&self) -> Result<Incoming, StoreError> {
        let work = self.work();
        fs::create_dir_all(&work).map_err(StoreError::write(&work))?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(NAME[0]).suffix(NAME[1]);
        // As other models: not only for this user.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(&work).map_err(StoreError::write(&work))?;
        file.as_file().lock().map_err(StoreError::write(file.path()))?;
        Ok(Incoming(file))
    }

    /// Removes what a helper that was killed left of files that were sent to it.
    pub(crate) fn sweep(&self) {
        for path in files_in(&self.work()) {
            let name = file_name(&path);
            let is_sent = name.starts_with(NAME[0]) && name.ends_with(NAME[1]);
            // Whoever still receives it holds its lock.
            let is_left = || File::open(&path).is_ok_and(|file| file.try_lock().is_ok());
            if is_sent
                && is_left()
                && let Err(error) = remove(&path)
            {
                tracing::warn!("{error}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use silhueta_registry::manifest::Manifest;

    use super::*;

    #[test]
    fn only_what_nobody_receives_any_more_is_swept_away() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned(), Manifest::builtin());
        let coming = store.incoming().unwrap();
        let left: PathBuf = folder.path().join(".fetch/sent.x.part");
        let fetched = folder.path().join(".fetch/yolox_s.part");
        for path in [&left, &fetched] {
            File::create(path).unwrap();
        }
        store.sweep();
        assert_eq!([coming.path().exists(), left.exists(), fetched.exists()], [true, false, true]);
        let path = coming.path().to_owned();
        drop(coming);
        assert!(!path.exists());
    }
}
