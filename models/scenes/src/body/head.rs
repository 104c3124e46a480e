//! The head's form: skull, jaw, nose, lips, sockets and ears, and where the face's points are.
//!
//! Its own measure is the way from chin to crown: x ahead from the ears' axis, y left, z up from the chin.

use glam::{Vec2, Vec3};

use super::FacePoints;
use super::shape::Shape;
use super::surface::{Bones, Corner, Surface, bell, curve, outline, step};
use crate::figure::Joint;
use crate::seed::Seed;

/// What makes a face someone's own. Lengths in shares of the head's height.
#[derive(Clone, Copy, Debug)]
pub(super) struct Features {
    pub(super) eye_apart: f32,
    pub(super) eye_level: f32,
    pub(super) eye_wide: f32,
    pub(super) eye_open: f32,
    pub(super) eye_slant: f32,
    pub(super) brow_level: f32,
    pub(super) nose_tip: f32,
    pub(super) nose_out: f32,
    pub(super) nose_wide: f32,
    pub(super) mouth_level: f32,
    pub(super) mouth_wide: f32,
    pub(super) lips: f32,
    pub(super) chin_out: f32,
    pub(super) cheeks: f32,
    pub(super) ridge: f32,
    width: f32,
    jaw: f32,
}

impl Features {
    fn new(shape: &Shape, seed: Seed) -> Self {
        let own = |name: &str, mean: f32, spread: f32| mean * (1.0 + spread * seed.of(name).normal().clamp(-2.2, 2.2));
        let (woman, child) = (shape.feminine(), shape.child);
        let eye_level = own("eye level", 0.49, 0.012) - 0.045 * child;
        let nose_tip = eye_level - own("nose long", 0.181, 0.055) + 0.04 * child;
        Self {
            eye_apart: own("eye apart", 0.139, 0.035),
            eye_level,
            eye_wide: own("eye wide", 0.066, 0.05) * (1.0 + 0.05 * woman + 0.12 * child),
            eye_open: own("eye open", 0.025, 0.12) * (1.0 + 0.12 * woman + 0.25 * child),
            eye_slant: 0.008 * seed.of("slant").normal(),
            brow_level: eye_level + own("brow", 0.083, 0.08) + 0.008 * woman,
            nose_tip,
            nose_out: own("nose out", 0.090, 0.13) * (1.0 - 0.12 * woman - 0.3 * child),
            nose_wide: own("nose wide", 0.072, 0.13) * (1.0 - 0.08 * woman),
            mouth_level: nose_tip - own("mouth level", 0.106, 0.06) + 0.01 * child,
            mouth_wide: own("mouth wide", 0.112, 0.07) * (1.0 - 0.1 * child),
            lips: own("lips", 0.030, 0.2) * (1.0 + 0.15 * woman),
            chin_out: own("chin", 0.02, 0.5),
            cheeks: own("cheeks", 0.018, 0.4) * (1.0 + 0.5 * child),
            ridge: own("ridge", 0.012, 0.3) * (1.0 - 0.6 * woman) * (1.0 - child),
            width: own("width", 1.0, 0.03) * (1.0 + 0.06 * (shape.girth - 1.0)) * (1.0 - 0.02 * woman),
            jaw: own("jaw", 1.0, 0.05) * (1.0 - 0.06 * woman) * (1.0 + 0.35 * (shape.girth - 1.0).max(-0.2)),
        }
    }
}

/// A head.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) features: Features,
    /// Chin to crown, in metres.
    pub(super) size: f32,
    /// Where its measure begins, in the body's axes.
    pub(super) at: Vec3,
}

/// Columns of corners around, rows from crown to chin.
const COLUMNS: usize = 36;
const ROUND: f32 = 2.2;

/// Height; half width, reach ahead, reach behind.
const SKULL: [(f32, [f32; 3]); 19] = [
    (-0.03, [0.120, 0.270, 0.130]),
    (0.0, [0.150, 0.365, 0.140]),
    (0.03, [0.178, 0.398, 0.150]),
    (0.08, [0.212, 0.412, 0.170]),
    (0.14, [0.242, 0.412, 0.215]),
    (0.20, [0.262, 0.420, 0.265]),
    (0.28, [0.282, 0.425, 0.325]),
    (0.36, [0.298, 0.424, 0.375]),
    (0.44, [0.309, 0.418, 0.410]),
    (0.52, [0.317, 0.416, 0.432]),
    (0.60, [0.325, 0.426, 0.443]),
    (0.68, [0.330, 0.424, 0.440]),
    (0.76, [0.324, 0.405, 0.418]),
    (0.83, [0.302, 0.367, 0.378]),
    (0.89, [0.262, 0.305, 0.319]),
    (0.94, [0.206, 0.228, 0.242]),
    (0.975, [0.138, 0.148, 0.160]),
    (0.994, [0.068, 0.072, 0.078]),
    (1.0, [0.0, 0.0, 0.0]),
];

