//! The digests that files had when they came: what nobody pinned beforehand is held to them afterwards.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use silhueta_results::file::write_whole;

use super::error::StoreError;

/// A file as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Its digest, lower-case hex.
    pub(crate) sha256: String,
    /// Its bytes.
    pub(crate) size: u64,
    /// Seconds since 1970.
    pub(crate) when: u64,
    /// The address, or the file that was imported.
    pub(crate) from: String,
}

/// The records of a models folder, by the stem of the file.
#[derive(Clone, Debug)]
pub(super) struct Ledger {
    path: PathBuf,
    lock: PathBuf,
}

impl Ledger {
    pub(super) fn new(folder: &Path, work: &Path) -> Self {
        // No model is called so: names don't begin with a dot.
        Self { path: folder.join("models.lock.json"), lock: work.join(".ledger.lock") }
    }

    pub(super) fn all(&self) -> Result<BTreeMap<String, Record>, StoreError> {
        let text = match fs::read_to_string(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            text => text.map_err(StoreError::read(&self.path))?,
        };
        serde_json::from_str(&text).map_err(|e| {
            let path = self.path.display();
            StoreError::Internal(format!("{path} is damaged ({e}); delete it, and digests are recorded anew"))
        })
    }

    /// Keeps a record in place of an older one.
    pub(super) fn keep(&self, stem: &str, record: Record) -> Result<(), StoreError> {
        let lock = File::create(&self.lock).map_err(StoreError::write(&self.lock))?;
        lock.lock().map_err(StoreError::write(&self.lock))?;
        let mut all = self.all()?;
        all.insert(stem.to_owned(), record);
        let text = serde_json::to_vec_pretty(&all).map_err(|e| StoreError::Internal(e.to_string()))?;
        Ok(write_whole(&self.path, |out| out.write_all(&text))?)
    }
}

/// Seconds since 1970.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
