use std::slice::from_ref;

use silhueta_shared::geometry::{Affine, Bbox};
use silhueta_shared::track::Detection;

use super::*;
use crate::Embedding;

fn detection(x: f32, y: f32, score: f32) -> Detection {
    Detection { bbox: Bbox::new(x, y, x + 40.0, y + 100.0), score }
}

fn step(tracker: &mut BotSort, detections: &[Detection], embeddings: &[Option<Embedding>]) -> Vec<TrackedBox> {
    tracker.update(&Input { detections, embeddings, motion: Some(Affine::IDENTITY) })
}

fn ids(boxes: &[TrackedBox]) -> Vec<Option<u32>> {
    boxes.iter().map(|b| b.track.map(TrackId::get)).collect()
}

fn silhueta() -> BotSort {
    BotSort::new(Config::default(), 30.0)
}

#[test]
fn confirms_on_the_second_sight_except_in_the_first_frame() {
    let mut tracker = silhueta();
    let one = detection(0.0, 0.0, 0.9);
    let two = detection(300.0, 0.0, 0.9);
    assert_eq!(ids(&step(&mut tracker, &[one], &[])), [Some(1)]);
    assert_eq!(ids(&step(&mut tracker, &[two, one], &[])), [Some(1), None]);
    assert_eq!(ids(&step(&mut tracker, &[two, one], &[])), [Some(1), Some(2)]);

    let mut original = BotSort::new(Config::preset(Preset::Original), 30.0);
    let mut boxmot = BotSort::new(Config::preset(Preset::Boxmot), 30.0);
    for tracker in [&mut original, &mut boxmot] {
        step(tracker, &[one], &[]);
    }
    assert_eq!(ids(&step(&mut original, &[two, one], &[])), [Some(1), Some(2)]);
    assert_eq!(ids(&step(&mut boxmot, &[two, one], &[])), [Some(1)]);
}

#[test]
fn an_unconfirmed_track_that_is_missed_once_is_gone() {
    let mut tracker = silhueta();
    step(&mut tracker, &[], &[]);
    assert_eq!(ids(&step(&mut tracker, &[detection(0.0, 0.0, 0.9)], &[])), [None]);
    step(&mut tracker, &[], &[]);
    assert_eq!(ids(&step(&mut tracker, &[detection(0.0, 0.0, 0.9)], &[])), [None]);
    assert_eq!(ids(&step(&mut tracker, &[detection(0.0, 0.0, 0.9)], &[])), [Some(2)]);
}

#[test]
fn low_scores_keep_tracks_but_start_none() {
    let mut tracker = silhueta();
    step(&mut tracker, &[detection(0.0, 0.0, 0.9)], &[]);
    let boxes = step(&mut tracker, &[detection(200.0, 0.0, 0.3), detection(0.0, 0.0, 0.3)], &[]);
    assert_eq!((ids(&boxes), boxes[0].detection, boxes[0].score), (vec![Some(1)], 1, 0.3));
    // 0.1 is too low even for that.
    assert_eq!(ids(&step(&mut tracker, &[detection(0.0, 0.0, 0.1)], &[])), []);
    // 0.55 is high but not enough for a new track.
    assert_eq!(ids(&step(&mut tracker, &[detection(200.0, 0.0, 0.55)], &[])), []);
}

#[test]
fn a_score_of_exactly_the_threshold_is_high_with_us_and_dropped_by_the_original() {
    for (preset, threshold, found) in [
        (Preset::Silhueta, 0.5, 1),
        (Preset::Ultralytics, 0.25, 1),
        (Preset::Original, 0.6, 0),
        (Preset::Boxmot, 0.5, 0),
    ] {
        let mut tracker = BotSort::new(Config::preset(preset), 30.0);
        step(&mut tracker, &[detection(0.0, 0.0, 0.9)], &[]);
        assert_eq!(step(&mut tracker, &[detection(0.0, 0.0, threshold)], &[]).len(), found, "{}", preset.name());
    }
}

/// Whether a person who is away for so many frames keeps the number.
fn survives(preset: Preset, frame_rate: f64, away: u64) -> bool {
    let mut tracker = BotSort::new(Config::preset(preset), frame_rate);
    let seen = [detection(0.0, 0.0, 0.9)];
    step(&mut tracker, &seen, &[]);
    (0..away).for_each(|_| drop(step(&mut tracker, &[], &[])));
    step(&mut tracker, &seen, &[]);
    ids(&step(&mut tracker, &seen, &[])) == [Some(1)]
}

#[test]
fn lost_tracks_are_kept_for_the_buffer() {
    for (preset, frame_rate) in
        [(Preset::Silhueta, 30.0), (Preset::Silhueta, 10.0), (Preset::Ultralytics, 10.0), (Preset::Boxmot, 60.0)]
    {
        let longest = BotSort::new(Config::preset(preset), frame_rate).max_lost_frames();
        assert!(survives(preset, frame_rate, longest), "{preset:?} at {frame_rate}");
        assert!(!survives(preset, frame_rate, longest + 1), "{preset:?} at {frame_rate}");
    }
    assert_eq!(BotSort::new(Config::preset(Preset::Boxmot), 60.0).max_lost_frames(), 61);
    assert_eq!(BotSort::new(Config::preset(Preset::Ultralytics), 60.0).max_lost_frames(), 31);
}

