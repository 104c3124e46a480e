//! Falling: a stumble, knees that give way, the way down, lying, and where something follows, getting up.

use std::f32::consts::FRAC_PI_2;

use glam::{Quat, Vec2, Vec3};

use super::footfall::side;
use super::posture::{Arm, Torso, turned};
use super::style::Style;
use super::timeline::Segment;
use crate::figure::{Figure, JOINTS, Joint, Pose, Rest};
use crate::seed::ease;

/// Which way one falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Ahead,
    Back,
    Left,
    Right,
}

/// A fall at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fall {
    way: Way,
    /// How far the knees have given way, 0..1.
    buckled: f32,
    /// How far one is on the ground, 0..1.
    pub(super) down: f32,
    /// How far a hand reaches out to break it.
    braced: f32,
}

impl Fall {
    pub(super) fn new(style: &Style, segment: &Segment, rises: bool, time: f32) -> Self {
        let way =
            style.seed.of("fall").at(segment.number).pick(&[Way::Ahead, Way::Ahead, Way::Back, Way::Left, Way::Right]);
        let (since, length) = segment.clock(time);
        let fall = since / (0.45 * length).min(1.35);
        let (mut buckled, mut down) = (ease(fall / 0.45), ((fall - 0.28) / 0.72).clamp(0.0, 1.0));
        // As a pole that tips over: slowly at first.
        down = down * down * (1.6 - 0.6 * down);
        let mut braced = ease(since / 0.4);
        if rises {
            let rise = (length - since) / (0.45 * length).min(2.4);
            buckled = buckled.min(ease(rise / 0.55));
            down = down.min(ease((rise - 0.3) / 0.7));
            braced = braced.min(ease(rise / 0.6));
        }
        Self { way, buckled, down, braced }
    }

    pub(super) fn torso(&self, style: &Style) -> Torso {
        let (shift, tilt, bend) = match self.way {
            Way::Ahead => (Vec3::new(0.16, 0.0, -0.24), Vec3::Y * 0.45, Vec3::new(0.1, 0.35, 0.15)),
            Way::Back => (Vec3::new(-0.2, 0.0, -0.3), Vec3::Y * -0.3, Vec3::new(0.0, 0.35, 0.1)),
            Way::Left => (Vec3::new(0.0, 0.18, -0.26), Vec3::X * -0.45, Vec3::new(-0.2, 0.15, 0.2)),
            Way::Right => (Vec3::new(0.0, -0.18, -0.26), Vec3::X * 0.45, Vec3::new(0.2, 0.15, -0.2)),
        };
        let give = self.buckled;
        Torso { shift: shift * give, tilt: tilt * give, bend: bend * give + Vec3::Y * style.stoop }
    }

    pub(super) fn arm(&self, foot: usize) -> (Arm, f32) {
        let out = side(foot);
        let arm = match self.way {
            Way::Ahead => Arm::hanging(out, 1.3, 0.35, 0.0, 0.6),
            Way::Back => Arm::hanging(out, -0.35, 0.7, 0.2, 0.4),
            Way::Left | Way::Right => Arm::hanging(out, 0.5, 0.9, 0.0, 0.7),
        };
        (arm, self.braced)
    }

    /// Lays the standing `pose` down as far as one is.
    pub(super) fn lay(&self, pose: &mut Pose, rest: &Rest, ground: Vec2, heading: f32) {
        *pose = pose.blend(&self.lying(rest, ground, heading), self.down);
        let figure = Figure::new(rest, pose);
        let sunk = Joint::ALL.map(|joint| thickness(joint) * rest[0].z - figure.position(joint).z);
        pose.pelvis.z += sunk.into_iter().fold(0.0, f32::max) * ease(self.down * 6.0);
    }

