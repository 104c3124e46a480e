//! The laws of motion: nothing jumps, feet that stand stand still, everybody is where the script has them.

use glam::{Quat, Vec2, Vec3, Vec3Swizzles};
use proptest::prelude::*;

use super::path::EASE;
use super::*;
use crate::figure::JOINTS;
use crate::script::{Look, Step, Target};

const CAMERA: Vec3 = Vec3::new(1.0, -6.0, 1.6);
const FRAME: f32 = 0.04;

/// Someone of about 1.7 m, or of this share of it.
fn rest(scale: f32) -> Rest {
    let p = Vec3::new;
    let half = [
        p(0.0, 0.0, 0.93),
        p(-0.01, 0.0, 1.04),
        p(-0.02, 0.0, 1.2),
        p(-0.02, 0.0, 1.45),
        p(0.0, 0.0, 1.53),
        p(0.0, 0.03, 1.39),
        p(-0.01, 0.18, 1.39),
        p(-0.015, 0.2, 1.11),
        p(0.01, 0.21, 0.86),
        p(0.0, -0.03, 1.39),
        p(-0.01, -0.18, 1.39),
        p(-0.015, -0.2, 1.11),
        p(0.01, -0.21, 0.86),
        p(0.0, 0.095, 0.89),
        p(0.01, 0.1, 0.48),
        p(-0.01, 0.1, 0.075),
        p(0.12, 0.11, 0.02),
        p(0.0, -0.095, 0.89),
        p(0.01, -0.1, 0.48),
        p(-0.01, -0.1, 0.075),
        p(0.12, -0.11, 0.02),
    ];
    half.map(|point| point * scale)
}

fn person(steps: Vec<Step>) -> Person {
    Person { name: "ana".into(), at: [0.0, 0.0], facing: 0.0, from: 0.0, steps, look: Look::default() }
}

fn play(steps: Vec<Step>, seed: u64) -> Performance {
    Performance::new(&person(steps), &rest(1.0), Seed::new(seed))
}

fn figure(play: &Performance, time: f32) -> Figure {
    Figure::new(&play.rest, &play.at(time, CAMERA).expect("is there").pose)
}

fn walk(x: f32, y: f32, speed: f32) -> Step {
    Step::Walk { to: [x, y], speed: Some(speed) }
}

/// Lowest points of a foot: heel, ball and tip of the toes.
fn sole(play: &Performance, figure: &Figure, foot: usize) -> [Vec3; 3] {
    let (ankle, toe) = [(Joint::LeftAnkle, Joint::LeftToe), (Joint::RightAnkle, Joint::RightToe)][foot];
    let (a, t) = (play.rest[ankle as usize], play.rest[toe as usize]);
    [
        figure.carry(&play.rest, ankle, Vec3::new(a.x - 0.045, a.y, 0.0)),
        figure.carry(&play.rest, ankle, t.with_z(0.0)),
        figure.carry(&play.rest, toe, Vec3::new(t.x + 0.05, t.y, 0.0)),
    ]
}

/// Any step that a script may have, except those by which one isn't there.
fn step() -> impl Strategy<Value = Step> {
    let place = || [-8.0f32..8.0, -8.0f32..8.0];
    prop_oneof![
        3 => (place(), prop::option::of(0.05f32..3.0)).prop_map(|(to, speed)| Step::Walk { to, speed }),
        2 => (place(), prop::option::of(1.5f32..9.0)).prop_map(|(to, speed)| Step::Run { to, speed }),
        1 => (0.0f32..5.0).prop_map(|seconds| Step::Stand { seconds }),
        1 => (-720.0f32..720.0, 0.5f32..3.0).prop_map(|(to, seconds)| Step::Turn { to, seconds }),
        1 => (2.0f32..6.0).prop_map(|seconds| Step::Sit { seconds }),
        1 => (2.5f32..6.0).prop_map(|seconds| Step::Fall { seconds }),
        1 => (0.0f32..4.0).prop_map(|seconds| Step::Wave { seconds }),
        1 => (2.0f32..4.0).prop_map(|seconds| Step::PickUp { seconds }),
        1 => (0.3f32..2.0, 2.0f32..4.0).prop_map(|(height, seconds)| Step::Take { height, seconds }),
        1 => (2.0f32..6.0).prop_map(|seconds| Step::Dance { seconds }),
        1 => (0.0f32..3.0).prop_map(|seconds| Step::Wait { seconds }),
        1 => prop_oneof![
            Just(Target::Ahead),
            Just(Target::Camera),
            (-5.0f32..5.0, -5.0f32..5.0, 0.0f32..3.0).prop_map(|(x, y, z)| Target::Point([x, y, z])),
        ]
        .prop_map(|target| Step::LookAt { target }),
    ]
}

