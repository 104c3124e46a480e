//! Who is to be told of a task's end, and the messages that are on their way: kept until they are taken or given up,
//! so that no restart loses one.

use rusqlite::{OptionalExtension as _, params};
use silhueta_shared::protocol::JobId;

use super::{Store, StoreError, number};

/// `webhooks` has the whole addresses, which are secret; `letters` what an ended attempt has to tell.
pub(super) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS webhooks (job INTEGER PRIMARY KEY REFERENCES jobs(id) ON DELETE CASCADE,
                                         url TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS letters (id INTEGER PRIMARY KEY AUTOINCREMENT, message TEXT NOT NULL,
                                        job INTEGER NOT NULL, attempt INTEGER NOT NULL, url TEXT NOT NULL,
                                        body TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL,
                                        UNIQUE (job, attempt));
";

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::serve) struct Letter {
    /// In the outbox.
    pub(in crate::serve) id: i64,
    /// Its name for the receiver; the same each time that it is tried.
    pub(in crate::serve) message: String,
    pub(in crate::serve) job: JobId,
    pub(in crate::serve) attempt: u32,
    /// The whole address.
    pub(in crate::serve) url: String,
    pub(in crate::serve) body: String,
    /// How often it was tried.
    pub(in crate::serve) tries: u32,
    /// When it is tried next, in milliseconds since 1970.
    pub(in crate::serve) due: u64,
}

impl Store {
    /// Keeps who is to be told of a job's end.
    pub(in crate::serve) fn set_webhook(&self, job: JobId, url: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO webhooks (job, url) VALUES (?1, ?2) ON CONFLICT (job) DO UPDATE SET url = ?2";
        self.db.prepare_cached(sql)?.execute(params![number(job.get()), url])?;
        Ok(())
    }

    /// Who is to be told of a job's end.
    pub(in crate::serve) fn webhook(&self, job: JobId) -> Result<Option<String>, StoreError> {
        let mut found = self.db.prepare_cached("SELECT url FROM webhooks WHERE job = ?1")?;
        Ok(found.query_row([number(job.get())], |row| row.get(0)).optional()?)
    }

    /// Puts a message into the outbox, unless that attempt's is there; its own number doesn't matter.
    pub(in crate::serve) fn post(&self, letter: &Letter) -> Result<(), StoreError> {
        let Letter { message, job, attempt, url, body, tries, due, .. } = letter;
        let sql = "INSERT INTO letters (message, job, attempt, url, body, tries, due)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (job, attempt) DO NOTHING";
        let row = params![message, number(job.get()), attempt, url, body, tries, number(*due)];
        self.db.prepare_cached(sql)?.execute(row)?;
        Ok(())
    }

    /// Whether an attempt's message is in the outbox.
    pub(in crate::serve) fn is_posted(&self, job: JobId, attempt: u32) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM letters WHERE job = ?1 AND attempt = ?2";
        Ok(self.db.prepare_cached(sql)?.exists(params![number(job.get()), attempt])?)
    }

    /// The messages to try next, the first due first, at most `most`.
    pub(in crate::serve) fn letters(&self, most: usize) -> Result<Vec<Letter>, StoreError> {
        let sql = "SELECT id, message, job, attempt, url, body, tries, due FROM letters ORDER BY due, id LIMIT ?1";
        let mut rows = self.db.prepare_cached(sql)?;
        let rows = rows.query_map([number(most as u64)], |row| {
            let job = JobId::new(row.get::<_, i64>(2)?.unsigned_abs());
            let due = row.get::<_, i64>(7)?.unsigned_abs();
            let (id, message, attempt) = (row.get(0)?, row.get(1)?, row.get(3)?);
            let (url, body, tries) = (row.get(4)?, row.get(5)?, row.get(6)?);
            Ok(job.map(|job| Letter { id, message, job, attempt, url, body, tries, due }))
        })?;
        Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// A message was tried in vain and will be again.
    pub(in crate::serve) fn postpone(&self, letter: i64, tries: u32, due: u64) -> Result<(), StoreError> {
        let sql = "UPDATE letters SET tries = ?2, due = ?3 WHERE id = ?1";
        self.db.prepare_cached(sql)?.execute(params![letter, tries, number(due)])?;
        Ok(())
    }

    /// A message was taken, or is given up.
    pub(in crate::serve) fn drop_letter(&self, letter: i64) -> Result<(), StoreError> {
        self.db.prepare_cached("DELETE FROM letters WHERE id = ?1")?.execute([letter])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_posted_once_an_attempt_and_the_first_due_comes_first() {
        let store = Store::in_memory();
        let letter = |job, attempt, due| Letter {
            id: 0,
            message: format!("msg_{job}_{attempt}"),
            job: JobId::new(job).unwrap(),
            attempt,
            url: "http://a/?k=secret".into(),
            body: "{}".into(),
            tries: 0,
            due,
        };
        for (job, attempt, due) in [(1, 1, 30), (2, 1, 10), (1, 1, 5), (1, 2, 20)] {
            store.post(&letter(job, attempt, due)).unwrap();
        }
        let due = |store: &Store| store.letters(9).unwrap().iter().map(|found| found.due).collect::<Vec<_>>();
        assert_eq!(due(&store), [10, 20, 30]);
        let first = store.letters(1).unwrap().remove(0);
        assert_eq!(first, Letter { id: first.id, ..letter(2, 1, 10) });
        store.postpone(first.id, 1, 40).unwrap();
        assert_eq!(due(&store), [20, 30, 40]);
        assert!(store.is_posted(first.job, 1).unwrap() && !store.is_posted(first.job, 2).unwrap());
        store.drop_letter(first.id).unwrap();
        assert!(!store.is_posted(first.job, 1).unwrap());
    }
}