    fn lying(&self, rest: &Rest, ground: Vec2, heading: f32) -> Pose {
        let leg = rest[Joint::LeftHip as usize].z;
        let upright = Quat::from_rotation_z(heading);
        let (tip, away) = match self.way {
            Way::Ahead => (Quat::from_rotation_y(FRAC_PI_2), Vec2::X * 0.8),
            Way::Back => (Quat::from_rotation_y(-FRAC_PI_2), Vec2::X * -0.5),
            Way::Left => (Quat::from_rotation_x(-FRAC_PI_2), Vec2::Y * 0.55),
            Way::Right => (Quat::from_rotation_x(FRAC_PI_2), Vec2::Y * -0.55),
        };
        let at = ground + Vec2::from_angle(heading).rotate(away * leg);
        let mut pose =
            Pose { pelvis: at.extend(0.12 * rest[0].z), turn: upright * tip, joints: [Quat::IDENTITY; JOINTS] };
        let y = Quat::from_rotation_y;
        let mut legs = |hips: [f32; 2], knees: [f32; 2], apart: f32| {
            for (n, (hip, knee, ankle)) in [
                (Joint::LeftHip, Joint::LeftKnee, Joint::LeftAnkle),
                (Joint::RightHip, Joint::RightKnee, Joint::RightAnkle),
            ]
            .into_iter()
            .enumerate()
            {
                *pose.joint(hip) = turned(Vec3::new(side(n) * apart, -hips[n], side(n) * 0.15));
                *pose.joint(knee) = y(knees[n]);
                *pose.joint(ankle) = y(0.5);
            }
        };
        match self.way {
            Way::Ahead => legs([0.02, 0.1], [0.1, 0.35], 0.1),
            Way::Back => legs([0.05, 0.5], [0.1, 0.95], 0.12),
            Way::Left => legs([0.3, 0.75], [0.5, 1.1], 0.0),
            Way::Right => legs([0.75, 0.3], [1.1, 0.5], 0.0),
        }
        let (bend, neck, arms) = match self.way {
            Way::Ahead => (
                Vec3::new(0.0, -0.03, 0.0),
                Vec3::new(0.0, -0.1, 0.9),
                [Arm::hanging(1.0, 0.05, 1.35, -1.5, 1.35), Arm::hanging(-1.0, 0.0, 0.4, -1.4, 0.3)],
            ),
            Way::Back => (
                Vec3::new(0.0, 0.03, 0.0),
                Vec3::new(0.0, 0.1, -0.4),
                [Arm::hanging(1.0, -0.05, 0.95, -1.4, 0.5), Arm::hanging(-1.0, -0.1, 0.35, 1.0, 1.2)],
            ),
            Way::Left => (Vec3::new(0.05, 0.25, 0.1), Vec3::new(-0.3, 0.2, 0.0), curled(1.0)),
            Way::Right => (Vec3::new(-0.05, 0.25, -0.1), Vec3::new(0.3, 0.2, 0.0), curled(-1.0)),
        };
        for (joint, angles) in [
            (Joint::Waist, bend * 0.5),
            (Joint::Chest, bend * 0.5),
            (Joint::Neck, neck * 0.5),
            (Joint::Head, neck * 0.5),
        ] {
            *pose.joint(joint) = turned(angles);
        }
        for (foot, arm) in arms.into_iter().enumerate() {
            arm.put(&mut pose, side(foot));
        }
        pose
    }
}

/// The arms of one who lies on that side: the lower one ahead, the upper one over the chest.
fn curled(lower: f32) -> [Arm; 2] {
    [1.0, -1.0].map(|out| {
        if out == lower { Arm::hanging(out, 1.4, 0.0, 0.2, 0.7) } else { Arm::hanging(out, 1.0, -0.55, 0.3, 0.9) }
    })
}

/// How far flesh reaches around a joint, as a share of the pelvis's height.
fn thickness(joint: Joint) -> f32 {
    match joint {
        Joint::Pelvis | Joint::Waist | Joint::Chest => 0.12,
        Joint::Neck | Joint::LeftHip | Joint::RightHip => 0.09,
        Joint::Head => 0.11,
        Joint::LeftShoulder | Joint::RightShoulder | Joint::LeftKnee | Joint::RightKnee => 0.06,
        Joint::LeftCollar | Joint::RightCollar => 0.08,
        Joint::LeftAnkle | Joint::RightAnkle => 0.06,
        Joint::LeftToe | Joint::RightToe => 0.025,
        _ => 0.045,
    }
}
