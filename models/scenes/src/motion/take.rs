//! Hands that fetch something: from the floor, or from a shelf into pocket, bag or jacket.

use glam::Vec3;

use super::footfall::side;
use super::posture::{Arm, Torso, Trunk};
use super::style::Style;
use super::timeline::Segment;
use crate::figure::{Joint, Rest};
use crate::seed::ease;

/// How far ahead of the feet the thing is that is taken, in metres.
const AHEAD: f32 = 0.5;

/// The side of the hand that does it.
fn hand(style: &Style) -> f32 {
    if style.left_handed { 1.0 } else { -1.0 }
}

/// 0 until `from`, 1 from `to` on, smooth between; all as shares of a segment.
fn rise(segment: &Segment, time: f32, from: f32, to: f32) -> f32 {
    let (since, length) = segment.clock(time);
    ease((since / length.max(0.01) - from) / (to - from))
}

/// How far one who picks up is down.
fn stooped(segment: &Segment, time: f32) -> f32 {
    rise(segment, time, 0.0, 0.42) - rise(segment, time, 0.55, 0.97)
}

/// The trunk of one who picks something up: knees and back both bend.
pub(super) fn pick_up_torso(style: &Style, segment: &Segment, time: f32) -> Torso {
    let down = stooped(segment, time);
    let side = hand(style);
    Torso {
        shift: Vec3::new(-0.16 * down, 0.0, -0.4 * down),
        tilt: Vec3::new(-side * 0.08 * down, 0.75 * down, 0.0),
        bend: Vec3::new(-side * 0.1 * down, style.stoop + 0.75 * down, -side * 0.25 * down),
    }
}

/// Where the thing on the floor is.
fn found(trunk: &Trunk<'_>) -> Vec3 {
    trunk.before(0.34, hand(trunk.style) * 0.06, 0.15 * trunk.scale)
}

pub(super) fn pick_up_arm(trunk: &Trunk<'_>, segment: &Segment, time: f32, foot: usize) -> (Arm, f32) {
    let out = side(foot);
    let down = stooped(segment, time);
    if out == hand(trunk.style) {
        let arm = trunk.reach(out, found(trunk), Vec3::new(-0.3, out * 0.6, 0.5));
        // The hand comes up with what it holds, before the body, and then hangs.
        let held = rise(segment, time, 0.55, 0.8) - rise(segment, time, 0.85, 1.0);
        let before =
            trunk.reach(out, trunk.near(Joint::Chest, 0.28, out * 0.14, -0.12), Vec3::new(-0.4, out * 0.5, -0.7));
        let way = rise(segment, time, 0.55, 0.8);
        (arm.blend(&before, way), ease(down * 1.6).max(held))
    } else {
        // The other hand rests on its knee.
        let to = trunk.near(Joint::Pelvis, 0.3, out * 0.13, -0.16);
        (trunk.reach(out, to, Vec3::new(-0.3, out * 0.8, 0.4)), 0.8 * ease(down * 1.3 - 0.3))
    }
}

/// Where one who picks up looks, and how much.
pub(super) fn pick_up_look(trunk: &Trunk<'_>, segment: &Segment, time: f32) -> (Vec3, f32) {
    (found(trunk), rise(segment, time, 0.0, 0.15) - rise(segment, time, 0.6, 0.85))
}

/// How far down one bends for a thing at `height`.
fn low(rest: &Rest, height: f32) -> f32 {
    let shoulder = rest[Joint::LeftShoulder as usize].z;
    ((shoulder - 0.42 - height) / 0.7).clamp(0.0, 1.0)
}

pub(super) fn take_torso(rest: &Rest, style: &Style, segment: &Segment, height: f32, time: f32) -> Torso {
    let out = rise(segment, time, 0.0, 0.3) - rise(segment, time, 0.42, 0.65);
    let (side, low) = (hand(style), low(rest, height) * out);
    Torso {
        shift: Vec3::new(0.03 * out - 0.14 * low, 0.0, -0.3 * low),
        tilt: Vec3::new(0.0, 0.04 * out + 0.5 * low, side * -0.1 * out),
        bend: Vec3::new(0.0, style.stoop + 0.08 * out + 0.5 * low, side * -0.2 * out),
    }
}

fn shelf(trunk: &Trunk<'_>, height: f32) -> Vec3 {
    trunk.before(AHEAD, hand(trunk.style) * 0.1, height)
}

pub(super) fn take_arm(
    trunk: &Trunk<'_>,
    segment: &Segment,
    height: f32,
    time: f32,
    foot: usize,
) -> Option<(Arm, f32)> {
    let (out, style) = (side(foot), trunk.style);
    let share = rise(segment, time, 0.0, 0.2) - rise(segment, time, 0.86, 1.0);
    let hips = trunk.rest[Joint::LeftHip as usize].y.abs() / trunk.scale;
    let place = if style.bag { 0 } else { style.seed.of("hides").at(segment.number).index(3) };
    if out != hand(style) {
        // A jacket or a bag is held open by the other hand.
        let to = match place {
            1 => trunk.near(Joint::Chest, 0.17, out * 0.13, -0.1),
            2 => trunk.near(Joint::Pelvis, 0.14, -out * 0.08, 0.08),
            _ => return None,
        };
        let open = rise(segment, time, 0.45, 0.62) - rise(segment, time, 0.84, 0.98);
        return Some((trunk.reach(out, to, Vec3::new(-0.5, out * 0.7, -0.4)), open));
    }
    let hides = match place {
        0 => trunk.near(Joint::Pelvis, 0.07, out * (hips + 0.11), 0.0),
        1 => trunk.near(Joint::Chest, 0.16, -out * 0.06, -0.05),
        _ => trunk.near(Joint::Pelvis, 0.04, out * (hips + 0.15), 0.1),
    };
    // The wrist stays a hand's length short of the thing.
    let thing = shelf(trunk, height) - (trunk.before(0.09, 0.0, 0.0) - trunk.ground.extend(0.0));
    let before = trunk.near(Joint::Chest, 0.26, out * 0.15, -0.16);
    let near = trunk.near(Joint::Chest, 0.22, out * 0.2, -0.22);
    let reached = near.lerp(thing, rise(segment, time, 0.05, 0.3));
    let back = reached.lerp(before, rise(segment, time, 0.42, 0.6));
    let to = back.lerp(hides, rise(segment, time, 0.58, 0.76));
    let mut arm = trunk.reach(out, to, Vec3::new(-0.3, out, -0.5));
    arm.wrist = 0.1 + 0.3 * rise(segment, time, 0.6, 0.75);
    Some((arm, share))
}

/// Where one who takes looks, and how much.
pub(super) fn take_look(trunk: &Trunk<'_>, segment: &Segment, height: f32, time: f32) -> (Vec3, f32) {
    let back = rise(segment, time, 0.5, 0.7);
    let hides = trunk.before(0.45, hand(trunk.style) * 0.1, 0.95 * trunk.scale);
    (shelf(trunk, height).lerp(hides, back), rise(segment, time, 0.0, 0.12) - rise(segment, time, 0.74, 0.88))
}
