//! Legs: from hips that are somewhere to feet that stand somewhere.

use glam::{Quat, Vec3};

use super::foot::Foot;
use super::limb;
use super::path::nearest;
use crate::figure::{Joint, Pose, Rest};
use crate::seed::ease;

const LEGS: [[Joint; 4]; 2] = [
    [Joint::LeftHip, Joint::LeftKnee, Joint::LeftAnkle, Joint::LeftToe],
    [Joint::RightHip, Joint::RightKnee, Joint::RightAnkle, Joint::RightToe],
];

/// Lowers the pelvis until both legs reach their feet. A foot in the air may be out of reach for now.
pub(super) fn lower(pose: &mut Pose, rest: &Rest, feet: &[Foot; 2]) {
    let turn = pose.turn * pose.joints[0];
    let lowest = pose.pelvis.z - 0.3 * rest[0].z;
    for (foot, [hip, knee, ankle, _]) in feet.iter().zip(LEGS.map(|leg| leg.map(|joint| joint as usize))) {
        let root = turn * (rest[hip] - rest[0]);
        let reach = limb::length(rest[knee] - rest[hip], rest[ankle] - rest[knee]);
        let aside = (pose.pelvis + root - foot.ankle).truncate().length_squared();
        let high = libm::sqrtf((reach * reach - aside).max(0.0));
        let most = (foot.ankle.z + high - root.z + 1.6 * foot.aloft).max(lowest);
        pose.pelvis.z = lesser(pose.pelvis.z, most, 0.012);
    }
}

/// Bends hips, knees and ankles so that the feet are where they should be.
pub(super) fn put(pose: &mut Pose, rest: &Rest, feet: &[Foot; 2], heading: f32) {
    let turn = pose.turn * pose.joints[0];
    for (foot, joints) in feet.iter().zip(LEGS) {
        let [hip, knee, ankle, _] = joints.map(|joint| joint as usize);
        let root = pose.pelvis + turn * (rest[hip] - rest[0]);
        // A knee looks between body and foot, unless that one looks back.
        let off = nearest(foot.yaw - heading);
        let ahead = heading + 0.6 * off * ease((3.0 - off.abs()) / 0.9);
        let pole = Quat::from_rotation_z(ahead) * Vec3::X;
        let bent = limb::reach(rest[knee] - rest[hip], rest[ankle] - rest[knee], foot.ankle - root, pole, 1.0);
        let shin = bent.root * Quat::from_rotation_y(bent.hinge);
        let sole = Quat::from_rotation_z(foot.yaw) * Quat::from_rotation_y(foot.pitch);
        *pose.joint(joints[0]) = (turn.inverse() * bent.root).normalize();
        *pose.joint(joints[1]) = Quat::from_rotation_y(bent.hinge);
        *pose.joint(joints[2]) = (shin.inverse() * sole).normalize();
        *pose.joint(joints[3]) = Quat::from_rotation_y(-foot.toes);
    }
}

/// The lesser of two, and a little less where they are within `soft` of each other, so that nothing jerks.
fn lesser(a: f32, b: f32, soft: f32) -> f32 {
    let near = (soft - (a - b).abs()).max(0.0) / soft;
    a.min(b) - near * near * soft / 4.0
}
