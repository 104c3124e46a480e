//! What it costs to say that a detection is a track. Only pairs that can be matched are looked at: those whose boxes
//! touch, and among them appearance only where the gate lets it through.

use super::config::Looks;
use super::track::{Candidate, Track};
use crate::assignment::Edge;
use crate::overlap::{Area, touching};

/// How appearance and score enter the cost.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fusion {
    pub(super) score: bool,
    pub(super) proximity: f64,
    pub(super) appearance: f64,
    pub(super) divisor: f64,
    /// `None` where only motion counts.
    pub(super) looks: Option<Looks>,
}

impl Fusion {
    /// Motion alone.
    pub(super) const MOTION: Self = Self { score: false, proximity: 0.0, appearance: 0.0, divisor: 1.0, looks: None };

    /// The cost at this IoU distance.
    fn cost(&self, track: &Track, seen: &Candidate<'_>, iou: f64) -> f64 {
        let motion = if self.score { 1.0 - (1.0 - iou) * f64::from(seen.detection.score) } else { iou };
        let (Some(looks), Some(known), Some(new)) = (self.looks, &track.appearance, seen.embedding) else {
            return motion;
        };
        let near = iou <= self.proximity;
        match looks {
            Looks::Least if near => {
                let distance = f64::from(known.cosine_distance(new)) / self.divisor;
                if distance <= self.appearance { motion.min(distance) } else { motion }
            }
            Looks::Least => motion,
            Looks::Blended => {
                let distance = if near { f64::from(known.cosine_distance(new)) / self.divisor } else { 1.0 };
                distance * self.appearance + motion * (1.0 - self.appearance)
            }
        }
    }

    /// The pairs of tracks (rows) and detections (columns) that cost less than `limit`, by row.
    pub(super) fn edges(&self, tracks: &[&Track], seen: &[Candidate<'_>], limit: f64) -> Vec<Edge> {
        let boxes: Vec<Area> = tracks.iter().map(|t| Area::new(&t.bbox())).collect();
        let found: Vec<Area> = seen.iter().map(|s| Area::new(&s.detection.bbox)).collect();
        let mut edges = Vec::new();
        let mut weigh = |row: usize, col: usize| {
            let cost = self.cost(tracks[row], &seen[col], boxes[row].distance(&found[col]));
            // Neither NaN nor infinity is less.
            if cost < limit && cost.is_finite() {
                edges.push(Edge { row, col, cost });
            }
        };
        // Boxes that do not touch cost 1, unless appearance counts even there.
        if limit <= 1.0 && self.proximity < 1.0 {
            touching(&boxes, &found, weigh);
        } else {
            (0..boxes.len()).for_each(|row| (0..found.len()).for_each(|col| weigh(row, col)));
        }
        edges
    }
}
