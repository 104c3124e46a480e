//! The skeleton: joints, a pose of them, and where it puts them.
//!
//! A body's own axes are x ahead, y to its left and z up. At rest it stands upright on z = 0 with its arms
//! hanging straight down, palms towards the thighs, feet ahead; all rotations are then the identity. A
//! positive turn about y leans ahead (bends the knee's shin back, swings a hanging arm back); about x it tips
//! to the right (lifts the left arm sideways); about z it turns left.

use glam::{Quat, Vec3};

/// The joints, parents before children.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Joint {
    /// Between the hips; the root.
    Pelvis,
    /// The small of the back.
    Waist,
    /// Below the ribs' middle; turns ribs and shoulders.
    Chest,
    /// At the seventh vertebra.
    Neck,
    /// Where the skull sits on the neck.
    Head,
    /// At the breastbone: shrugs the left shoulder.
    LeftCollar,
    /// Head of the left upper arm.
    LeftShoulder,
    /// Left elbow.
    LeftElbow,
    /// Left wrist; turns the hand.
    LeftWrist,
    /// As on the left.
    RightCollar,
    /// As on the left.
    RightShoulder,
    /// As on the left.
    RightElbow,
    /// As on the left.
    RightWrist,
    /// Head of the left thigh bone.
    LeftHip,
    /// Left knee.
    LeftKnee,
    /// Left ankle.
    LeftAnkle,
    /// Ball of the left foot.
    LeftToe,
    /// As on the left.
    RightHip,
    /// As on the left.
    RightKnee,
    /// As on the left.
    RightAnkle,
    /// As on the left.
    RightToe,
}

/// How many there are.
pub const JOINTS: usize = 21;

impl Joint {
    /// All of them, in their order.
    pub const ALL: [Self; JOINTS] = [
        Self::Pelvis,
        Self::Waist,
        Self::Chest,
        Self::Neck,
        Self::Head,
        Self::LeftCollar,
        Self::LeftShoulder,
        Self::LeftElbow,
        Self::LeftWrist,
        Self::RightCollar,
        Self::RightShoulder,
        Self::RightElbow,
        Self::RightWrist,
        Self::LeftHip,
        Self::LeftKnee,
        Self::LeftAnkle,
        Self::LeftToe,
        Self::RightHip,
        Self::RightKnee,
        Self::RightAnkle,
        Self::RightToe,
    ];

    /// The joint that carries it; the pelvis carries itself.
    pub const fn parent(self) -> Self {
        match self {
            Self::Pelvis | Self::Waist | Self::LeftHip | Self::RightHip => Self::Pelvis,
            Self::Chest => Self::Waist,
            Self::Neck | Self::LeftCollar | Self::RightCollar => Self::Chest,
            Self::Head => Self::Neck,
            Self::LeftShoulder => Self::LeftCollar,
            Self::LeftElbow => Self::LeftShoulder,
            Self::LeftWrist => Self::LeftElbow,
            Self::RightShoulder => Self::RightCollar,
            Self::RightElbow => Self::RightShoulder,
            Self::RightWrist => Self::RightElbow,
            Self::LeftKnee => Self::LeftHip,
            Self::LeftAnkle => Self::LeftKnee,
            Self::LeftToe => Self::LeftAnkle,
            Self::RightKnee => Self::RightHip,
            Self::RightAnkle => Self::RightKnee,
            Self::RightToe => Self::RightAnkle,
        }
    }
}

/// How a body holds itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pose {
    /// Where the pelvis is in the world, in metres.
    pub pelvis: Vec3,
    /// How the body as a whole is turned in the world.
    pub turn: Quat,
    /// Each joint's turn against its parent. The pelvis's comes on top of `turn`.
    pub joints: [Quat; JOINTS],
}

impl Pose {
    /// This joint's turn.
    pub fn joint(&mut self, joint: Joint) -> &mut Quat {
        &mut self.joints[joint as usize]
    }

    /// Between this pose (0) and another (1), each joint along the shortest turn.
    #[must_use]
    pub fn blend(&self, other: &Self, share: f32) -> Self {
        Self {
            pelvis: self.pelvis.lerp(other.pelvis, share),
            turn: self.turn.slerp(other.turn, share),
            joints: std::array::from_fn(|i| self.joints[i].slerp(other.joints[i], share)),
        }
    }
}

/// Where each joint is at rest, in the body's own axes and metres, and thereby how long each bone is.
pub type Rest = [Vec3; JOINTS];

/// A pose carried out: where each joint is in the world and how it is turned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Metres.
    pub positions: [Vec3; JOINTS],
    /// From the body's own axes to the world's.
    pub turns: [Quat; JOINTS],
}

impl Figure {
    /// Puts a body with these bones into a pose.
    pub fn new(rest: &Rest, pose: &Pose) -> Self {
        let mut figure = Self { positions: [pose.pelvis; JOINTS], turns: [pose.turn * pose.joints[0]; JOINTS] };
        for joint in &Joint::ALL[1..] {
            let (i, parent) = (*joint as usize, joint.parent() as usize);
            figure.positions[i] = figure.positions[parent] + figure.turns[parent] * (rest[i] - rest[parent]);
            figure.turns[i] = (figure.turns[parent] * pose.joints[i]).normalize();
        }
        figure
    }

    /// Where this joint is.
    pub fn position(&self, joint: Joint) -> Vec3 {
        self.positions[joint as usize]
    }

    /// Where a point of the body at rest is now, if it hangs on this joint alone.
    pub fn carry(&self, rest: &Rest, joint: Joint, point: Vec3) -> Vec3 {
        let i = joint as usize;
        self.positions[i] + self.turns[i] * (point - rest[i])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest() -> Rest {
        std::array::from_fn(|i| Vec3::new(0.01 * i as f32, 0.02 * i as f32, 1.0 - 0.03 * i as f32))
    }

    #[test]
    fn at_rest_every_joint_is_where_the_shape_has_it() {
        let pose = Pose { pelvis: rest()[0], turn: Quat::IDENTITY, joints: [Quat::IDENTITY; JOINTS] };
        let figure = Figure::new(&rest(), &pose);
        for (got, expected) in figure.positions.iter().zip(rest()) {
            assert!((*got - expected).length() < 1e-6);
        }
    }

    #[test]
    fn parents_come_first_and_bones_keep_their_length() {
        let mut pose = Pose { pelvis: Vec3::ZERO, turn: Quat::from_rotation_z(1.0), joints: [Quat::IDENTITY; JOINTS] };
        for (i, turn) in pose.joints.iter_mut().enumerate() {
            *turn = Quat::from_rotation_x(i as f32 * 0.3) * Quat::from_rotation_y(0.2);
        }
        let figure = Figure::new(&rest(), &pose);
        for joint in &Joint::ALL[1..] {
            assert!((joint.parent() as usize) < *joint as usize);
            let bone = |at: &[Vec3; JOINTS]| (at[*joint as usize] - at[joint.parent() as usize]).length();
            assert!((bone(&figure.positions) - bone(&rest())).abs() < 1e-5);
        }
    }

    #[test]
    fn turns_go_the_way_that_is_written_above() {
        let bend = Quat::from_rotation_y(0.5) * -Vec3::Z;
        assert!(bend.x < 0.0, "a shin swings back");
        let lift = Quat::from_rotation_x(0.5) * -Vec3::Z;
        assert!(lift.y > 0.0, "a left arm goes out to the left");
        assert!((Quat::from_rotation_z(0.5) * Vec3::X).y > 0.0, "ahead turns left");
    }
}
