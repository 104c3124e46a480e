//! What changes from a network to its copy.

use silhueta_results::metrics::oks::{PersonTruth, oks};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::model::Role;
use silhueta_shared::pose::{DRAW_SCORE, Keypoint};
use silhueta_shared::quantize::Change;
use silhueta_shared::track::Detection;

use super::SURE;

/// A score may change by this much before somebody counts as lost or new.
const TOLERANCE: f32 = 0.1;

/// Boxes that overlap by this much (IoU) are the same person's.
const SAME: f32 = 0.5;

/// The share of a person's box that the person fills, as COCO's annotations have it in the mean.
const FILLED: f64 = 0.53;

/// What a network says of a frame.
#[derive(Debug)]
pub(super) enum Output {
    People(Vec<Detection>),
    Embeddings(Vec<Vec<f32>>),
    /// Of each person, in their order.
    Poses(Vec<Vec<Keypoint>>),
}

/// Adds up over frames.
#[derive(Debug, Default)]
pub(super) struct Changes {
    people: u64,
    found: u64,
    new: u64,
    /// Overlaps, OKS or cosines.
    alike: f64,
    /// As shares of the person's height.
    shifts: Vec<f64>,
}

impl Changes {
    /// Adds a frame; `boxes` are those of the people that were looked at.
    pub(super) fn add(&mut self, original: &Output, copy: &Output, boxes: &[Bbox]) {
        match (original, copy) {
            (Output::People(original), Output::People(copy)) => self.add_people(original, copy),
            (Output::Embeddings(original), Output::Embeddings(copy)) => {
                for (a, b) in original.iter().zip(copy) {
                    self.people += 1;
                    self.alike += cosine(a, b);
                }
            }
            (Output::Poses(original), Output::Poses(copy)) => {
                for ((a, b), bbox) in original.iter().zip(copy).zip(boxes) {
                    self.add_pose(a, b, *bbox);
                }
            }
            _ => {}
        }
    }

    fn add_people(&mut self, original: &[Detection], copy: &[Detection]) {
        let from = |least: f32, people: &[Detection]| {
            people.iter().filter(|p| p.score >= least).map(|p| p.bbox).collect::<Vec<_>>()
        };
        let (found, lost, overlap) = matched(&from(SURE, original), &from(SURE - TOLERANCE, copy));
        let (_, new, _) = matched(&from(SURE, copy), &from(SURE - TOLERANCE, original));
        self.people += found + lost;
        self.found += found;
        self.new += new;
        self.alike += overlap;
    }

    fn add_pose(&mut self, original: &[Keypoint], copy: &[Keypoint], bbox: Bbox) {
        let height = f64::from(bbox.height()).max(1.0);
        let drawn = original.iter().zip(copy).filter(|(a, _)| a.score >= DRAW_SCORE);
        let before = self.shifts.len();
        self.shifts.extend(drawn.map(|(a, b)| f64::from((a.x - b.x).hypot(a.y - b.y)) / height));
        if self.shifts.len() == before {
            return;
        }
        self.people += 1;
        let (Some(original), Some(copy)) = (original.first_chunk::<17>(), copy.first_chunk::<17>()) else { return };
        let seen = |joint: &Keypoint| if joint.score >= DRAW_SCORE { 2.0 } else { 0.0 };
        let keypoints = original.map(|joint| [f64::from(joint.x), f64::from(joint.y), seen(&joint)]);
        let area = FILLED * f64::from(bbox.width()) * height;
        let truth = PersonTruth { keypoints, area, bbox: [0.0; 4] };
        self.alike += oks(&copy.map(|joint| [f64::from(joint.x), f64::from(joint.y)]), &truth);
    }

    /// All of it; `None` where there was nobody.
    pub(super) fn sum(mut self, role: Role) -> Option<Change> {
        if self.people == 0 {
            return None;
        }
        let people = self.people;
        let mean = |sum: f64, n: u64| if n == 0 { 0.0 } else { sum / n as f64 };
        Some(match role {
            Role::Pose => {
                self.shifts.sort_by(f64::total_cmp);
                let joints = self.shifts.len();
                let shift_p95 = self.shifts.get(joints * 95 / 100).copied().unwrap_or(0.0);
                let shift = mean(self.shifts.iter().sum(), joints as u64);
                Change::Pose { people, joints: joints as u64, shift, shift_p95, oks: mean(self.alike, people) }
            }
            Role::Reid => Change::Reid { people, cosine: mean(self.alike, people) },
            _ => {
                let Self { found, new, .. } = self;
                Change::Detector { people, found, new, overlap: mean(self.alike, found) }
            }
        })
    }
}

/// How many of `boxes` have a partner among `others`, how many have none, and the sum of their overlaps. Each of `others`
/// is one's partner only.
fn matched(boxes: &[Bbox], others: &[Bbox]) -> (u64, u64, f64) {
    let mut left = others.to_vec();
    let (mut found, mut overlap) = (0, 0.0);
    for person in boxes {
        let best = (0..left.len()).max_by(|a, b| person.iou(&left[*a]).total_cmp(&person.iou(&left[*b])));
        if let Some(best) = best.filter(|best| person.iou(&left[*best]) >= SAME) {
            found += 1;
            overlap += f64::from(person.iou(&left.swap_remove(best)));
        }
    }
    (found, boxes.len() as u64 - found, overlap)
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let norms = (dot(a, a) * dot(b, b)).sqrt();
    if norms > 0.0 { dot(a, b) / norms } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(x: f32, score: f32) -> Detection {
        Detection { bbox: Bbox::new(x, 0.0, x + 10.0, 20.0), score }
    }

    #[test]
    fn people_are_found_lost_or_new() {
        // The last of the original's is not sure enough to count, but enough to be no news.
        let original = [person(0.0, 0.9), person(50.0, 0.6), person(80.0, 0.45)];
        let copy = [person(1.0, 0.41), person(50.0, 0.3), person(80.0, 0.6), person(200.0, 0.7)];
        let mut changes = Changes::default();
        changes.add(&Output::People(original.into()), &Output::People(copy.into()), &[]);
        let overlap = 9.0 / 11.0;
        match changes.sum(Role::Detector) {
            Some(Change::Detector { people: 2, found: 1, new: 1, overlap: o }) => assert!((o - overlap).abs() < 1e-6),
            other => panic!("{other:?}"),
        }
        assert_eq!(Changes::default().sum(Role::Detector), None);
    }

    #[test]
    fn joints_that_moved_count_by_the_persons_height() {
        let joint = |x, score| Keypoint { x, y: 5.0, score };
        let original: Vec<_> = (0..17).map(|n| joint(n as f32, if n < 10 { 0.9 } else { 0.1 })).collect();
        let copy: Vec<_> = (0..17).map(|n| joint(n as f32 + 2.0, 0.9)).collect();
        let mut changes = Changes::default();
        let bbox = Bbox::new(0.0, 0.0, 10.0, 100.0);
        changes.add(&Output::Poses(vec![original.clone()]), &Output::Poses(vec![copy]), &[bbox]);
        changes.add(&Output::Poses(vec![original.clone()]), &Output::Poses(vec![original]), &[bbox]);
        match changes.sum(Role::Pose) {
            Some(Change::Pose { people: 2, joints: 20, shift, shift_p95, oks }) => {
                assert!((shift - 0.01).abs() < 1e-6 && (shift_p95 - 0.02).abs() < 1e-6, "{shift} {shift_p95}");
                assert!(oks > 0.5 && oks < 1.0, "{oks}");
            }
            other => panic!("{other:?}"),
        }
    }
}