/// How fast any joint may be: a foot in the air is more than twice as fast as who runs.
fn fastest(steps: &[Step]) -> f32 {
    let speed = |step: &Step| match step {
        Step::Walk { speed, .. } => speed.unwrap_or(1.6),
        Step::Run { speed, .. } => speed.unwrap_or(3.8),
        _ => 0.0,
    };
    steps.iter().map(speed).fold(0.0, f32::max) * 3.2 + 8.0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_done_nothing_jumps_and_no_bone_breaks(
        steps in prop::collection::vec(step(), 0..7), seed in 0u64..1000, scale in 0.65f32..1.2,
    ) {
        let fastest = fastest(&steps);
        let play = Performance::new(&person(steps), &rest(scale), Seed::new(seed));
        let end = play.intervals.last().expect("someone who is there does something").from + 3.0;
        let mut before: Option<Figure> = None;
        for n in 0..(end / FRAME) as usize {
            let time = n as f32 * FRAME;
            let moment = play.at(time, CAMERA).expect("is there");
            let figure = Figure::new(&play.rest, &moment.pose);
            for joint in Joint::ALL {
                let at = figure.position(joint);
                prop_assert!(at.is_finite() && figure.turns[joint as usize].is_normalized(), "{joint:?} at {time}");
                prop_assert!(at.z > -0.05, "{joint:?} is at {at} at {time}");
                let moved = before.map_or(0.0, |before| (at - before.position(joint)).length());
                prop_assert!(moved < fastest * FRAME, "{joint:?} moves {moved} m at {time}");
            }
            for joint in [Joint::LeftKnee, Joint::RightKnee, Joint::LeftElbow, Joint::RightElbow] {
                let knee = matches!(joint, Joint::LeftKnee | Joint::RightKnee);
                let turn = moment.pose.joints[joint as usize];
                let bent = (turn * -Vec3::Z).x * if knee { -1.0 } else { 1.0 };
                let (axis, angle) = turn.to_axis_angle();
                prop_assert!(bent > -1e-3 || angle > 1.5, "{joint:?} is bent the wrong way at {time}: {axis} {angle}");
                prop_assert!(angle < 2.75, "{joint:?} is bent by {angle} at {time}");
                prop_assert!(angle < 0.02 || axis.xz().length() < 0.02, "{joint:?} is no hinge at {time}");
            }
            before = Some(figure);
        }
    }

    #[test]
    fn actions_follow_each_other_without_a_gap(steps in prop::collection::vec(step(), 0..8), from in 0.0f32..3.0) {
        let play = Performance::new(&Person { from, ..person(steps) }, &rest(1.0), Seed::new(1));
        let intervals = play.intervals();
        prop_assert_eq!(intervals[0].from, from);
        prop_assert!(intervals.windows(2).all(|pair| pair[0].to == pair[1].from && pair[0].action != pair[1].action));
        prop_assert!(intervals.iter().all(|i| i.from < i.to) && intervals[intervals.len() - 1].to == f32::INFINITY);
        for interval in intervals {
            let middle = (interval.from + interval.to.min(interval.from + 1.0)) / 2.0;
            prop_assert_eq!(play.at(middle, CAMERA).map(|moment| moment.action), Some(interval.action));
        }
        prop_assert_eq!(play.at(from - 0.01, CAMERA), None);
    }

    #[test]
    fn feet_that_stand_stand_still(
        speed in 0.1f32..2.2, run in 1.5f32..6.0, x in -6.0f32..6.0, y in -6.0f32..6.0, seed in 0u64..1000,
    ) {
        let steps = vec![
            Step::Stand { seconds: 1.0 },
            walk(x, y, speed),
            walk(5.0, 1.0, speed),
            Step::Stand { seconds: 1.0 },
            Step::Run { to: [x, -y], speed: Some(run) },
            Step::Turn { to: 77.0, seconds: 1.0 },
            Step::Dance { seconds: 4.0 },
            Step::PickUp { seconds: 3.0 },
            Step::Sit { seconds: 3.0 },
        ];
        let play = play(steps, seed);
        let (_, falls) = &play.stays[0];
        let end = play.intervals.last().expect("ends").from;
        for (foot, plants) in falls.iter().enumerate() {
            for pair in plants.windows(2) {
                prop_assert!(pair[0].from < pair[0].to && pair[0].to < pair[1].from, "{:?}", pair);
            }
            for n in 0..(end / 0.02) as usize {
                let time = n as f32 * 0.02;
                let plant = plants[plants.partition_point(|plant| plant.from <= time) - 1];
                let figure = figure(&play, time);
                let points = sole(&play, &figure, foot);
                let lowest = points.map(|point| point.z).into_iter().fold(f32::INFINITY, f32::min);
                prop_assert!(lowest > -0.015, "foot {foot} is {lowest} high at {time}");
                if time > plant.to {
                    continue;
                }
                prop_assert!(lowest < 0.02, "foot {foot} floats {lowest} high at {time}, {plant:?}");
                // It rolls over heel and ball: that of them which is lower is where it was planted.
                let [heel, ball, _] = points;
                let ankle = play.rest[[Joint::LeftAnkle, Joint::RightAnkle][foot] as usize];
                let turn = Vec2::from_angle(plant.yaw);
                let toe = play.rest[[Joint::LeftToe, Joint::RightToe][foot] as usize] - ankle;
                let slid = if heel.z < ball.z {
                    (heel.truncate() - plant.at - turn.rotate(Vec2::X * -0.045)).length()
                } else {
                    (ball.truncate() - plant.at - turn.rotate(toe.truncate())).length()
                };
                prop_assert!(slid < 0.02, "foot {foot} is {slid} off at {time}, {:?}", plant);
            }
        }
    }
}

