//! The trunk from crotch to neck: its outline at every height, and which joints move it.

use glam::Vec3;

use super::shape::Shape;
use super::surface::{Bones, bell, curve, outline, step};
use crate::figure::Joint;

/// The trunk. Its heights are counted in shares of the way from the hips (0) to the shoulders (1).
#[derive(Clone, Debug)]
pub(super) struct Torso {
    keys: Vec<(f32, [f32; 4])>,
    bust: f32,
    scale: f32,
    hip: f32,
    length: f32,
    /// Heights of waist, chest and neck joints, in metres.
    waist: f32,
    chest: f32,
    neck: f32,
}

/// How round its outline is: 2 an ellipse, more a box.
const ROUND: f32 = 2.3;

/// Height, then a man's and a woman's half width, reach ahead and reach behind; metres for one of 1.77 m.
const OUTLINES: [(f32, [f32; 3], [f32; 3]); 17] = [
    (-0.19, [0.050, 0.020, 0.040], [0.050, 0.020, 0.040]),
    (-0.15, [0.110, 0.044, 0.076], [0.115, 0.042, 0.080]),
    (-0.08, [0.150, 0.074, 0.114], [0.162, 0.070, 0.120]),
    (0.02, [0.172, 0.094, 0.124], [0.186, 0.090, 0.130]),
    (0.15, [0.166, 0.102, 0.108], [0.177, 0.100, 0.108]),
    (0.28, [0.154, 0.104, 0.092], [0.153, 0.096, 0.088]),
    (0.42, [0.150, 0.106, 0.088], [0.137, 0.090, 0.082]),
    (0.58, [0.158, 0.112, 0.098], [0.143, 0.094, 0.092]),
    (0.72, [0.168, 0.116, 0.108], [0.151, 0.098, 0.100]),
    (0.84, [0.176, 0.107, 0.112], [0.158, 0.094, 0.104]),
    (0.93, [0.188, 0.092, 0.110], [0.170, 0.084, 0.100]),
    (1.00, [0.194, 0.074, 0.100], [0.174, 0.068, 0.092]),
    (1.05, [0.180, 0.062, 0.091], [0.160, 0.057, 0.083]),
    (1.09, [0.140, 0.055, 0.082], [0.124, 0.050, 0.074]),
    (1.13, [0.093, 0.050, 0.073], [0.081, 0.045, 0.065]),
    (1.17, [0.067, 0.049, 0.068], [0.057, 0.044, 0.058]),
    (1.26, [0.058, 0.055, 0.062], [0.048, 0.048, 0.053]),
];

impl Torso {
    pub(super) fn new(shape: &Shape) -> Self {
        let fat = shape.girth - 1.0;
        let keys = OUTLINES.map(|(at, man, woman)| {
            let mut of: [f32; 3] = std::array::from_fn(|i| man[i] + (woman[i] - man[i]) * shape.feminine());
            // Fat sits on the belly first, then on hips and back, hardly on shoulders and neck.
            let much = fat * (0.42 + 0.5 * bell(at - 0.2, 0.35) - 0.1 * step(0.9, 1.1, at));
            of[0] *= 1.0 + much;
            of[1] *= 1.0 + much + 1.1 * fat.max(0.0) * bell(at - 0.24, 0.2);
            of[2] *= 1.0 + 0.7 * much;
            // Small children have a belly and hardly a waist.
            of[0] *= 1.0 + 0.06 * shape.child;
            of[1] *= 1.0 + 0.12 * shape.child * bell(at - 0.25, 0.2);
            let ahead = 0.012 * step(1.05, 1.26, at);
            (at, [of[0], of[1] + ahead, of[2] - ahead, 0.0].map(|v| v * shape.scale))
        });
        let (hip, shoulder) = (shape.at(Joint::LeftHip).z, shape.at(Joint::LeftShoulder).z);
        Self {
            keys: keys.to_vec(),
            bust: 0.034 * shape.feminine() * (1.0 - shape.child) * (1.0 + 0.8 * fat),
            scale: shape.scale,
            hip,
            length: shoulder - hip,
            waist: shape.at(Joint::Waist).z,
            chest: shape.at(Joint::Chest).z,
            neck: shape.at(Joint::Neck).z,
        }
    }

    /// Metres above the ground at this height.
    pub(super) fn z(&self, at: f32) -> f32 {
        self.hip + at * self.length
    }

    /// The height of a point so many metres above the ground.
    pub(super) fn height(&self, z: f32) -> f32 {
        (z - self.hip) / self.length
    }

    /// Half width, reach ahead and reach behind.
    pub(super) fn reach(&self, at: f32) -> [f32; 3] {
        let [width, ahead, behind, _] = curve(&self.keys, at);
        [width, ahead, behind]
    }

    /// A point on the skin (0 is ahead, a quarter turn to the left), or that far outside.
    pub(super) fn point(&self, at: f32, angle: f32, outside: f32) -> Vec3 {
        self.draped(at, angle, outside, self.reach(at))
    }

    /// As [`point`](Self::point), with another outline.
    pub(super) fn draped(&self, at: f32, angle: f32, outside: f32, [width, ahead, behind]: [f32; 3]) -> Vec3 {
        let around = outline(angle, ROUND);
        let x = around.x * if around.x > 0.0 { ahead + outside } else { behind + outside };
        let y = around.y * (width + outside);
        let bust = if around.x > 0.0 {
            let apart = 0.072 * self.scale;
            self.bust
                * bell(at - 0.70, 0.085)
                * (bell(y - apart, 0.045) + bell(y + apart, 0.045))
                * step(0.0, 0.5, around.x)
        } else {
            0.0
        };
        Vec3::new(x + bust, y, self.z(at))
    }

    /// Moves a point that is nearer than `outside` to the trunk's skin out to there.
    pub(super) fn push_out(&self, point: Vec3, outside: f32) -> Vec3 {
        let at = self.height(point.z);
        if at > 1.2 {
            return point;
        }
        let [width, ahead, behind] = self.reach(at);
        let deep = if point.x > 0.0 { ahead } else { behind } + outside;
        let (x, y) = (point.x / deep, point.y / (width + outside));
        let within = libm::powf(libm::powf(x.abs(), ROUND) + libm::powf(y.abs(), ROUND), 1.0 / ROUND);
        if !(1e-3..1.0).contains(&within) { point } else { Vec3::new(point.x / within, point.y / within, point.z) }
    }

    /// Which joints move a point of it.
    pub(super) fn bones(&self, point: Vec3) -> Bones {
        let z = point.z;
        let band = 0.075 * self.scale;
        let over = |joint: f32, band: f32| step(joint - band, joint + band, z);
        let mut bones = Bones::of(Joint::Pelvis)
            .mix(Bones::of(Joint::Waist), over(self.waist, band))
            .mix(Bones::of(Joint::Chest), over(self.chest, band))
            .mix(Bones::of(Joint::Neck), over(self.neck + 0.03 * self.scale, 0.6 * band));
        let [width, ..] = self.reach(0.9);
        let outer = step(0.35, 1.0, point.y.abs() / width) * step(0.72, 1.0, self.height(z));
        if outer > 0.0 {
            let collar = if point.y > 0.0 { Joint::LeftCollar } else { Joint::RightCollar };
            bones = bones.mix(Bones::of(collar), 0.8 * outer);
        }
        bones
    }
}
