//! A person's build: how tall, how heavy, and where the joints are.

use glam::Vec3;

use crate::figure::{JOINTS, Joint, Rest};
use crate::script::{Garments, Hair, Look};
use crate::seed::Seed;

/// A build. Lengths in metres.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Sole to crown.
    pub(super) height: f32,
    /// Against a man of 1.77 m.
    pub(super) scale: f32,
    /// 0.8 thin … 1.35 heavy.
    pub(super) girth: f32,
    /// 0 broad shoulders … 1 broad hips.
    pub(super) figure: f32,
    /// 0 grown up … 1 a small child.
    pub(super) child: f32,
    /// Years, as the skin shows them.
    pub(super) age: f32,
    /// Chin to the skull's top.
    pub(super) head: f32,
    /// Chin above the ground.
    pub(super) chin: f32,
    /// The joints.
    pub(super) rest: Rest,
}

/// Room that hair takes on the skull's top.
const HAIR: f32 = 0.012;

impl Shape {
    /// As the look says; the rest by chance.
    pub(super) fn new(look: &Look, seed: Seed) -> Self {
        let feminine = match (look.figure, look.garments, look.hair) {
            (Some(figure), ..) => figure > 0.5,
            (_, Some(Garments::Dress | Garments::Skirt), _) => true,
            (_, _, Some(Hair::Long | Hair::Bob | Hair::Tail)) => seed.of("sex").chance(0.9),
            (_, _, Some(Hair::Bald)) => seed.of("sex").chance(0.03),
            _ => seed.of("sex").chance(0.5),
        };
        let figure = look.figure.unwrap_or(if feminine { 0.78 } else { 0.2 } + 0.09 * seed.of("figure").normal());
        let mean = if feminine { 1.64 } else { 1.77 };
        let height = look.height.unwrap_or((mean + 0.065 * seed.of("height").normal()).clamp(1.46, 2.0));
        let girth = look.girth.unwrap_or((1.0 + 0.1 * seed.of("girth").normal()).clamp(0.82, 1.35));
        let (figure, girth) = (figure.clamp(0.0, 1.0), girth.clamp(0.75, 1.45));
        let child = ((1.5 - height) / 0.5).clamp(0.0, 1.0);
        let age = if child > 0.0 { 14.0 - 10.0 * child } else { 18.0 + 52.0 * libm::powf(seed.of("age").unit(), 1.5) };
        let own = |name: &str, spread: f32| 1.0 + spread * seed.of(name).normal().clamp(-2.0, 2.0);

        let head = (0.14 + 0.0505 * height) * own("head", 0.02);
        let chin = height - HAIR - head;
        let scale = height / 1.77;
        let legs = (1.0 - 0.05 * child) * own("legs", 0.012);
        let (hip, knee) = (0.598 * chin * legs, 0.328 * chin * legs);
        let ankle = 0.045 * chin + 0.018;
        let shoulder = 0.931 * chin * own("shoulder", 0.004);
        let arms = own("arms", 0.02);
        let (elbow, wrist) = (shoulder - 0.186 * height * arms, shoulder - (0.186 + 0.146) * height * arms);
        let across = (0.1075 - 0.012 * figure) * height * own("breadth", 0.025) * (1.0 + 0.08 * (girth - 1.0));
        let apart = (0.052 + 0.006 * figure) * height * own("hips", 0.02);
        let trunk = shoulder - hip;
        let out = 0.02 + 0.02 * figure + 0.05 * (girth - 1.0).max(0.0);

        let mut rest = [Vec3::ZERO; JOINTS];
        let mut put = |joint: Joint, x: f32, y: f32, z: f32| rest[joint as usize] = Vec3::new(x, y, z);
        put(Joint::Pelvis, 0.0, 0.0, hip + 0.02 * scale);
        put(Joint::Waist, -0.03 * scale, 0.0, hip + 0.27 * trunk);
        put(Joint::Chest, -0.03 * scale, 0.0, hip + 0.52 * trunk);
        put(Joint::Neck, -0.035 * scale, 0.0, shoulder + 0.055 * scale);
        put(Joint::Head, 0.005, 0.0, chin + 0.3 * head);
        use Joint::{
            LeftAnkle, LeftCollar, LeftElbow, LeftHip, LeftKnee, LeftShoulder, LeftToe, LeftWrist, RightAnkle,
            RightCollar, RightElbow, RightHip, RightKnee, RightShoulder, RightToe, RightWrist,
        };
        for (side, joints) in [
            (1.0, [LeftCollar, LeftShoulder, LeftElbow, LeftWrist, LeftHip, LeftKnee, LeftAnkle, LeftToe]),
            (-1.0, [RightCollar, RightShoulder, RightElbow, RightWrist, RightHip, RightKnee, RightAnkle, RightToe]),
        ] {
            let places = [
                (0.01, 0.02 * scale, shoulder - 0.012),
                (-0.012 * scale, across, shoulder),
                (-0.018 * scale, across + 0.45 * out, elbow),
                (0.0, across + out, wrist),
                (0.0, apart, hip),
                (0.004, 0.92 * apart, knee),
                (-0.012, 0.84 * apart, ankle),
                (0.125 * scale, 0.88 * apart, 0.02),
            ];
            for (joint, (x, y, z)) in joints.into_iter().zip(places) {
                put(joint, x, side * y, z);
            }
        }
        Self { height, scale, girth, figure, child, age, head, chin, rest }
    }

    /// Where this joint is at rest.
    pub(super) fn at(&self, joint: Joint) -> Vec3 {
        self.rest[joint as usize]
    }

    /// From 0 to 1: how much a woman's shape. Children have none of it.
    pub(super) fn feminine(&self) -> f32 {
        super::surface::step(0.35, 0.65, self.figure)
    }
}
