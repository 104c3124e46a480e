//! What outlives the helper: jobs with their logs, opened folders and uploads, in one SQLite file.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use silhueta_shared::protocol::{JobId, JobView, LogLine, Root, RootId, UploadId};

/// Layout of the file; a newer one is not touched.
const LAYOUT: i64 = 1;
/// Ended jobs that are kept; older ones go when the helper starts. Their results stay where they are.
const KEPT_JOBS: i64 = 500;

const TABLES: &str = "
    CREATE TABLE jobs (id INTEGER PRIMARY KEY, view TEXT NOT NULL, path TEXT NOT NULL);
    CREATE TABLE logs (job INTEGER NOT NULL REFERENCES jobs(id) ON DELETE CASCADE, seq INTEGER NOT NULL,
                       line TEXT NOT NULL, PRIMARY KEY (job, seq)) WITHOUT ROWID;
    CREATE TABLE roots (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE);
    CREATE TABLE uploads (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, size INTEGER NOT NULL,
                          at INTEGER NOT NULL);
    PRAGMA user_version = 1;
";

/// Why something can't be kept.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    /// SQLite's own reason.
    #[error("the job store can't be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A value that can't be written or read back.
    #[error("the job store holds something that can't be read: {0}")]
    Json(#[from] serde_json::Error),
    /// Made by a newer version.
    #[error("the job store has layout {0}, this version knows {LAYOUT}: use the newer version")]
    Newer(i64),
}

/// A job as it is kept.
pub(super) struct Kept {
    pub(super) view: JobView,
    pub(super) path: PathBuf,
    pub(super) log: Vec<LogLine>,
}

/// An upload as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    pub(super) id: UploadId,
    pub(super) name: String,
    pub(super) size: u64,
    /// Milliseconds since 1970.
    pub(super) at: u64,
}

/// The open file.
#[derive(Debug)]
pub(super) struct Store {
    db: Connection,
}

