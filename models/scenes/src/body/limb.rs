//! Arms and legs: how thick they are along their way, and which joints move them.

use glam::{Vec2, Vec3};

use super::shape::Shape;
use super::surface::{Bones, Corner, Hang, curve, outline, step};
use crate::figure::Joint;

/// A side of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Left,
    Right,
}

impl Side {
    pub(super) const BOTH: [Self; 2] = [Self::Left, Self::Right];

    /// +1 on the left, -1 on the right.
    pub(super) fn sign(self) -> f32 {
        if self == Self::Left { 1.0 } else { -1.0 }
    }

    /// Of a pair of joints the one on this side.
    pub(super) fn of(self, left: Joint, right: Joint) -> Joint {
        if self == Self::Left { left } else { right }
    }
}

/// An arm or a leg. The way along it is counted 0 at its root, 1 at elbow or knee, 2 at wrist or ankle.
#[derive(Clone, Debug)]
pub(super) struct Limb {
    pub(super) side: Side,
    joints: [Joint; 3],
    places: [Vec3; 3],
    keys: Vec<(f32, [f32; 3])>,
}

/// Way, reach to the front and back, reach to the sides, and how far it lies behind the bone.
const ARM: [(f32, [f32; 3]); 11] = [
    (0.0, [0.058, 0.042, 0.004]),
    (0.08, [0.061, 0.048, 0.003]),
    (0.2, [0.060, 0.050, 0.001]),
    (0.4, [0.053, 0.045, 0.0]),
    (0.7, [0.047, 0.042, 0.0]),
    (1.0, [0.042, 0.040, 0.003]),
    (1.18, [0.046, 0.042, -0.004]),
    (1.4, [0.043, 0.038, -0.004]),
    (1.7, [0.034, 0.029, 0.0]),
    (1.92, [0.029, 0.023, 0.0]),
    (2.0, [0.029, 0.021, 0.0]),
];

const LEG: [(f32, [f32; 3]); 12] = [
    (0.0, [0.094, 0.084, 0.004]),
    (0.15, [0.094, 0.085, 0.002]),
    (0.35, [0.086, 0.080, -0.006]),
    (0.6, [0.074, 0.070, -0.006]),
    (0.85, [0.063, 0.060, -0.002]),
    (1.0, [0.060, 0.056, -0.002]),
    (1.12, [0.055, 0.053, 0.006]),
    (1.3, [0.060, 0.057, 0.016]),
    (1.45, [0.056, 0.054, 0.016]),
    (1.65, [0.045, 0.044, 0.010]),
    (1.85, [0.038, 0.036, 0.004]),
    (2.0, [0.040, 0.035, 0.002]),
];

impl Limb {
    pub(super) fn arm(shape: &Shape, side: Side) -> Self {
        let joints = [
            side.of(Joint::LeftShoulder, Joint::RightShoulder),
            side.of(Joint::LeftElbow, Joint::RightElbow),
            side.of(Joint::LeftWrist, Joint::RightWrist),
        ];
        let thick = (1.0 + 0.5 * (shape.girth - 1.0)) * (1.0 - 0.1 * shape.feminine());
        Self::new(shape, side, joints, &ARM, [thick; 3])
    }

    pub(super) fn leg(shape: &Shape, side: Side) -> Self {
        let joints = [
            side.of(Joint::LeftHip, Joint::RightHip),
            side.of(Joint::LeftKnee, Joint::RightKnee),
            side.of(Joint::LeftAnkle, Joint::RightAnkle),
        ];
        let thick = 1.0 + 0.45 * (shape.girth - 1.0);
        let woman = shape.feminine();
        Self::new(shape, side, joints, &LEG, [thick * (1.0 + 0.05 * woman), thick, 1.0 - 0.05 * woman])
    }

    /// `thick` at root, middle and end.
    fn new(shape: &Shape, side: Side, joints: [Joint; 3], keys: &[(f32, [f32; 3])], thick: [f32; 3]) -> Self {
        let widen = |at: f32| {
            let [root, middle, end] = thick;
            if at < 1.0 { root + (middle - root) * at } else { middle + (end - middle) * (at - 1.0) }
        };
        let keys = keys.iter().map(|&(at, of)| (at, of.map(|v| v * widen(at) * shape.scale))).collect();
        Self { side, joints, places: joints.map(|j| shape.at(j)), keys }
    }

    /// The bone at this place along the way.
    pub(super) fn axis(&self, at: f32) -> Vec3 {
        let [a, b, c] = self.places;
        if at < 1.0 { a.lerp(b, at.max(0.0)) } else { b.lerp(c, at - 1.0) }
    }

    /// A limb's thickness to front and side at this place.
    pub(super) fn reach(&self, at: f32) -> Vec2 {
        let [deep, wide, _] = curve(&self.keys, at);
        Vec2::new(deep, wide)
    }

    /// A point on the skin, or with another `reach`; the angle is 0 ahead and a quarter turn to the left.
    pub(super) fn point(&self, at: f32, angle: f32, reach: Vec2) -> Vec3 {
        let [.., behind] = curve(&self.keys, at);
        let around = outline(angle, 2.0) * reach;
        self.axis(at) + Vec3::new(around.x - behind, around.y, 0.0)
    }

    /// A point of the half ball that closes the root; `up` in 0..=1 from its rim to its top.
    pub(super) fn ball(&self, up: f32, angle: f32, reach: Vec2) -> Vec3 {
        let (sin, cos) = libm::sincosf(up * std::f32::consts::FRAC_PI_2);
        self.point(0.0, angle, reach * cos) + Vec3::Z * (0.42 * reach.max_element() * sin)
    }

    /// Which joints move it at this place.
    pub(super) fn bones(&self, at: f32) -> Bones {
        let [root, middle, end] = self.joints.map(Bones::of);
        let bones = root.mix(middle, step(0.86, 1.14, at));
        if self.joints[2] == Joint::LeftAnkle || self.joints[2] == Joint::RightAnkle {
            bones.mix(end, step(1.86, 2.04, at))
        } else {
            bones.mix(end, 0.5 * step(1.5, 1.9, at) + 0.5 * step(1.9, 2.05, at))
        }
    }

    /// Rows for a sleeve, a leg of trousers or bare skin, from `ways`; `reach` gives the thickness at a place and
    /// angle. Below 0 a way means the root's ball, -1 its top. The texture runs once around and by `v` along.
    pub(super) fn rows(
        &self,
        ways: &[f32],
        columns: usize,
        reach: impl Fn(f32, f32) -> Vec2,
        v: impl Fn(f32) -> f32,
    ) -> Vec<Vec<Corner>> {
        let row = |&at: &f32| {
            let corner = |column: usize| {
                let share = column as f32 / columns as f32;
                // Begins behind, where a seam is seen least; both sides are painted alike, mirrored.
                let angle = (share + 0.5) * std::f32::consts::TAU * self.side.sign();
                let turned = if column == columns { 0.5 * std::f32::consts::TAU * self.side.sign() } else { angle };
                let reach = reach(at.max(0.0), turned);
                let position = if at < 0.0 { self.ball(-at, turned, reach) } else { self.point(at, turned, reach) };
                Corner { hang: Hang::Bones, ..Corner::new(position, Vec2::new(share, v(at)), self.bones(at.max(0.0))) }
            };
            (0..=columns).map(corner).collect()
        };
        ways.iter().map(row).collect()
    }
}
