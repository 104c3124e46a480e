//! What a file may ask of us: it comes from anywhere and is read by a large library in C.

use std::time::Duration;

/// What is refused or given up.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Pixels a frame. 8K (7680×4320) fits: phones film it, and a worker holds about a dozen such frames
    /// of 100 MB.
    pub pixels: u64,
    /// Longest wait for an open or a read.
    pub stall: Duration,
    /// FFmpeg protocols that may be used, comma-separated: a file must not reach for the network.
    pub protocols: &'static str,
    /// FFmpeg demuxers that may be used, comma-separated. Only what holds its pictures itself: a playlist, a
    /// script or a pattern of names would open other files, whatever its own name ends in.
    pub containers: &'static str,
    /// Streams a file: pictures, sounds, subtitles, attachments.
    pub streams: u32,
}

/// Every video container that people bring, with raw streams of the common codecs.
const CONTAINERS: &str = "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,asf,flv,ogg,mxf,gif,dv,rm,wtv,nut,dhav,\
                          h264,hevc,m4v,ivf,obu,yuv4mpegpipe";

impl Default for Limits {
    fn default() -> Self {
        let stall = Duration::from_secs(30);
        Self { pixels: 7680 * 4320, stall, protocols: "file", containers: CONTAINERS, streams: 128 }
    }
}

/// Frames a second between one an hour and a thousand; what lies beyond is a broken header, and the memory
/// of the tracker grows with it.
pub(super) fn usable_rate((num, den): (u32, u32)) -> bool {
    let fps = f64::from(num) / f64::from(den);
    (1.0 / 3600.0..=1000.0).contains(&fps)
}

/// The promised number of frames, where a file of this size can hold as many: each takes a byte at least.
pub(super) fn usable_count(frames: u64, file_bytes: Option<u64>) -> Option<u64> {
    (frames > 0 && file_bytes.is_none_or(|bytes| frames <= bytes)).then_some(frames)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_rates_and_counts_are_no_promise() {
        let usable = [(30, 1), (30_000, 1001), (1, 60), (240, 1), (1000, 1), (1, 3600)];
        assert!(usable.into_iter().all(usable_rate));
        assert!(![(90_000, 1), (u32::MAX, 1), (1, 3601), (1, u32::MAX)].into_iter().any(usable_rate));
        assert_eq!(usable_count(300, Some(40_000)), Some(300));
        assert_eq!(usable_count(300, None), Some(300));
        assert_eq!((usable_count(0, None), usable_count(u64::MAX, Some(40_000))), (None, None));
    }
}