#[test]
fn a_walk_arrives_where_and_when_its_speed_says() {
    let play = play(vec![Step::Stand { seconds: 1.0 }, walk(6.0, 0.0, 1.5), walk(6.0, 3.0, 1.5)], 3);
    let at = |time: f32| play.at(time, CAMERA).expect("is there").ground;
    assert_eq!(at(0.5), Vec2::ZERO);
    assert!((at(3.0) - Vec2::new(3.0, 0.0)).length() < 1e-4);
    assert!((at(5.0) - Vec2::new(6.0, 0.0)).length() < 0.15, "{}", at(5.0));
    assert!((at(7.0 + EASE) - Vec2::new(6.0, 3.0)).length() < 1e-4);
    for n in 0..80 {
        let time = 0.4 + 0.1 * n as f32;
        let pelvis = figure(&play, time).position(Joint::Pelvis).truncate();
        assert!((pelvis - at(time)).length() < 0.1, "{pelvis} at {time}");
    }
    let ahead = play.at(3.0, CAMERA).expect("is there").pose.turn * Vec3::X;
    assert!(ahead.x > 0.999);
}

#[test]
fn people_are_gone_when_they_leave_and_there_again_when_they_appear() {
    let steps = vec![
        walk(3.0, 0.0, 1.0),
        Step::Leave,
        Step::Wait { seconds: 2.0 },
        Step::Appear { at: [-4.0, 1.0], facing: 90.0 },
        Step::Stand { seconds: 1.0 },
        Step::Leave,
    ];
    let play = play(steps, 4);
    let ground = |time: f32| play.at(time, CAMERA).map(|moment| moment.ground);
    assert!(ground(2.99).is_some_and(|at| (at.x - 2.99).abs() < 1e-3), "who leaves doesn't stop before");
    assert_eq!([ground(3.0), ground(4.9), ground(6.0)], [None; 3]);
    assert_eq!(ground(5.5), Some(Vec2::new(-4.0, 1.0)));
    assert!((play.at(5.5, CAMERA).expect("is there").pose.turn * Vec3::X).y > 0.999);
    let [walks, stands] = play.intervals() else { panic!("{:?}", play.intervals()) };
    assert_eq!((walks.action, walks.from, walks.to), (Action::Walk, 0.0, 3.0));
    assert_eq!((stands.action, stands.from, stands.to), (Action::Stand, 5.0, 6.0));
}

