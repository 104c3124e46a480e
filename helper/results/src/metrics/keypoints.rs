//! COCO's figures for keypoints (AP, AR), number for number those of pycocotools, and the mean OKS of the
//! people that were found, which says more of a few people in a made scene.

use super::grid::Grid;
use super::oks::{PersonTruth, oks};
use crate::rect::Rect;

/// The similarities that a match may need: 0.5, 0.55 … 0.95. The digits are those of NumPy's `linspace`.
const THRESHOLDS: [f64; 10] = [0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.899_999_999_999_999_9, 0.95];

/// So many poses of an image are looked at, the surest first.
const MOST_POSES: usize = 20;

/// Shares of people found at which the precision is read.
const RECALLS: usize = 101;

/// From and to which area, in square pixels, people are of a size: all, medium, large.
const SIZES: [(f64, f64); 3] = [(0.0, 1e10), (1024.0, 9216.0), (9216.0, 1e10)];

/// Somebody annotated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Person {
    /// Where they and their joints are.
    pub truth: PersonTruth,
    /// A group in one annotation: costs nobody anything.
    pub crowd: bool,
}

/// A pose that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// `[x, y]` of each keypoint in pixels.
    pub keypoints: [[f64; 2]; 17],
    /// How sure; only the order counts.
    pub score: f64,
    /// The box it was looked for in. COCO's figures take the hull of the keypoints instead.
    pub bbox: Rect,
}

/// One image, or one frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Image {
    /// Everybody annotated.
    pub people: Vec<Person>,
    /// Everybody found.
    pub poses: Vec<Pose>,
}

/// What pycocotools prints; `None` where there is nobody of that size.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct KeypointScores {
    /// Average precision over all thresholds.
    pub ap: Option<f64>,
    /// At OKS 0.5.
    pub ap50: Option<f64>,
    /// At OKS 0.75.
    pub ap75: Option<f64>,
    /// Of people of 32² to 96² pixels.
    pub ap_medium: Option<f64>,
    /// Of larger people.
    pub ap_large: Option<f64>,
    /// Average recall over all thresholds.
    pub ar: Option<f64>,
    /// At OKS 0.5.
    pub ar50: Option<f64>,
    /// At OKS 0.75.
    pub ar75: Option<f64>,
    /// Of people of 32² to 96² pixels.
    pub ar_medium: Option<f64>,
    /// Of larger people.
    pub ar_large: Option<f64>,
}

impl KeypointScores {
    /// The scores of images in the order of their ids, which decides between equally sure poses.
    pub fn of(images: &[Image]) -> Self {
        let ranked: Vec<Ranked<'_>> = images.iter().map(Ranked::new).collect();
        let [all, medium, large] = SIZES.map(|size| THRESHOLDS.map(|threshold| curve(&ranked, size, threshold)));
        let precision = |curves: &[Option<Curve>]| mean(curves, |curve| curve.precision);
        let recall = |curves: &[Option<Curve>]| mean(curves, |curve| curve.recall);
        Self {
            ap: precision(&all),
            ap50: precision(&all[0..1]),
            ap75: precision(&all[5..6]),
            ap_medium: precision(&medium),
            ap_large: precision(&large),
            ar: recall(&all),
            ar50: recall(&all[0..1]),
            ar75: recall(&all[5..6]),
            ar_medium: recall(&medium),
            ar_large: recall(&large),
        }
    }
}

fn mean(curves: &[Option<Curve>], figure: fn(&Curve) -> f64) -> Option<f64> {
    let known: Vec<f64> = curves.iter().flatten().map(figure).collect();
    if known.is_empty() { None } else { Some(known.iter().sum::<f64>() / known.len() as f64) }
}

/// An image with its surest poses in order, and how similar each (row) is to each person (column).
struct Ranked<'a> {
    people: &'a [Person],
    poses: Vec<&'a Pose>,
    similarity: Grid,
}

impl<'a> Ranked<'a> {
    fn new(image: &'a Image) -> Self {
        let mut poses: Vec<&Pose> = image.poses.iter().collect();
        poses.sort_by(|a, b| b.score.total_cmp(&a.score));
        poses.truncate(MOST_POSES);
        let people = &image.people;
        let similarity = Grid::from_fn(poses.len(), people.len(), |r, c| oks(&poses[r].keypoints, &people[c].truth));
        Self { people, poses, similarity }
    }

