//! What outlives the helper: jobs with their logs, opened folders and uploads, in one SQLite file.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, params};
use silhueta_shared::protocol::{JobId, JobView, LogLine, Root, RootId, UploadId};

mod choices;
mod layout;
mod outbox;
mod tasks;

pub(super) use outbox::Letter;
pub(super) use tasks::Key;

/// Ended jobs of pages that are kept; older ones go when the helper starts. Their results stay where they are.
const KEPT_JOBS: i64 = 500;
/// The highest number that was ever given to a job.
const LAST_JOB: &str = "last_job";
/// Whether the queue is paused.
const PAUSED: &str = "queue_paused";

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
    #[error("the job store has layout {theirs}, this version knows {ours}: use the newer version")]
    Newer {
        /// The file's.
        theirs: i64,
        /// What this version writes.
        ours: i64,
    },
    /// Another attempt at the job has begun, or it was forgotten.
    #[error("attempt {attempt} of job {job} is over: what it says is not kept")]
    Stale {
        /// Which.
        job: JobId,
        /// The attempt that spoke.
        attempt: u32,
    },
}

/// A job as it is kept.
pub(super) struct Kept {
    pub(super) view: JobView,
    pub(super) path: PathBuf,
    /// Where its results go, once that was decided.
    pub(super) folder: Option<PathBuf>,
    /// Nothing that was kept is to be used.
    pub(super) fresh: bool,
    /// Jobs that wait go by this.
    pub(super) place: u64,
    pub(super) log: Vec<LogLine>,
}

