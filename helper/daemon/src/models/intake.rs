//! Files that a person brings: looked at first, then copied into the models folder.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use silhueta_registry::graph;
use silhueta_registry::locate::{inspect_as, sha256_unless};
use silhueta_results::file::settle;
use silhueta_shared::model::Role;
use tokio_util::sync::CancellationToken;

use super::archive::{self, Kind};
use super::error::StoreError;
use super::ledger::{Record, now};
use super::part::remove;
use super::store::Store;
use crate::disk;

/// A file that was brought.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Imported {
    /// Its name from now on.
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    pub(crate) role: Role,
    /// What its graph says it is.
    pub(crate) about: String,
    /// The very same file was there already.
    pub(crate) was_there: bool,
}

/// A file that somebody brings.
pub(crate) struct Brought<'a> {
    /// Where it is.
    pub(crate) file: &'a Path,
    /// What people call it.
    pub(crate) called: &'a Path,
    /// The model's name, where it is not the file's.
    pub(crate) name: Option<&'a str>,
    /// It lies in our own folder and may be moved.
    pub(crate) is_ours: bool,
    /// It may take the place of another model of its name, unless this says that a job uses that one. The other goes
    /// to the trash as `NAME-before`.
    pub(crate) replace: Option<&'a dyn Fn(&Path) -> bool>,
}

impl Store {
    /// Copies a network (or the one in an archive) into the folder, under `name` or its own stem.
    pub(crate) fn import(
        &self,
        file: &Path,
        name: Option<&str>,
        stop: &CancellationToken,
    ) -> Result<Imported, StoreError> {
        self.bring(&Brought { file, called: file, name, is_ours: false, replace: None }, stop)
    }

    /// Takes a network (or the one in an archive) into the folder.
    pub(crate) fn bring(&self, brought: &Brought<'_>, stop: &CancellationToken) -> Result<Imported, StoreError> {
        let Brought { file, called, name, is_ours, .. } = *brought;
        let unreadable = StoreError::read(file);
        let meta = file.metadata().map_err(&unreadable)?;
        if !meta.is_file() {
            return Err(unreadable(std::io::Error::other("it is not a file")));
        }
        let kind = archive::kind(file)?;
        if kind != Kind::Archive {
            // Before anything is copied; this also answers PyTorch files.
            inspect_as(file, called).map_err(StoreError::Refused)?;
        }
        let stem = match name {
            Some(name) => name.to_owned(),
            None => called.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
        };
        check_stem(&stem)?;
        let _lock = self.claim(&stem)?;
        let copy = self.work().join(format!("{stem}.import.part"));
        let taken = match kind {
            Kind::Archive => archive::unpack(file, &file_name(called), None, None, &copy, stop),
            _ if is_ours => fs::rename(file, &copy).map_err(StoreError::write(&copy)),
            _ => copy_file(file, &copy, meta.len(), stop),
        };
        let imported = taken.and_then(|()| self.take(brought, &copy, &stem, stop));
        // It has its name by now, or must not stay.
        remove(&copy)?;
        imported
    }

    fn take(
        &self,
        brought: &Brought<'_>,
        copy: &Path,
        stem: &str,
        stop: &CancellationToken,
    ) -> Result<Imported, StoreError> {
        let contract = inspect_as(copy, brought.called).map_err(StoreError::Refused)?;
        let sum = |path: &Path| {
            let sum = sha256_unless(path, || stop.is_cancelled()).map_err(StoreError::read(path))?;
            sum.ok_or_else(|| StoreError::Stopped { id: stem.to_owned(), kept: 0 })
        };
        let sha256 = sum(copy)?;
        let path = self.folder().join(format!("{stem}.onnx"));
        let imported = |was_there| Imported {
            id: stem.to_owned(),
            path: path.clone(),
            role: contract.role(),
            about: contract.family.to_string(),
            was_there,
        };
        let mut other = None;
        if path.exists() {
            if sum(&path)? == sha256 {
                return Ok(imported(true));
            }
            let Some(is_used) = brought.replace else { return Err(StoreError::NameTaken { path }) };
            if is_used(&path) {
                return Err(StoreError::InUse { id: stem.to_owned() });
            }
            // Its own name is taken from now on.
            other = Some(self.put_away(&path, &format!("{stem}-before.onnx"))?);
        }
        let size = copy.metadata().map_err(StoreError::read(copy))?.len();
        let record = Record { sha256, size, when: now(), from: brought.called.display().to_string() };
        let named = self.ledger().keep(stem, record).and_then(|()| Ok(settle(copy, &path)?));
        if let (Err(_), Some(other)) = (&named, other) {
            // The one that was there keeps its place.
            fs::rename(&other, &path).map_err(StoreError::write(&path))?;
        }
        named.map(|()| imported(false))
    }
}

/// Whether a model may be called so.
pub(crate) fn check_stem(stem: &str) -> Result<(), StoreError> {
    let is_plain = |c: char| c.is_alphanumeric() || "-_+. ".contains(c);
    if stem.is_empty() || stem.len() > 128 || stem.starts_with(['.', ' ']) || !stem.chars().all(is_plain) {
        return Err(StoreError::BadName { name: stem.to_owned() });
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path, size: u64, stop: &CancellationToken) -> Result<(), StoreError> {
    let folder = to.parent().unwrap_or(to);
    if let Some(free) = disk::free(folder).filter(|free| *free < size) {
        return Err(StoreError::DiskFull { path: folder.to_owned(), needed: size, free });
    }
    let source = File::open(from).map_err(StoreError::read(from))?;
    // A file that grows meanwhile, or is none in truth, ends somewhere.
    let mut source = source.take(graph::MAX_BYTES + 1);
    let mut target = File::create(to).map_err(StoreError::write(to))?;
    let mut buffer = vec![0; 1 << 18];
    loop {
        if stop.is_cancelled() {
            return Err(StoreError::Stopped { id: from.display().to_string(), kept: 0 });
        }
        match source.read(&mut buffer).map_err(StoreError::read(from))? {
            0 => return Ok(()),
            read => target.write_all(buffer.get(..read).unwrap_or_default()).map_err(StoreError::write(to))?,
        }
    }
}

/// What a path is called before people.
pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The files of a folder, none where there is no folder.
pub(super) fn files_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect()
}
