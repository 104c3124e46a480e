use proptest::prelude::*;
use silhueta_shared::geometry::Bbox;

use super::*;
use crate::Embedding;
use crate::tracklet::{End, View};

/// A look at `angle` degrees, seen six times with a little variation. Cosine distance of two looks: 1 - cos.
fn look(angle: f32) -> Vec<View> {
    (0..6u8).map(|i| view(u64::from(i), angle + f32::from(i) - 2.5, false)).collect()
}

fn view(frame: u64, angle: f32, is_doubtful: bool) -> View {
    let look = Embedding::new(vec![angle.to_radians().cos(), angle.to_radians().sin()]).unwrap();
    View { frame, seconds: frame as f64 / 10.0, bbox: Bbox::new(0.0, 0.0, 50.0, 100.0), is_doubtful, look }
}

/// A tracklet of frames `from..=to` at 10 fps, 100 px high, standing at `x`.
fn tracklet(id: u32, from: u64, to: u64, x: f32, gallery: Vec<View>) -> Tracklet {
    let end = |frame: u64| End {
        frame,
        seconds: frame as f64 / 10.0,
        bbox: Bbox::new(x, 0.0, x + 50.0, 100.0),
        velocity: [0.0; 2],
    };
    Tracklet { id: TrackId::new(id).unwrap(), first: end(from), last: end(to), boxes: to - from + 1, gallery }
}

fn identities(tracklets: &[Tracklet]) -> Vec<u32> {
    let stitching = stitch(tracklets, &StitchConfig::default());
    tracklets.iter().map(|t| stitching.identity_of()[&t.id].get()).collect()
}

#[test]
fn a_person_who_comes_back_is_recognised_by_looks() {
    let all = [
        tracklet(1, 0, 100, 0.0, look(0.0)),
        tracklet(2, 20, 120, 300.0, look(90.0)),
        // Half a minute later, elsewhere; 20 degrees are a distance of 0.06, less the spread of the views.
        tracklet(3, 400, 500, 700.0, look(20.0)),
        tracklet(4, 430, 500, 100.0, look(75.0)),
    ];
    assert_eq!(identities(&all), [1, 2, 1, 2]);
    let stitching = stitch(&all, &StitchConfig::default());
    assert!(stitching.joins.iter().all(|j| j.reason == Reason::Appearance && j.confidence > 0.5 && j.motion.is_none()));
    let last = &stitching.joins[1];
    assert_eq!((last.from.get(), last.into.get()), (4, 2));
    assert!((last.gap_seconds - 31.0).abs() < 1e-9 && last.appearance.unwrap() < 0.03);
    assert_eq!(stitching.components, [2, 2]);
}

#[test]
fn look_alikes_seen_together_are_never_one_even_through_others() {
    // 1 and 2 are seen together; 3 is as like the one as the other, and can be only one of them.
    let all = [
        tracklet(1, 0, 100, 0.0, look(0.0)),
        tracklet(2, 100, 200, 300.0, look(0.0)),
        tracklet(3, 300, 400, 150.0, look(0.0)),
        tracklet(4, 400, 500, 450.0, look(0.0)),
    ];
    let ids = identities(&all);
    assert_ne!(ids[0], ids[1]);
    assert_ne!(ids[2], ids[3]);
    assert_eq!(ids.iter().max(), Some(&2));
}

#[test]
fn strangers_are_not_joined_by_time_alone() {
    let all = [tracklet(1, 0, 100, 0.0, vec![]), tracklet(2, 105, 200, 200.0, vec![])];
    assert_eq!(identities(&all), [1, 2]);
    // In the same place, but long after.
    let all = [tracklet(1, 0, 100, 0.0, vec![]), tracklet(2, 150, 200, 0.0, vec![])];
    assert_eq!(identities(&all), [1, 2]);
    // In the same place a moment later, but of another look.
    let all = [tracklet(1, 0, 100, 0.0, look(0.0)), tracklet(2, 105, 200, 0.0, look(80.0))];
    assert_eq!(identities(&all), [1, 2]);
}

