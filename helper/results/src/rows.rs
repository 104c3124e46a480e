//! What the stages of a job write into their journals, frame by frame.

use serde::{Deserialize, Serialize};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::TrackId;

/// One box of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackRow {
    /// Its track; `None` while unconfirmed.
    pub track: Option<TrackId>,
    /// Where, in source pixels.
    pub bbox: Bbox,
    /// The detector's confidence, 0..=1.
    pub score: f32,
}

/// The boxes of one frame: a record of stage `track`, written for every frame looked at, also an empty one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FrameTracks {
    /// Frame of the source, from 0.
    pub frame: u64,
    /// Its time, in ticks of the source's time base.
    pub pts: i64,
    /// Its boxes, in the tracker's order.
    pub boxes: Vec<TrackRow>,
}

/// The poses of one frame: a record of stage `pose`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FramePoses {
    /// Frame of the source, from 0.
    pub frame: u64,
    /// The joints of each box of [`FrameTracks`] that has a track, in the same order.
    pub poses: Vec<Vec<Keypoint>>,
}
