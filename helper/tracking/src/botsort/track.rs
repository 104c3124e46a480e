//! One track: its motion, its appearance and where it is in its life.

use serde::{Deserialize, Serialize};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::{Detection, TrackId};

use crate::Embedding;
use crate::kalman::{BoxModel, KalmanFilter};

/// The share of the old appearance that stays with each new view.
const SMOOTHING: f32 = 0.9;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    /// Seen once; gone unless seen again in the next frame.
    Unconfirmed,
    /// Seen in this frame.
    Tracked,
    /// Not seen, but expected back.
    Lost,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Track {
    pub(super) id: TrackId,
    pub(super) stage: Stage,
    pub(super) motion: KalmanFilter,
    pub(super) appearance: Option<Embedding>,
    pub(super) first_frame: u64,
    pub(super) last_frame: u64,
    pub(super) score: f32,
    /// Index of the last detection among those of `last_frame`.
    pub(super) detection: usize,
    /// Its buffer is over (see `Config::late_removal`).
    pub(super) expired: bool,
}

/// A detection worth looking at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) index: usize,
    pub(super) detection: &'a Detection,
    pub(super) embedding: Option<&'a Embedding>,
}

impl Track {
    /// A new track. In the first frame there is nothing to confirm it against.
    pub(super) fn new(id: TrackId, seen: Candidate<'_>, frame: u64, model: BoxModel) -> Self {
        Self {
            id,
            stage: if frame == 1 { Stage::Tracked } else { Stage::Unconfirmed },
            motion: KalmanFilter::new(&seen.detection.bbox, model),
            appearance: seen.embedding.cloned(),
            first_frame: frame,
            last_frame: frame,
            score: seen.detection.score,
            detection: seen.index,
            expired: false,
        }
    }

    pub(super) fn predict(&mut self) {
        match self.stage {
            Stage::Unconfirmed => {}
            Stage::Tracked => self.motion.predict(),
            Stage::Lost => {
                self.motion.hold_size();
                self.motion.predict();
            }
        }
    }

    pub(super) fn update(&mut self, seen: Candidate<'_>, frame: u64) {
        self.motion.update(&seen.detection.bbox);
        match (&mut self.appearance, seen.embedding) {
            (Some(appearance), Some(newest)) => appearance.smooth(newest, SMOOTHING),
            (appearance @ None, Some(newest)) => *appearance = Some(newest.clone()),
            (_, None) => {}
        }
        self.stage = Stage::Tracked;
        self.last_frame = frame;
        self.score = seen.detection.score;
        self.detection = seen.index;
    }

    pub(super) fn bbox(&self) -> Bbox {
        self.motion.bbox()
    }

    /// Frames from the first to the last sight.
    pub(super) const fn age(&self) -> u64 {
        self.last_frame - self.first_frame
    }
}