    /// Poses that count, as (score, whether it is a person), the surest first, and how many people count.
    fn matches(&self, size: (f64, f64), threshold: f64) -> (Vec<(f64, bool)>, usize) {
        let outside = |area: f64| area < size.0 || area > size.1;
        let ignored = |person: &Person| {
            let nothing_seen = person.truth.keypoints.iter().all(|&[_, _, v]| v <= 0.0);
            person.crowd || nothing_seen || outside(person.truth.area)
        };
        let (counting, others): (Vec<usize>, Vec<usize>) =
            (0..self.people.len()).partition(|&person| !ignored(&self.people[person]));
        let mut taken = vec![false; self.people.len()];
        let mut rows = Vec::new();
        for (row, pose) in self.poses.iter().enumerate() {
            // Whoever counts goes before those who do not; of equally similar people the last is taken.
            let mut nearest = |people: &[usize]| {
                let free = people.iter().copied().filter(|&p| !taken[p] || self.people[p].crowd);
                let similar = free.filter(|&p| self.similarity.at(row, p) >= threshold);
                let found = similar.max_by(|&a, &b| self.similarity.at(row, a).total_cmp(&self.similarity.at(row, b)));
                found.inspect(|&person| taken[person] = true)
            };
            if nearest(&counting).is_some() {
                rows.push((pose.score, true));
            } else if nearest(&others).is_none() && !outside(hull_area(pose)) {
                rows.push((pose.score, false));
            }
        }
        (rows, counting.len())
    }
}

/// Area of the smallest box around a pose's keypoints.
fn hull_area(pose: &Pose) -> f64 {
    let [width, height] = [0, 1].map(|axis| {
        let values = pose.keypoints.iter().map(|point| point[axis]);
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        high - low
    });
    width * height
}

/// How precision falls as more is found.
struct Curve {
    precision: f64,
    recall: f64,
}

/// `None` where nobody counts.
fn curve(images: &[Ranked<'_>], size: (f64, f64), threshold: f64) -> Option<Curve> {
    let (mut rows, mut people) = (Vec::new(), 0);
    for image in images {
        let (matches, counting) = image.matches(size, threshold);
        rows.extend(matches);
        people += counting;
    }
    if people == 0 {
        return None;
    }
    rows.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut found = 0u32;
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(rows.len());
    for (seen, &(_, right)) in rows.iter().enumerate() {
        found += u32::from(right);
        points.push((f64::from(found) / people as f64, f64::from(found) / ((seen + 1) as f64 + f64::EPSILON)));
    }
    // Precision at a recall is the best at that recall or beyond.
    for i in (1..points.len()).rev() {
        points[i - 1].1 = points[i - 1].1.max(points[i].1);
    }
    let at = |step: usize| {
        let first = points.partition_point(|&(recall, _)| recall < step as f64 * 0.01);
        points.get(first).map_or(0.0, |&(_, precision)| precision)
    };
    let precision = (0..RECALLS).map(at).sum::<f64>() / RECALLS as f64;
    Some(Curve { precision, recall: points.last().map_or(0.0, |&(recall, _)| recall) })
}

/// The poses of people who were found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FoundOks {
    /// Their mean OKS, 0..=1; 0 when nobody was found.
    pub mean: f64,
    /// How many were found.
    pub found: usize,
    /// How many there were, of those with a keypoint that counts and who are no crowd.
    pub people: usize,
}

impl FoundOks {
    /// A person is found when a pose's box overlaps theirs by at least `overlap` (IoU; 0.5 is usual). Boxes
    /// decide who is who, not the OKS that is measured.
    pub fn of(images: &[Image], overlap: f64) -> Self {
        let (mut sum, mut found, mut all) = (0.0, 0, 0);
        for image in images {
            let counts = |person: &&Person| !person.crowd && person.truth.keypoints.iter().any(|&[_, _, v]| v > 0.0);
            let people: Vec<&Person> = image.people.iter().filter(counts).collect();
            all += people.len();
            let near = |r: usize, c: usize| {
                let iou = Rect::from(people[r].truth.bbox).iou(&image.poses[c].bbox);
                if iou < overlap { 0.0 } else { iou }
            };
            for (r, c) in Grid::from_fn(people.len(), image.poses.len(), near).best_pairs() {
                if near(r, c) > 0.0 {
                    sum += oks(&image.poses[c].keypoints, &people[r].truth);
                    found += 1;
                }
            }
        }
        Self { mean: if found == 0 { 0.0 } else { sum / found as f64 }, found, people: all }
    }
}

#[cfg(test)]
mod tests;
