//! What it costs to say that a detection is a track. Only pairs that can be matched are looked at: those whose boxes
//! touch, and among them appearance only where the gate lets it through.

use silhueta_shared::geometry::Bbox;

use super::config::Looks;
use super::track::{Candidate, Track};
use crate::assignment::Edge;

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

/// A box in f64, so that equal boxes in another order give equal costs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    edges: [f64; 4],
    area: f64,
}

impl Area {
    pub(super) fn new(bbox: &Bbox) -> Self {
        let edges = bbox.to_array().map(f64::from);
        Self { edges, area: (edges[2] - edges[0]) * (edges[3] - edges[1]) }
    }

    /// `1 - IoU`.
    pub(super) fn distance(&self, other: &Self) -> f64 {
        let ([ax1, ay1, ax2, ay2], [bx1, by1, bx2, by2]) = (self.edges, other.edges);
        let (w, h) = (ax2.min(bx2) - ax1.max(bx1), ay2.min(by2) - ay1.max(by1));
        if w <= 0.0 || h <= 0.0 {
            return 1.0;
        }
        let intersection = w * h;
        1.0 - intersection / (self.area + other.area - intersection)
    }
}

/// Tells of every pair (index in `a`, index in `b`) whose boxes may touch, by `a`.
pub(super) fn touching(a: &[Area], b: &[Area], mut tell: impl FnMut(usize, usize)) {
    // Sorted by the left edge, what can reach a box lies in one run: from as far to its left as the widest is wide.
    let mut order: Vec<(f64, usize)> = b.iter().enumerate().map(|(i, area)| (area.edges[0], i)).collect();
    order.sort_unstable_by(|x, y| x.0.total_cmp(&y.0).then(x.1.cmp(&y.1)));
    let widest = b.iter().map(|area| area.edges[2] - area.edges[0]).fold(0.0, f64::max);
    for (i, area) in a.iter().enumerate() {
        let [left, top, right, bottom] = area.edges;
        let from = order.partition_point(|(x, _)| *x + widest < left);
        for &(_, k) in order[from..].iter().take_while(|(x, _)| *x < right) {
            let [_, other_top, other_right, other_bottom] = b[k].edges;
            if other_right > left && other_top < bottom && other_bottom > top {
                tell(i, k);
            }
        }
    }
}
