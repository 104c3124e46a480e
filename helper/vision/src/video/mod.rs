//! Video files in and out: exact integer times, one idea a module.

mod decoder;
mod encoder;
mod limits;
mod mp4;
mod pts;
mod rotation;
mod scaler;

use std::path::PathBuf;

use silhueta_shared::time::TimeBase;

pub use decoder::Decoder;
pub use encoder::{Coder, Coding, Encoder, Packet};
pub use limits::Limits;
pub use mp4::Mp4;

/// What the container says of its video stream. `fps` and `frames` are promises, not facts.
#[derive(Clone, Debug, PartialEq)]
pub struct VideoInfo {
    /// Pixels across, after rotation.
    pub width: u32,
    /// Pixels down, after rotation.
    pub height: u32,
    /// Length of a tick of `Frame::pts`.
    pub time_base: TimeBase,
    /// Mean frames a second; 25 where the container says nothing.
    pub fps: f64,
    /// Frames promised.
    pub frames: Option<u64>,
    /// Name of the codec, for people.
    pub codec: String,
}

/// Why a video can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// There is no such file, or it may not be read.
    #[error("{path} can't be read: {why}")]
    Missing {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        why: String,
    },
    /// The file can't be opened as a video.
    #[error("{path} can't be opened as a video: {why}")]
    Open {
        /// The file.
        path: PathBuf,
        /// FFmpeg's or the system's reason.
        why: String,
    },
    /// It opens, but holds no picture to work on.
    #[error("{path} holds no video stream")]
    NoVideo {
        /// The file.
        path: PathBuf,
    },
    /// Its pictures are larger than the limits.
    #[error("{path} is {width}×{height}: above the limit of {limit} pixels a frame")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// The limit in pixels.
        limit: u64,
    },
    /// No frame decodes.
    #[error("{path} holds no frame that decodes: {why}")]
    NoFrames {
        /// The file.
        path: PathBuf,
        /// The last reason.
        why: String,
    },
    /// Opening or reading took longer than the limit.
    #[error("{path} did not answer for {seconds} s")]
    Stalled {
        /// The file.
        path: PathBuf,
        /// The limit in seconds.
        seconds: u64,
    },
    /// The caller asked to stop.
    #[error("stopped")]
    Stopped,
    /// A picture can't be converted.
    #[error("a picture of {path} can't be converted: {why}")]
    Convert {
        /// The file.
        path: PathBuf,
        /// FFmpeg's reason.
        why: String,
    },
    /// The annotated video can't be written.
    #[error("{path} can't be written: {why}")]
    Write {
        /// The file.
        path: PathBuf,
        /// FFmpeg's reason.
        why: String,
    },
}

/// FFmpeg's version and whether the codecs that matter are there, for `silhueta doctor`.
pub fn report() -> (String, Vec<(String, bool)>) {
    use ffmpeg_next::codec::{Id, decoder, encoder};
    let decoders = [("H.264", Id::H264), ("HEVC", Id::HEVC), ("VP9", Id::VP9), ("AV1", Id::AV1), ("MPEG-4", Id::MPEG4)];
    let mut codecs: Vec<_> =
        decoders.iter().map(|(name, id)| (format!("{name} decoder"), decoder::find(*id).is_some())).collect();
    codecs.push(("H.264 encoder (libx264)".into(), encoder::find_by_name("libx264").is_some()));
    (version(), codecs)
}

/// FFmpeg's version, as the library that runs says it.
pub fn version() -> String {
    let version = ffmpeg_next::codec::version();
    format!("libavcodec {}.{}.{}", version >> 16, (version >> 8) & 0xff, version & 0xff)
}

/// Readies FFmpeg; of its own words only errors are kept, they reach the worker's last lines.
fn init() -> Result<(), ffmpeg_next::Error> {
    ffmpeg_next::init()?;
    ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Error);
    Ok(())
}
