//! Decodes a video file frame by frame, upright, with exact times, and can be interrupted.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use ff::error::{EACCES, EINVAL, ENOENT, ENOMEM};
use ff::packet::side_data::Type as SideData;
use ff::software::scaling::context::Definition;
use ffmpeg_next as ff;
use silhueta_shared::notice::VideoWarning;
use silhueta_shared::time::TimeBase;

use super::limits::{Limits, usable_count, usable_rate};
use super::pts::PtsRepair;
use super::rotation::Rotation;
use super::scaler::Scaler;
use super::{VideoError, VideoInfo};
use crate::frame::{Frame, Pool};

/// An open video file.
pub struct Decoder {
    path: PathBuf,
    input: ff::format::context::Input,
    stream: usize,
    decoder: ff::decoder::Video,
    scaler: Option<Scaler>,
    pool: Pool,
    info: VideoInfo,
    rotation: Rotation,
    pts: PtsRepair,
    index: u64,
    damaged: u64,
    read_error: Option<ff::Error>,
    draining: bool,
    stop: Arc<AtomicBool>,
    watch: Arc<Watch>,
    stall: Duration,
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoder").field("path", &self.path).field("info", &self.info).finish_non_exhaustive()
    }
}

/// When FFmpeg's blocking calls must give up.
#[derive(Debug)]
struct Watch {
    start: Instant,
    deadline_ms: AtomicU64,
}

