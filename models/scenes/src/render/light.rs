//! How bright a point of a surface is.

use std::sync::LazyLock;

use glam::{Vec2, Vec3};

use super::raster::shares;
use super::shadow::DepthMap;
use crate::camera::Camera;
use crate::model::{Face, Material, Vertex};
use crate::place::Lighting;
use crate::seed::Seed;

/// A point of a surface in the middle of a pixel.
pub(super) struct Point<'a> {
    pub(super) position: Vec3,
    normal: Vec3,
    colour: Vec3,
    material: &'a Material,
}

/// Light that leaves a point towards the camera, linear: what comes from the sun or main lamp, and all else.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Radiance {
    pub(super) direct: Vec3,
    pub(super) rest: Vec3,
}

/// The triangle's point that a pixel's middle shows.
pub(super) fn point<'a>(
    camera: &Camera,
    pixel: Vec2,
    vertices: &[Vertex],
    face: &Face,
    materials: &'a [Material],
) -> Option<Point<'a>> {
    let corners = face.corners.map(|i| vertices[i as usize]);
    let material = materials.get(usize::from(face.material))?;
    let seen = corners.map(|vertex| camera.view(vertex.position));
    let ray = |x: f32, y: f32| ((pixel + Vec2::new(x, y) - camera.middle) / camera.focal).extend(1.0);
    // A pixel at the edge may have its middle beside the triangle: then the triangle's nearest point.
    let inside = |shares: Vec3| {
        let kept = shares.max(Vec3::ZERO);
        kept / (kept.x + kept.y + kept.z)
    };
    let at = inside(shares(seen, ray(0.0, 0.0)));
    let mix = |of: fn(&Vertex) -> Vec3| of(&corners[0]) * at.x + of(&corners[1]) * at.y + of(&corners[2]) * at.z;
    let [a, b, c] = corners.map(|vertex| vertex.uv);
    let uv_at = |s: Vec3| a * s.x + b * s.y + c * s.z;
    let uv = uv_at(at);
    let level = if material.texture.side() > 1 {
        let right = uv_at(shares(seen, ray(1.0, 0.0))) - uv_at(shares(seen, ray(0.0, 0.0)));
        let down = uv_at(shares(seen, ray(0.0, 1.0))) - uv_at(shares(seen, ray(0.0, 0.0)));
        // Between the longer side (which blurs floors) and the shorter (which flickers).
        let (long, short) = (right.length().max(down.length()), right.length().min(down.length()));
        material.texture.level((long * short.max(long / 16.0)).sqrt())
    } else {
        0
    };
    let [red, green, blue, _] = material.texture.sample(uv, level);
    let position = mix(|vertex| vertex.position);
    let mut normal = mix(|vertex| vertex.normal).normalize_or(Vec3::Z);
    if normal.dot(camera.at - position) < 0.0 && material.texture.has_holes() {
        normal = -normal;
    }
    Some(Point { position, normal, colour: Vec3::new(linear(red), linear(green), linear(blue)), material })
}

/// sRGB 0..=255 to linear 0..=1. A square is close enough to the curve, and a tenth of its price.
fn linear(value: f32) -> f32 {
    let share = value / 255.0;
    share * share * (0.8 + 0.2 * share)
}

impl Point<'_> {
    /// How a light falls on it; `lit` of the direct light and `open` of the sky reach it (0..=1).
    pub(super) fn light(&self, lighting: &Lighting, eye: Vec3, lit: f32, open: f32) -> Radiance {
        let Material { gloss, soft, glow, .. } = *self.material;
        if glow >= 1.0 {
            return Radiance { direct: Vec3::ZERO, rest: self.colour * glow };
        }
        let to_eye = (eye - self.position).normalize_or(Vec3::Z);
        let wrap = soft * 0.45;
        let falls = ((self.normal.dot(lighting.towards) + wrap) / (1.0 + wrap)).max(0.0);
        // Skin lets red through where the light grazes.
        let tint = Vec3::new(1.0, 1.0 - 0.12 * soft * (1.0 - falls), 1.0 - 0.16 * soft * (1.0 - falls));
        let between = (lighting.towards + to_eye).normalize_or(Vec3::Z);
        let shine = power16(self.normal.dot(between).max(0.0)) * gloss * 0.35;
        let direct = lighting.direct * lit * (self.colour * tint * falls + Vec3::splat(shine * falls.min(1.0)));
        let upward = self.normal.z * 0.5 + 0.5;
        let around = lighting.bounce.lerp(lighting.sky, upward) * open;
        let rim = 1.0 - self.normal.dot(to_eye).max(0.0);
        let sheen = power4(rim) * (0.05 + 0.3 * gloss);
        let rest = around * (self.colour + Vec3::splat(sheen)) + self.colour * glow;
        Radiance { direct, rest }
    }

    /// The share of the direct light that a map lets through, looked up a little off the surface.
    pub(super) fn lit(&self, map: &DepthMap, lighting: &Lighting, turn: Vec2) -> f32 {
        map.lit(self.position + self.normal * 0.02, lighting.shadow_softness, turn)
    }

    pub(super) fn open(&self, map: &DepthMap, turn: Vec2) -> f32 {
        map.open(self.position + self.normal * 0.03, turn)
    }

    /// Whether it glows and no shadow matters.
    pub(super) fn glows(&self) -> bool {
        self.material.glow >= 1.0
    }
}

/// The share of a colour that haze leaves at this distance, 0..=1.
pub(super) fn clear(lighting: &Lighting, distance: f32) -> f32 {
    if lighting.haze_distance.is_finite() { libm::expf(-distance / lighting.haze_distance) } else { 1.0 }
}

/// A turn for the places that a shadow is asked at, another for each pixel of a tile.
pub(super) fn turn(x: usize, y: usize) -> Vec2 {
    const SIDE: usize = 64;
    static TURNS: LazyLock<Vec<Vec2>> = LazyLock::new(|| {
        let angle = |n: usize| Seed::new(11).at(n as u64).unit() * std::f32::consts::TAU;
        (0..SIDE * SIDE).map(|n| Vec2::new(libm::cosf(angle(n)), libm::sinf(angle(n)))).collect()
    });
    TURNS[y % SIDE * SIDE + x % SIDE]
}

fn power4(x: f32) -> f32 {
    let square = x * x;
    square * square
}

fn power16(x: f32) -> f32 {
    power4(power4(x))
}
