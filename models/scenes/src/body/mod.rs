//! A person's body: bones, flesh, clothes, hair and face, out of a few proportions and colours.

mod carried;
mod cloth;
mod face;
mod garment;
mod hair;
mod hand;
mod head;
mod limb;
mod outfit;
mod palette;
mod shape;
mod shoe;
mod surface;
#[cfg(test)]
mod tests;
mod torso;

use glam::{Mat3, Vec3};

use crate::figure::{Figure, JOINTS, Joint, Rest};
use crate::model::{Face, Material, Vertex};
use crate::script::{Carried, Look};
use crate::seed::Seed;
use surface::{Corner, Hang};

/// Points of the face's surface at rest, in the body's own axes; all hang on [`Joint::Head`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FacePoints {
    /// Tip of the nose.
    pub nose: Vec3,
    /// Middle of the left eye's opening (the person's own left).
    pub left_eye: Vec3,
    /// Middle of the right eye's opening.
    pub right_eye: Vec3,
    /// The left ear's canal.
    pub left_ear: Vec3,
    /// The right ear's canal.
    pub right_ear: Vec3,
    /// The mouth's left corner.
    pub left_mouth: Vec3,
    /// The mouth's right corner.
    pub right_mouth: Vec3,
    /// Edge points of the face as a face detector boxes it: hairline or brow ridge, chin, left and right cheek.
    pub edges: [Vec3; 4],
}

/// A body, ready to be put into poses.
#[derive(Clone, Debug)]
pub struct Body {
    /// Where its joints are at rest.
    pub rest: Rest,
    /// Its face.
    pub face: FacePoints,
    /// Triangles.
    pub faces: Vec<Face>,
    /// Materials of the triangles.
    pub materials: Vec<Material>,
    /// Metres from the sole to the crown.
    pub height: f32,
    /// Girth as in [`Look::girth`].
    pub girth: f32,
    /// What it carries.
    pub carried: Carried,
    skin: Vec<Corner>,
}

impl Body {
    /// Builds a body for `look`; what that leaves out, `seed` decides.
    pub fn new(look: &Look, seed: Seed) -> Self {
        // Twins share all that isn't said, wherever they are.
        let seed = look.seed.map_or(seed, Seed::new).of("body");
        let shape = shape::Shape::new(look, seed);
        let (surface, face) = outfit::dress(look, &shape, seed);
        Self {
            rest: shape.rest,
            face,
            faces: surface.faces,
            materials: surface.materials,
            height: shape.height,
            girth: shape.girth,
            carried: outfit::carried(look, seed),
            skin: surface.corners,
        }
    }

    /// Its surface in the world, for a figure made of its own `rest`.
    pub fn posed(&self, figure: &Figure) -> Vec<Vertex> {
        let carry = Carry::new(&self.rest, figure);
        let moved = |corner: &Corner| {
            let (position, normal) = carry.corner(corner);
            Vertex { position, normal, uv: corner.uv }
        };
        self.skin.iter().map(moved).collect()
    }
}

/// Moves corners from rest to where a figure has them.
#[derive(Debug)]
struct Carry {
    turns: [Mat3; JOINTS],
    shifts: [Vec3; JOINTS],
    rest: Rest,
}

impl Carry {
    fn new(rest: &Rest, figure: &Figure) -> Self {
        let turns = figure.turns.map(Mat3::from_quat);
        let shifts = std::array::from_fn(|i| figure.positions[i] - turns[i] * rest[i]);
        Self { turns, shifts, rest: *rest }
    }

    fn by(&self, joint: Joint, point: Vec3) -> Vec3 {
        self.turns[joint as usize] * point + self.shifts[joint as usize]
    }

    fn corner(&self, corner: &Corner) -> (Vec3, Vec3) {
        let (mut position, mut normal) = (Vec3::ZERO, Vec3::ZERO);
        for (joint, share) in corner.bones.joints.into_iter().zip(corner.bones.shares) {
            if share > 0.0 {
                position += self.by(joint, corner.position) * share;
                normal += self.turns[joint as usize] * corner.normal * share;
            }
        }
        let (position, normal) = match corner.hang {
            Hang::Bones => (position, normal),
            Hang::Legs(share) => self.draped(corner, position, normal, share),
            Hang::Plumb => self.plumb(corner),
        };
        (position, normal.normalize_or(Vec3::Z))
    }

    /// Cloth around both legs: each leg and the air between them would have it somewhere; where that is farther out,
    /// it counts the more.
    fn draped(&self, corner: &Corner, position: Vec3, normal: Vec3, share: f32) -> (Vec3, Vec3) {
        let out = self.turns[Joint::Pelvis as usize] * (corner.normal * Vec3::new(1.0, 1.0, 0.0)).normalize_or(Vec3::X);
        let left = surface::step(-0.09, 0.09, corner.position.y);
        let mut at = (position * 0.3, normal * 0.3, 0.3);
        for (joint, near) in [(Joint::LeftHip, left), (Joint::RightHip, 1.0 - left)] {
            let there = self.by(joint, corner.position);
            let outer = ((there - position).dot(out) / 0.06).clamp(-6.0, 6.0);
            let weight = libm::expf(outer) * (0.08 + 0.92 * near);
            at.0 += there * weight;
            at.1 += self.turns[joint as usize] * corner.normal * weight;
            at.2 += weight;
        }
        (position.lerp(at.0 / at.2, share), normal.lerp(at.1 / at.2, share))
    }

    /// What hangs from the right hand keeps upright and turns with the body only.
    fn plumb(&self, corner: &Corner) -> (Vec3, Vec3) {
        let wrist = self.rest[Joint::RightWrist as usize];
        let hand = wrist - Vec3::Z * (0.045 * self.rest[Joint::Neck as usize].z);
        let ahead = (self.turns[0].x_axis * Vec3::new(1.0, 1.0, 0.0)).normalize_or(Vec3::X);
        let turn = Mat3::from_cols(ahead, Vec3::Z.cross(ahead), Vec3::Z);
        (self.by(Joint::RightWrist, hand) + turn * (corner.position - hand), turn * corner.normal)
    }
}
