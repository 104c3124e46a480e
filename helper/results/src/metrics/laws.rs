//! What holds for every metric of tracks, and small cases whose figures can be worked out by hand.

use proptest::prelude::*;

use super::hota::HotaFigures;
use super::sequence::{Labelled, Sequence};
use super::*;
use crate::rect::Rect;

/// People and tracks of each frame, as (id, left edge); every box is 40 wide and 100 high.
fn sequence(truth: &[&[(u32, f64)]], tracks: &[&[(u32, f64)]]) -> Sequence {
    let side = |frames: &[&[(u32, f64)]]| -> Vec<Vec<Labelled>> {
        let labelled = |&(id, left): &(u32, f64)| Labelled { id, bbox: Rect::new(left, 0.0, 40.0, 100.0) };
        frames.iter().map(|frame| frame.iter().map(labelled).collect()).collect()
    };
    Sequence::of_sides(side(truth), side(tracks)).unwrap()
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-12
}

/// All that lies in 0..=1.
fn shares(scores: &Scores) -> Vec<f64> {
    let HotaFigures { hota, det_a, ass_a, loc_a, det_re, det_pr, ass_re, ass_pr } = scores.hota.mean();
    let Scores { clear, identity, .. } = scores;
    let hota = [hota, det_a, ass_a, loc_a, det_re, det_pr, ass_re, ass_pr];
    [&hota[..], &[clear.motp(), identity.idf1(), identity.idp(), identity.idr()]].concat()
}

fn counts(clear: &Clear) -> [u64; 8] {
    [clear.tp, clear.fn_, clear.fp, clear.idsw, clear.frag, clear.mt, clear.pt, clear.ml]
}

#[test]
fn a_person_handed_from_one_track_to_another_is_half_associated() {
    let person = [&[(1, 0.0)][..]; 4];
    let scores = Scores::of(&sequence(&person, &[&[(5, 0.0)], &[(5, 0.0)], &[(9, 0.0)], &[(9, 0.0)]]));
    let mean = scores.hota.mean();
    assert!(close(mean.det_a, 1.0) && close(mean.ass_a, 0.5) && close(mean.hota, 0.5f64.sqrt()), "{mean:?}");
    assert!(close(mean.ass_re, 0.5) && close(mean.ass_pr, 1.0) && close(mean.loc_a, 1.0), "{mean:?}");
    assert_eq!(counts(&scores.clear), [4, 0, 0, 1, 0, 1, 0, 0]);
    assert!(close(scores.clear.mota(), 0.75));
    assert_eq!(scores.identity, Identity { idtp: 2, idfn: 2, idfp: 2 });
}

#[test]
fn a_person_lost_for_a_frame_is_a_fragment_but_no_switch() {
    let person = [&[(1, 0.0)][..]; 3];
    // In the second frame the track is somewhere else.
    let scores = Scores::of(&sequence(&person, &[&[(5, 0.0)], &[(5, 500.0)], &[(5, 0.0)]]));
    assert_eq!(counts(&scores.clear), [2, 1, 1, 0, 1, 0, 1, 0]);
    assert!(close(scores.clear.mota(), 1.0 / 3.0));
    // TrackEval passes over a frame without any track: the person counts as missed, not as a fragment.
    let scores = Scores::of(&sequence(&person, &[&[(5, 0.0)], &[], &[(5, 0.0)]]));
    assert_eq!(counts(&scores.clear), [2, 1, 0, 0, 0, 0, 1, 0]);
}

#[test]
fn a_box_that_covers_a_third_is_found_at_the_six_lowest_overlaps() {
    let scores = Scores::of(&sequence(&[&[(1, 0.0)]], &[&[(1, 20.0)]]));
    let mean = scores.hota.mean();
    assert!(close(mean.hota, 6.0 / 19.0) && close(mean.loc_a, (6.0 / 3.0 + 13.0) / 19.0), "{mean:?}");
    assert_eq!(counts(&scores.clear), [0, 1, 1, 0, 0, 0, 0, 1]);
    assert_eq!(scores.identity, Identity { idtp: 0, idfn: 1, idfp: 1 });
}

#[test]
fn whoever_can_goes_on_with_the_same_track_though_another_is_nearer() {
    let scores = Scores::of(&sequence(&[&[(1, 0.0)], &[(1, 0.0)]], &[&[(5, 0.0)], &[(5, 10.0), (6, 0.0)]]));
    assert_eq!(counts(&scores.clear), [2, 0, 1, 0, 0, 1, 0, 0]);
}

