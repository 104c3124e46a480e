//! H.264 for browsers: yuv420p with the source's own times. Packets come out; [`Encoder`] is the short way
//! from frames to an MP4 file.

use std::path::{Path, PathBuf};

use ff::software::scaling::context::Definition;
use ffmpeg_next as ff;
use silhueta_shared::time::TimeBase;

use super::VideoError;
use super::mp4::Mp4;
use super::scaler::Scaler;
use crate::frame::Frame;

/// How hard the encoder works and how much it may lose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coding {
    /// Threads, at least 1. Another number of them gives other bytes.
    pub threads: usize,
    /// x264's constant rate factor, 0 without loss … 51.
    pub rate_factor: u32,
}

impl Coding {
    /// For video that people look at: losses are hardly to be seen.
    pub const fn fine(threads: usize) -> Self {
        Self { threads, rate_factor: 20 }
    }
}

/// One coded picture. Times count ticks of `1 / den` seconds of the source's time base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// When it is shown.
    pub pts: i64,
    /// When it is decoded.
    pub dts: i64,
    /// Whether nothing that follows needs anything before it, or is shown before it.
    pub is_key: bool,
    /// The coded bytes.
    pub bytes: Vec<u8>,
}

/// Turns frames into packets.
pub struct Coder {
    /// What errors name.
    path: PathBuf,
    encoder: ff::encoder::Video,
    scaler: Scaler,
    /// The picture that goes into the scaler, filled anew for each frame.
    bgr: ff::frame::Video,
    /// 4:2:0 needs even sides: an odd one is filled up by repeating its last row or column.
    padded: (u32, u32),
    ticks: i64,
    step: i64,
    den: i32,
}

impl std::fmt::Debug for Coder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Coder").field("path", &self.path).field("padded", &self.padded).finish_non_exhaustive()
    }
}

impl Coder {
    /// Begins with frames of `width` × `height` whose `pts` count ticks of `time_base`; errors name `path`.
    ///
    /// # Errors
    /// No H.264 encoder, or it refuses.
    pub fn open(
        path: &Path,
        (width, height): (u32, u32),
        time_base: TimeBase,
        fps: f64,
        coding: Coding,
    ) -> Result<Self, VideoError> {
        let fail = |why: String| VideoError::Write { path: path.into(), why };
        let ff_error = |e: ff::Error| fail(e.to_string());
        super::init().map_err(ff_error)?;
        let codec = ff::encoder::find_by_name("libx264").ok_or_else(|| {
            fail("this FFmpeg has no H.264 encoder (libx264); leave the video out with --no-video".into())
        })?;
        // A tick of num/den seconds becomes num ticks of 1/den: MP4 time scales have no numerator.
        let den = i32::try_from(time_base.den()).map_err(|e| fail(e.to_string()))?;
        let padded = (width.next_multiple_of(2), height.next_multiple_of(2));
        let mut encoder = ff::codec::Context::new_with_codec(codec).encoder().video().map_err(ff_error)?;
        encoder.set_width(padded.0);
        encoder.set_height(padded.1);
        encoder.set_format(ff::format::Pixel::YUV420P);
        encoder.set_time_base(ff::Rational::new(1, den));
        encoder.set_frame_rate(Some(ff::Rational::new((fps * 1000.0).round() as i32, 1000)));
        // Closed groups: no picture behind a key one is shown before it, so that a file can be cut there.
        encoder.set_flags(ff::codec::Flags::GLOBAL_HEADER | ff::codec::Flags::CLOSED_GOP);
        let mut options = ff::Dictionary::new();
        options.set("preset", "veryfast");
        options.set("crf", &coding.rate_factor.to_string());
        options.set("threads", &coding.threads.max(1).to_string());
        let encoder = encoder.open_as_with(codec, options).map_err(ff_error)?;
        let (width, height) = padded;
        let from = Definition { format: ff::format::Pixel::BGR24, width, height };
        let to = Definition { format: ff::format::Pixel::YUV420P, width, height };
        let scaler = Scaler::new(from, to).map_err(ff_error)?;
        let ticks = i64::from(time_base.num());
        let step = ((f64::from(den) / fps).round() as i64).max(1);
        let bgr = ff::frame::Video::new(ff::format::Pixel::BGR24, width, height);
        Ok(Self { path: path.into(), encoder, scaler, bgr, padded, ticks, step, den })
    }