#[test]
fn motion_bridges_a_short_gap() {
    let mut walker = tracklet(1, 0, 100, 0.0, vec![]);
    walker.last.velocity = [100.0, 0.0];
    let mut goes_on = tracklet(2, 110, 200, 100.0, vec![]);
    goes_on.first.velocity = [100.0, 0.0];
    let stitching = stitch(&[walker.clone(), goes_on.clone()], &StitchConfig::default());
    assert_eq!(stitching.joins.len(), 1);
    let join = &stitching.joins[0];
    assert_eq!((join.reason, join.appearance, join.motion), (Reason::Motion, None, Some(1.0)));

    // Of another size, it is another person.
    goes_on.first.bbox.y2 = 300.0;
    assert_eq!(stitch(&[walker, goes_on], &StitchConfig::default()).joins, []);
}

#[test]
fn a_short_gap_forgives_looks_that_a_long_one_does_not() {
    // 43 degrees: a distance of about 0.2 between the nearest views, between the two limits.
    let now = [tracklet(1, 0, 100, 0.0, look(0.0)), tracklet(2, 105, 200, 10.0, look(43.0))];
    assert_eq!(stitch(&now, &StitchConfig::default()).joins[0].reason, Reason::Both);
    let later = [tracklet(1, 0, 100, 0.0, look(0.0)), tracklet(2, 400, 500, 10.0, look(43.0))];
    assert_eq!(identities(&later), [1, 2]);
}

#[test]
fn nobody_is_in_two_places_within_a_moment() {
    let all = [tracklet(1, 0, 100, 0.0, look(0.0)), tracklet(2, 101, 200, 900.0, look(0.0))];
    assert_eq!(identities(&all), [1, 2]);
}

#[test]
fn linkage_is_by_the_average() {
    // 2 is like both others (0.09 and 0.12), but 1 and 3 are not alike (0.44): 0.28 from 3 to both.
    let all = [
        tracklet(1, 0, 100, 0.0, look(0.0)),
        tracklet(2, 400, 500, 0.0, look(28.0)),
        tracklet(3, 800, 900, 0.0, look(60.0)),
    ];
    let ids = identities(&all);
    assert_ne!(ids[0], ids[2]);
    assert_eq!(stitch(&all, &StitchConfig::default()).joins.len(), 1);
}

#[test]
fn pieces_of_one_track_stay_one() {
    let all = [
        tracklet(5, 0, 10, 0.0, look(0.0)),
        tracklet(5, 400, 410, 900.0, look(90.0)),
        tracklet(6, 5, 20, 0.0, vec![]),
        // Looks like 5 did at first, but is seen beside its second piece.
        tracklet(7, 405, 420, 300.0, look(0.0)),
    ];
    assert_eq!(identities(&all), [1, 1, 2, 3]);
}

#[test]
fn the_longer_somebody_was_away_the_more_alike_they_must_look() {
    // 33 degrees: a distance of about 0.125 between the nearest half of the views.
    let after = |seconds: u64| {
        let from = 100 + 10 * seconds;
        identities(&[tracklet(1, 0, 100, 0.0, look(0.0)), tracklet(2, from, from + 50, 200.0, look(33.0))]) == [1, 1]
    };
    assert!(after(3) && after(9) && !after(30) && !after(3000));
    // Who looks the same is recognised whenever they come back.
    assert_eq!(identities(&[tracklet(1, 0, 100, 0.0, look(0.0)), tracklet(2, 90_000, 90_050, 0.0, look(9.0))]), [1, 1]);
}

#[test]
fn motion_must_fit_better_where_nothing_is_known_of_looks() {
    let goes_on = |gallery: fn() -> Vec<View>| {
        identities(&[tracklet(1, 0, 100, 0.0, gallery()), tracklet(2, 105, 200, 35.0, gallery())]) == [1, 1]
    };
    assert!(goes_on(|| look(0.0)) && !goes_on(Vec::new));
}

#[test]
fn a_person_found_twice_for_a_moment_is_one_but_two_who_stay_are_two() {
    let one = |second_from, second_x| {
        let all = [tracklet(1, 0, 100, 0.0, look(0.0)), tracklet(2, second_from, 200, second_x, look(5.0))];
        identities(&all) == [1, 1]
    };
    assert!(one(98, 5.0));
    // For longer; beside; and all within the time of the other.
    assert!(!one(90, 5.0));
    assert!(!one(98, 30.0));
    let within = [tracklet(1, 0, 100, 0.0, look(0.0)), tracklet(2, 60, 62, 0.0, look(0.0))];
    assert_eq!(identities(&within), [1, 2]);
}

