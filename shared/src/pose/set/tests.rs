//! The laws that hold for every set, and the places that users of the public sets know by heart.

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// A set, and a joint of it.
fn joint() -> impl Strategy<Value = (KeypointSet, usize)> {
    prop::sample::select(KeypointSet::ALL.to_vec()).prop_flat_map(|set| (Just(set), 0..set.count()))
}

fn mirrored_name(name: &str) -> String {
    if let Some(rest) = name.strip_prefix("left_") {
        format!("right_{rest}")
    } else if let Some(rest) = name.strip_prefix("right_") {
        format!("left_{rest}")
    } else {
        name.to_owned()
    }
}

proptest! {
    #[test]
    fn partners_are_each_others_and_mirror_names_parts_fingers_and_bones((set, joint) in joint()) {
        let other = set.partner(joint);
        prop_assert!(other < set.count());
        prop_assert_eq!(set.partner(other), joint);
        prop_assert_eq!(set.finger(other), set.finger(joint));
        let mirrored = match set.part(joint) {
            Part::LeftHand => Part::RightHand,
            Part::RightHand => Part::LeftHand,
            same => same,
        };
        prop_assert_eq!(set.part(other), mirrored);
        if set.part(joint) != Part::Face {
            let names = set.joint_names();
            prop_assert_eq!(&names[other], &mirrored_name(&names[joint]));
        }
        for (a, b) in set.bones().iter().filter(|(a, b)| *a == joint || *b == joint) {
            let twin = (set.partner(*a), set.partner(*b));
            prop_assert!(set.bones().contains(&twin) || set.bones().contains(&(twin.1, twin.0)), "{a}–{b} has no twin");
        }
    }
}

#[test]
fn every_set_is_whole_begins_with_coco_and_is_known_by_its_number() {
    for set in KeypointSet::ALL {
        let names = set.joint_names();
        assert_eq!((names.len(), KeypointSet::of_count(names.len())), (set.count(), Some(set)));
        assert_eq!(names[..17], COCO17.map(str::to_owned));
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), set.count(), "{set}: a name twice");
        assert!((0..17).all(|joint| set.part(joint) == Part::Body));

        let bones = set.bones();
        assert!(bones.iter().all(|(a, b)| a != b && *a < set.count() && *b < set.count()), "{set}: {bones:?}");
        let pairs: BTreeSet<_> = bones.iter().map(|(a, b)| (a.min(b), a.max(b))).collect();
        assert_eq!(pairs.len(), bones.len(), "{set}: a bone twice");
    }
    assert_eq!([0, 16, 18, 25, 68, 132, 134].map(KeypointSet::of_count), [None; 7]);
}

#[test]
fn parts_have_as_many_joints_and_bones_as_the_public_sets() {
    let parts = |set: KeypointSet| {
        let mut count: BTreeMap<String, [usize; 2]> = BTreeMap::new();
        (0..set.count()).for_each(|joint| count.entry(format!("{:?}", set.part(joint))).or_default()[0] += 1);
        set.bones().iter().for_each(|(_, to)| count.entry(format!("{:?}", set.part(*to))).or_default()[1] += 1);
        count.into_iter().map(|(part, [joints, bones])| format!("{part} {joints} {bones}")).collect::<Vec<_>>()
    };
    assert_eq!(parts(KeypointSet::Coco17), ["Body 17 16"]);
    assert_eq!(parts(KeypointSet::Halpe26), ["Body 20 20", "Feet 6 6"]);
    let whole = ["Body 17 16", "Face 68 0", "Feet 6 6", "LeftHand 21 20", "RightHand 21 20"];
    assert_eq!(parts(KeypointSet::Wholebody133), whole);
}

#[test]
fn well_known_joints_are_where_the_public_sets_have_them() {
    let names = KeypointSet::Halpe26.joint_names();
    assert_eq!(
        names[17..],
        [
            "head",
            "neck",
            "hip",
            "left_big_toe",
            "right_big_toe",
            "left_small_toe",
            "right_small_toe",
            "left_heel",
            "right_heel"
        ]
    );
    let set = KeypointSet::Wholebody133;
    let names = set.joint_names();
    for (joint, name) in [
        (17, "left_big_toe"),
        (19, "left_heel"),
        (22, "right_heel"),
        (23, "face-0"),
        (90, "face-67"),
        (91, "left_hand_root"),
        (92, "left_thumb1"),
        (99, "left_forefinger4"),
        (107, "left_ring_finger4"),
        (112, "right_hand_root"),
        (125, "right_ring_finger1"),
        (132, "right_pinky_finger4"),
    ] {
        assert_eq!(names[joint], name);
    }
    for bone in [(15, 17), (16, 22), (9, 92), (92, 93), (9, 96), (10, 113), (131, 132)] {
        assert!(set.bones().contains(&bone), "{bone:?}");
    }
    // A face's jaw ends, brows, nose wings, outer eye corners, lower lids and inner lips.
    for (left, right) in [(0, 16), (17, 26), (31, 35), (36, 45), (41, 46), (48, 54), (60, 64), (8, 8), (30, 30)] {
        assert_eq!(set.partner(23 + left), 23 + right);
    }
    assert_eq!((set.finger(91), set.finger(92), set.finger(132), set.finger(9)), (None, Some(0), Some(4), None));
}
