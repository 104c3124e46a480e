//! MP4 that browsers play: coded pictures in, the index in front.

use std::path::{Path, PathBuf};

use ffmpeg_next as ff;

use super::VideoError;
use super::encoder::{Coder, Packet};

/// A file being written. Without [`Self::finish`] it is not playable.
pub struct Mp4 {
    path: PathBuf,
    output: ff::format::context::Output,
    /// Only the last picture's length is taken from here, the others end where the next begins; without it
    /// the last would be cut off by its own edit list.
    step: i64,
    time_base: ff::Rational,
    last: Option<i64>,
}

impl std::fmt::Debug for Mp4 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mp4").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Mp4 {
    /// Begins a file for packets of `coder`, or of one like it.
    ///
    /// # Errors
    /// The file can't be made.
    pub fn create(path: &Path, coder: &Coder) -> Result<Self, VideoError> {
        let fail = |why: String| VideoError::Write { path: path.into(), why };
        let ff_error = |e: ff::Error| fail(e.to_string());
        let text = path.to_str().ok_or_else(|| fail("its name is not UTF-8".into()))?;
        let mut output = ff::format::output_as(&format!("file:{text}"), "mp4").map_err(ff_error)?;
        let time_base = ff::Rational::new(1, coder.rate());
        {
            let mut stream = output.add_stream(coder.parameters().codec()).map_err(ff_error)?;
            stream.set_time_base(time_base);
            stream.set_parameters(coder.parameters());
        }
        let mut options = ff::Dictionary::new();
        options.set("movflags", "+faststart");
        options.set("video_track_timescale", &coder.rate().to_string());
        output.write_header_with(options).map_err(ff_error)?;
        Ok(Self { path: path.into(), output, step: coder.step(), time_base, last: None })
    }

    /// Appends a coded picture, in the order of decoding.
    ///
    /// Where a second coder goes on behind the first (at a key picture), its first decoding times may lie
    /// before the last ones of the first: these are moved up, one tick apart. They stay at or before their
    /// pictures' times, because a coder's last decoding times are as many ticks before its last picture, at
    /// least, as there are pictures to be moved.
    ///
    /// # Errors
    /// The disk is full.
    pub fn write(&mut self, coded: &Packet) -> Result<(), VideoError> {
        let dts = self.last.map_or(coded.dts, |last| coded.dts.max(last + 1));
        self.last = Some(dts);
        let mut packet = ff::Packet::copy(&coded.bytes);
        packet.set_pts(Some(coded.pts));
        packet.set_dts(Some(dts));
        packet.set_flags(if coded.is_key { ff::codec::packet::Flags::KEY } else { ff::codec::packet::Flags::empty() });
        packet.set_stream(0);
        packet.set_duration(self.step);
        let to = self.output.stream(0).map_or(self.time_base, |stream| stream.time_base());
        packet.rescale_ts(self.time_base, to);
        packet.write_interleaved(&mut self.output).map_err(|e| self.error(e))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// The disk is full.
    pub fn finish(mut self) -> Result<(), VideoError> {
        self.output.write_trailer().map_err(|e| self.error(e))
    }

    fn error(&self, error: ff::Error) -> VideoError {
        VideoError::Write { path: self.path.clone(), why: error.to_string() }
    }
}
