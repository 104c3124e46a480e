//! One face for all trackers: what they take in, what they answer, and which one it is.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use silhueta_shared::geometry::{Affine, Bbox};
use silhueta_shared::track::{Detection, TrackId};

use crate::Embedding;
use crate::botsort::{BotSort, Config, Preset};
use crate::bytetrack::ByteTrack;
use crate::deepocsort::{self, DeepOcSort};

/// What is known of one frame.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Persons found, in any order. Boxes without an area and NaN are passed over.
    pub detections: &'a [Detection],
    /// One for each detection; `None` (or a shorter slice) where not computed. Those of low scores are used by
    /// few (see [`Tracker::sure_score`]).
    pub embeddings: &'a [Option<Embedding>],
    /// How the picture moved from the last frame to this one; `None` where no picture is at hand.
    pub motion: Option<Affine>,
}

/// A box of a track in one frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackedBox {
    /// The track; `None` while unconfirmed.
    pub track: Option<TrackId>,
    /// The filtered box, in pixels.
    pub bbox: Bbox,
    /// Score of the detection.
    pub score: f32,
    /// Index of the detection in the input.
    pub detection: usize,
}

/// Which tracker, with which settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    /// BoT-SORT.
    BotSort(Preset),
    /// ByteTrack, as boxmot sets it.
    ByteTrack,
    /// Deep OC-SORT, as boxmot sets it; but who is known stays so.
    DeepOcSort,
}

impl Method {
    /// All of them, the default first.
    pub const ALL: [Self; Preset::ALL.len() + 2] = {
        let mut all = [Self::ByteTrack; Preset::ALL.len() + 2];
        all[Preset::ALL.len() + 1] = Self::DeepOcSort;
        let mut i = 0;
        while i < Preset::ALL.len() {
            all[i] = Self::BotSort(Preset::ALL[i]);
            i += 1;
        }
        all
    };

    /// The tracker's name in settings and records, without its preset.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BotSort(_) => "botsort",
            Self::ByteTrack => "bytetrack",
            Self::DeepOcSort => "deepocsort",
        }
    }

    /// What a record says of it: the preset's name, or the tracker's where there are no presets.
    pub const fn setting(self) -> &'static str {
        match self {
            Self::BotSort(preset) => preset.name(),
            Self::ByteTrack | Self::DeepOcSort => self.name(),
        }
    }

    /// The preset, where the tracker has them.
    pub const fn preset(self) -> Option<Preset> {
        match self {
            Self::BotSort(preset) => Some(preset),
            Self::ByteTrack | Self::DeepOcSort => None,
        }
    }
}

impl Default for Method {
    fn default() -> Self {
        Self::BotSort(Preset::default())
    }
}

/// A tracker at work. It can be stored at any frame and goes on from there as if never stopped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Tracker {
    /// BoT-SORT.
    BotSort(BotSort),
    /// ByteTrack.
    ByteTrack(ByteTrack),
    /// Deep OC-SORT.
    DeepOcSort(DeepOcSort),
}

impl Tracker {
    /// A tracker that has seen nothing, for video of `frame_rate` frames a second (30 where it is not positive).
    /// It matters to those whose buffer is given in seconds.
    pub fn new(method: Method, frame_rate: f64) -> Self {
        match method {
            Method::BotSort(preset) => Self::BotSort(BotSort::new(Config::preset(preset), frame_rate)),
            Method::ByteTrack => Self::ByteTrack(ByteTrack::new(frame_rate)),
            Method::DeepOcSort => Self::DeepOcSort(DeepOcSort::new(deepocsort::Config::default())),
        }
    }

    /// Takes in the next frame and tells who is in it: by track, then, without a number, the unconfirmed.
    pub fn update(&mut self, input: &Input<'_>) -> Vec<TrackedBox> {
        match self {
            Self::BotSort(tracker) => tracker.update(input),
            Self::ByteTrack(tracker) => tracker.update(input),
            Self::DeepOcSort(tracker) => tracker.update(input),
        }
    }

    /// A track not seen for more than this many frames never comes back.
    pub fn max_lost_frames(&self) -> u64 {
        match self {
            Self::BotSort(tracker) => tracker.max_lost_frames(),
            Self::ByteTrack(tracker) => tracker.max_lost_frames(),
            Self::DeepOcSort(tracker) => tracker.max_lost_frames(),
        }
    }

    /// Detections that score this or more are sure: they take part in the first matching, and are the ones whose
    /// embeddings are of use.
    pub const fn sure_score(&self) -> f32 {
        match self {
            Self::BotSort(tracker) => tracker.config().high,
            Self::ByteTrack(tracker) => tracker.sure_score(),
            Self::DeepOcSort(tracker) => tracker.sure_score(),
        }
    }
}