#[test]
fn heads_turn_to_what_they_are_told() {
    let steps = vec![
        Step::Turn { to: -90.0, seconds: 1.0 },
        Step::LookAt { target: Target::Camera },
        Step::Stand { seconds: 2.0 },
        walk(1.0, -3.0, 1.0),
        Step::LookAt { target: Target::Point([8.0, -3.0, 1.0]) },
        Step::Stand { seconds: 2.0 },
    ];
    let play = play(steps, 5);
    let off = |time: f32, point: Vec3| {
        let figure = figure(&play, time);
        let way = (point - figure.position(Joint::Head)).normalize();
        (figure.turns[Joint::Head as usize] * Vec3::X).angle_between(way)
    };
    assert!(off(0.2, CAMERA) > 0.5);
    assert!([1.5, 2.5, 4.0].into_iter().all(|time| off(time, CAMERA) < 0.1));
    let side = off(7.5, Vec3::new(8.0, -3.0, 1.0));
    assert!(side < 0.35, "{side}: as far as a neck can");
}

#[test]
fn deeds_are_what_they_are_called() {
    let steps = vec![
        Step::Sit { seconds: 4.0 },
        Step::Wave { seconds: 3.0 },
        Step::PickUp { seconds: 3.0 },
        Step::Take { height: 1.2, seconds: 3.0 },
        Step::Fall { seconds: 4.0 },
    ];
    for seed in 0..12 {
        let play = play(steps.clone(), seed);
        let at = |time: f32, joint: Joint| figure(&play, time).position(joint);
        let hands = |time: f32| [at(time, Joint::LeftWrist), at(time, Joint::RightWrist)];
        assert!((0.5..0.6).contains(&at(2.0, Joint::Pelvis).z) && at(2.0, Joint::Pelvis).x < -0.3);
        assert!((at(2.0, Joint::LeftKnee).z - at(2.0, Joint::LeftHip).z).abs() < 0.1, "thighs are level");
        let up = hands(5.5).map(|hand| hand.z).into_iter().fold(0.0, f32::max);
        assert!(up > at(5.5, Joint::Neck).z, "seed {seed}: waves at {up}");
        let low = hands(8.4).map(|hand| hand.z).into_iter().fold(9.0, f32::min);
        assert!(low < 0.2, "seed {seed}: picks up at {low}");
        let reach = hands(11.1).map(|hand| (hand - Vec3::new(0.41, 0.0, 1.2)).length()).into_iter().fold(9.0, f32::min);
        assert!(reach < 0.14, "seed {seed}: takes {reach} m off");
        let lying = figure(&play, 20.0);
        for joint in Joint::ALL {
            let at = lying.position(joint);
            assert!((0.0..0.5).contains(&at.z), "seed {seed}: {joint:?} lies at {at}");
        }
    }
}

#[test]
fn the_same_is_always_the_same() {
    let steps = vec![walk(3.0, 1.0, 1.3), Step::Dance { seconds: 3.0 }];
    let (a, b) = (play(steps.clone(), 6), play(steps.clone(), 6));
    let moments = |play: &Performance| [4.0, 0.5, 2.5].map(|time| play.at(time, CAMERA));
    assert_eq!(moments(&a), moments(&b));
    assert_ne!(moments(&a), moments(&play(steps, 7)));
    assert_eq!(a.at(1.0, CAMERA).expect("is there").pose.joints.len(), JOINTS);
    assert_ne!(a.at(1.0, CAMERA).expect("is there").pose.turn, Quat::IDENTITY);
}