#[test]
fn nothing_at_all_has_figures_too() {
    for (people, tracks, missed, false_alarms) in [(0, 0, 0, 0), (1, 0, 1, 0), (0, 1, 0, 1)] {
        let boxes = [(1, 0.0)];
        let scores = Scores::of(&sequence(&[&boxes[..people]], &[&boxes[..tracks]]));
        assert_eq!((scores.clear.fn_, scores.clear.fp), (missed, false_alarms));
        assert!(shares(&scores).iter().all(|share| (0.0..=1.0).contains(share)), "{scores:?}");
        assert_eq!((scores.hota.mean().hota, scores.hota.mean().loc_a, scores.clear.mota()), (0.0, 1.0, 0.0));
    }
}

/// Where people are, as [person][frame]: next to each other, a little over each other, not always there.
fn people() -> impl Strategy<Value = Vec<Vec<Option<f64>>>> {
    prop::collection::vec(prop::collection::vec(prop::option::weighted(0.9, -4.0..4.0f64), 12), 1..5)
}

type Boxes = Vec<Vec<(u32, f64)>>;

fn frames(people: &[Vec<Option<f64>>]) -> Boxes {
    let left = |person: usize, place: f64| 30.0 * person as f64 + place;
    let frame = |f: usize| (0..people.len()).filter_map(move |p| Some((p as u32, left(p, people[p][f]?)))).collect();
    (0..12).map(frame).collect()
}

fn scores(truth: &Boxes, tracks: &Boxes) -> Scores {
    let [truth, tracks] = [truth, tracks].map(|side| side.iter().map(Vec::as_slice).collect::<Vec<_>>());
    Scores::of(&sequence(&truth, &tracks))
}

/// Each box with another id and place.
fn changed(boxes: &Boxes, change: impl Fn(usize, u32, f64) -> (u32, f64)) -> Boxes {
    let frame = |(f, frame): (usize, &Vec<(u32, f64)>)| frame.iter().map(|&(id, left)| change(f, id, left)).collect();
    boxes.iter().enumerate().map(frame).collect()
}

proptest! {
    #[test]
    fn perfect_tracks_are_perfect(people in people()) {
        let truth = frames(&people);
        prop_assume!(truth.iter().any(|frame| !frame.is_empty()));
        let scores = scores(&truth, &truth);
        prop_assert!(shares(&scores).into_iter().all(|share| close(share, 1.0)), "{:?}", scores);
        prop_assert!(close(scores.clear.mota(), 1.0));
    }

    #[test]
    fn the_names_of_tracks_do_not_matter_and_figures_are_shares(
        people in people(), moved in 0.0..25.0f64, lost in 0usize..12, times in 0u32..40,
    ) {
        let truth = frames(&people);
        let mut tracks = changed(&truth, |f, id, left| (id + u32::from(f > 7) * (id % 2) * 10, left + moved));
        tracks[lost].clear();
        let plain = scores(&truth, &tracks);
        // 41 is prime: other numbers in another order, never two the same.
        let renamed = scores(&truth, &changed(&tracks, |_, id, left| ((id + 1) * (times + 1) % 41, left)));
        for (a, b) in shares(&plain).into_iter().zip(shares(&renamed)) {
            prop_assert!(close(a, b) && (0.0..=1.0).contains(&a), "{:?} {:?}", plain, renamed);
        }
        prop_assert_eq!(counts(&plain.clear), counts(&renamed.clear));

        let mut twice = plain.clone();
        twice.add(&plain);
        for (a, b) in shares(&plain).into_iter().zip(shares(&twice)) {
            prop_assert!(close(a, b), "{:?} {:?}", plain, twice);
        }
        prop_assert_eq!(counts(&twice.clear), counts(&plain.clear).map(|count| 2 * count));
    }

    #[test]
    fn a_switch_costs_association_and_identity_but_no_detection(people in people(), at in 1usize..12) {
        let truth = frames(&people);
        let has = |frames: &[Vec<(u32, f64)>]| frames.iter().flatten().any(|&(id, _)| id == 0);
        prop_assume!(has(&truth[..at]) && has(&truth[at..]));
        let good = scores(&truth, &truth);
        let switched = scores(&truth, &changed(&truth, |f, id, left| (if f >= at && id == 0 { 99 } else { id }, left)));
        let [before, after] = [&good, &switched].map(|scores| scores.hota.mean());
        prop_assert!(close(after.det_a, before.det_a));
        prop_assert!(after.ass_a < before.ass_a - 1e-6 && switched.identity.idf1() < good.identity.idf1() - 1e-6);
        prop_assert_eq!(switched.clear.idsw, 1);
    }
}
