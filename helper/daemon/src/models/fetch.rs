//! From a name of the manifest to a file in the models folder that is what it should be.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use reqwest::Url;
use serde::Serialize;
use silhueta_registry::graph;
use silhueta_registry::locate::{inspect_as, sha256_unless};
use silhueta_registry::manifest::Entry;
use silhueta_results::file::settle;
use tokio_util::sync::CancellationToken;

use super::archive::{self, Kind};
use super::error::StoreError;
use super::ledger::{Record, now};
use super::net;
use super::part::{Part, remove};
use super::progress::{Meter, Progress};
use super::store::Store;
use super::stream::{Patience, Wanted, download, stopped};

/// The largest archive.
const ARCHIVE: u64 = 4 << 30;

/// How a model is fetched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FetchOptions {
    pub(crate) patience: Patience,
    /// Forget the digest that was recorded when it came before.
    pub(crate) renew: bool,
}

/// What came of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Fetched {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    /// It was there already: nothing was fetched.
    pub(crate) was_there: bool,
    /// Its digest, where it came just now.
    pub(crate) sha256: Option<String>,
    /// Nobody had said beforehand what its digest should be.
    pub(crate) is_first: bool,
}

impl Store {
    /// Fetches a model from its first address that gives it. `tell` hears of the progress.
    ///
    /// What came stays beside until it is whole: stopped or broken off, the next call goes on from there. To stop it,
    /// use the token and wait: dropped, it could leave a write behind that comes after the next call's first.
    pub(crate) async fn fetch(
        &self,
        id: &str,
        options: FetchOptions,
        tell: &mut (dyn FnMut(Progress) + Send),
        stop: &CancellationToken,
    ) -> Result<Fetched, StoreError> {
        let entry = self.entry(id)?;
        let id = entry.id.as_str();
        let _lock = self.claim(id)?;
        if let Some(path) = self.place_of(entry) {
            return Ok(Fetched { id: id.to_owned(), path, was_there: true, sha256: None, is_first: false });
        }
        let part = Part::new(&self.work(), id);
        let mut meter = Meter::new(tell);
        let mut reasons = Vec::new();
        let mut addresses: Vec<_> = entry.addresses().collect();
        // What came before is gone on from where it is from.
        let is_of_part = |address: &str| net::address(address).is_ok_and(|url| part.note(url.as_str()).is_some());
        addresses.sort_by_key(|address| !is_of_part(address));
        for address in addresses {
            match self.try_address(entry, address, &part, options, &mut meter, stop).await {
                Ok(fetched) => return Ok(fetched),
                Err(error) if error.is_of_address() => reasons.push((address.to_owned(), error)),
                Err(error) => return Err(error),
            }
        }
        match reasons.len() {
            0 => Err(StoreError::NoAddress { id: id.to_owned() }),
            // Without a network all of them say the same.
            n if n == 1 || reasons.iter().all(|(_, error)| matches!(error, StoreError::Offline { .. })) => {
                Err(reasons.swap_remove(0).1)
            }
            _ => {
                let reasons = reasons.into_iter().map(|(address, error)| (address, error.to_string())).collect();
                Err(StoreError::NoneGave { id: id.to_owned(), reasons })
            }
        }
    }

    async fn try_address(
        &self,
        entry: &'static Entry,
        address: &str,
        part: &Part,
        options: FetchOptions,
        meter: &mut Meter<'_>,
        stop: &CancellationToken,
    ) -> Result<Fetched, StoreError> {
        let url: Url = net::address(address)?;
        let size = entry.size.filter(|_| entry.member.is_none());
        let cap = if entry.member.is_some() { ARCHIVE } else { graph::MAX_BYTES };
        let wanted = Wanted { id: &entry.id, size, cap };
        download(&net::client()?, &url, &wanted, part, options.patience, meter, stop).await?;
        let (store, from, whole, token) = (self.clone(), address.to_owned(), part.clone(), stop.clone());
        let finishing = tokio::task::spawn_blocking(move || store.finish(entry, &from, &whole, options.renew, &token));
        let finished = finishing.await.map_err(|e| StoreError::Internal(e.to_string()))?;
        if finished.as_ref().is_err_and(StoreError::is_of_address) {
            part.clear()?;
        }
        finished.map_err(|error| match error {
            StoreError::Stopped { .. } => stopped(&wanted, part),
            error => error,
        })
    }

