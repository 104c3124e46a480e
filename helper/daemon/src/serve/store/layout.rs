//! The tables of the job store, and how those of earlier versions become ours.

use rusqlite::Connection;

use super::StoreError;

/// Layout of the file; a newer one is not touched.
const LAYOUT: i64 = 3;

/// `attempt` guards updates, `place` orders the queue, `fresh` says that nothing kept is to be used, `folder` is
/// where the results go, `task` the name that a script knows it by; `view` has the rest.
const TABLES: &str = "
    CREATE TABLE jobs (id INTEGER PRIMARY KEY, view TEXT NOT NULL, path TEXT NOT NULL,
                       attempt INTEGER NOT NULL DEFAULT 1, place INTEGER NOT NULL DEFAULT 0,
                       fresh INTEGER NOT NULL DEFAULT 0, folder TEXT, task TEXT UNIQUE);
    CREATE TABLE logs (job INTEGER NOT NULL REFERENCES jobs(id) ON DELETE CASCADE, seq INTEGER NOT NULL,
                       line TEXT NOT NULL, PRIMARY KEY (job, seq)) WITHOUT ROWID;
    CREATE TABLE roots (id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE);
    CREATE TABLE uploads (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, size INTEGER NOT NULL,
                          at INTEGER NOT NULL);
    CREATE TABLE numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE task_keys (key TEXT PRIMARY KEY, digest TEXT NOT NULL,
                            job INTEGER NOT NULL UNIQUE REFERENCES jobs(id) ON DELETE CASCADE) WITHOUT ROWID;
    PRAGMA user_version = 3;
";

/// There were no tasks.
const FROM_2: &str = "
    ALTER TABLE jobs ADD COLUMN task TEXT;
    CREATE UNIQUE INDEX jobs_task ON jobs (task);
    CREATE TABLE task_keys (key TEXT PRIMARY KEY, digest TEXT NOT NULL,
                            job INTEGER NOT NULL UNIQUE REFERENCES jobs(id) ON DELETE CASCADE) WITHOUT ROWID;
    PRAGMA user_version = 3;
";

/// Jobs were tried once, the queue went by their numbers, and the last number was the highest that was kept.
const FROM_1: &str = "
    ALTER TABLE jobs ADD COLUMN attempt INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE jobs ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN fresh INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN folder TEXT;
    UPDATE jobs SET place = id;
    UPDATE jobs SET view = json_set(view, '$.attempt', 1, '$.attached', json('false')),
                    fresh = coalesce(json_extract(view, '$.settings.again'), 0)
        WHERE json_valid(view);
    CREATE TABLE numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO numbers SELECT 'last_job', coalesce(max(id), 0) FROM jobs;
    PRAGMA user_version = 2;
";

/// Makes the tables, or brings those that are there up to date: all of it or nothing.
pub(super) fn prepare(db: &Connection) -> Result<(), StoreError> {
    let layout: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let sql = match layout {
        0 => TABLES.to_owned(),
        1 => format!("{FROM_1}{FROM_2}"),
        2 => FROM_2.to_owned(),
        LAYOUT => String::new(),
        theirs => return Err(StoreError::Newer { theirs, ours: LAYOUT }),
    };
    db.execute_batch(&format!("BEGIN IMMEDIATE; {sql} {} {} COMMIT;", super::outbox::TABLES, super::choices::TABLE))?;
    Ok(())
}
