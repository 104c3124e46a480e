//! Models taken away, and brought back for a week.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::error::StoreError;
use super::intake::{file_name, files_in};
use super::ledger::now;
use super::part::remove;
use super::store::{Store, stem};

/// How long they are kept.
const KEPT: u64 = 7 * 24 * 3600;

/// A model that was taken away.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Removed {
    pub(crate) id: String,
    /// Where it was.
    pub(crate) path: PathBuf,
    pub(crate) size: u64,
}

/// A model that can be brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) size: u64,
    /// When it was taken away, and until when it is kept: seconds since 1970.
    pub(crate) since: u64,
    pub(crate) until: u64,
}

impl Store {
    /// What [`restore`](Self::restore) can bring back, the last taken away first.
    pub(crate) fn removed(&self) -> Vec<Kept> {
        let mut all = self.in_trash();
        all.sort_by(|a, b| b.cmp(a));
        let mut kept: Vec<Kept> = Vec::new();
        for (since, name, path) in all {
            let id = Path::new(&name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            // Of several of one name the last comes back, and only where there is no other now.
            let is_next = !kept.iter().any(|kept| kept.id == id) && !self.folder().join(&name).exists();
            let until = since.saturating_add(KEPT);
            if is_next && until >= now() {
                kept.push(Kept { id, size: path.metadata().map_or(0, |meta| meta.len()), since, until });
            }
        }
        kept
    }

    /// Takes a model away; [`restore`](Self::restore) brings it back. `is_used` tells whether a running job has it open.
    pub(crate) fn remove(&self, id: &str, is_used: impl Fn(&Path) -> bool) -> Result<Removed, StoreError> {
        let path = self.file_of(id)?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let _lock = self.claim(&stem)?;
        if is_used(&path) {
            return Err(StoreError::InUse { id: stem });
        }
        let size = path.metadata().map_err(StoreError::read(&path))?.len();
        self.put_away(&path, &file_name(&path))?;
        self.empty_trash();
        Ok(Removed { id: stem, path, size })
    }

    /// Moves a file into the trash, to be brought back under `name`; where it is then. Its lock is held.
    pub(super) fn put_away(&self, path: &Path, name: &str) -> Result<PathBuf, StoreError> {
        let trash = self.trash();
        fs::create_dir_all(&trash).map_err(StoreError::write(&trash))?;
        // Which of two was taken away last is told by the number before the name.
        let mut when = now();
        let mut to = trash.join(format!("{when}-{name}"));
        while to.exists() {
            when += 1;
            to = trash.join(format!("{when}-{name}"));
        }
        fs::rename(path, &to).map_err(StoreError::write(path))?;
        Ok(to)
    }

    /// Brings back what was taken away last under this name.
    pub(crate) fn restore(&self, id: &str) -> Result<PathBuf, StoreError> {
        let id = stem(id);
        let nothing = |why: &str| StoreError::NotInTrash { id: id.to_owned(), why: why.to_owned() };
        let entry = self.registry().manifest().find(id);
        let is_it = |name: &str| {
            let named = Path::new(name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
            named == id || entry.is_some_and(|entry| entry.stems().any(|known| known == named))
        };
        let newest = self.in_trash().into_iter().filter(|(_, name, _)| is_it(name)).max_by_key(|(when, ..)| *when);
        let (_, name, from) = newest.ok_or_else(|| nothing("it was not removed within the last 7 days"))?;
        let stem = Path::new(&name).file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let _lock = self.claim(&stem)?;
        let path = self.folder().join(&name);
        if path.exists() {
            return Err(nothing(&format!("there is another {} now", path.display())));
        }
        fs::rename(&from, &path).map_err(StoreError::write(&path))?;
        Ok(path)
    }

    /// Throws away what was taken away more than a week ago.
    pub(crate) fn empty_trash(&self) {
        for (when, _, path) in self.in_trash() {
            if now().saturating_sub(when) > KEPT
                && let Err(error) = remove(&path)
            {
                tracing::warn!("{error}");
            }
        }
    }

    /// Bytes of files that are no models: taken away, or not whole yet.
    pub(crate) fn leftovers(&self) -> u64 {
        let files = files_in(&self.trash()).into_iter().chain(files_in(&self.work()));
        files.filter_map(|path| path.metadata().ok()).map(|meta| meta.len()).sum()
    }

    fn trash(&self) -> PathBuf {
        self.folder().join(".trash")
    }

    /// When, name, path of each.
    fn in_trash(&self) -> Vec<(u64, String, PathBuf)> {
        let parse = |path: PathBuf| {
            let name = file_name(&path);
            let (when, name) = name.split_once('-')?;
            Some((when.parse().ok()?, name.to_owned(), path))
        };
        files_in(&self.trash()).into_iter().filter_map(parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use silhueta_registry::manifest::Manifest;

    use super::*;

    #[test]
    fn what_a_job_uses_stays_and_the_last_removed_comes_back_first() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().to_owned(), Manifest::builtin());
        let path = folder.path().join("mine.onnx");
        let bring = |size: u64| File::create(&path).unwrap().set_len(size).unwrap();
        bring(1);
        let used = store.remove("mine", |file| file == path);
        assert!(matches!(used, Err(StoreError::InUse { .. })) && path.exists());

        // Both within one second.
        store.remove("mine", |_| false).unwrap();
        bring(2);
        assert_eq!(store.remove("mine", |_| false).unwrap().size, 2);
        assert_eq!(store.leftovers(), 3);
        let kept = store.removed();
        assert_eq!(kept.iter().map(|kept| (kept.id.as_str(), kept.size)).collect::<Vec<_>>(), [("mine", 2)]);
        store.restore("mine").unwrap();
        assert_eq!(path.metadata().unwrap().len(), 2);
        assert!(matches!(store.restore("mine"), Err(StoreError::NotInTrash { .. })), "it would replace a model");
        assert_eq!(path.metadata().unwrap().len(), 2);
        assert_eq!(store.removed(), [], "it can't be brought back now");
    }
}
