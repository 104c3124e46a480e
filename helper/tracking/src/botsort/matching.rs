//! What it costs to say that a detection is a track.

use silhueta_shared::geometry::Bbox;

use super::track::{Candidate, Track};
use crate::assignment::CostMatrix;

/// How appearance and score enter the cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fusion {
    pub(super) score: bool,
    pub(super) proximity: f64,
    pub(super) appearance: f64,
    pub(super) divisor: f64,
}

/// `1 - IoU`, in f64 so that equal boxes in another order give equal costs.
pub(super) fn iou_distance(a: &Bbox, b: &Bbox) -> f64 {
    let [ax1, ay1, ax2, ay2] = a.to_array().map(f64::from);
    let [bx1, by1, bx2, by2] = b.to_array().map(f64::from);
    let (w, h) = (ax2.min(bx2) - ax1.max(bx1), ay2.min(by2) - ay1.max(by1));
    if w <= 0.0 || h <= 0.0 {
        return 1.0;
    }
    let intersection = w * h;
    1.0 - intersection / ((ax2 - ax1) * (ay2 - ay1) + (bx2 - bx1) * (by2 - by1) - intersection)
}

/// IoU distances of tracks (rows) and detections (columns).
pub(super) fn motion_costs(tracks: &[&Track], detections: &[Candidate<'_>]) -> CostMatrix {
    let boxes: Vec<Bbox> = tracks.iter().map(|t| t.bbox()).collect();
    CostMatrix::from_fn(boxes.len(), detections.len(), |r, c| iou_distance(&boxes[r], &detections[c].detection.bbox))
}

/// The least of the IoU distance, fused with the score, and the appearance distance where both gates let it through.
pub(super) fn fused_costs(tracks: &[&Track], detections: &[Candidate<'_>], fusion: Fusion) -> CostMatrix {
    let boxes: Vec<Bbox> = tracks.iter().map(|t| t.bbox()).collect();
    CostMatrix::from_fn(boxes.len(), detections.len(), |r, c| {
        let seen = &detections[c];
        let iou = iou_distance(&boxes[r], &seen.detection.bbox);
        let motion = if fusion.score { 1.0 - (1.0 - iou) * f64::from(seen.detection.score) } else { iou };
        match (&tracks[r].appearance, seen.embedding) {
            (Some(known), Some(new)) if iou <= fusion.proximity => {
                let distance = f64::from(known.cosine_distance(new)) / fusion.divisor;
                if distance <= fusion.appearance { motion.min(distance) } else { motion }
            }
            _ => motion,
        }
    })
}