    /// Ticks of a packet's time in one of a frame's.
    pub fn ticks(&self) -> i64 {
        self.ticks
    }

    /// Length of a frame at the mean rate, in packets' ticks.
    pub(super) fn step(&self) -> i64 {
        self.step
    }

    /// Packets' ticks in a second.
    pub(super) fn rate(&self) -> i32 {
        self.den
    }

    pub(super) fn parameters(&self) -> &ff::encoder::Video {
        &self.encoder
    }

    /// Takes the next frame, whose `pts` must be above the last one's, and gives what is ready to `take`.
    ///
    /// # Errors
    /// The encoder refuses, or what `take` says.
    pub fn write<E: From<VideoError>>(
        &mut self,
        frame: &Frame,
        take: impl FnMut(Packet) -> Result<(), E>,
    ) -> Result<(), E> {
        let (width, height) = (frame.width as usize, frame.height as usize);
        let bgr = &mut self.bgr;
        let stride = bgr.stride(0);
        let rows = frame.bgr.chunks(width * 3);
        let last = frame.bgr.chunks(width * 3).nth(height.saturating_sub(1));
        let rows = rows.chain(last).take(self.padded.1 as usize);
        for (line, row) in bgr.data_mut(0).chunks_mut(stride).zip(rows) {
            line.iter_mut().zip(row).for_each(|(to, from)| *to = *from);
            if self.padded.0 as usize > width {
                line.copy_within((width - 1) * 3..width * 3, width * 3);
            }
        }
        let error = |e: ff::Error| VideoError::Write { path: self.path.clone(), why: e.to_string() };
        // A picture of its own: the encoder may keep it after this call.
        let mut yuv = self.scaler.convert(bgr).map_err(error)?.clone();
        yuv.set_pts(Some(frame.pts.saturating_mul(self.ticks)));
        self.encoder.send_frame(&yuv).map_err(error)?;
        self.drain(take)
    }

    /// Gives the packets that are left.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn finish<E: From<VideoError>>(mut self, take: impl FnMut(Packet) -> Result<(), E>) -> Result<(), E> {
        let error = |e: ff::Error| VideoError::Write { path: self.path.clone(), why: e.to_string() };
        self.encoder.send_eof().map_err(error)?;
        self.drain(take)
    }

    fn drain<E>(&mut self, mut take: impl FnMut(Packet) -> Result<(), E>) -> Result<(), E> {
        let mut packet = ff::Packet::empty();
        while self.encoder.receive_packet(&mut packet).is_ok() {
            let pts = packet.pts().unwrap_or_default();
            let bytes = packet.data().unwrap_or_default().to_vec();
            take(Packet { pts, dts: packet.dts().unwrap_or(pts), is_key: packet.is_key(), bytes })?;
        }
        Ok(())
    }
}

/// An MP4 file being written frame by frame. Without [`Self::finish`] the file is not playable.
#[derive(Debug)]
pub struct Encoder {
    coder: Coder,
    file: Mp4,
}

impl Encoder {
    /// Begins a file for frames of `width` × `height` whose `pts` count ticks of `time_base`.
    ///
    /// # Errors
    /// No H.264 encoder, or the file can't be made.
    pub fn create(
        path: &Path,
        size: (u32, u32),
        time_base: TimeBase,
        fps: f64,
        coding: Coding,
    ) -> Result<Self, VideoError> {
        let coder = Coder::open(path, size, time_base, fps, coding)?;
        let file = Mp4::create(path, &coder)?;
        Ok(Self { coder, file })
    }

    /// Appends a frame; its `pts` must be above the last one's.
    ///
    /// # Errors
    /// The disk is full, or the encoder refuses.
    pub fn write(&mut self, frame: &Frame) -> Result<(), VideoError> {
        self.coder.write(frame, |packet| self.file.write(&packet))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The disk is full.
    pub fn finish(mut self) -> Result<(), VideoError> {
        self.coder.finish(|packet| self.file.write(&packet))?;
        self.file.finish()
    }
}
