//! Append-only files of a running stage: what survives a kill is a prefix of what was written.
//!
//! Layout: the magic `SILHJRNL`, a version (`u32`), then records: length of the body (`u32`), CRC-32C of
//! length and body (`u32`), body (compact MessagePack). Integers are little-endian.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::{Serialize, de::DeserializeOwned};

use crate::file::sync_folder;
use crate::{Error, Result};

/// Longest record body in bytes; a longer one on reading is damage.
pub const MAX_RECORD: usize = 64 << 20;

const MAGIC: [u8; 8] = *b"SILHJRNL";
const VERSION: u32 = 1;
const HEADER: u64 = 12;
const WHAT: &str = "a stage journal";

fn header() -> [u8; HEADER as usize] {
    let mut header = [0; HEADER as usize];
    header[..8].copy_from_slice(&MAGIC);
    header[8..].copy_from_slice(&VERSION.to_le_bytes());
    header
}

/// The checksum covers the length too, so that a tail of zeros (a cut-off power) is no record.
fn checksum(length: [u8; 4], body: &[u8]) -> [u8; 4] {
    crc32c::crc32c_append(crc32c::crc32c(&length), body).to_le_bytes()
}

/// Writes records of type `T`. After an error, drop it: what follows would not be read.
#[derive(Debug)]
pub struct JournalWriter<T> {
    path: PathBuf,
    file: BufWriter<File>,
    record: Vec<u8>,
    position: u64,
    rows: PhantomData<fn(&T)>,
}

impl<T: Serialize> JournalWriter<T> {
    /// An empty journal; what was at `path` is gone.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn create(path: &Path) -> Result<Self> {
        let start = || {
            let mut file = File::create(path)?;
            file.write_all(&header())?;
            file.sync_all()?;
            sync_folder(path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
            Ok(file)
        };
        let file = start().map_err(|source: io::Error| Error::write(path, source))?;
        Ok(Self::at(path, file, HEADER))
    }

    /// Goes on with a journal from byte `position` ([`JournalReader::position`]); the rest is cut off.
    ///
    /// # Errors
    /// [`Error::Write`], also when the journal is shorter than that.
    pub fn open_at(path: &Path, position: u64) -> Result<Self> {
        if position < HEADER {
            return Self::create(path);
        }
        let cut = || {
            let mut file = OpenOptions::new().write(true).open(path)?;
            if file.metadata()?.len() < position {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            file.set_len(position)?;
            file.sync_all()?;
            file.seek(SeekFrom::Start(position))?;
            Ok(file)
        };
        let file = cut().map_err(|source: io::Error| Error::write(path, source))?;
        Ok(Self::at(path, file, position))
    }

    /// Goes on behind the last good record; a torn or damaged one and all after it are cut off.
    ///
    /// # Errors
    /// [`Error::Format`] when the file is not a journal, else [`Error::Read`] or [`Error::Write`].
    pub fn open_truncated(path: &Path) -> Result<Self>
    where
        T: DeserializeOwned,
    {
        let mut reader = JournalReader::<T>::open(path)?;
        for row in reader.by_ref() {
            row?;
        }
        let end = reader.position();
        drop(reader);
        Self::open_at(path, end)
    }

    fn at(path: &Path, file: File, position: u64) -> Self {
        let file = BufWriter::with_capacity(1 << 16, file);
        Self { path: path.to_owned(), file, record: Vec::new(), position, rows: PhantomData }
    }

    /// Adds a record. It is safe only after the next [`sync`](Self::sync).
    ///
    /// # Errors
    /// [`Error::Row`] over [`MAX_RECORD`] or when `row` can't be serialized, else [`Error::Write`].
    pub fn append(&mut self, row: &T) -> Result<()> {
        self.record.clear();
        self.record.extend_from_slice(&[0; 8]);
        rmp_serde::encode::write(&mut self.record, row).map_err(|error| Error::row(&self.path, error.to_string()))?;
        let (head, body) = self.record.split_at_mut(8);
        if body.len() > MAX_RECORD {
            return Err(Error::row(&self.path, format!("{} bytes are over the limit of {MAX_RECORD}", body.len())));
        }
        let length = (body.len() as u32).to_le_bytes();
        head[..4].copy_from_slice(&length);
        head[4..].copy_from_slice(&checksum(length, body));
        self.file.write_all(&self.record).map_err(|source| Error::write(&self.path, source))?;
        self.position += self.record.len() as u64;
        Ok(())
    }

    /// Makes everything appended so far survive a power cut, and returns the journal's length in bytes.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn sync(&mut self) -> Result<u64> {
        let synced = self.file.flush().and_then(|()| self.file.get_ref().sync_data());
        synced.map_err(|source| Error::write(&self.path, source))?;
        Ok(self.position)
    }
}