impl Store {
    /// Opens or makes the file.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        Self::over(Connection::open(path)?)
    }

    fn over(db: Connection) -> Result<Self, StoreError> {
        // What was answered "done" must survive a power cut; there are a few writes a second at most.
        db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
        let layout: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        match layout {
            0 => db.execute_batch(&format!("BEGIN; {TABLES} COMMIT;"))?,
            LAYOUT => {}
            newer => return Err(StoreError::Newer(newer)),
        }
        Ok(Self { db })
    }

    /// Keeps a job as it is now.
    pub(super) fn save(&self, view: &JobView, path: &Path) -> Result<(), StoreError> {
        let sql = "INSERT INTO jobs (id, view, path) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET view = ?2";
        let row = params![number(view.id.get()), serde_json::to_string(view)?, path.display().to_string()];
        self.db.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Keeps several new jobs, all or none.
    pub(super) fn save_all<'a>(
        &mut self,
        mut jobs: impl Iterator<Item = (&'a JobView, &'a Path)>,
    ) -> Result<(), StoreError> {
        // Dropped on an early return, it takes everything back.
        self.db.execute_batch("BEGIN")?;
        let saved = jobs.try_for_each(|(view, path)| self.save(view, path));
        self.db.execute_batch(if saved.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        saved
    }

    /// Keeps a line of a job's log.
    pub(super) fn log(&self, job: JobId, line: &LogLine) -> Result<(), StoreError> {
        let row = params![number(job.get()), number(line.seq), serde_json::to_string(line)?];
        self.db.prepare_cached("INSERT INTO logs (job, seq, line) VALUES (?1, ?2, ?3)")?.execute(row)?;
        Ok(())
    }

    /// A job's lines after `seq`, oldest first.
    pub(super) fn log_after(&self, job: JobId, seq: u64) -> Result<Vec<LogLine>, StoreError> {
        let mut lines = self.db.prepare_cached("SELECT line FROM logs WHERE job = ?1 AND seq > ?2 ORDER BY seq")?;
        let lines = lines.query_map(params![number(job.get()), number(seq)], |row| row.get::<_, String>(0))?;
        lines.map(|line| Ok(serde_json::from_str(&line?)?)).collect()
    }

    /// Every job, oldest first; the oldest of those that ended are forgotten first.
    pub(super) fn jobs(&self) -> Result<Vec<Kept>, StoreError> {
        self.db.execute("DELETE FROM jobs WHERE id <= (SELECT max(id) FROM jobs) - ?1", [KEPT_JOBS])?;
        let mut rows = self.db.prepare("SELECT id, view, path FROM jobs ORDER BY id")?;
        let rows =
            rows.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?)))?;
        let mut kept = Vec::new();
        for row in rows {
            let (id, view, path) = row?;
            let view: JobView = match serde_json::from_str(&view) {
                Ok(view) => view,
                Err(error) => {
                    // Its row stays for whoever can read it.
                    tracing::warn!("job {id} of the store can't be read and is left alone: {error}");
                    continue;
                }
            };
            let log = self.log_after(view.id, 0)?;
            kept.push(Kept { log, path: PathBuf::from(path), view });
        }
        Ok(kept)
    }

    /// One job, if it is known.
    pub(super) fn job(&self, id: JobId) -> Result<Option<JobView>, StoreError> {
        let mut rows = self.db.prepare("SELECT view FROM jobs WHERE id = ?1")?;
        let view = rows.query_map([number(id.get())], |row| row.get::<_, String>(0))?.next().transpose()?;
        view.map(|view| Ok(serde_json::from_str(&view)?)).transpose()
    }

    /// The highest number ever given to a job; 0 for none.
    pub(super) fn last_job(&self) -> Result<u64, StoreError> {
        let last: Option<i64> = self.db.query_row("SELECT max(id) FROM jobs", [], |row| row.get(0))?;
        Ok(last.map_or(0, i64::unsigned_abs))
    }

    /// Folders that the user opened.
    pub(super) fn roots(&self) -> Result<Vec<Root>, StoreError> {
        let mut rows = self.db.prepare_cached("SELECT id, path FROM roots ORDER BY id")?;
        let rows = rows.query_map([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
        let mut roots = Vec::new();
        for row in rows {
            let (id, path) = row?;
            roots.extend(RootId::new(id.unsigned_abs()).map(|id| Root { id, path }));
        }
        Ok(roots)
    }

    /// Opens a folder; one that is open stays as it is.
    pub(super) fn open_root(&self, path: &str) -> Result<(), StoreError> {
        self.db.execute("INSERT INTO roots (path) VALUES (?1) ON CONFLICT DO NOTHING", [path])?;
        Ok(())
    }

    /// Closes a folder; whether it was open.
    pub(super) fn close_root(&self, root: RootId) -> Result<bool, StoreError> {
        Ok(self.db.execute("DELETE FROM roots WHERE id = ?1", [number(root.get())])? > 0)
    }

    /// Notes an upload that is whole.
    pub(super) fn add_upload(&self, upload: &Upload) -> Result<(), StoreError> {
        let row = params![number(upload.id.get()), upload.name, number(upload.size), number(upload.at)];
        self.db.execute("INSERT INTO uploads (id, name, size, at) VALUES (?1, ?2, ?3, ?4)", row)?;
        Ok(())
    }

    /// Forgets an upload.
    pub(super) fn drop_upload(&self, upload: UploadId) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM uploads WHERE id = ?1", [number(upload.get())])?;
        Ok(())
    }

    /// All uploads.
    pub(super) fn uploads(&self) -> Result<Vec<Upload>, StoreError> {
        let mut rows = self.db.prepare("SELECT id, name, size, at FROM uploads ORDER BY id")?;
        let uploads = rows.query_map([], upload_of)?.collect::<Result<Vec<_>, _>>()?;
        Ok(uploads.into_iter().flatten().collect())
    }
}

fn upload_of(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Upload>> {
    let id = UploadId::new(row.get::<_, i64>(0)?.unsigned_abs());
    let (name, size, at) = (row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs(), row.get::<_, i64>(3)?.unsigned_abs());
    Ok(id.map(|id| Upload { id, name, size, at }))
}

/// SQLite's integers have a sign; ours never reach it.
fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
impl Store {
    /// A store that nobody else sees.
    pub(super) fn in_memory() -> Self {
        Self::over(Connection::open_in_memory().unwrap()).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_keep_their_numbers_and_no_number_is_given_twice() {
        let store = Store::in_memory();
        for path in ["/a", "/b", "/a"] {
            store.open_root(path).unwrap();
        }
        let roots = store.roots().unwrap();
        assert_eq!(roots.iter().map(|r| r.path.as_str()).collect::<Vec<_>>(), ["/a", "/b"]);
        assert!(store.close_root(roots[1].id).unwrap());
        assert!(!store.close_root(roots[1].id).unwrap());
        store.open_root("/c").unwrap();
        // A page that still knows the closed folder's number must not reach another one by it.
        assert!(store.roots().unwrap().iter().all(|root| root.id != roots[1].id));
    }

    #[test]
    fn a_newer_layout_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.db");
        Store::open(&path).unwrap().db.execute_batch("PRAGMA user_version = 7").unwrap();
        assert!(matches!(Store::open(&path), Err(StoreError::Newer(7))));
    }
}
