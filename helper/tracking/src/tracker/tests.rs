//! What holds for every tracker with every preset.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// What a tracker is given of one frame,
type Seen = Vec<(Detection, Option<Embedding>)>;
/// and with the number of each person.
type Told = Vec<((Detection, Option<Embedding>), usize)>;

fn step(tracker: &mut Tracker, seen: &Seen, motion: Affine) -> Vec<TrackedBox> {
    let (detections, embeddings): (Vec<_>, Vec<_>) = seen.iter().cloned().unzip();
    tracker.update(&Input { detections: &detections, embeddings: &embeddings, motion: Some(motion) })
}

fn any_method() -> impl Strategy<Value = Method> {
    prop::sample::select(Method::ALL.to_vec())
}

/// Boxes of all sorts: far out, empty, crossed, NaN, infinite.
fn any_detection() -> impl Strategy<Value = (Detection, Option<Embedding>)> {
    let odd =
        prop_oneof![Just(f32::NAN), Just(f32::INFINITY), Just(-1e30f32), Just(1e30f32), Just(f32::MAX), Just(0.0)];
    let edge = || prop_oneof![30 => -200.0..2000.0f32, 1 => odd.clone()];
    let score = prop_oneof![20 => 0.0..1.0f32, 1 => odd.clone(), 3 => Just(0.5), 3 => Just(0.1)];
    let size = || prop_oneof![20 => 1.0..300.0f32, 1 => Just(0.0f32), 1 => Just(-50.0f32)];
    // Now and then of another network, so that the lengths differ.
    let looks = prop::collection::vec(-1.0..1.0f32, 0..4).prop_map(Embedding::new);
    (edge(), edge(), size(), size(), score, looks)
        .prop_map(|(x, y, w, h, score, looks)| (Detection { bbox: Bbox::new(x, y, x + w, y + h), score }, looks))
}

fn any_motion() -> impl Strategy<Value = Affine> {
    prop_oneof![
        10 => Just(Affine::IDENTITY),
        1 => Just(Affine([0.0, -1.0, 3.0, 1.0, 0.0, 4.0])),
        1 => Just(Affine([f64::NAN; 6])),
        1 => Just(Affine([1e300, 0.0, 0.0, 0.0, 1e300, 0.0])),
        1 => Just(Affine([0.0; 6])),
    ]
}

fn person(x: f32, y: f32, score: f32, looks: &[f32]) -> (Detection, Option<Embedding>) {
    (Detection { bbox: Bbox::new(x, y, x + 40.0, y + 100.0), score }, Embedding::new(looks.to_vec()))
}

/// Persons who walk straight with some jitter and are sometimes missed; each detection with the person's number.
fn walkers() -> impl Strategy<Value = Vec<Told>> {
    let walker = (0.0..1000.0f32, 0.0..500.0f32, -6.0..6.0f32, -3.0..3.0f32, -1.0..1.0f32);
    prop::collection::vec(walker, 1..8).prop_flat_map(|walkers| {
        let frame = prop::collection::vec((0.05..1.0f32, -2.0..2.0f32, -2.0..2.0f32), walkers.len());
        prop::collection::vec(frame, 1..25).prop_map(move |frames| {
            let at = |(frame, noise): (usize, Vec<(f32, f32, f32)>)| {
                let t = frame as f32;
                let seen = walkers.iter().zip(noise).enumerate().map(|(i, (w, (score, dx, dy)))| {
                    (person(w.0 + w.2 * t + dx, w.1 + w.3 * t + dy, score, &[w.4, 1.0, dx * 0.1]), i)
                });
                seen.filter(|((d, _), _)| d.score > 0.2).collect()
            };
            frames.into_iter().enumerate().map(at).collect()
        })
    })
}