/// The records in the first `length` bytes of a journal; `None` where those are not whole records.
///
/// # Errors
/// [`Error::Format`] when the file is not a journal, else [`Error::Read`].
pub fn records_within<T: DeserializeOwned>(path: &Path, length: u64) -> Result<Option<u64>> {
    let mut reader = JournalReader::<T>::open(path)?;
    let mut records = 0;
    while reader.position() < length {
        match reader.next() {
            Some(row) => row?,
            None => return Ok(None),
        };
        records += 1;
    }
    Ok((reader.position() == length).then_some(records))
}

/// Reads records one by one, holding one at a time. Ends at the first that is torn or damaged, see
/// [`truncated_at`](Self::truncated_at); an `Err` item is the disk's, and the last.
#[derive(Debug)]
pub struct JournalReader<T> {
    path: PathBuf,
    file: BufReader<File>,
    body: Vec<u8>,
    position: u64,
    truncated_at: Option<u64>,
    ended: bool,
    rows: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> JournalReader<T> {
    /// Opens a journal. One that a kill cut within its header reads as empty and truncated at 0.
    ///
    /// # Errors
    /// [`Error::Format`] when it is something else or of another version, else [`Error::Read`].
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::read(path, source))?;
        let mut file = BufReader::with_capacity(1 << 16, file);
        let mut start = Vec::new();
        file.by_ref().take(HEADER).read_to_end(&mut start).map_err(|source| Error::read(path, source))?;
        let expected = header();
        if !expected.starts_with(&start) {
            let why = match start.strip_prefix(&MAGIC) {
                Some(version) => format!("version {version:?} instead of {:?}", VERSION.to_le_bytes()),
                None => "it begins with other bytes".to_owned(),
            };
            return Err(Error::format(path, WHAT, why));
        }
        let torn = start.len() < expected.len();
        Ok(Self {
            path: path.to_owned(),
            file,
            body: Vec::new(),
            position: if torn { 0 } else { HEADER },
            truncated_at: torn.then_some(0),
            ended: torn,
            rows: PhantomData,
        })
    }

    /// Bytes up to the end of the last good record read: where [`JournalWriter::open_at`] can go on.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Where the first bad record begins, once the iterator has met it; `None` when all was good so far.
    pub fn truncated_at(&self) -> Option<u64> {
        self.truncated_at
    }

    /// Fills `body`; `None` at the clean end or at a bad record.
    fn read_record(&mut self) -> io::Result<Option<T>> {
        let mut head = Vec::with_capacity(8);
        self.file.by_ref().take(8).read_to_end(&mut head)?;
        if head.is_empty() {
            return Ok(None);
        }
        let good = self.read_body(&head)?;
        if good.is_none() {
            self.truncated_at = Some(self.position);
        }
        Ok(good)
    }

    fn read_body(&mut self, head: &[u8]) -> io::Result<Option<T>> {
        let Some((&length, crc)) = head.split_first_chunk::<4>() else { return Ok(None) };
        let size = u32::from_le_bytes(length) as usize;
        if crc.len() != 4 || size > MAX_RECORD {
            return Ok(None);
        }
        // Grows with what is there, not with what a damaged length claims.
        self.body.clear();
        self.file.by_ref().take(size as u64).read_to_end(&mut self.body)?;
        if self.body.len() != size || checksum(length, &self.body) != *crc {
            return Ok(None);
        }
        let Ok(row) = rmp_serde::from_slice(&self.body) else { return Ok(None) };
        self.position += 8 + size as u64;
        Ok(Some(row))
    }
}