    /// Checks what came and gives it its name.
    fn finish(
        &self,
        entry: &Entry,
        from: &str,
        part: &Part,
        renew: bool,
        stop: &CancellationToken,
    ) -> Result<Fetched, StoreError> {
        let id = entry.id.as_str();
        let model = if archive::kind(part.path())? == Kind::Archive {
            let model = self.unpacked(id);
            let name = from.rsplit('/').next().unwrap_or(from);
            let unpacked = archive::unpack(part.path(), name, entry.member.as_deref(), entry.size, &model, stop);
            unpacked.or_else(|error| remove(&model).and(Err(error)))?;
            model
        } else {
            part.path().to_owned()
        };
        // A file that somebody brought under this name says nothing about this one.
        let recorded = self.ledger().all()?.remove(id).filter(|record| !renew && record.from.starts_with("http"));
        let checked = check(entry, &model, recorded.as_ref(), stop);
        let sha256 = checked.or_else(|error| match error {
            // What came is whole and is kept.
            StoreError::Stopped { .. } if model == part.path() => Err(error),
            error => remove(&model).and(Err(error)),
        })?;
        let path = self.folder().join(format!("{id}.onnx"));
        let size = model.metadata().map_err(StoreError::read(&model))?.len();
        // The record goes first: no file that came from outside is ever without one.
        self.ledger().keep(id, Record { sha256: sha256.clone(), size, when: now(), from: from.to_owned() })?;
        settle(&model, &path)?;
        part.clear()?;
        let is_first = entry.pinned().is_none() && recorded.is_none();
        Ok(Fetched { id: id.to_owned(), path, was_there: false, sha256: Some(sha256), is_first })
    }

    /// Nobody else fetches or imports this model until the lock is dropped.
    pub(super) fn claim(&self, id: &str) -> Result<File, StoreError> {
        let work = self.work();
        fs::create_dir_all(&work).map_err(StoreError::write(&work))?;
        let path = work.join(format!("{id}.lock"));
        let lock = File::create(&path).map_err(StoreError::write(&path))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy { id: id.to_owned() }),
            Err(TryLockError::Error(error)) => Err(StoreError::write(&path)(error)),
        }
    }
}

/// Whether a file is the model of an entry; its digest.
fn check(
    entry: &Entry,
    file: &Path,
    recorded: Option<&Record>,
    stop: &CancellationToken,
) -> Result<String, StoreError> {
    let id = entry.id.clone();
    let found = sha256_unless(file, || stop.is_cancelled()).map_err(StoreError::read(file))?;
    let found = found.ok_or_else(|| StoreError::Stopped { id: id.clone(), kept: 0 })?;
    let contract = inspect_as(file, Path::new(&format!("{id}.onnx")));
    // A page or a pointer in its place is told of as such, not by its digest.
    let contract = contract.map_err(|source| StoreError::Unfit { id: id.clone(), source })?;
    if !entry.accepts(&found) {
        return Err(StoreError::WrongDigest { id, found, wanted: entry.sha256.clone(), from: None });
    }
    if let Some(record) = recorded.filter(|record| entry.pinned().is_none() && record.sha256 != found) {
        let from = Some("which was recorded when it came before".to_owned());
        return Err(StoreError::WrongDigest { id, found, wanted: record.sha256.clone(), from });
    }
    if contract.role() != entry.role {
        return Err(StoreError::WrongRole { id, found: contract.role(), wanted: entry.role });
    }
    Ok(found)
}
