//! Where an unfinished job goes on: one whole file beside its journals, written anew every few seconds.
//!
//! Layout: the magic `SILHCHKP`, a version (`u32`), CRC-32C of all that follows (`u32`), length of the head
//! (`u32`), the head (MessagePack, [`Checkpoint`]), and the state of the running stage, which only it reads.
//! Integers are little-endian. A file of which any byte is wrong is no checkpoint.

use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use silhueta_shared::job::{Anchor, ChannelOrder, Device, IdentityPreset, JobSpec, Precision, Stage};
use silhueta_shared::notice::{AnewReason, VideoWarning};
use silhueta_shared::summary::StageTiming;

use crate::file::write_whole;
use crate::{Error, Result};

const MAGIC: [u8; 8] = *b"SILHCHKP";
/// Of this file, of what it holds, and of the journals beside it as the stages write them.
const VERSION: u32 = 2;
/// Magic, version and checksum.
const SEALED: usize = 16;
const WHAT: &str = "a checkpoint";

/// All that the bytes of a job's results depend on. Work that was begun under another key is never gone on with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobKey {
    /// SHA-256 of the video.
    pub source: String,
    /// Id and SHA-256 of the networks: detector, re-identification, pose.
    pub models: Vec<(String, String)>,
    /// SHA-256 of the file with the people's boxes, where there is one.
    #[serde(default)]
    pub boxes: Option<String>,
    /// Frames a second looked at; `None` for all.
    pub fps: Option<f64>,
    /// Whether the annotated video is made.
    pub video: bool,
    /// Precision that was asked for.
    pub precision: Precision,
    /// Channel order into the pose network.
    pub pose_channels: ChannelOrder,
    /// People per run of the pose network.
    pub pose_batch: u64,
    /// Tracker preset.
    pub tracker: String,
    /// How tracks become persons.
    #[serde(default)]
    pub identities: IdentityPreset,
    /// Places that numbers belong to.
    #[serde(default)]
    pub anchors: Vec<Anchor>,
    /// The device that ran.
    pub device: Device,
    /// ONNX Runtime's version.
    pub runtime: String,
    /// FFmpeg's version.
    pub ffmpeg: String,
    /// The processor's kind.
    pub cpu: String,
    /// Version of Silhueta.
    pub app: String,
}

impl JobKey {
    /// Why work of `earlier` is of no use to this job; `None` where it is.
    pub fn misfit(&self, earlier: &Self) -> Option<AnewReason> {
        if self.source != earlier.source {
            Some(AnewReason::Source)
        } else if self.boxes.is_some() && earlier.boxes.is_some() && self.boxes != earlier.boxes {
            Some(AnewReason::Boxes)
        } else if self.boxes != earlier.boxes {
            Some(AnewReason::Settings)
        } else if self.models != earlier.models {
            Some(AnewReason::Models)
        } else if (self.fps, self.video, self.precision, self.pose_channels, self.pose_batch, self.identities)
            != (
                earlier.fps,
                earlier.video,
                earlier.precision,
                earlier.pose_channels,
                earlier.pose_batch,
                earlier.identities,
            )
            || self.tracker != earlier.tracker
            || self.anchors != earlier.anchors
        {
            Some(AnewReason::Settings)
        } else {
            (self != earlier).then_some(AnewReason::Machine)
        }
    }
}

/// A decoded frame to know the video by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Its number, from 0.
    pub frame: u64,
    /// Its time, in ticks.
    pub pts: i64,
    /// CRC-32C of its pixels.
    pub crc: u32,
}

/// What the first pass found out about the video.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Counted {
    /// Frames that decode.
    pub frames: u64,
    /// Frames that were looked at.
    pub looked_at: u64,
    /// What a reader should know.
    pub warnings: Vec<VideoWarning>,
}

/// Bytes of the journals that are whole and on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lengths {
    /// Of the tracks.
    pub tracks: u64,
    /// Of the tracklets.
    pub tracklets: u64,
    /// Of the poses.
    pub poses: u64,
}

/// How far a job is, and what it was.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// What its bytes depend on.
    pub key: JobKey,
    /// What was asked for: asked again, it goes on.
    pub spec: JobSpec,
    /// The stage that goes on.
    pub stage: Stage,
    /// Frames of it that are done.
    pub done: u64,
    /// Frames in all, where that is known.
    pub total: Option<u64>,
    /// The last frame done, or one before it.
    pub mark: Option<Mark>,
    /// How much of the journals counts.
    pub lengths: Lengths,
    /// Once the first pass is over.
    pub counted: Option<Counted>,
    /// Stages that have ended, and the running one so far.
    pub stages: Vec<StageTiming>,
}

/// Writes a checkpoint in place of the one before; whenever this is cut off, one of both is there, whole.
///
/// # Errors
/// [`Error::Write`], or [`Error::Row`] for what MessagePack can't hold.
pub fn write_checkpoint(path: &Path, checkpoint: &Checkpoint, state: &[u8]) -> Result<()> {
    let row = |error: String| Error::row(path, error);
    let head = rmp_serde::to_vec_named(checkpoint).map_err(|error| row(error.to_string()))?;
    let length = u32::try_from(head.len()).map_err(|error| row(error.to_string()))?.to_le_bytes();
    let crc = [&length[..], &head, state].into_iter().fold(0, crc32c::crc32c_append);
    write_whole(path, |file| {
        file.write_all(&MAGIC)?;
        file.write_all(&VERSION.to_le_bytes())?;
        file.write_all(&crc.to_le_bytes())?;
        file.write_all(&length)?;
        file.write_all(&head)?;
        file.write_all(state)
    })
}

/// Reads a checkpoint and the state behind it.
///
/// # Errors
/// [`Error::Read`] (also where there is none), or [`Error::Format`] when it is damaged or of another version.
pub fn read_checkpoint(path: &Path) -> Result<(Checkpoint, Vec<u8>)> {
    let bytes = std::fs::read(path).map_err(|source| Error::read(path, source))?;
    let wrong = |why: &str| Error::format(path, WHAT, why);
    let (sealed, body) = bytes.split_at_checked(SEALED).ok_or_else(|| wrong("it is cut off"))?;
    let (magic, rest) = sealed.split_at(8);
    let (version, crc) = rest.split_at(4);
    if magic != MAGIC {
        return Err(wrong("it begins with other bytes"));
    }
    if version != VERSION.to_le_bytes() {
        return Err(wrong(&format!("version {version:?} instead of {:?}", VERSION.to_le_bytes())));
    }
    if crc != crc32c::crc32c(body).to_le_bytes() {
        return Err(wrong("its checksum is wrong"));
    }
    let (length, body) = body.split_first_chunk::<4>().ok_or_else(|| wrong("it is cut off"))?;
    let (head, state) =
        body.split_at_checked(u32::from_le_bytes(*length) as usize).ok_or_else(|| wrong("it is cut off"))?;
    let checkpoint = rmp_serde::from_slice(head).map_err(|error| wrong(&error.to_string()))?;
    Ok((checkpoint, state.to_vec()))
}

#[cfg(test)]
mod tests;
