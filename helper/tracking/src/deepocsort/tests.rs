use silhueta_shared::geometry::{Affine, Bbox};
use silhueta_shared::track::Detection;

use super::*;
use crate::Embedding;

fn detection(x: f32, score: f32) -> Detection {
    Detection { bbox: Bbox::new(x, 0.0, x + 40.0, 100.0), score }
}

fn step(tracker: &mut DeepOcSort, detections: &[Detection], embeddings: &[Option<Embedding>]) -> Vec<TrackedBox> {
    tracker.update(&Input { detections, embeddings, motion: Some(Affine::IDENTITY) })
}

fn ids(boxes: &[TrackedBox]) -> Vec<Option<u32>> {
    boxes.iter().map(|b| b.track.map(TrackId::get)).collect()
}

#[test]
fn three_boxes_in_a_row_confirm_except_at_the_start() {
    for (config, unknown) in [(Config::BOXMOT, vec![]), (Config::default(), vec![None])] {
        let mut tracker = DeepOcSort::new(config.clone());
        (0..3).for_each(|_| assert_eq!(ids(&step(&mut tracker, &[detection(0.0, 0.9)], &[])), [Some(1)]));
        let both = [detection(0.0, 0.9), detection(200.0, 0.9)];
        let known = |second: &[Option<u32>]| [&[Some(1)], second].concat();
        (0..3).for_each(|_| assert_eq!(ids(&step(&mut tracker, &both, &[])), known(&unknown)));
        assert_eq!(ids(&step(&mut tracker, &both, &[])), [Some(1), Some(2)]);
        // A gap of one frame: the authors' wait begins anew, ours not.
        step(&mut tracker, &[detection(0.0, 0.9)], &[]);
        let after = if config.telling == Telling::Known { vec![Some(2)] } else { vec![] };
        assert_eq!(ids(&step(&mut tracker, &both, &[])), known(&after));
    }
}

#[test]
fn low_scores_are_nobody() {
    let mut tracker = DeepOcSort::new(Config::default());
    assert_eq!(step(&mut tracker, &[detection(0.0, 0.3), detection(99.0, f32::INFINITY)], &[]), []);
}

#[test]
fn who_turned_unseen_is_found_where_last_seen() {
    let mut tracker = DeepOcSort::new(Config::default());
    let at = |t: u8| detection(f32::from(t) * 8.0, 0.9);
    (0..12).for_each(|t| drop(step(&mut tracker, &[at(t)], &[])));
    // By motion the box is 80 pixels on, twice its width.
    (0..10).for_each(|_| drop(step(&mut tracker, &[], &[])));
    assert_eq!(ids(&step(&mut tracker, &[at(11)], &[])), [Some(1)]);
}

#[test]
fn the_last_place_is_kept_for_thirty_frames() {
    for (away, found) in [(30, Some(1)), (31, None)] {
        let mut tracker = DeepOcSort::new(Config::default());
        (0..4).for_each(|_| drop(step(&mut tracker, &[detection(0.0, 0.9)], &[])));
        (0..away).for_each(|_| drop(step(&mut tracker, &[], &[])));
        assert_eq!(ids(&step(&mut tracker, &[detection(0.0, 0.9)], &[])), [found]);
    }
}

#[test]
fn looks_decide_between_two_in_one_place() {
    let looks = [vec![1.0, 0.1], vec![0.1, 1.0]].map(Embedding::new);
    let crossed = [looks[1].clone(), looks[0].clone()];
    let (left, right) = (detection(0.0, 0.9), detection(8.0, 0.9));
    for (seen, expected) in [(looks.as_slice(), [0, 1]), (&crossed, [1, 0]), (&[], [0, 1])] {
        let mut tracker = DeepOcSort::new(Config::default());
        (0..3).for_each(|_| drop(step(&mut tracker, &[left, right], &looks)));
        let boxes = step(&mut tracker, &[left, right], seen);
        assert_eq!(boxes.iter().map(|b| b.detection).collect::<Vec<_>>(), expected, "{seen:?}");
    }
}
