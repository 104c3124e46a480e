//! Rows to a Parquet file, with memory that does not grow with the video.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

use super::columns::{ColumnBuilder, SCHEMA};
use super::{RecordMeta, RecordRow};
use crate::file::Pending;
use crate::{Error, Result};

/// Rows held as columns before they are encoded.
const BATCH_ROWS: usize = 1024;
/// Rows per group: what is in memory, encoded, at one time.
const GROUP_ROWS: usize = 16 * BATCH_ROWS;

/// Writes a record. It has its name only after [`finish`](Self::finish); dropped before, nothing is left.
#[derive(Debug)]
pub struct RecordWriter {
    // Before `pending`: an open file can't be removed on Windows.
    parquet: ArrowWriter<BufWriter<File>>,
    pending: Pending,
    columns: ColumnBuilder,
    joints: usize,
    last_frame: u32,
}

impl RecordWriter {
    /// Begins the record that will be at `path`.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn create(path: &Path, meta: &RecordMeta) -> Result<Self> {
        let pending = Pending::new(path);
        let file = BufWriter::new(pending.create()?);
        let start = || {
            let properties = properties(meta)?;
            // The Arrow schema in the footer would tie the bytes to that crate; Parquet's own says it all.
            let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
            ArrowWriter::try_new_with_options(file, Arc::clone(&SCHEMA), options)
        };
        let parquet = start().map_err(|error| refused(path, error))?;
        Ok(Self { parquet, pending, columns: ColumnBuilder::new(), joints: meta.skeleton.joints.len(), last_frame: 0 })
    }

    /// Adds a row. Rows come in the order of their frames.
    ///
    /// # Errors
    /// [`Error::Row`] when its frame is before the last one's or its pose has not the skeleton's joints,
    /// else [`Error::Write`].
    pub fn push(&mut self, row: &RecordRow) -> Result<()> {
        if row.frame < self.last_frame {
            let why = format!("frame {} comes after frame {}", row.frame, self.last_frame);
            return Err(Error::row(self.pending.path(), why));
        }
        if let Some(pose) = row.pose.as_ref().filter(|pose| pose.len() != self.joints) {
            let why = format!("a pose of {} joints, the skeleton has {}", pose.len(), self.joints);
            return Err(Error::row(self.pending.path(), why));
        }
        self.last_frame = row.frame;
        self.columns.push(row);
        if self.columns.rows() == BATCH_ROWS { self.encode() } else { Ok(()) }
    }

    /// Writes the footer and gives the file its name.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn finish(self) -> Result<()> {
        self.close()?.commit()
    }

    /// Writes the footer; the file has yet to get its name.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn close(mut self) -> Result<Pending> {
        if self.columns.rows() > 0 {
            self.encode()?;
        }
        let Self { parquet, pending, .. } = self;
        let mut file = parquet.into_inner().map_err(|error| refused(pending.path(), error))?;
        file.flush().map_err(|source| Error::write(pending.path(), source))?;
        drop(file);
        pending.sync()?;
        Ok(pending)
    }

    fn encode(&mut self) -> Result<()> {
        let batch = self.columns.take().map_err(ParquetError::from);
        batch.and_then(|batch| self.parquet.write(&batch)).map_err(|error| refused(self.pending.path(), error))
    }
}

fn properties(meta: &RecordMeta) -> std::result::Result<WriterProperties, ParquetError> {
    let pairs = meta.to_pairs().map_err(|error| ParquetError::External(error.into()))?;
    let mut properties = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_created_by("silhueta".to_owned())
        .set_key_value_metadata(Some(pairs))
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(3)?))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_max_row_group_bytes(None)
        .set_write_batch_size(BATCH_ROWS)
        .set_data_page_row_count_limit(GROUP_ROWS)
        .set_data_page_size_limit(1 << 20)
        .set_dictionary_page_size_limit(1 << 20)
        .set_offset_index_disabled(true)
        .set_statistics_enabled(EnabledStatistics::None)
        // A reader that looks for a stretch of the video skips groups by this one.
        .set_column_statistics_enabled(ColumnPath::from("frame"), EnabledStatistics::Chunk);
    // Hardly any coordinate repeats: a dictionary of them is only larger.
    for name in ["x1", "y1", "x2", "y2", "score"] {
        properties = properties.set_column_dictionary_enabled(ColumnPath::from(name), false);
    }
    for name in ["keypoints", "scores"] {
        let leaf = ColumnPath::new(vec![name.to_owned(), "list".to_owned(), "element".to_owned()]);
        properties = properties.set_column_dictionary_enabled(leaf, false);
    }
    for name in ["frame", "pts"] {
        let column = ColumnPath::from(name);
        properties = properties
            .set_column_dictionary_enabled(column.clone(), false)
            .set_column_encoding(column, Encoding::DELTA_BINARY_PACKED);
    }
    Ok(properties.build())
}

/// The system's own reason where there is one: a full disk must read as a full disk.
fn refused(path: &Path, error: ParquetError) -> Error {
    let source = match error {
        ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
            Ok(system) => *system,
            Err(other) => std::io::Error::other(other),
        },
        other => std::io::Error::other(other),
    };
    Error::write(path, source)
}