/// Rows' heights where the form has most to tell.
const LEVELS: [f32; 30] = [
    1.0, 0.98, 0.93, 0.86, 0.78, 0.70, 0.63, 0.59, 0.56, 0.53, 0.505, 0.48, 0.455, 0.42, 0.385, 0.35, 0.322, 0.30,
    0.28, 0.26, 0.24, 0.215, 0.19, 0.165, 0.14, 0.11, 0.075, 0.035, 0.0, -0.03,
];

/// What share of the texture's height lies above the crown, and how much of the head the rest covers.
const TOP: f32 = 1.02;
const TALL: f32 = 1.06;

/// The angle of a texture's column: the front has the most of it.
pub(super) fn angle(u: f32) -> f32 {
    let s = 2.0 * u - 1.0;
    std::f32::consts::PI * s * (0.42 + 0.58 * s * s)
}

/// The height of a texture's row.
pub(super) fn level(v: f32) -> f32 {
    TOP - TALL * v
}

impl Head {
    pub(super) fn new(shape: &Shape, seed: Seed) -> Self {
        let at = Vec3::new(0.018 * shape.scale, 0.0, shape.chin);
        Self { features: Features::new(shape, seed.of("features")), size: shape.head, at }
    }

    /// From the head's measure to the body's.
    pub(super) fn place(&self, point: Vec3) -> Vec3 {
        self.at + point * self.size
    }

    /// Half width, reach ahead, reach behind at a height.
    pub(super) fn reach(&self, z: f32) -> [f32; 3] {
        let [width, ahead, behind] = curve(&SKULL, z);
        let jaw = 1.0 + (self.features.jaw - 1.0) * step(0.42, 0.15, z);
        [width * self.features.width * jaw, ahead, behind * (0.5 + 0.5 * self.features.width)]
    }

    /// Ahead and to the left at this angle, as shares of the head's reach.
    pub(super) fn around(&self, angle: f32) -> Vec2 {
        outline(angle, ROUND)
    }

    /// A point of the skin.
    pub(super) fn point(&self, z: f32, angle: f32) -> Vec3 {
        let around = outline(angle, ROUND);
        let [width, ahead, behind] = self.reach(z);
        let y = around.y * width;
        let x = around.x * if around.x > 0.0 { ahead } else { behind };
        Vec3::new(x + self.relief(y, z) * step(0.05, 0.45, around.x), y, z)
    }

    /// How far the face stands out of the skull's plain form.
    fn relief(&self, y: f32, z: f32) -> f32 {
        let f = &self.features;
        let side = y.abs();
        let bridge = f.eye_level + 0.02;
        let down = ((bridge - z) / (bridge - f.nose_tip)).clamp(0.0, 1.0);
        let under = step(f.nose_tip - 0.052, f.nose_tip - 0.008, z);
        let ridge = f.nose_out * (0.16 + 0.84 * libm::powf(down, 1.25)) * under * step(bridge + 0.07, bridge - 0.03, z);
        let nose = ridge * bell(y, 0.024 + 0.012 * down);
        let wings = 0.026 * bell(side - 0.62 * f.nose_wide, 0.022) * bell(z - f.nose_tip - 0.006, 0.024);
        let (ey, ez) = (side - f.eye_apart, z - f.eye_level);
        let socket =
            -0.034 * bell(ey, 0.062) * bell(ez - 0.012, 0.045) - 0.012 * bell(side - 0.062, 0.03) * bell(ez, 0.05);
        let ball = 0.017 * bell(ey, 0.040) * bell(ez, 0.030);
        let brow = (f.ridge + 0.004) * bell(z - f.brow_level + 0.012, 0.026) * bell(side - 0.11, 0.10);
        let cheek = f.cheeks * bell(side - 0.19, 0.065) * bell(z - 0.385, 0.06);
        let m = z - f.mouth_level;
        let mouth_side = bell(y, 0.8 * f.mouth_wide);
        let lips = (0.020 * bell(m - 0.016, 0.016) + 0.020 * bell(m + 0.022, 0.018) - 0.008 * bell(m, 0.006))
            * mouth_side
            + 0.012 * bell(m, 0.06) * bell(y, 0.10);
        let crease = -0.012 * bell(m + 0.062, 0.02) * bell(y, 0.07);
        let chin = f.chin_out * bell(z - 0.055, 0.035) * bell(y, 0.07);
        nose + wings + socket + ball + brow + cheek + lips + crease + chin
    }

