//! Where a head turns: to what the script says, to what the hands do, or just ahead.

use std::f32::consts::PI;

use glam::{Quat, Vec2, Vec3};

use super::path::nearest;
use super::style::Style;
use super::timeline::{Glance, aim};
use crate::figure::{Figure, Joint, Pose};
use crate::script::Target;
use crate::seed::ease;

/// How long a head takes to turn to something else, in seconds.
const TURN: f32 = 0.4;
/// How far a neck turns to the side and up or down, with a little help of the chest.
const MOST: Vec2 = Vec2::new(75.0 / 180.0 * PI, 40.0 / 180.0 * PI);
/// How much of a head's turn the chest takes part in.
pub(super) const CHEST: f32 = 0.2;

/// Where a head looks: angles to the left of where the body faces, and down.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gaze {
    pub(super) angles: Vec2,
    /// How much of it is the script's word, and not the person's own.
    pub(super) told: f32,
}

/// What the script's glances come to at `time`, for a head that is `at` on a body facing `heading`.
pub(super) fn told(glances: &[Glance], camera: Vec3, at: Vec3, heading: f32, style: &Style, time: f32) -> Gaze {
    let now = glances.partition_point(|glance| glance.from <= time);
    let first = glances.partition_point(|glance| glance.from <= time - TURN).saturating_sub(1);
    let seed = style.seed.of("gaze");
    let own =
        Vec2::new(0.12 * seed.at(0).fractal(time * 0.3, 0.0, 2), 0.06 + 0.05 * seed.at(1).fractal(time * 0.3, 0.0, 2));
    let to = |target: Target| match aim(target, camera) {
        Some(point) => Gaze { angles: towards(point, at, heading), told: 1.0 },
        None => Gaze { angles: own, told: 0.0 },
    };
    let mut gaze = to(glances[first].target);
    for glance in &glances[(first + 1).min(now)..now] {
        let (next, share) = (to(glance.target), ease((time - glance.from) / TURN));
        gaze.angles = gaze.angles.lerp(next.angles, share);
        gaze.told += (next.told - gaze.told) * share;
    }
    gaze
}

impl Gaze {
    /// Turns to a point on one's own account, unless the script said where to look.
    pub(super) fn drawn(&mut self, point: Vec3, at: Vec3, heading: f32, share: f32) {
        self.angles = self.angles.lerp(towards(point, at, heading), share * (1.0 - self.told));
    }

    /// Turns neck and head of a pose whose trunk is set and leans ahead by `leaning`.
    pub(super) fn put(&self, pose: &mut Pose, figure: &Figure, heading: f32, leaning: f32) {
        let pitch = self.angles.y.clamp(leaning - 0.85, leaning + 0.75);
        let head = Quat::from_rotation_z(heading + self.angles.x) * Quat::from_rotation_y(pitch);
        let turn = figure.turns[Joint::Chest as usize].inverse() * head;
        let neck = Quat::IDENTITY.slerp(turn, 0.45);
        *pose.joint(Joint::Neck) = neck;
        *pose.joint(Joint::Head) = (neck.inverse() * turn).normalize();
    }
}

/// The angles to a point, as far as a neck goes. What is right behind or right at the head isn't looked at.
fn towards(point: Vec3, at: Vec3, heading: f32) -> Vec2 {
    let way = point - at;
    let away = libm::hypotf(way.x, way.y);
    let yaw = nearest(libm::atan2f(way.y, way.x) - heading);
    let pitch = -libm::atan2f(way.z, away.max(0.05));
    let able = ease((PI - 0.1 - yaw.abs()) / 0.8) * ease((away - 0.05) / 0.3);
    Vec2::new(yaw, pitch).clamp(-MOST, MOST) * able
}
