//! What was chosen over HTTP and outlives the helper: settings for runs that scripts start, and the switch of
//! `/video_feed`.

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError};

/// Values are JSON.
pub(super) const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS choices (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;";

/// Whether `/video_feed` shows nothing.
const FEED_OFF: &str = "feed_off";

impl Store {
    /// A value by its name, if it was ever kept.
    pub(in crate::serve) fn choice(&self, name: &str) -> Result<Option<serde_json::Value>, StoreError> {
        let mut found = self.db.prepare_cached("SELECT value FROM choices WHERE name = ?1")?;
        let found = found.query_row([name], |row| row.get::<_, String>(0)).optional()?;
        found.map(|text| Ok(serde_json::from_str(&text)?)).transpose()
    }

    /// Keeps a value.
    pub(in crate::serve) fn choose(&self, name: &str, value: &serde_json::Value) -> Result<(), StoreError> {
        let sql = "INSERT INTO choices (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2";
        self.db.execute(sql, params![name, value.to_string()])?;
        Ok(())
    }

    /// Whether `/video_feed` shows pictures: it does until somebody turns it off.
    pub(in crate::serve) fn shows_feed(&self) -> Result<bool, StoreError> {
        Ok(self.choice(FEED_OFF)? != Some(true.into()))
    }

    /// Keeps whether `/video_feed` shows pictures.
    pub(in crate::serve) fn show_feed(&self, on: bool) -> Result<(), StoreError> {
        self.choose(FEED_OFF, &(!on).into())
    }
}
