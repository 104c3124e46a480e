//! Who is who: overlap, direction and looks, and then overlap with where they were last seen.

use std::f64::consts::{FRAC_PI_2, PI};

use super::Config;
use super::track::{Candidate, Track, direction};
use crate::assignment::{Assignment, CostMatrix};
use crate::embedding::dot;
use crate::overlap::Area;

/// More than any sum of costs, so that everybody is matched who can be.
const ALL: f64 = 1e5;

/// A value for each track (row) and detection (column).
struct Table {
    cols: usize,
    values: Vec<f64>,
}

impl Table {
    fn from_fn(rows: usize, cols: usize, value: impl Fn(usize, usize) -> f64) -> Self {
        Self { cols, values: (0..rows * cols).map(|i| value(i / cols, i % cols)).collect() }
    }

    fn at(&self, row: usize, col: usize) -> f64 {
        self.values[row * self.cols + col]
    }

    fn row(&self, row: usize) -> impl Iterator<Item = f64> {
        self.values[row * self.cols..(row + 1) * self.cols].iter().copied()
    }

    fn col(&self, col: usize) -> impl Iterator<Item = f64> {
        self.values.iter().skip(col).step_by(self.cols).copied()
    }
}

/// Overlap with the predicted boxes, direction and looks.
pub(super) fn first(
    assignment: &mut Assignment,
    tracks: &[Track],
    seen: &[Candidate<'_>],
    frame: u64,
    config: &Config,
) -> Vec<(usize, usize)> {
    let boxes: Vec<Area> = tracks.iter().map(|t| Area::new(&t.motion.bbox())).collect();
    let overlap = overlaps(&boxes, seen);
    match unambiguous(&overlap, tracks.len(), seen.len(), config.min_iou) {
        Some(pairs) => pairs,
        None => {
            let looks = looks(tracks, seen, &overlap, config);
            let before: Vec<_> = tracks.iter().map(|t| t.seen_before(frame, config.window)).collect();
            let turn = |t: usize, s: usize| {
                let (Some([x, y]), Some(before)) = (tracks[t].direction, &before[t]) else { return 0.0 };
                let [to_x, to_y] = direction(before, &seen[s].detection.bbox);
                let angle = (x * to_x + y * to_y).clamp(-1.0, 1.0).acos();
                (FRAC_PI_2 - angle) / PI * config.inertia * f64::from(seen[s].detection.score)
            };
            let cost = |t: usize, s: usize| -(overlap.at(t, s) + turn(t, s) + looks.at(t, s));
            let costs = CostMatrix::from_fn(tracks.len(), seen.len(), cost);
            overlapping(assignment.solve(&costs, ALL), &overlap, config.min_iou)
        }
    }
}

/// Overlap with the boxes that were last seen.
pub(super) fn second(
    assignment: &mut Assignment,
    tracks: &[&Track],
    seen: &[Candidate<'_>],
    config: &Config,
) -> Vec<(usize, usize)> {
    let (known, boxes): (Vec<usize>, Vec<Area>) =
        tracks.iter().enumerate().filter_map(|(i, t)| Some((i, Area::new(&t.last_seen()?)))).unzip();
    let overlap = overlaps(&boxes, seen);
    let costs = CostMatrix::from_fn(known.len(), seen.len(), |t, s| -overlap.at(t, s));
    let pairs = overlapping(assignment.solve(&costs, ALL), &overlap, config.min_iou);
    pairs.into_iter().map(|(t, s)| (known[t], s)).collect()
}

fn overlaps(boxes: &[Area], seen: &[Candidate<'_>]) -> Table {
    let found: Vec<Area> = seen.iter().map(|s| Area::new(&s.detection.bbox)).collect();
    Table::from_fn(boxes.len(), found.len(), |t, s| {
        let iou = 1.0 - boxes[t].distance(&found[s]);
        if iou.is_finite() { iou } else { 0.0 }
    })
}

fn overlapping(mut pairs: Vec<(usize, usize)>, overlap: &Table, least: f64) -> Vec<(usize, usize)> {
    pairs.retain(|&(t, s)| overlap.at(t, s) >= least);
    pairs
}

/// The pairs that overlap, if nobody overlaps two.
fn unambiguous(overlap: &Table, tracks: usize, seen: usize, least: f64) -> Option<Vec<(usize, usize)>> {
    let mut taken = vec![false; seen];
    let mut pairs = Vec::new();
    for t in 0..tracks {
        let mut near = overlap.row(t).enumerate().filter(|(_, iou)| *iou > least).map(|(s, _)| s);
        let Some(s) = near.next() else { continue };
        if near.next().is_some() || std::mem::replace(&mut taken[s], true) {
            return None;
        }
        pairs.push((t, s));
    }
    // Where nobody is near anybody, no pair could pass either.
    Some(pairs)
}

/// Likeness of looks with its weight: the less of it, the less the best stands out from the second best, among the
/// detections for a track and among the tracks for a detection (Deep OC-SORT, 3.3).
fn looks(tracks: &[Track], seen: &[Candidate<'_>], overlap: &Table, config: &Config) -> Table {
    let likeness = Table::from_fn(tracks.len(), seen.len(), |t, s| match (&tracks[t].looks, seen[s].looks) {
        (Some(known), Some(new)) if overlap.at(t, s) > 0.0 && known.as_slice().len() == new.as_slice().len() => {
            f64::from(dot(known.as_slice(), new.as_slice()))
        }
        _ => 0.0,
    });
    let by_track: Vec<f64> = (0..tracks.len()).map(|t| distinctness(likeness.row(t), config.contrast)).collect();
    let by_seen: Vec<f64> = (0..seen.len()).map(|s| distinctness(likeness.col(s), config.contrast)).collect();
    Table::from_fn(tracks.len(), seen.len(), |t, s| likeness.at(t, s) * config.looks * by_track[t] * by_seen[s])
}

/// 1 where the best is alone, 0 where the second best is as good.
fn distinctness(values: impl Iterator<Item = f64>, contrast: f64) -> f64 {
    let (mut best, mut second) = (f64::NEG_INFINITY, f64::NEG_INFINITY);
    for value in values {
        if value > best {
            (best, second) = (value, best);
        } else if value > second {
            second = value;
        }
    }
    if second == f64::NEG_INFINITY {
        return 1.0;
    }
    if best == 0.0 {
        return 0.0;
    }
    1.0 - (second / best - contrast).max(0.0) / (1.0 - contrast)
}
