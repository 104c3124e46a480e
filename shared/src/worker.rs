//! The protocol between daemon and worker: MessagePack with named fields, each message behind its
//! length as a big-endian `u32`, over the worker's stdin (commands) and stdout (events).

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::geometry::Bbox;
use crate::job::{Device, Failure, JobSpec, Stage};
use crate::notice::{Notice, VideoFacts};
use crate::quantize::{Calibrate, Calibrated, Compare, Comparison};
use crate::summary::{PassedOver, Summary};
use crate::track::{IdentityId, TrackId};

/// Both sides must say the same.
pub const PROTOCOL_VERSION: u32 = 5;

/// Longest message body in bytes: above it the stream is not ours.
pub const MAX_MESSAGE: usize = 16 << 20;

/// Daemon → worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Work through a video. One job at a time.
    Run(Box<JobSpec>),
    /// Say what the machine can do.
    Doctor,
    /// Say what a file is, without working through it.
    Inspect {
        /// The video's path.
        source: String,
    },
    /// Write down what a network is fed with, for an int8 copy of it.
    Calibrate(Box<Calibrate>),
    /// Say what a copy of a network loses.
    Compare(Box<Compare>),
    /// End the job at the next frame.
    Stop,
    /// Stand still at the next frame.
    Pause,
    /// Go on.
    Resume,
    /// Pictures that somebody is waiting for. Replaces what was asked for before; zero encodes nothing more.
    /// Only the stage `pose` ever answers.
    Preview(PreviewWish),
}

/// How many preview pictures may still come. One that a newer picture replaced on its way is made up for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreviewWish {
    /// Without anything drawn on them: for the page, which draws.
    pub plain: u8,
    /// With boxes, names and skeletons burned in: for MJPEG.
    pub drawn: u8,
}

/// One person of a preview, in source pixels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewPerson {
    /// The person over the whole video.
    pub identity: IdentityId,
    /// The unbroken run of boxes.
    pub track: TrackId,
    /// Where.
    pub bbox: Bbox,
    /// Joints as `[x, y, score]`, in the order of the skeleton.
    pub keypoints: Vec<[f32; 3]>,
}

/// A frame on its way to a viewer: pictures as JPEG, people as data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// 0-based position of the frame in the source.
    pub frame: u64,
    /// Its time, in ticks of the stream's time base.
    pub pts: i64,
    /// Its time in seconds, for display.
    pub seconds: f64,
    /// When its poses were ready, in microseconds since 1970.
    pub posed_at: u64,
    /// Pixels of the source, across and down.
    pub source_size: [u32; 2],
    /// Pixels of the JPEG, across and down.
    pub size: [u32; 2],
    /// The people in it; empty where there are none.
    pub people: Vec<PreviewPerson>,
    /// The plain JPEG, where one was wanted.
    #[serde(with = "serde_bytes")]
    pub jpeg: Option<Vec<u8>>,
    /// The JPEG with everything drawn on it, where one was wanted.
    #[serde(with = "serde_bytes")]
    pub drawn: Option<Vec<u8>>,
}

/// Worker → daemon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// First message.
    Hello {
        /// [`PROTOCOL_VERSION`].
        protocol: u32,
        /// Version of the worker.
        app: String,
    },
    /// Once a second, from a thread of its own, whatever the pipeline does.
    Heartbeat {
        /// Where it is.
        stage: Stage,
        /// Frames done in that stage.
        frame: u64,
    },
    /// A stage began, went on or ended.
    Progress(Progress),
    /// Something a person may want to read.
    Log(Notice),
    /// It stands still now, or goes on.
    Paused(bool),
    /// A picture that was wished for.
    Preview(Box<Picture>),
    /// The job is done; nothing follows.
    Done(Box<Summary>),
    /// The job was stopped; nothing follows.
    Stopped,
    /// The job failed; nothing follows.
    Failed(Failure),
    /// Answer to [`Command::Doctor`]; nothing follows.
    Doctor(DoctorReport),
    /// Answer to [`Command::Inspect`]; nothing follows.
    Inspected(VideoFacts),
    /// Answer to [`Command::Calibrate`]; nothing follows.
    Calibrated(Calibrated),
    /// Answer to [`Command::Compare`]; nothing follows.
    Compared(Box<Comparison>),
}

impl Event {
    /// Whether nothing follows it.
    pub const fn is_last(&self) -> bool {
        !matches!(
            self,
            Self::Hello { .. }
                | Self::Heartbeat { .. }
                | Self::Progress(_)
                | Self::Log(_)
                | Self::Paused(_)
                | Self::Preview(_)
        )
    }
}

/// How far a stage is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Which stage.
    pub stage: Stage,
    /// Frames done.
    pub done: u64,
    /// Frames in all: exact once the video was counted, before that the container's word, or `None`.
    pub total: Option<u64>,
    /// Frames a second over the last seconds.
    pub fps: f64,
    /// Whether the stage has ended.
    pub ended: bool,
}

/// What the worker's machine can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorReport {
    /// ONNX Runtime's version and where it was loaded from, or why not.
    pub runtime: Result<RuntimeInfo, String>,
    /// Devices that work.
    pub devices: Vec<Device>,
    /// Devices that don't, and why.
    pub passed_over: Vec<PassedOver>,
    /// FFmpeg's version.
    pub ffmpeg: String,
    /// Codecs that matter, and whether they are there.
    pub codecs: Vec<(String, bool)>,
    /// OpenCV's version.
    pub opencv: String,
    /// The processor's kind.
    pub cpu: String,
    /// Cores that this process may use.
    pub cores: usize,
    /// Bytes free where the worker stands.
    pub disk_free: u64,
}