#[test]
fn where_two_tracks_show_one_person_the_later_is_nobody_until_the_earlier_ends() {
    let all = [tracklet(1, 0, 100, 0.0, look(0.0)), tracklet(2, 98, 200, 5.0, look(5.0))];
    let stitching = stitch(&all, &StitchConfig::default());
    let at = |track: u32, frame| stitching.at(all[track as usize - 1].id, frame).map(IdentityId::get);
    assert_eq!([at(1, 0), at(1, 100), at(2, 98), at(2, 100), at(2, 101)], [Some(1), Some(1), None, None, Some(1)]);
    assert_eq!((stitching.persons(), stitching.joins[0].from_frame, stitching.joins[0].into_frame), (1, 98, 100));
}

/// Views of a person who looks like `before`, then, behind frame 100, like `after`, with or without doubt there.
fn changed(before: f32, after: f32, is_doubtful: bool) -> Vec<View> {
    let angle = |n: u64| if n < 10 { before + n as f32 } else { after + n as f32 };
    (0..20).map(|n| view(10 * n + 1, angle(n), is_doubtful && n == 10)).collect()
}

#[test]
fn a_track_that_goes_over_to_another_person_is_cut_there_and_each_half_joined_to_their_own() {
    let mut switched = tracklet(5, 0, 200, 0.0, changed(0.0, 90.0, true));
    let all = [
        switched.clone(),
        // The other person, before and after.
        tracklet(6, 20, 80, 40.0, look(100.0)),
        tracklet(7, 130, 200, 40.0, look(5.0)),
    ];
    let stitching = stitch(&all, &StitchConfig::default());
    let [split] = stitching.splits.as_slice() else { panic!("{:?}", stitching.splits) };
    assert!((92..=101).contains(&split.frame) && split.appearance > 0.5 && split.confidence > 0.5, "{split:?}");
    let at = |track: usize, frame| stitching.at(all[track].id, frame).map(IdentityId::get);
    assert_eq!([at(0, 0), at(0, 91), at(0, 101), at(0, 200)], [Some(1), Some(1), Some(2), Some(2)]);
    assert_eq!([at(1, 50), at(2, 150)], [Some(2), Some(1)]);

    // Nobody was near, and the track was never lost: then it is one person, whatever they look like now.
    switched.gallery = changed(0.0, 90.0, false);
    assert_eq!(stitch(&[switched.clone()], &StitchConfig::default()).splits, []);
    // Somebody who turns round slowly, or comes back to what they looked like.
    switched.gallery = (0..20).map(|n| view(10 * n + 1, 5.0 * n as f32, n == 10)).collect();
    assert_eq!(stitch(&[switched.clone()], &StitchConfig::default()).splits, []);
    switched.gallery = changed(0.0, 90.0, true);
    switched.gallery.truncate(12);
    switched.gallery.extend((12..20).map(|n| view(10 * n + 1, 3.0, false)));
    assert_eq!(stitch(&[switched], &StitchConfig::default()).splits, []);
}

#[test]
fn broken_numbers_join_nothing() {
    let mut broken = tracklet(2, 105, 200, f32::NAN, vec![]);
    broken.first.seconds = f64::NAN;
    assert_eq!(identities(&[tracklet(1, 0, 100, 0.0, vec![]), broken]), [1, 2]);
    assert_eq!(stitch(&[], &StitchConfig::default()), Stitching::default());
}

proptest! {
    #[test]
    fn those_seen_together_are_never_one_and_order_does_not_matter(
        seeds in prop::collection::vec((0u64..300, 0u64..60, 0u16..400, prop::option::of(0u8..90)), 1..16),
        swaps in prop::collection::vec((0usize..16, 0usize..16), 8),
    ) {
        let mut all: Vec<Tracklet> = (1..).zip(&seeds).map(|(id, &(from, length, x, angle))| {
            tracklet(id, from, from + length, f32::from(x), angle.map_or(vec![], |a| look(f32::from(a))))
        }).collect();
        let stitching = stitch(&all, &StitchConfig::default());
        prop_assert_eq!(stitching.identity_of().len(), all.len());
        let persons = all.len() - stitching.joins.len();
        prop_assert_eq!(stitching.identity_of().values().map(|i| i.get() as usize).max(), Some(persons));
        for (i, a) in all.iter().enumerate() {
            for b in &all[..i] {
                let together = a.first.frame <= b.last.frame && b.first.frame <= a.last.frame;
                let (early, late) = if a.first.frame <= b.first.frame { (a, b) } else { (b, a) };
                let together = together && !evidence::is_doubled(early, late, &StitchConfig::default());
                prop_assert!(!together || stitching.identity_of()[&a.id] != stitching.identity_of()[&b.id]);
            }
        }
        let n = all.len();
        for (i, j) in swaps {
            all.swap(i % n, j % n);
        }
        prop_assert_eq!(stitch(&all, &StitchConfig::default()), stitching);
    }
}