    /// Adds the skull with its face, and the ears; returns the face's points on the surface.
    pub(super) fn add(&self, surface: &mut Surface, skin: u16, plain: u16) -> FacePoints {
        let bones = Bones::of(Joint::Head);
        let columns = |z: f32| {
            (0..=COLUMNS).map(move |column| {
                let u = column as f32 / COLUMNS as f32;
                // Seam corners must be one point to the last bit.
                let turn = angle(if column == COLUMNS { 0.0 } else { u });
                Corner::new(self.place(self.point(z, turn)), Vec2::new(u, (TOP - z) / TALL), bones)
            })
        };
        let rows: Vec<Vec<Corner>> = LEVELS.iter().map(|&z| columns(z).collect()).collect();
        let first = surface.faces.len();
        surface.loft(&rows, skin);
        let face = self.points(surface, first);
        for sign in [1.0, -1.0] {
            self.ear(surface, sign, plain);
        }
        face
    }

    fn ear(&self, surface: &mut Surface, sign: f32, skin: u16) {
        let [width, ..] = self.reach(0.44);
        let middle = Vec3::new(-0.045, width - 0.012, 0.445);
        let row = |n: usize| {
            // From the root in the skull outwards; the rim stands off backwards.
            let [size, out, dent] = [
                [0.92, -0.01, 0.0],
                [1.0, 0.022, 0.0],
                [0.98, 0.040, 0.0],
                [0.80, 0.044, 0.0],
                [0.55, 0.026, 0.02],
                [0.0, 0.022, 0.02],
            ][n];
            let corner = |column: usize| {
                let (sin, cos) = libm::sincosf((column % 10) as f32 / 10.0 * std::f32::consts::TAU);
                let narrow = if sin < 0.0 { 1.0 + 0.35 * sin } else { 1.0 };
                let x = 0.072 * cos * narrow * size - 0.35 * out + dent + 0.02 * sin * size;
                let back = out + 0.03 * (0.5 - 0.5 * cos) * f32::from(u8::from((1..5).contains(&n))) - 0.006 * sin;
                let p = middle + Vec3::new(x - 0.01, back, 0.105 * sin * size);
                let uv = Vec2::new(column as f32 / 10.0, n as f32 / 5.0);
                Corner::new(self.place(Vec3::new(p.x, sign * p.y, p.z)), uv, Bones::of(Joint::Head))
            };
            (0..=10).map(corner).collect::<Vec<_>>()
        };
        surface.loft(&(0..6).map(row).collect::<Vec<_>>(), skin);
    }

    fn points(&self, surface: &Surface, first: usize) -> FacePoints {
        let f = &self.features;
        let hit = |y: f32, z: f32| self.front(surface, first, y, z);
        let eye = |sign: f32| hit(sign * f.eye_apart, f.eye_level);
        let mouth = |sign: f32| hit(sign * f.mouth_wide, f.mouth_level + super::face::mouth_lift(f));
        let [ear_side, ..] = self.reach(0.43);
        let ear = |sign: f32| self.place(Vec3::new(-0.01, sign * (ear_side + 0.006), 0.43));
        let cheek = |sign: f32| self.place(self.point(0.36, sign * 1.25));
        FacePoints {
            nose: hit(0.0, f.nose_tip + 0.012),
            left_eye: eye(1.0),
            right_eye: eye(-1.0),
            left_ear: ear(1.0),
            right_ear: ear(-1.0),
            left_mouth: mouth(1.0),
            right_mouth: mouth(-1.0),
            edges: [hit(0.0, 0.78), hit(0.0, 0.02), cheek(1.0), cheek(-1.0)],
        }
    }

    /// Where a line along x meets the face's triangles, foremost.
    fn front(&self, surface: &Surface, first: usize, y: f32, z: f32) -> Vec3 {
        let target = self.place(Vec3::new(0.0, y, z));
        let aim = Vec2::new(target.y, target.z);
        let mut found = self.place(Vec3::new(0.42, y, z));
        let mut foremost = f32::MIN;
        for face in &surface.faces[first..] {
            let [a, b, c] = face.corners.map(|i| surface.corners[i as usize].position);
            let [p, q, r] = [a, b, c].map(|v| Vec2::new(v.y, v.z));
            let area = (q - p).perp_dot(r - p);
            if area.abs() < 1e-12 {
                continue;
            }
            let (s, t) = ((aim - p).perp_dot(r - p) / area, (q - p).perp_dot(aim - p) / area);
            if s >= -1e-5 && t >= -1e-5 && s + t <= 1.0 + 2e-5 {
                let point = a + (b - a) * s + (c - a) * t;
                if point.x > foremost {
                    (foremost, found) = (point.x, point);
                }
            }
        }
        found
    }
}
