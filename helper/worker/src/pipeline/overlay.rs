//! The annotated video under way: a journal of coded pictures, put together into one MP4 file at the end.
//!
//! An MP4 that was cut off can't be gone on with, a journal can: what is behind the last key picture is cut off,
//! a second coder goes on there, and only the pictures between are drawn and coded again. Nothing has to be
//! closed at a checkpoint, so a run without an interruption gives the same video as one without checkpoints.

use std::path::Path;

use serde::{Deserialize, Serialize};
use silhueta_results::file::Pending;
use silhueta_results::journal::{JournalReader, JournalWriter};
use silhueta_results::work::WorkFolder;
use silhueta_vision::frame::Frame;
use silhueta_vision::video::{self, Coder, Coding, Mp4, Packet};

use super::delivery;
use super::failure::JobError;
use super::probe::Job;
use crate::report::Reporter;

/// A record of the journal.
#[derive(Debug, Serialize, Deserialize)]
enum Row {
    /// First of all: who codes. Pictures of another one can't follow.
    Coder { version: String },
    /// A coded picture.
    Picture {
        pts: i64,
        dts: i64,
        is_key: bool,
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
    },
    /// Last of all.
    End,
}

/// Draws no pictures itself: codes those that it gets.
pub(super) struct Overlay {
    coder: Coder,
    journal: JournalWriter<Row>,
}

/// What an earlier run has coded.
#[derive(Debug, Default)]
pub(super) struct Coded {
    /// Times of the key pictures, in packets' ticks, and where in the journal they begin.
    pub(super) keys: Vec<(i64, u64)>,
    /// Whether nothing is missing.
    pub(super) is_whole: bool,
}

impl Coded {
    /// Reads through what is there; damaged ends and pictures of another coder count for nothing.
    pub(super) fn read(files: &WorkFolder) -> Result<Self, JobError> {
        let mut coded = Self::default();
        let path = files.overlay();
        if !path.exists() {
            return Ok(coded);
        }
        let Ok(mut journal) = JournalReader::<Row>::open(&path) else { return Ok(coded) };
        if !matches!(journal.next().transpose()?, Some(Row::Coder { version }) if version == video::version()) {
            return Ok(coded);
        }
        let mut begin = journal.position();
        while let Some(row) = journal.next().transpose()? {
            match row {
                Row::Picture { pts, is_key: true, .. } => coded.keys.push((pts, begin)),
                Row::End => coded.is_whole = true,
                Row::Picture { .. } | Row::Coder { .. } => {}
            }
            begin = journal.position();
        }
        Ok(coded)
    }

    /// Where in the journal the key picture of this time begins, if there is one.
    pub(super) fn key_at(&self, pts: i64) -> Option<u64> {
        self.keys.binary_search_by_key(&pts, |(pts, _)| *pts).ok().map(|at| self.keys[at].1)
    }
}

impl Overlay {
    /// Begins, or goes on behind byte `position` of the journal, in front of a key picture.
    pub(super) fn open(job: &Job<'_>, files: &WorkFolder, position: Option<u64>) -> Result<Self, JobError> {
        let path = files.overlay();
        let coder = coder(job, &path)?;
        let journal = match position {
            Some(position) => JournalWriter::open_at(&path, position)?,
            None => {
                let mut journal = JournalWriter::create(&path)?;
                journal.append(&Row::Coder { version: video::version() })?;
                journal
            }
        };
        Ok(Self { coder, journal })
    }

    /// Takes the next frame, with everything drawn on it.
    pub(super) fn write(&mut self, frame: &Frame) -> Result<(), JobError> {
        let Self { coder, journal } = self;
        coder.write(frame, |packet| append(journal, packet))
    }

    /// Ends it: that was the last frame.
    pub(super) fn finish(self) -> Result<(), JobError> {
        let Self { coder, mut journal } = self;
        coder.finish(|packet| append(&mut journal, packet))?;
        journal.append(&Row::End)?;
        journal.sync()?;
        Ok(())
    }
}

fn append(journal: &mut JournalWriter<Row>, packet: Packet) -> Result<(), JobError> {
    let Packet { pts, dts, is_key, bytes } = packet;
    Ok(journal.append(&Row::Picture { pts, dts, is_key, bytes })?)
}

fn coder(job: &Job<'_>, path: &Path) -> Result<Coder, JobError> {
    let size = (job.info.width, job.info.height);
    Ok(Coder::open(path, size, job.time_base(), job.fps(), Coding::fine(job.spec.threads))?)
}

/// Makes the MP4 of all coded pictures; it has yet to get its name.
pub(super) fn put_together(
    job: &Job<'_>,
    files: &WorkFolder,
    out: &Path,
    reporter: &Reporter,
) -> Result<Pending, JobError> {
    let pending = delivery::video(job.spec, out)?;
    let unwritten = |error| delivery::unwritten(job.spec, &pending, error);
    let mut file = Mp4::create(pending.part(), &coder(job, pending.path())?).map_err(unwritten)?;
    for row in JournalReader::<Row>::open(&files.overlay())? {
        if reporter.control().is_stopped() {
            return Err(JobError::Stopped);
        }
        match row? {
            Row::Picture { pts, dts, is_key, bytes } => {
                file.write(&Packet { pts, dts, is_key, bytes }).map_err(unwritten)?;
            }
            Row::Coder { .. } => {}
            Row::End => {
                file.finish().map_err(unwritten)?;
                pending.sync()?;
                return Ok(pending);
            }
        }
    }
    Err(JobError::Disconnected)
}