/// A job that is new.
pub(super) struct New<'a> {
    pub(super) view: &'a JobView,
    pub(super) path: &'a Path,
    pub(super) fresh: bool,
    pub(super) place: u64,
    /// The key that a script gave its request, and what it asked for with it.
    pub(super) key: Option<&'a Key>,
    /// Who is told of its end.
    pub(super) webhook: Option<&'a str>,
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
        layout::prepare(&db)?;
        Ok(Self { db })
    }

    /// Does several things, all or none.
    ///
    /// # Errors
    /// Those of `act`, or what keeps SQLite from doing it.
    pub(super) fn at_once<T>(&self, act: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.begin()?;
        let done = act();
        self.db.execute_batch(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        done
    }

    /// What follows is kept by [`Store::commit`], all of it or nothing: one wait for the disk instead of many.
    pub(super) fn begin(&self) -> Result<(), StoreError> {
        Ok(self.db.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Keeps what was done since [`Store::begin`].
    pub(super) fn commit(&self) -> Result<(), StoreError> {
        Ok(self.db.execute_batch("COMMIT")?)
    }

    /// Keeps a job as it is now, unless another attempt at it has begun.
    pub(super) fn save(&self, view: &JobView) -> Result<(), StoreError> {
        let row = params![number(view.id.get()), view.attempt, serde_json::to_string(view)?];
        let sql = "UPDATE jobs SET view = ?3 WHERE id = ?1 AND attempt = ?2";
        updated(self.db.prepare_cached(sql)?.execute(row)?, view)
    }

    /// Keeps several new jobs, all or none.
    pub(super) fn add(&self, jobs: &[New<'_>]) -> Result<(), StoreError> {
        self.at_once(|| {
            let sql =
                "INSERT INTO jobs (id, view, path, attempt, place, fresh, task) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
            for New { view, path, fresh, place, key, webhook } in jobs {
                let (id, text, path) =
                    (number(view.id.get()), serde_json::to_string(view)?, path.display().to_string());
                let task = view.task.as_ref().map(|task| &task.id);
                let row = params![id, text, path, view.attempt, number(*place), fresh, task];
                self.db.prepare_cached(sql)?.execute(row)?;
                if let Some(key) = key {
                    self.add_key(key, view.id)?;
                }
                if let Some(url) = webhook {
                    self.set_webhook(view.id, url)?;
                }
            }
            jobs.last().map_or(Ok(()), |last| self.set_number(LAST_JOB, last.view.id.get()))
        })
    }

    /// Keeps several jobs that wait for another attempt, each with its place, all or none. What is told of the
    /// attempt before is over with that.
    pub(super) fn requeue(&self, jobs: &[(JobView, u64)], fresh: bool) -> Result<(), StoreError> {
        let sql = "UPDATE jobs SET view = ?3, attempt = ?2, place = ?4, fresh = ?5 WHERE id = ?1 AND attempt = ?2 - 1";
        self.at_once(|| {
            jobs.iter().try_for_each(|(view, place)| {
                let (id, text) = (number(view.id.get()), serde_json::to_string(view)?);
                let row = params![id, view.attempt, text, number(*place), fresh];
                updated(self.db.prepare_cached(sql)?.execute(row)?, view)
            })
        })
    }

    /// Keeps where a job's results go.
    pub(super) fn set_folder(&self, view: &JobView, folder: &Path) -> Result<(), StoreError> {
        let row = params![number(view.id.get()), view.attempt, folder.display().to_string()];
        let sql = "UPDATE jobs SET folder = ?3 WHERE id = ?1 AND attempt = ?2";
        updated(self.db.prepare_cached(sql)?.execute(row)?, view)
    }

    /// Keeps the places of jobs that wait, all or none.
    pub(super) fn set_places(&self, places: &[(JobId, u64)]) -> Result<(), StoreError> {
        self.at_once(|| {
            places.iter().try_for_each(|(job, place)| {
                let row = params![number(job.get()), number(*place)];
                self.db.prepare_cached("UPDATE jobs SET place = ?2 WHERE id = ?1")?.execute(row)?;
                Ok(())
            })
        })
    }

    /// Forgets a job and its log.
    pub(super) fn remove(&self, job: JobId) -> Result<(), StoreError> {
        self.db.execute("DELETE FROM jobs WHERE id = ?1", [number(job.get())])?;
        Ok(())
    }

    /// Whether the queue is paused.
    pub(super) fn is_queue_paused(&self) -> Result<bool, StoreError> {
        Ok(self.number(PAUSED)? != 0)
    }

    /// Keeps whether the queue is paused.
    pub(super) fn pause_queue(&self, on: bool) -> Result<(), StoreError> {
        self.set_number(PAUSED, on.into())
    }

    fn number(&self, name: &str) -> Result<u64, StoreError> {
        let found = self.db.query_row("SELECT value FROM numbers WHERE name = ?1", [name], |row| row.get::<_, i64>(0));
        Ok(found.optional()?.map_or(0, i64::unsigned_abs))
    }

    fn set_number(&self, name: &str, value: u64) -> Result<(), StoreError> {
        let sql = "INSERT INTO numbers (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
        self.db.execute(sql, params![name, number(value)])?;
        Ok(())
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
        self.forget_old("task IS NULL", KEPT_JOBS)?;
        self.forget_old("task IS NOT NULL", tasks::KEPT)?;
        let mut rows = self.db.prepare("SELECT id, view, path, folder, fresh, place FROM jobs ORDER BY id")?;
        let mut rows = rows.query([])?;
        let mut kept = Vec::new();
        while let Some(row) = rows.next()? {
            let view: JobView = match serde_json::from_str(&row.get::<_, String>(1)?) {
                Ok(view) => view,
                Err(error) => {
                    // Its row stays for whoever can read it.
                    let id: i64 = row.get(0)?;
                    tracing::warn!("job {id} of the store can't be read and is left alone: {error}");
                    continue;
                }
            };
            kept.push(Kept {
                log: self.log_after(view.id, 0)?,
                path: PathBuf::from(row.get::<_, String>(2)?),
                folder: row.get::<_, Option<String>>(3)?.map(PathBuf::from),
                fresh: row.get(4)?,
                place: row.get::<_, i64>(5)?.unsigned_abs(),
                view,
            });
        }
        Ok(kept)
    }

    /// Forgets all but the last `kept` of these jobs; never one that has not ended.
    fn forget_old(&self, which: &str, kept: i64) -> Result<(), StoreError> {
        let sql = format!(
            "DELETE FROM jobs WHERE {which}
             AND id NOT IN (SELECT id FROM jobs WHERE {which} ORDER BY id DESC LIMIT ?1)
             AND CASE WHEN json_valid(view) THEN json_extract(view, '$.ended') IS NOT NULL ELSE 1 END"
        );
        self.db.execute(&sql, [kept])?;
        Ok(())
    }

    /// One job, if it is known, with the folder for its results.
    pub(super) fn job(&self, id: JobId) -> Result<Option<(JobView, Option<PathBuf>)>, StoreError> {
        let found = self.db.query_row("SELECT view, folder FROM jobs WHERE id = ?1", [number(id.get())], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, Option<String>>(1)?))
        });
        let read =
            |(view, folder): (String, Option<String>)| Ok((serde_json::from_str(&view)?, folder.map(PathBuf::from)));
        found.optional()?.map(read).transpose()
    }

    /// The highest number ever given to a job; 0 for none.
    pub(super) fn last_job(&self) -> Result<u64, StoreError> {
        self.number(LAST_JOB)
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

/// An update that found no row came from an attempt that is over.
fn updated(rows: usize, view: &JobView) -> Result<(), StoreError> {
    if rows == 1 { Ok(()) } else { Err(StoreError::Stale { job: view.id, attempt: view.attempt }) }
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
mod tests;
