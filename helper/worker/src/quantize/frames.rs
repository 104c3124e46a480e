//! Frames spread evenly over videos: the first half of them to measure on, the second to check with.

use std::path::Path;
use std::sync::Arc;

use silhueta_shared::quantize::Frames;
use silhueta_vision::frame::Frame;
use silhueta_vision::video::{Decoder, Limits};

use crate::pipeline::failure::JobError;
use crate::report::Reporter;

/// Two sets of frames, which have none in common where a video has twice as many as are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    First,
    Second,
}

/// A video without a promised length is looked at as if it had so many frames.
const UNKNOWN: u64 = 1000;

/// Hands over the frames, video by video.
pub(super) fn each(
    frames: &Frames,
    half: Half,
    reporter: &Reporter,
    with: &mut dyn FnMut(Arc<Frame>) -> Result<(), JobError>,
) -> Result<(), JobError> {
    let videos = frames.videos.len().max(1) as u64;
    for (n, video) in (0..).zip(&frames.videos) {
        let (count, left) = (u64::from(frames.count) / videos, u64::from(frames.count) % videos);
        let count = count + u64::from(n < left);
        let stop = reporter.control().stop_flag();
        let mut decoder = Decoder::open(Path::new(video), &Limits::default(), 1, stop)?;
        let wanted = places(decoder.info().frames.unwrap_or(UNKNOWN), count, half);
        let mut wanted = wanted.into_iter().peekable();
        while wanted.peek().is_some() {
            let Some(frame) = decoder.next_frame()? else { break };
            if reporter.control().is_stopped() {
                return Err(JobError::Stopped);
            }
            if wanted.next_if_eq(&frame.index).is_some() {
                with(Arc::new(frame))?;
            }
        }
    }
    Ok(())
}

/// Which of `total` frames to take: `count` of them, evenly spread, rising.
fn places(total: u64, count: u64, half: Half) -> Vec<u64> {
    let all = (2 * count).min(total).max(1);
    let offset = u64::from(half == Half::Second && all > 1);
    let steps = (offset..all).step_by(2).take(count as usize);
    steps.map(|step| step * total / all).filter(|place| *place < total).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halves_are_apart_and_spread_over_all() {
        assert_eq!(places(100, 5, Half::First), [0, 20, 40, 60, 80]);
        assert_eq!(places(100, 5, Half::Second), [10, 30, 50, 70, 90]);
        assert_eq!((places(3, 5, Half::First), places(3, 5, Half::Second)), (vec![0, 2], vec![1]));
        assert_eq!((places(1, 5, Half::First), places(1, 5, Half::Second)), (vec![0], vec![0]));
        assert!(places(0, 5, Half::First).is_empty());
    }
}
