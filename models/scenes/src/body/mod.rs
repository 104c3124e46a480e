//! A person's body: bones, flesh, clothes, hair and face, out of a few proportions and colours.

use glam::{Vec2, Vec3};

use crate::figure::{Figure, Joint, Rest};
use crate::model::{Face, Material, Model, Vertex};
use crate::script::Look;
use crate::seed::Seed;

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
    skin: Vec<SkinVertex>,
}

/// A corner at rest, and the joints that move it.
#[derive(Clone, Copy, Debug)]
struct SkinVertex {
    position: Vec3,
    normal: Vec3,
    uv: Vec2,
    /// Two joints and the share of the first, 0..=1.
    joints: [Joint; 2],
    share: f32,
}

impl Body {
    /// Builds a body for `look`; what that leaves out, `seed` decides.
    pub fn new(look: &Look, seed: Seed) -> Self {
        let _ = (look, seed);
        let rest = placeholder_rest();
        let mut model = Model::default();
        let cloth = model.material(Material::plain([150, 40, 50]));
        let mut skin = Vec::new();
        for joint in &Joint::ALL[1..] {
            let (a, b) = (rest[joint.parent() as usize], rest[*joint as usize]);
            let first = model.vertices.len();
            let size = Vec3::new(0.1, 0.1, (a - b).length().max(0.05));
            model.block(a.min(b).with_z(a.z.min(b.z)), size, Vec2::ONE, cloth);
            skin.extend(model.vertices[first..].iter().map(|v| SkinVertex {
                position: v.position,
                normal: v.normal,
                uv: v.uv,
                joints: [joint.parent(); 2],
                share: 1.0,
            }));
        }
        let head = rest[Joint::Head as usize];
        let p = |x: f32, y: f32, z: f32| head + Vec3::new(x, y, z);
        let face = FacePoints {
            nose: p(0.11, 0.0, 0.06),
            left_eye: p(0.09, 0.03, 0.1),
            right_eye: p(0.09, -0.03, 0.1),
            left_ear: p(0.0, 0.07, 0.08),
            right_ear: p(0.0, -0.07, 0.08),
            left_mouth: p(0.09, 0.025, 0.02),
            right_mouth: p(0.09, -0.025, 0.02),
            edges: [p(0.09, 0.0, 0.16), p(0.09, 0.0, -0.02), p(0.05, 0.07, 0.07), p(0.05, -0.07, 0.07)],
        };
        Self { rest, face, faces: model.faces, materials: model.materials, height: 1.7, skin }
    }

    /// Its surface in the world, for a figure made of its own `rest`.
    pub fn posed(&self, figure: &Figure) -> Vec<Vertex> {
        let carry = |v: &SkinVertex| {
            let [a, b] = v.joints;
            let position =
                figure.carry(&self.rest, b, v.position).lerp(figure.carry(&self.rest, a, v.position), v.share);
            let turned = |joint: Joint| figure.turns[joint as usize] * v.normal;
            let normal = turned(b).lerp(turned(a), v.share).normalize_or(Vec3::Z);
            Vertex { position, normal, uv: v.uv }
        };
        self.skin.iter().map(carry).collect()
    }
}

fn placeholder_rest() -> Rest {
    let side = |y: f32, z: f32| Vec3::new(0.0, y, z);
    [
        side(0.0, 0.92),
        side(0.0, 1.05),
        side(0.0, 1.2),
        side(0.0, 1.45),
        side(0.0, 1.52),
        side(0.02, 1.38),
        side(0.18, 1.4),
        side(0.2, 1.12),
        side(0.2, 0.87),
        side(-0.02, 1.38),
        side(-0.18, 1.4),
        side(-0.2, 1.12),
        side(-0.2, 0.87),
        side(0.09, 0.9),
        side(0.09, 0.5),
        side(0.09, 0.08),
        Vec3::new(0.14, 0.09, 0.02),
        side(-0.09, 0.9),
        side(-0.09, 0.5),
        side(-0.09, 0.08),
        Vec3::new(0.14, -0.09, 0.02),
    ]
}
