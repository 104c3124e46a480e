//! The parts that a pose is put together from: a torso's bend and an arm's.

use glam::{Quat, Vec2, Vec3};

use super::limb;
use super::style::Style;
use crate::figure::{Figure, JOINTS, Joint, Pose, Rest};

/// How the trunk is held against upright standing. Angles are radians: x tips to the right, y leans ahead, z turns
/// left. Postures add up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Torso {
    /// How far the pelvis is ahead, to the left and up, in metres.
    pub(super) shift: Vec3,
    /// How the pelvis is turned.
    pub(super) tilt: Vec3,
    /// How waist and chest together are bent against it.
    pub(super) bend: Vec3,
}

impl Torso {
    /// Adds a share of another one.
    pub(super) fn add(&mut self, other: &Self, share: f32) {
        self.shift += other.shift * share;
        self.tilt += other.tilt * share;
        self.bend += other.bend * share;
    }
}

/// How an arm is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Arm {
    /// How far the shoulder is shrugged, radians.
    pub(super) shrug: f32,
    pub(super) shoulder: Quat,
    /// How far the elbow is bent, radians, never below 0.
    pub(super) elbow: f32,
    /// How far the hand is turned inwards, radians.
    pub(super) twist: f32,
    /// How far the hand is bent towards the palm, radians.
    pub(super) wrist: f32,
}

impl Arm {
    /// Hangs from a shoulder on `side` (1 left, -1 right): `ahead`, `aside` and turned `inwards` by these angles.
    pub(super) fn hanging(side: f32, ahead: f32, aside: f32, inwards: f32, elbow: f32) -> Self {
        let shoulder = Quat::from_rotation_x(side * aside)
            * Quat::from_rotation_y(-ahead)
            * Quat::from_rotation_z(-side * inwards);
        Self { shrug: 0.0, shoulder, elbow, twist: 0.15, wrist: 0.12 }
    }

    pub(super) fn blend(&self, other: &Self, share: f32) -> Self {
        let mix = |a: f32, b: f32| a + (b - a) * share;
        Self {
            shrug: mix(self.shrug, other.shrug),
            shoulder: self.shoulder.slerp(other.shoulder, share),
            elbow: mix(self.elbow, other.elbow),
            twist: mix(self.twist, other.twist),
            wrist: mix(self.wrist, other.wrist),
        }
    }

    /// Puts it into a pose.
    pub(super) fn put(&self, pose: &mut Pose, side: f32) {
        let [collar, shoulder, elbow, wrist] = joints(side);
        *pose.joint(collar) = Quat::from_rotation_x(side * self.shrug);
        *pose.joint(shoulder) = self.shoulder;
        *pose.joint(elbow) = Quat::from_rotation_y(-self.elbow.max(0.0));
        *pose.joint(wrist) = Quat::from_rotation_z(-side * self.twist) * Quat::from_rotation_x(-side * self.wrist);
    }
}

fn joints(side: f32) -> [Joint; 4] {
    if side > 0.0 {
        [Joint::LeftCollar, Joint::LeftShoulder, Joint::LeftElbow, Joint::LeftWrist]
    } else {
        [Joint::RightCollar, Joint::RightShoulder, Joint::RightElbow, Joint::RightWrist]
    }
}

/// A trunk in the world: what hands and head go by.
#[derive(Clone, Debug)]
pub(super) struct Trunk<'a> {
    pub(super) rest: &'a Rest,
    pub(super) style: &'a Style,
    pub(super) figure: Figure,
    /// Below the body, on the ground.
    pub(super) ground: Vec2,
    /// Which way the body faces.
    pub(super) heading: f32,
    /// Its size against someone of 1.7 m.
    pub(super) scale: f32,
}

impl<'a> Trunk<'a> {
    pub(super) fn new(rest: &'a Rest, style: &'a Style, pose: &Pose, ground: Vec2, heading: f32) -> Self {
        let scale = rest[Joint::Pelvis as usize].z / 0.92;
        Self { rest, style, figure: Figure::new(rest, pose), ground, heading, scale }
    }

    /// A point so far ahead, to the left and up of a joint, for someone of 1.7 m, in the joint's axes.
    pub(super) fn near(&self, joint: Joint, x: f32, y: f32, z: f32) -> Vec3 {
        self.figure.position(joint) + self.figure.turns[joint as usize] * (Vec3::new(x, y, z) * self.scale)
    }

    /// A point of the world, so far ahead and to the left of where the body stands.
    pub(super) fn before(&self, x: f32, y: f32, z: f32) -> Vec3 {
        (self.ground + Vec2::from_angle(self.heading).rotate(Vec2::new(x, y))).extend(z)
    }

    /// The arm of `side` with its wrist at `to` and the elbow out along `elbow` (in the chest's axes).
    pub(super) fn reach(&self, side: f32, to: Vec3, elbow: Vec3) -> Arm {
        let [collar, shoulder, hinge, wrist] = joints(side).map(|joint| joint as usize);
        let (upper, lower) = (self.rest[hinge] - self.rest[shoulder], self.rest[wrist] - self.rest[hinge]);
        let chest = self.figure.turns[Joint::Chest as usize];
        let way = to - self.figure.positions[shoulder];
        let bent = limb::reach(upper, lower, way, chest * -elbow, -1.0);
        let turn = self.figure.turns[collar].inverse() * bent.root;
        Arm { shrug: 0.0, shoulder: turn, elbow: -bent.hinge, twist: 0.0, wrist: 0.1 }
    }
}

/// The pose of a torso over `ground`, arms and legs as at rest.
pub(super) fn upright(rest: &Rest, torso: &Torso, ground: Vec2, heading: f32) -> Pose {
    let way = Vec2::from_angle(heading).rotate(torso.shift.truncate());
    let mut pose = Pose {
        pelvis: (ground + way).extend(rest[Joint::Pelvis as usize].z + torso.shift.z),
        turn: Quat::from_rotation_z(heading),
        joints: [Quat::IDENTITY; JOINTS],
    };
    *pose.joint(Joint::Pelvis) = turned(torso.tilt);
    *pose.joint(Joint::Waist) = turned(torso.bend * 0.5);
    *pose.joint(Joint::Chest) = turned(torso.bend * 0.5);
    pose
}

/// Turned left, then leaned ahead, then tipped to the right.
pub(super) fn turned(angles: Vec3) -> Quat {
    Quat::from_rotation_z(angles.z) * Quat::from_rotation_y(angles.y) * Quat::from_rotation_x(angles.x)
}
