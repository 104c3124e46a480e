//! MOTChallenge's text files: truth (`gt.txt`), tracks, detections (`det.txt`) and `seqinfo.ini`.
//!
//! Frames count from 1. Boxes are left, top, width and height in pixels. MOTChallenge counts pixels from 1,
//! so its boxes lie one pixel to the right of and below ours. Nobody moves them: trackers write boxes as they
//! have them and TrackEval compares numbers as they stand. Neither do we: `left` and `top` here are those of
//! our boxes (0 is the left edge of the picture), on writing and on reading.

mod seqinfo;
mod text;

pub use seqinfo::SeqInfo;
pub use text::{lines_of, read_detections, read_tracks, read_truth, write_detections, write_tracks, write_truth};

use crate::rect::Rect;

/// What a box of the truth shows ([`MotTruth::class`]), as MOT16, 17 and 20 number it.
pub mod class {
    /// Somebody on foot: the only class that is scored.
    pub const PEDESTRIAN: u32 = 1;
    /// A person on a bicycle, in a car.
    pub const PERSON_ON_VEHICLE: u32 = 2;
    /// A vehicle without anybody to be seen, in MOT20 only.
    pub const NON_MOT_VEHICLE: u32 = 6;
    /// Somebody who sits or lies.
    pub const STATIC_PERSON: u32 = 7;
    /// A dummy, a picture of a person.
    pub const DISTRACTOR: u32 = 8;
    /// A mirror image.
    pub const REFLECTION: u32 = 12;
}

/// A line of `gt.txt`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MotTruth {
    /// Frame, from 1.
    pub frame: u32,
    /// Whose box it is.
    pub id: u32,
    /// The whole person, also where hidden or outside of the picture.
    pub bbox: Rect,
    /// Whether it is scored (the `conf` column: 0 is not).
    pub counts: bool,
    /// One of [`class`].
    pub class: u32,
    /// Share of the box that can be seen, 0..=1.
    pub visibility: f64,
}

/// A line of a tracker's file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MotTrack {
    /// Frame, from 1.
    pub frame: u32,
    /// The track or identity.
    pub id: u32,
    /// Where.
    pub bbox: Rect,
    /// The detector's confidence; 1 where a file does not say.
    pub score: f64,
}

/// A line of `det.txt`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MotDetection {
    /// Frame, from 1.
    pub frame: u32,
    /// Where.
    pub bbox: Rect,
    /// The detector's confidence, on its own scale.
    pub score: f64,
}

#[cfg(test)]
mod tests;