impl Watch {
    fn extend(&self, by: Duration) {
        let at = self.start.elapsed() + by;
        self.deadline_ms.store(u64::try_from(at.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.start.elapsed().as_millis() > u128::from(self.deadline_ms.load(Ordering::Relaxed))
    }
}

impl Decoder {
    /// Opens `path` for decoding with `threads` decoder threads. Setting `stop` ends any wait inside.
    ///
    /// # Errors
    /// Not a file, not a video, too large, stalled or stopped.
    pub fn open(path: &Path, limits: &Limits, threads: usize, stop: &Arc<AtomicBool>) -> Result<Self, VideoError> {
        let open_error = |why: String| VideoError::Open { path: path.into(), why };
        let is_file_protocol = limits.protocols == "file";
        let mut bytes = None;
        if is_file_protocol {
            let meta =
                std::fs::metadata(path).map_err(|e| VideoError::Missing { path: path.into(), why: e.to_string() })?;
            if !meta.is_file() {
                return Err(open_error("it is not a regular file".into()));
            }
            if meta.len() == 0 {
                return Err(open_error("the file is empty".into()));
            }
            bytes = Some(meta.len());
        }
        let text = path.to_str().ok_or_else(|| open_error("its name is not UTF-8: rename it".into()))?;
        // `file:` in front, so that a name like `http:x` or `-` means the file of that name.
        let url = if is_file_protocol { format!("file:{text}") } else { text.to_owned() };

        super::init().map_err(|e| open_error(e.to_string()))?;
        let watch = Arc::new(Watch { start: Instant::now(), deadline_ms: AtomicU64::new(0) });
        watch.extend(limits.stall);
        let interrupt = {
            let (watch, stop) = (Arc::clone(&watch), Arc::clone(stop));
            move || stop.load(Ordering::Relaxed) || watch.is_over()
        };
        let mut options = ff::Dictionary::new();
        options.set("protocol_whitelist", limits.protocols);
        options.set("format_whitelist", limits.containers);
        options.set("max_streams", &limits.streams.to_string());
        // An MP4 may say that its pictures are in another file. This is FFmpeg's own default, kept whatever it becomes.
        options.set("enable_drefs", "0");
        let input = ff::format::input_with_interrupt_and_dictionary(&url, interrupt, options).map_err(|e| match e {
            ff::Error::Exit if stop.load(Ordering::Relaxed) => VideoError::Stopped,
            _ if watch.is_over() => VideoError::Stalled { path: path.into(), seconds: limits.stall.as_secs() },
            e @ ff::Error::Other { errno: EACCES | ENOENT } => {
                VideoError::Missing { path: path.into(), why: e.to_string() }
            }
            e => open_error(refusal(e)),
        })?;

        let stream = input.streams().best(ff::media::Type::Video);
        let stream = stream.ok_or_else(|| VideoError::NoVideo { path: path.into() })?;
        let context =
            || ff::codec::Context::from_parameters(stream.parameters()).map_err(|e| open_error(e.to_string()));
        // The header's size is looked at before anything is allocated for it.
        let header = ff::decoder::Video(ff::decoder::Opened(context()?.decoder()));
        let (width, height) = (header.width(), header.height());
        if width == 0 || height == 0 {
            return Err(VideoError::NoVideo { path: path.into() });
        }
        if u64::from(width) * u64::from(height) > limits.pixels {
            return Err(VideoError::TooLarge { path: path.into(), width, height, limit: limits.pixels });
        }
        let mut context = context()?;
        context.set_threading(ff::threading::Config { count: threads.max(1), ..Default::default() });
        let mut decoder = context.decoder();
        decoder.set_packet_time_base(stream.time_base());
        // It may grow on the way: a little, for what codecs add at the edges.
        let mut options = ff::Dictionary::new();
        options.set("max_pixels", &limits.pixels.saturating_add(limits.pixels / 4).to_string());
        let codec = ff::decoder::find(decoder.id()).ok_or_else(|| open_error("its codec is not known".into()))?;
        let decoder = decoder.open_as_with(codec, options).and_then(ff::decoder::Opened::video);
        let decoder = decoder.map_err(|e| open_error(e.to_string()))?;

        let matrix = stream.side_data().find(|data| data.kind() == SideData::DisplayMatrix);
        let rotation = matrix.map_or(Rotation::None, |data| Rotation::from_display_matrix(data.data()));
        let time_base = rational(stream.time_base()).unwrap_or((1, 1000));
        let time_base = TimeBase::new(time_base.0, time_base.1)
            .ok_or_else(|| open_error("its time base is not a fraction".into()))?;
        let rates = [stream.avg_frame_rate(), stream.rate()].into_iter().filter_map(rational);
        let rate = rates.into_iter().find(|rate| usable_rate(*rate)).unwrap_or((25, 1));
        let fps = f64::from(rate.0) / f64::from(rate.1);
        let step = (f64::from(time_base.den()) / f64::from(time_base.num()) / fps).round() as i64;
        let counts_frames = input.format().name() == "avi" && decoder.has_b_frames();
        let frames = u64::try_from(stream.frames()).ok().filter(|n| *n > 0).or_else(|| {
            let seconds = if stream.duration() > 0 {
                time_base.seconds(stream.duration())
            } else {
                input.duration() as f64 / f64::from(ff::ffi::AV_TIME_BASE)
            };
            (seconds > 0.0).then(|| (seconds * fps).round() as u64)
        });
        let frames = frames.and_then(|frames| usable_count(frames, bytes));
        let (width, height) = rotation.size(width, height);
        let codec = decoder.codec().map_or_else(String::new, |codec| codec.name().to_owned());
        let info = VideoInfo { width, height, time_base, fps, frames, codec };
        Ok(Self {
            path: path.into(),
            stream: stream.index(),
            decoder,
            scaler: None,
            pool: Pool::default(),
            info,
            rotation,
            pts: PtsRepair::new(step, counts_frames),
            index: 0,
            damaged: 0,
            read_error: None,
            draining: false,
            stop: Arc::clone(stop),
            watch,
            stall: limits.stall,
            input,
        })
    }

    /// Takes the memory for `frames` frames at once now: as many as the caller holds at a time.
    pub fn reserve(&self, frames: usize) {
        self.pool.reserve(frames, self.info.width as usize * self.info.height as usize * 3);
    }

    /// What the container promised.
    pub fn info(&self) -> &VideoInfo {
        &self.info
    }

    /// The number of the next frame.
    pub fn position(&self) -> u64 {
        self.index
    }

    /// The next frame in presentation order; `None` at the end. Damaged packets are skipped and counted.
    ///
    /// # Errors
    /// Stopped, stalled, or a picture that can't be converted. A file that breaks off ends like a whole
    /// one; [`Self::warnings`] tells.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, VideoError> {
        match self.decode()? {
            Some(decoded) => self.convert(&decoded).map(Some),
            None => Ok(None),
        }
    }

    /// Goes past the next frame without making a picture of it; returns its time.
    ///
    /// # Errors
    /// As [`Self::next_frame`].
    pub fn pass(&mut self) -> Result<Option<i64>, VideoError> {
        let Some(decoded) = self.decode()? else { return Ok(None) };
        self.index += 1;
        Ok(Some(self.pts.next(decoded.timestamp())))
    }

    fn decode(&mut self) -> Result<Option<ff::frame::Video>, VideoError> {
        let mut decoded = ff::frame::Video::empty();
        loop {
            if self.stop.load(Ordering::Relaxed) {
                return Err(VideoError::Stopped);
            }
            match self.decoder.receive_frame(&mut decoded) {
                Ok(()) => return Ok(Some(decoded)),
                Err(ff::Error::Eof) => return self.end(),
                Err(_) if self.draining => return self.end(),
                Err(_) => self.feed()?,
            }
        }
    }

    /// What a reader of the results should know of the file: only complete after the last frame.
    pub fn warnings(&self) -> Vec<VideoWarning> {
        let mut warnings = Vec::new();
        if let Some(error) = &self.read_error {
            warnings.push(VideoWarning::EndedEarly { frames: self.index, why: error.to_string() });
        } else if let Some(promised) = self.info.frames.filter(|n| self.index + 1 < *n && self.draining) {
            warnings.push(VideoWarning::CutOff { decoded: self.index, promised });
        }
        if self.damaged > 0 {
            warnings.push(VideoWarning::Damaged { packets: self.damaged });
        }
        if self.pts.repaired > 0 {
            warnings.push(VideoWarning::RepairedTimes { frames: self.pts.repaired });
        }
        warnings
    }

    /// Hands the next packet of our stream to the decoder.
    fn feed(&mut self) -> Result<(), VideoError> {
        let mut packet = ff::Packet::empty();
        loop {
            self.watch.extend(self.stall);
            match packet.read(&mut self.input) {
                Ok(()) if packet.stream() == self.stream => break,
                Ok(()) => {}
                Err(ff::Error::InvalidData) => self.damaged += 1,
                Err(_) if self.stop.load(Ordering::Relaxed) => return Err(VideoError::Stopped),
                Err(_) if self.watch.is_over() => {
                    return Err(VideoError::Stalled { path: self.path.clone(), seconds: self.stall.as_secs() });
                }
                Err(error) => {
                    self.read_error = (error != ff::Error::Eof).then_some(error);
                    self.draining = true;
                    // A decoder that refuses the end has nothing more to give; `receive_frame` says so next.
                    if self.decoder.send_eof().is_err() {
                        self.damaged += 1;
                    }
                    return Ok(());
                }
            }
        }
        if self.decoder.send_packet(&packet).is_err() {
            self.damaged += 1;
        }
        Ok(())
    }

    fn end<T>(&self) -> Result<Option<T>, VideoError> {
        if self.index > 0 {
            return Ok(None);
        }
        let why =
            self.read_error.as_ref().map_or_else(|| "it ends before the first picture".into(), ToString::to_string);
        Err(VideoError::NoFrames { path: self.path.clone(), why })
    }

    fn convert(&mut self, decoded: &ff::frame::Video) -> Result<Frame, VideoError> {
        let path = self.path.clone();
        let error = |why: String| VideoError::Convert { path: path.clone(), why };
        let (width, height) = self.rotation.size(self.info.width, self.info.height);
        let from = Definition { format: decoded.format(), width: decoded.width(), height: decoded.height() };
        // A stream may change its size on the way; the pictures keep the first.
        let scaler = match self.scaler.take().filter(|scaler| scaler.takes(from)) {
            Some(scaler) => scaler,
            None => {
                let (width, height) = self.rotation.size(self.info.width, self.info.height);
                let to = Definition { format: ff::format::Pixel::BGR24, width, height };
                Scaler::new(from, to).map_err(|e| error(e.to_string()))?
            }
        };
        let converted = self.scaler.insert(scaler).convert(decoded).map_err(|e| error(e.to_string()))?;
        let row = width as usize * 3;
        let mut bgr = self.pool.take(row * height as usize);
        for line in converted.data(0).chunks(converted.stride(0)).take(height as usize) {
            bgr.extend(line.get(..row).ok_or_else(|| error("a row is too short".into()))?);
        }
        let pts = self.pts.next(decoded.timestamp());
        let frame = Frame { index: self.index, pts, width, height, bgr };
        self.index += 1;
        self.rotation.apply(frame).map_err(|e| error(e.to_string()))
    }
}

/// FFmpeg's reason for not opening a file, where its own words would lead astray.
fn refusal(error: ff::Error) -> String {
    match error {
        ff::Error::Other { errno: EINVAL } => "what is in it is not one of the video formats that are read".into(),
        ff::Error::Other { errno: ENOMEM } => "it asks for more streams or memory than a video may have".into(),
        error => error.to_string(),
    }
}

/// A positive fraction, or nothing.
fn rational(r: ff::Rational) -> Option<(u32, u32)> {
    let (num, den) = (u32::try_from(r.numerator()).ok()?, u32::try_from(r.denominator()).ok()?);
    (num > 0 && den > 0).then_some((num, den))
}
