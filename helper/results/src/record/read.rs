//! A Parquet file to rows, a batch at a time.

use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::columns::Columns;
use super::{RecordMeta, RecordRow, WHAT};
use crate::{Error, Result};

/// Rows decoded at one time.
const BATCH_ROWS: usize = 1024;

/// Iterates over the rows of a record in their order. An `Err` item is the last.
pub struct RecordReader {
    path: PathBuf,
    meta: RecordMeta,
    batches: ParquetRecordBatchReader,
    columns: Option<Columns>,
    next: usize,
    ended: bool,
}

impl std::fmt::Debug for RecordReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordReader").field("path", &self.path).field("meta", &self.meta).finish_non_exhaustive()
    }
}

/// The Parquet crate trusts the lengths in a file and panics on some damaged ones. To us, damage is an
/// error like any other, and what was half read is not used again.
fn guarded<T, E: std::fmt::Display>(
    read: impl FnOnce() -> std::result::Result<T, E>,
) -> std::result::Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(read) => read.map_err(|error| error.to_string()),
        Err(_) => Err("it is damaged".to_owned()),
    }
}

impl RecordReader {
    /// Opens a record and reads its facts.
    ///
    /// # Errors
    /// [`Error::Read`], or [`Error::Format`] when it is not a record or of another version.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::read(path, source))?;
        let strange = |why: String| Error::format(path, WHAT, why);
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let builder =
            guarded(|| ParquetRecordBatchReaderBuilder::try_new_with_options(file, options)).map_err(strange)?;
        let pairs = builder.metadata().file_metadata().key_value_metadata();
        let meta = RecordMeta::from_pairs(pairs.map_or(&[], Vec::as_slice)).map_err(strange)?;
        let batches = guarded(|| builder.with_batch_size(BATCH_ROWS).build()).map_err(strange)?;
        Ok(Self { path: path.to_owned(), meta, batches, columns: None, next: 0, ended: false })
    }

    /// The facts of the record.
    pub fn meta(&self) -> &RecordMeta {
        &self.meta
    }

    fn read(&mut self) -> std::result::Result<Option<RecordRow>, String> {
        loop {
            if let Some(columns) = self.columns.as_ref().filter(|columns| self.next < columns.len()) {
                let row = columns.row(self.next, self.meta.skeleton.joints.len())?;
                self.next += 1;
                return Ok(Some(row));
            }
            let Some(batch) = guarded(|| self.batches.next().transpose())? else { return Ok(None) };
            self.columns = Some(Columns::new(&batch)?);
            self.next = 0;
        }
    }
}

impl Iterator for RecordReader {
    type Item = Result<RecordRow>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.read().map_err(|why| Error::format(&self.path, WHAT, why)).transpose();
        self.ended = !matches!(item, Some(Ok(_)));
        item
    }
}
