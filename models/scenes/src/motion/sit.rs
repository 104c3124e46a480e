//! Sitting down on a seat behind the body, sitting, and getting up.

use glam::Vec3;

use super::footfall::side;
use super::posture::{Arm, Torso, Trunk};
use super::style::Style;
use super::timeline::Segment;
use crate::figure::{Joint, Rest};
use crate::seed::ease;

/// How high a seat is, in metres.
const SEAT: f32 = 0.45;

/// How far down one is, 0..1, and how far the trunk swings ahead on the way.
fn down(segment: &Segment, time: f32) -> (f32, f32) {
    let (since, length) = segment.clock(time);
    let each = (0.4 * length).min(1.3);
    let (sat, up) = (since / each, (length - since) / each);
    let part = sat.min(up).clamp(0.0, 1.0);
    (ease(part), libm::sinf(part * std::f32::consts::PI).max(0.0))
}

pub(super) fn torso(rest: &Rest, style: &Style, segment: &Segment, time: f32) -> Torso {
    let (down, swing) = down(segment, time);
    let (hip, knee) = (rest[Joint::LeftHip as usize], rest[Joint::LeftKnee as usize]);
    let pelvis = rest[Joint::Pelvis as usize].z;
    let flesh = 0.1 * pelvis / 0.92;
    let sway = style.seed.of("seat").fractal(time * 0.2, 0.0, 2);
    Torso {
        shift: Vec3::new(-0.93 * (hip - knee).length() * down, 0.0, (SEAT + flesh - pelvis) * down),
        tilt: Vec3::new(0.0, 0.35 * swing - 0.1 * down, 0.0),
        bend: Vec3::new(
            0.03 * sway * down,
            style.stoop + 0.35 * swing + (0.16 + 0.03 * sway) * down,
            0.06 * sway * down,
        ),
    }
}

/// Hands rest on the thighs.
pub(super) fn arm(trunk: &Trunk<'_>, segment: &Segment, time: f32, foot: usize) -> (Arm, f32) {
    let out = side(foot);
    let (down, _) = down(segment, time);
    // Thighs lie about level while one sits; on the way hands slide along them.
    let hips = trunk.rest[Joint::LeftHip as usize].y.abs();
    let pelvis = trunk.figure.position(Joint::Pelvis);
    let flat = glam::Quat::from_rotation_z(trunk.heading);
    let inwards = trunk.style.seed.of("lap").range(0.0, 0.05);
    let to = pelvis + flat * Vec3::new(0.27 + 0.04 * down, out * (hips + 0.06 - inwards), 0.11) * trunk.scale;
    let mut arm = trunk.reach(out, to, Vec3::new(-0.7, out * 0.35, -0.4));
    arm.twist = 0.8;
    (arm, ease(down * 1.4 - 0.2))
}