/// The loaded ONNX Runtime.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuntimeInfo {
    /// For instance `1.31.1`.
    pub version: String,
    /// The library's path.
    pub file: String,
}

/// A message that can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum CodecError {
    /// Longer than [`MAX_MESSAGE`].
    #[error("a message of {0} bytes is over the limit of {MAX_MESSAGE}")]
    TooLong(usize),
    /// Not our MessagePack.
    #[error("a message can't be decoded: {0}")]
    Decode(#[from] rmp_serde::decode::Error),
    /// Can't be written as MessagePack.
    #[error("a message can't be encoded: {0}")]
    Encode(#[from] rmp_serde::encode::Error),
}

/// Turns a message into bytes with its length in front.
///
/// # Errors
/// [`CodecError::TooLong`] above [`MAX_MESSAGE`].
pub fn encode<T: Serialize>(message: &T) -> Result<Vec<u8>, CodecError> {
    let body = rmp_serde::to_vec_named(message)?;
    let length = u32::try_from(body.len()).ok().filter(|_| body.len() <= MAX_MESSAGE);
    let length = length.ok_or(CodecError::TooLong(body.len()))?;
    let mut bytes = Vec::with_capacity(4 + body.len());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

/// Puts messages together again from bytes that arrive in any portions.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
}

impl Decoder {
    /// Takes what arrived.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message, if one has arrived.
    ///
    /// # Errors
    /// When the stream is not ours; nothing after it can be trusted.
    pub fn message<T: DeserializeOwned>(&mut self) -> Result<Option<T>, CodecError> {
        let Some(header) = self.buffer.first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_be_bytes(*header) as usize;
        if length > MAX_MESSAGE {
            return Err(CodecError::TooLong(length));
        }
        let Some(body) = self.buffer.get(4..4 + length) else { return Ok(None) };
        let message = rmp_serde::from_slice(body)?;
        self.buffer.drain(..4 + length);
        Ok(Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pose::KeypointSet;
    use proptest::prelude::*;

    fn progress(done: u64) -> Event {
        Event::Progress(Progress { stage: Stage::Pose, done, total: Some(9), fps: 2.5, ended: false })
    }

    proptest! {
        #[test]
        fn messages_survive_any_cut(cuts in prop::collection::vec(1usize..40, 0..40), n in 1u64..6) {
            let bytes: Vec<u8> = (0..n).flat_map(|i| encode(&progress(i)).unwrap()).collect();
            let (mut decoder, mut got, mut rest) = (Decoder::default(), Vec::new(), bytes.as_slice());
            for cut in cuts.into_iter().chain(std::iter::repeat(7)) {
                if rest.is_empty() { break; }
                let (now, later) = rest.split_at(cut.min(rest.len()));
                decoder.push(now);
                rest = later;
                while let Some(event) = decoder.message::<Event>().unwrap() { got.push(event); }
            }
            prop_assert_eq!(got, (0..n).map(progress).collect::<Vec<_>>());
        }

        #[test]
        fn garbage_is_an_error_or_waits_but_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut decoder = Decoder::default();
            decoder.push(&bytes);
            while let Ok(Some(_)) = decoder.message::<Command>() {}
        }
    }

    #[test]
    fn a_length_over_the_limit_is_refused_before_its_body_arrives() {
        let mut decoder = Decoder::default();
        decoder.push(&(MAX_MESSAGE as u32 + 1).to_be_bytes());
        assert!(matches!(decoder.message::<Event>(), Err(CodecError::TooLong(_))));
    }

    #[test]
    fn a_picture_with_a_crowd_of_whole_bodies_is_far_from_the_limit() {
        let person = PreviewPerson {
            identity: IdentityId::new(u32::MAX).unwrap(),
            track: TrackId::new(u32::MAX).unwrap(),
            bbox: Bbox::new(0.1, 0.2, 0.3, 0.4),
            keypoints: vec![[1234.5, 678.9, 0.5]; KeypointSet::Wholebody133.count()],
        };
        let picture = Picture {
            frame: u64::MAX,
            pts: i64::MIN,
            seconds: 1.0,
            posed_at: u64::MAX,
            source_size: [7680, 4320],
            size: [960, 540],
            people: vec![person; 1000],
            jpeg: None,
            drawn: None,
        };
        let length = encode(&Event::Preview(Box::new(picture))).unwrap().len();
        assert!((2_000_000..MAX_MESSAGE / 6).contains(&length), "{length} bytes");
    }

    /// A change of the wire shows here first.
    #[test]
    fn the_bytes_of_stop_and_progress_are_pinned() {
        assert_eq!(encode(&Command::Stop).unwrap(), b"\0\0\0\x05\xa4stop");
        let pinned = b"\0\0\0\x37\x81\xa8progress\x85\xa5stage\xa4pose\xa4done\x03\xa5total\x09\xa3fps\xcb\x40\x04\0\0\0\0\0\0\xa5ended\xc2";
        assert_eq!(encode(&progress(3)).unwrap(), pinned);
    }
}