#[test]
fn camera_motion_carries_the_tracks_along() {
    let mut tracker = silhueta();
    step(&mut tracker, &[detection(0.0, 0.0, 0.9)], &[]);
    let motion = Affine([1.0, 0.0, 500.0, 0.0, 1.0, -20.0]);
    let seen = [detection(500.0, -20.0, 0.9)];
    assert_eq!(ids(&tracker.update(&Input { detections: &seen, embeddings: &[], motion: Some(motion) })), [Some(1)]);
}

/// Two persons walk through each other, x = 0..400, while their boxes swap places faster than motion can tell.
fn crossing(with_embeddings: bool) -> Vec<(Option<u32>, Option<u32>)> {
    let looks = [vec![1.0, 0.05, 0.0], vec![0.0, 0.05, 1.0]].map(Embedding::new);
    let mut tracker = silhueta();
    (0..40u16)
        .map(|frame| {
            // They meet, turn on their heels in each other's place and go back.
            let t = f32::from(frame);
            let (a, b) = if frame < 20 { (t * 4.0, 160.0 - t * 4.0) } else { (160.0 - t * 4.0 + 8.0, t * 4.0 - 8.0) };
            let detections = [detection(a, 0.0, 0.9), detection(b, 0.0, 0.9)];
            let looks = if with_embeddings { looks.as_slice() } else { &[] };
            let boxes = step(&mut tracker, &detections, looks);
            let of = |d: usize| boxes.iter().find(|b| b.detection == d).and_then(|b| b.track).map(TrackId::get);
            (of(0), of(1))
        })
        .collect()
}

#[test]
fn persons_who_turn_back_at_a_crossing_keep_their_numbers_with_embeddings() {
    assert!(crossing(true).iter().all(|&pair| pair == (Some(1), Some(2))), "{:?}", crossing(true));
    // Motion alone takes them for two who passed each other, so the scene tests what it says.
    assert_eq!(crossing(false).last(), Some(&(Some(2), Some(1))));
}

/// The numbers seen when one person stands at x = 0 in the frames `stands`, another walks over that place from
/// frame `from` on, at 4 pixels a frame from x = -80, and somebody stands there again after 40 frames of walking.
fn walk_over(stands: std::ops::Range<u16>, from: u16) -> Vec<Vec<Option<u32>>> {
    let mut tracker = silhueta();
    (0..from + 42)
        .map(|frame| {
            let mut seen = Vec::new();
            if stands.contains(&frame) || frame >= from + 40 {
                seen.push(detection(0.0, 0.0, 0.9));
            }
            if frame >= from {
                // Scored low on the way, so that only its own track can have it.
                let score = if frame < from + 3 { 0.9 } else { 0.3 };
                seen.push(detection(f32::from(frame - from) * 4.0 - 80.0, 0.0, score));
            }
            ids(&step(&mut tracker, &seen, &[]))
        })
        .collect()
}

#[test]
fn of_a_tracked_and_a_lost_track_in_one_place_the_longer_lived_stays() {
    // The one who stood was seen twice: forgotten when the other has come to the place.
    let numbers = walk_over(0..2, 0);
    assert_eq!(numbers[20..40], vec![vec![Some(2)]; 20]);
    assert_eq!(numbers[41], [Some(2), Some(3)]);
    // Seen for a second: it is the walker's track that goes.
    let numbers = walk_over(0..30, 30);
    assert_eq!((numbers[40].as_slice(), numbers[60].as_slice()), ([Some(2)].as_slice(), [].as_slice()));
    assert_eq!(numbers[71], [Some(1)]);
}

#[test]
fn neurapose_blends_looks_with_motion_and_steadies_its_boxes() {
    let (red, blue) = (Embedding::new(vec![1.0, 0.0]), Embedding::new(vec![0.0, 1.0]));
    // Half a box on: IoU 1 / 3, so motion costs 2 / 3 at a score of 1 (0.367 of the blend, limit 0.9).
    for looks in [&red, &blue, &None] {
        let mut tracker = BotSort::new(Config::preset(Preset::Neurapose), 30.0);
        step(&mut tracker, &[detection(0.0, 0.0, 1.0)], from_ref(&red));
        let boxes = step(&mut tracker, &[detection(20.0, 0.0, 1.0)], from_ref(looks));
        assert_eq!(ids(&boxes), [Some(1)]);
        // The filter believes x = 20 by 8 / 9 or so; a bit more than a third of that is held back.
        assert!(boxes[0].bbox.x1 > 9.0 && boxes[0].bbox.x1 < 13.0, "{:?}", boxes[0].bbox);
    }
    // 28 of 40 pixels on: IoU 3 / 17 costs 0.824, beyond the gate (0.75), so strange looks weigh in full: 0.45 + 0.453.
    for (looks, found) in [(&red, 0), (&blue, 0), (&None, 1)] {
        let mut tracker = BotSort::new(Config::preset(Preset::Neurapose), 30.0);
        step(&mut tracker, &[detection(0.0, 0.0, 1.0)], from_ref(&red));
        assert_eq!(step(&mut tracker, &[detection(28.0, 0.0, 1.0)], from_ref(looks)).len(), found);
    }
    // Its first settings want looks and place to agree.
    for (looks, found) in [(&red, 1), (&blue, 0)] {
        let mut tracker = BotSort::new(Config::preset(Preset::NeuraposeFirst), 30.0);
        step(&mut tracker, &[detection(0.0, 0.0, 1.0)], from_ref(&red));
        assert_eq!(step(&mut tracker, &[detection(8.0, 0.0, 1.0)], from_ref(looks)).len(), found);
    }
}
