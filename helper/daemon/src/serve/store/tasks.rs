//! What is kept of tasks beside their jobs: the names that scripts know them by, and the keys of requests.

use rusqlite::{OptionalExtension as _, params};
use silhueta_shared::protocol::JobId;

use super::{Store, StoreError, number};

/// Ended tasks whose records are kept until somebody deletes them; older ones go when the helper starts.
pub(super) const KEPT: i64 = 5000;

/// A key that a script gave a request, so that it can send it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serve) struct Key {
    /// As it was given.
    pub(in crate::serve) key: String,
    /// What was asked for with it, as a digest.
    pub(in crate::serve) digest: String,
}

impl Store {
    pub(super) fn add_key(&self, Key { key, digest }: &Key, job: JobId) -> Result<(), StoreError> {
        let sql = "INSERT INTO task_keys (key, digest, job) VALUES (?1, ?2, ?3)";
        self.db.prepare_cached(sql)?.execute(params![key, digest, number(job.get())])?;
        Ok(())
    }

    /// The job that was made by a request with this key, and the digest of what was asked for then.
    pub(in crate::serve) fn keyed(&self, key: &str) -> Result<Option<(JobId, String)>, StoreError> {
        let mut found = self.db.prepare_cached("SELECT job, digest FROM task_keys WHERE key = ?1")?;
        let found = found.query_row([key], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?))).optional()?;
        Ok(found.and_then(|(job, digest)| Some((JobId::new(job.unsigned_abs())?, digest))))
    }

    /// A task is from now on a job like others: no script knows it, and its key is free.
    pub(in crate::serve) fn forget_task(&self, job: JobId) -> Result<(), StoreError> {
        self.at_once(|| {
            self.db.execute("UPDATE jobs SET task = NULL WHERE id = ?1", [number(job.get())])?;
            self.db.execute("DELETE FROM task_keys WHERE job = ?1", [number(job.get())])?;
            Ok(())
        })
    }
}