proptest! {
    #[test]
    fn no_number_comes_twice_and_no_box_is_two_persons(
        frames in prop::collection::vec((prop::collection::vec(any_detection(), 0..12), any_motion()), 1..30),
        method in any_method(),
    ) {
        let mut tracker = Tracker::new(method, 5.0);
        let mut last_seen = BTreeMap::new();
        for (frame, (seen, motion)) in (1u64..).zip(&frames) {
            let boxes = step(&mut tracker, seen, *motion);
            let (mut used, mut previous) = (BTreeSet::new(), None);
            for b in &boxes {
                prop_assert!(used.insert(b.detection), "one detection in two tracks");
                let source = &seen[b.detection].0;
                prop_assert!(source.bbox.is_valid() && source.score == b.score && b.score > 0.1);
                if let Some(id) = b.track {
                    prop_assert!(previous < Some(id), "by track");
                    previous = Some(id);
                    // A number that comes back was away no longer than the buffer.
                    let before = last_seen.insert(id, frame).unwrap_or(frame);
                    prop_assert!(frame - before <= tracker.max_lost_frames() + 1);
                }
            }
        }
    }

    #[test]
    fn nothing_odd_stays_behind(
        frames in prop::collection::vec((prop::collection::vec(any_detection(), 0..12), any_motion()), 1..10),
        method in any_method(),
    ) {
        let mut tracker = Tracker::new(method, 5.0);
        frames.iter().for_each(|(seen, motion)| drop(step(&mut tracker, seen, *motion)));
        // Far from whatever there was: found, confirmed, and with one number from then on.
        let mut numbers = BTreeSet::new();
        for t in 0..12u8 {
            let seen = vec![person(5000.0 + f32::from(t), 5000.0, 0.95, &[1.0, 0.2, 0.1])];
            let boxes = step(&mut tracker, &seen, Affine::IDENTITY);
            let found = boxes.iter().find(|b| b.detection == 0);
            if t >= 5 {
                let found = found.ok_or_else(|| TestCaseError::fail(format!("lost at {t}: {tracker:?}")))?;
                prop_assert!(found.bbox.iou(&seen[0].0.bbox) > 0.8, "{:?}", found.bbox);
                numbers.insert(found.track);
            }
        }
        prop_assert!(numbers.len() == 1 && !numbers.contains(&None), "{numbers:?}");
    }

    #[test]
    fn the_order_of_detections_does_not_matter(frames in walkers(), seed in any::<u64>(), method in any_method()) {
        let mut state = seed | 1;
        let mut shuffled_frames = frames.clone();
        for frame in &mut shuffled_frames {
            for i in (1..frame.len()).rev() {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                frame.swap(i, (state >> 33) as usize % (i + 1));
            }
        }
        let (mut tracker, mut other) = (Tracker::new(method, 30.0), Tracker::new(method, 30.0));
        let mut renamed = BTreeMap::new();
        for (frame, shuffled) in frames.iter().zip(&shuffled_frames) {
            let by_person = |tracker: &mut Tracker, frame: &Told| {
                let seen = frame.iter().map(|(seen, _)| seen.clone()).collect();
                let boxes = step(tracker, &seen, Affine::IDENTITY).into_iter();
                boxes.map(|b| (frame[b.detection].1, (b.track, b.bbox))).collect::<BTreeMap<_, _>>()
            };
            let (a, b) = (by_person(&mut tracker, frame), by_person(&mut other, shuffled));
            prop_assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
            for ((a_id, a_box), (b_id, b_box)) in a.values().zip(b.values()) {
                prop_assert_eq!(a_box, b_box);
                prop_assert_eq!(*renamed.entry(*a_id).or_insert(*b_id), *b_id);
            }
        }
    }

    #[test]
    fn a_stored_tracker_goes_on_as_if_never_stopped(frames in walkers(), at in 0usize..25, method in any_method()) {
        let mut tracker = Tracker::new(method, 30.0);
        let mut again = tracker.clone();
        for (frame, seen) in frames.into_iter().enumerate() {
            if frame <= at {
                // As checkpoints are.
                let stored = rmp_serde::to_vec_named(&tracker).unwrap();
                again = rmp_serde::from_slice(&stored).unwrap();
            }
            let seen = seen.into_iter().map(|(seen, _)| seen).collect();
            let turn = Affine([0.999, 0.01, 2.0, -0.01, 1.001, -1.0]);
            prop_assert_eq!(step(&mut tracker, &seen, turn), step(&mut again, &seen, turn));
        }
    }
}

#[test]
fn each_method_has_a_name_of_its_own() {
    let names: BTreeSet<_> = Method::ALL.iter().map(|m| (m.name(), m.preset().map(Preset::name))).collect();
    assert_eq!(names.len(), Method::ALL.len());
    assert_eq!((Method::ALL[0], Method::default().setting()), (Method::default(), "silhueta"));
    assert_eq!(Method::DeepOcSort.setting(), "deepocsort");
}