/// Pairs and links of `n` nodes from any numbers: some pairs excluded, some links better, some worse than a stranger's.
fn any_graph(n: usize, numbers: &[i32]) -> Graph<'static> {
    let mut numbers = numbers.iter().copied().cycle();
    let mut next = || numbers.next().unwrap();
    let pair = |number: i32| if number % 4 == 0 { graph::EXCLUDED } else { number };
    let pairs = (0..n).map(|j| (0..j).map(|_| pair(next())).collect()).collect();
    let link = |i: usize, number: i32| (i, number - 20);
    let links = (0..n).map(|i| (i + 1..n.min(i + 3)).map(|j| link(j, next())).collect()).collect();
    Graph::of_numbers(pairs, links, -20)
}

/// The value of the best of all ways to part `nodes` into persons.
fn by_brute_force(graph: &Graph<'_>, n: usize, persons: &mut search::Persons) -> Option<i64> {
    let node = graph.len() - n;
    if n == 0 {
        return persons.iter().map(|person| graph.value(person)).sum();
    }
    let mut best = None;
    for place in 0..=persons.len() {
        if place == persons.len() {
            persons.push(Vec::new());
        }
        persons[place].push(node);
        best = best.max(by_brute_force(graph, n - 1, persons));
        persons[place].pop();
        persons.retain(|person| !person.is_empty());
    }
    best
}

#[test]
fn who_may_stand_between_two_is_looked_at_with_them() {
    // Nothing draws 1 to the others, but 2 can't well follow 0 at once.
    let graph = Graph::of_numbers(vec![vec![], vec![0], vec![50, 0]], vec![vec![(2, -200)], vec![], vec![]], -20);
    assert_eq!(graph.components(), [[0, 1, 2]]);
    assert_eq!(best(&graph, &[0, 1, 2], EXACT_STEPS), (vec![vec![0, 1, 2]], true));
}

proptest! {
    #[test]
    fn the_best_of_all_is_found_and_no_component_hides_it(n in 1usize..8, numbers in prop::collection::vec(-60i32..60, 60)) {
        let graph = any_graph(n, &numbers);
        let mut value = 0;
        for component in graph.components() {
            let greedy = search::greedy(&graph, &component);
            let better = search::improve(&graph, &component, greedy.clone(), SEARCH_STEPS);
            prop_assert!(better.iter().all(|person| graph.value(person).is_some()));
            prop_assert!(search::value(&graph, &better) >= search::value(&graph, &greedy));
            prop_assert_eq!(better.concat().len(), component.len());
            let (best, is_proven) = best(&graph, &component, EXACT_STEPS);
            prop_assert!(is_proven);
            value += search::value(&graph, &best);
        }
        prop_assert_eq!(Some(value), by_brute_force(&graph, n, &mut Vec::new()));
    }

    #[test]
    fn no_small_change_is_left_undone_where_the_best_is_out_of_reach(numbers in prop::collection::vec(-60i32..60, 1200)) {
        let graph = any_graph(30, &numbers);
        let mut values = [0; 3];
        for component in graph.components() {
            let greedy = search::greedy(&graph, &component);
            let better = search::improve(&graph, &component, greedy.clone(), SEARCH_STEPS);
            prop_assert!(better.iter().all(|person| person.is_sorted() && graph.value(person).is_some()));
            let (best, _) = exact::solve(&graph, &component, better.clone(), 2_000);
            let solutions = [&greedy, &better, &best];
            values.iter_mut().zip(solutions).for_each(|(sum, persons)| *sum += search::value(&graph, persons));
        }
        prop_assert!(values.is_sorted(), "{:?}", values);
    }
}
