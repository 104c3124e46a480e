//! One track: its filter, what was seen of it, and how it looks.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use silhueta_shared::geometry::{Affine, Bbox};
use silhueta_shared::track::{Detection, TrackId};

use crate::Embedding;
use crate::kalman::{BoxModel, CameraModel, KalmanFilter};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Track {
    pub(super) id: TrackId,
    pub(super) motion: KalmanFilter,
    /// The filter as it was in the first frame without a box, to start again from when the next box has come.
    frozen: Option<KalmanFilter>,
    /// The last boxes with their frames, the newest last. The first box of all is not among them.
    seen: VecDeque<(u64, Bbox)>,
    /// Where it goes, of length 1.
    pub(super) direction: Option<[f64; 2]>,
    pub(super) looks: Option<Embedding>,
    /// Boxes in a row, without the first of all.
    pub(super) streak: u32,
    /// Frames since the last box.
    pub(super) missed: u64,
    /// Whether it was ever told of with its number.
    pub(super) known: bool,
    pub(super) bbox: Bbox,
    pub(super) score: f32,
    /// Index of the last detection among those of its frame.
    pub(super) detection: usize,
}

/// A detection worth looking at.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate<'a> {
    pub(super) index: usize,
    pub(super) detection: &'a Detection,
    pub(super) looks: Option<&'a Embedding>,
    /// How much of the old looks stays.
    pub(super) keep: f32,
}

impl Track {
    pub(super) fn new(id: TrackId, first: &Candidate<'_>) -> Self {
        Self {
            id,
            motion: KalmanFilter::new(&first.detection.bbox, BoxModel::Area),
            frozen: None,
            seen: VecDeque::new(),
            direction: None,
            looks: first.looks.cloned(),
            streak: 0,
            missed: 0,
            known: false,
            bbox: first.detection.bbox,
            score: first.detection.score,
            detection: first.index,
        }
    }

    /// Follows the camera, with all that is remembered.
    pub(super) fn apply_camera(&mut self, motion: &Affine) {
        if *motion == Affine::IDENTITY || motion.0.iter().any(|v| !v.is_finite()) {
            return;
        }
        let [a, b, _, c, d, _] = motion.0;
        self.motion.apply_camera(motion, CameraModel::Enclosing);
        if let Some(frozen) = &mut self.frozen {
            frozen.apply_camera(motion, CameraModel::Enclosing);
        }
        self.seen.iter_mut().for_each(|(_, bbox)| *bbox = enclosing(bbox, motion));
        if let Some([x, y]) = self.direction {
            let (x, y) = (a * x + b * y, c * x + d * y);
            let norm = x.hypot(y);
            if norm.is_finite() && norm > 1e-12 {
                self.direction = Some([x / norm, y / norm]);
            }
        }
    }

    pub(super) fn predict(&mut self) {
        self.motion.predict();
        if self.missed > 0 {
            self.streak = 0;
        }
        self.missed += 1;
    }

    /// Takes in its box of this frame; directions are taken over `window` frames.
    pub(super) fn update(&mut self, seen: &Candidate<'_>, frame: u64, window: u64) {
        let bbox = seen.detection.bbox;
        if let Some(previous) = self.seen_before(frame, window) {
            self.direction = Some(direction(&previous, &bbox));
        }
        // Observation-centric re-update (OC-SORT, 3.2): what the filter made up while nothing was seen gives way to
        // a straight way from the last box to this one.
        if let (Some(frozen), Some(&(last, from))) = (self.frozen.take(), self.seen.back()) {
            self.motion = frozen;
            let gap = frame - last;
            for step in 1..=gap {
                self.motion.update(&between(&from, &bbox, step as f64 / gap as f64));
                if step < gap {
                    self.motion.predict();
                }
            }
        }
        // The authors' code, and all that follow it, take in the last box once more.
        self.motion.update(&bbox);
        self.seen.push_back((frame, bbox));
        while self.seen.len() > 1 && self.seen.front().is_some_and(|(old, _)| old + window < frame) {
            self.seen.pop_front();
        }
        match (&mut self.looks, seen.looks) {
            (Some(looks), Some(newest)) => looks.smooth(newest, seen.keep),
            (looks @ None, Some(newest)) => *looks = Some(newest.clone()),
            (_, None) => {}
        }
        self.streak += 1;
        self.missed = 0;
        self.bbox = bbox;
        self.score = seen.detection.score;
        self.detection = seen.index;
    }

    /// Goes without a box in this frame.
    pub(super) fn miss(&mut self) {
        if self.missed == 1 && !self.seen.is_empty() {
            self.frozen = Some(self.motion.clone());
        }
    }

    /// The last box that was seen.
    pub(super) fn last_seen(&self) -> Option<Bbox> {
        self.seen.back().map(|(_, bbox)| *bbox)
    }

    /// The box that was seen `window` frames ago, or else the next after it.
    pub(super) fn seen_before(&self, frame: u64, window: u64) -> Option<Bbox> {
        let recent = self.seen.iter().find(|(seen, _)| seen + window >= frame);
        recent.or(self.seen.back()).map(|(_, bbox)| *bbox)
    }
}

/// The direction from one box's centre to another's; (0, 0) where they are in one place.
pub(super) fn direction(from: &Bbox, to: &Bbox) -> [f64; 2] {
    let centre = |b: &Bbox| {
        let [x1, y1, x2, y2] = b.to_array().map(f64::from);
        ((x1 + x2) / 2.0, (y1 + y2) / 2.0)
    };
    let ((ax, ay), (bx, by)) = (centre(from), centre(to));
    let norm = (bx - ax).hypot(by - ay) + 1e-6;
    [(bx - ax) / norm, (by - ay) / norm]
}

/// The upright box around one that `motion` has moved.
fn enclosing(bbox: &Bbox, motion: &Affine) -> Bbox {
    let [a, b, tx, c, d, ty] = motion.0;
    let [x1, y1, x2, y2] = bbox.to_array().map(f64::from);
    let (x, y, w, h) = ((x1 + x2) / 2.0, (y1 + y2) / 2.0, (x2 - x1) / 2.0, (y2 - y1) / 2.0);
    let (x, y) = (a * x + b * y + tx, c * x + d * y + ty);
    let (w, h) = (a.abs() * w + b.abs() * h, c.abs() * w + d.abs() * h);
    Bbox::new((x - w) as f32, (y - h) as f32, (x + w) as f32, (y + h) as f32)
}

/// The box at a share of the way: centre and sides move evenly.
fn between(from: &Bbox, to: &Bbox, share: f64) -> Bbox {
    let mix = |a: f32, b: f32| (f64::from(a) + (f64::from(b) - f64::from(a)) * share) as f32;
    Bbox::new(mix(from.x1, to.x1), mix(from.y1, to.y1), mix(from.x2, to.x2), mix(from.y2, to.y2))
}