impl<T: DeserializeOwned> Iterator for JournalReader<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let item = self.read_record().map_err(|source| Error::read(&self.path, source)).transpose();
        self.ended = !matches!(item, Some(Ok(_)));
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::{FrameTracks, TrackRow};
    use proptest::prelude::*;
    use silhueta_shared::geometry::Bbox;
    use silhueta_shared::track::TrackId;

    fn frame(n: u64, boxes: usize) -> FrameTracks {
        let row = |i: usize| TrackRow {
            track: TrackId::new(i as u32),
            bbox: Bbox::new(1.5, n as f32, 20.0, 30.25),
            score: 0.5,
        };
        FrameTracks { frame: n, pts: n as i64 * 512 - 7, boxes: (0..boxes).map(row).collect() }
    }

    fn write(path: &Path, frames: &[FrameTracks]) {
        let mut writer = JournalWriter::create(path).unwrap();
        frames.iter().for_each(|f| writer.append(f).unwrap());
        writer.sync().unwrap();
    }

    fn read(path: &Path) -> Result<(Vec<FrameTracks>, Option<u64>)> {
        let mut reader = JournalReader::open(path)?;
        let rows = reader.by_ref().collect::<Result<Vec<_>>>()?;
        Ok((rows, reader.truncated_at()))
    }

    fn frames(counts: &[usize]) -> Vec<FrameTracks> {
        counts.iter().enumerate().map(|(n, &boxes)| frame(n as u64, boxes)).collect()
    }

    #[test]
    fn what_was_written_is_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracks.journal");
        write(&path, &frames(&[0, 3, 0, 1]));
        assert_eq!(read(&path).unwrap(), (frames(&[0, 3, 0, 1]), None));
    }

    #[test]
    fn records_may_be_synced_and_continued() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracks.journal");
        let mut writer = JournalWriter::create(&path).unwrap();
        writer.append(&frame(0, 2)).unwrap();
        let checkpoint = writer.sync().unwrap();
        assert_eq!(checkpoint, std::fs::metadata(&path).unwrap().len());
        writer.append(&frame(1, 5)).unwrap();
        drop(writer);
        assert!(JournalWriter::<FrameTracks>::open_at(&path, checkpoint + 4096).is_err(), "no hole is made");
        let mut writer = JournalWriter::open_at(&path, checkpoint).unwrap();
        writer.append(&frame(1, 1)).unwrap();
        drop(writer);
        assert_eq!(read(&path).unwrap(), (frames(&[2, 1]), None));
    }

    #[test]
    fn a_length_counts_only_where_it_ends_whole_records() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracks.journal");
        let mut writer = JournalWriter::create(&path).unwrap();
        let ends: Vec<_> =
            frames(&[2, 0, 3]).iter().map(|row| (writer.append(row), writer.sync()).1.unwrap()).collect();
        let within = |length| records_within::<FrameTracks>(&path, length).unwrap();
        assert_eq!(within(HEADER), Some(0));
        assert_eq!(ends.iter().map(|end| within(*end)).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
        assert_eq!((within(ends[1] - 1), within(ends[2] + 1)), (None, None));
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[ends[1] as usize - 1] ^= 1;
        crate::file::write_whole(&path, |w| w.write_all(&bytes)).unwrap();
        assert_eq!((within(ends[0]), within(ends[1]), within(ends[2])), (Some(1), None, None));
    }

    #[test]
    fn another_file_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        crate::file::write_whole(&path, |w| w.write_all(b"these are my notes")).unwrap();
        assert!(matches!(JournalWriter::<FrameTracks>::open_truncated(&path), Err(Error::Format { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"these are my notes");
    }

    #[test]
    fn a_tail_of_zeros_is_no_record() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        write(&path, &frames(&[1]));
        let end = std::fs::metadata(&path).unwrap().len();
        File::options().write(true).open(&path).unwrap().set_len(end + 4096).unwrap();
        assert_eq!(read(&path).unwrap(), (frames(&[1]), Some(end)));
    }

    /// A change of the layout shows here first: files of older versions must still be refused or read.
    #[test]
    fn the_bytes_are_pinned() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("j");
        write(&path, &frames(&[1]));
        let hex: String = std::fs::read(&path).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
        let record = "9300f99193c094ca3fc00000ca00000000ca41a00000ca41f20000ca3f000000";
        assert_eq!(hex, format!("53494c484a524e4c01000000{}{}{record}", "20000000", "6fd9317e"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn any_cut_leaves_a_prefix_that_can_be_continued(
            counts in prop::collection::vec(0usize..6, 0..12), at in 0.0f64..1.0,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("j");
            let written = frames(&counts);
            write(&path, &written);
            let full = std::fs::metadata(&path).unwrap().len();
            let cut = (full as f64 * at) as u64;
            File::options().write(true).open(&path).unwrap().set_len(cut).unwrap();

            let (kept, truncated_at) = read(&path).unwrap();
            prop_assert_eq!(&kept[..], &written[..kept.len()]);
            prop_assert!(truncated_at.is_none_or(|offset| offset <= cut));

            let mut writer = JournalWriter::open_truncated(&path).unwrap();
            writer.append(&frame(99, 1)).unwrap();
            drop(writer);
            let (again, truncated_at) = read(&path).unwrap();
            prop_assert_eq!(truncated_at, None);
            prop_assert_eq!(again.len(), kept.len() + 1);
            prop_assert_eq!(&again[..kept.len()], &kept[..]);
        }

        #[test]
        fn any_flipped_byte_leaves_a_prefix(
            counts in prop::collection::vec(0usize..6, 1..12), at in 0.0f64..1.0, mask in 1u8..,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("j");
            let written = frames(&counts);
            write(&path, &written);
            let mut bytes = std::fs::read(&path).unwrap();
            let offset = (bytes.len() as f64 * at) as usize;
            bytes[offset] ^= mask;
            crate::file::write_whole(&path, |w| w.write_all(&bytes)).unwrap();
            match read(&path) {
                Ok((kept, truncated_at)) => {
                    prop_assert!(kept.len() < written.len(), "a damaged record was taken");
                    prop_assert_eq!(&kept[..], &written[..kept.len()]);
                    prop_assert!(truncated_at.is_some_and(|begin| begin as usize <= offset));
                }
                Err(error) => prop_assert!(offset < HEADER as usize, "{}", error),
            }
        }
    }
}
