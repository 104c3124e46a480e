//! Writes H.264 in MP4 that browsers play: yuv420p, the source's own times, index in front.

use std::path::{Path, PathBuf};

use ff::software::scaling::context::Definition;
use ffmpeg_next as ff;
use silhueta_shared::time::TimeBase;

use super::VideoError;
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

/// An MP4 file being written. Without [`Self::finish`] the file is not playable.
pub struct Encoder {
    path: PathBuf,
    output: ff::format::context::Output,
    encoder: ff::encoder::Video,
    scaler: Scaler,
    /// The picture that goes into the scaler, filled anew for each frame.
    bgr: ff::frame::Video,
    /// 4:2:0 needs even sides: an odd one is filled up by repeating its last row or column.
    padded: (u32, u32),
    ticks: i64,
    /// Length of a frame at the mean rate. Only the last one's is taken from here, the others end where the
    /// next begins; without it the last would be cut off by its own edit list.
    step: i64,
    time_base: ff::Rational,
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").field("path", &self.path).field("padded", &self.padded).finish_non_exhaustive()
    }
}

impl Encoder {
    /// Begins a file for frames of `width` × `height` whose `pts` count ticks of `time_base`.
    ///
    /// # Errors
    /// No H.264 encoder, or the file can't be made.
    pub fn create(
        path: &Path,
        (width, height): (u32, u32),
        time_base: TimeBase,
        fps: f64,
        coding: Coding,
    ) -> Result<Self, VideoError> {
        let fail = |why: String| VideoError::Write { path: path.into(), why };
        let ff_error = |e: ff::Error| fail(e.to_string());
        let text = path.to_str().ok_or_else(|| fail("its name is not UTF-8".into()))?;
        super::init().map_err(ff_error)?;
        let codec = ff::encoder::find_by_name("libx264").ok_or_else(|| {
            fail("this FFmpeg has no H.264 encoder (libx264); leave the video out with --no-video".into())
        })?;
        let mut output = ff::format::output_as(&format!("file:{text}"), "mp4").map_err(ff_error)?;

        // A tick of num/den seconds becomes num ticks of 1/den: MP4 time scales have no numerator.
        let den = i32::try_from(time_base.den()).map_err(|e| fail(e.to_string()))?;
        let time_base_out = ff::Rational::new(1, den);
        let padded = (width.next_multiple_of(2), height.next_multiple_of(2));
        let mut encoder = ff::codec::Context::new_with_codec(codec).encoder().video().map_err(ff_error)?;
        encoder.set_width(padded.0);
        encoder.set_height(padded.1);
        encoder.set_format(ff::format::Pixel::YUV420P);
        encoder.set_time_base(time_base_out);
        encoder.set_frame_rate(Some(ff::Rational::new((fps * 1000.0).round() as i32, 1000)));
        encoder.set_flags(ff::codec::Flags::GLOBAL_HEADER);
        let mut options = ff::Dictionary::new();
        options.set("preset", "veryfast");
        options.set("crf", &coding.rate_factor.to_string());
        options.set("threads", &coding.threads.max(1).to_string());
        let encoder = encoder.open_as_with(codec, options).map_err(ff_error)?;
        {
            let mut stream = output.add_stream(codec).map_err(ff_error)?;
            stream.set_time_base(time_base_out);
            stream.set_parameters(&encoder);
        }
        let mut options = ff::Dictionary::new();
        options.set("movflags", "+faststart");
        options.set("video_track_timescale", &den.to_string());
        output.write_header_with(options).map_err(ff_error)?;
        let (width, height) = padded;
        let from = Definition { format: ff::format::Pixel::BGR24, width, height };
        let to = Definition { format: ff::format::Pixel::YUV420P, width, height };
        let scaler = Scaler::new(from, to).map_err(ff_error)?;
        let ticks = i64::from(time_base.num());
        let step = ((f64::from(den) / fps).round() as i64).max(1);
        let bgr = ff::frame::Video::new(ff::format::Pixel::BGR24, width, height);
        Ok(Self { path: path.into(), output, encoder, scaler, bgr, padded, ticks, step, time_base: time_base_out })
    }

    /// Appends a frame; its `pts` must be above the last one's.
    ///
    /// # Errors
    /// The disk is full, or the encoder refuses.
    pub fn write(&mut self, frame: &Frame) -> Result<(), VideoError> {
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
        // A picture of its own: the encoder may keep it after this call.
        let mut yuv = self
            .scaler
            .convert(bgr)
            .map_err(|e| VideoError::Write { path: self.path.clone(), why: e.to_string() })?
            .clone();
        yuv.set_pts(Some(frame.pts.saturating_mul(self.ticks)));
        self.encoder.send_frame(&yuv).map_err(|e| self.error(e))?;
        self.drain()
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The disk is full.
    pub fn finish(mut self) -> Result<(), VideoError> {
        self.encoder.send_eof().map_err(|e| self.error(e))?;
        self.drain()?;
        self.output.write_trailer().map_err(|e| self.error(e))
    }

    fn drain(&mut self) -> Result<(), VideoError> {
        let mut packet = ff::Packet::empty();
        while self.encoder.receive_packet(&mut packet).is_ok() {
            packet.set_stream(0);
            packet.set_duration(self.step);
            let to = self.output.stream(0).map_or(self.time_base, |stream| stream.time_base());
            packet.rescale_ts(self.time_base, to);
            packet.write_interleaved(&mut self.output).map_err(|e| self.error(e))?;
        }
        Ok(())
    }

    fn error(&self, error: ff::Error) -> VideoError {
        VideoError::Write { path: self.path.clone(), why: error.to_string() }
    }
}
