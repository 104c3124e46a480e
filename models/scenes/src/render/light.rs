//! How bright a point of a surface is.

use std::sync::LazyLock;

use glam::{Mat3, Vec2, Vec3, Vec4};

use super::raster::share_planes;
use super::shadow::DepthMap;
use crate::camera::Camera;
use crate::model::{Face, Material, Vertex};
use crate::place::Lighting;
use crate::seed::Seed;

/// A point of a surface.
pub(super) struct Point<'a> {
    pub(super) position: Vec3,
    normal: Vec3,
    uv: Vec2,
    /// Of the texture, whose texels are as large there as pixels.
    level: usize,
    material: &'a Material,
}

/// Light that leaves a point towards the camera, linear: what comes from the sun or main lamp, and all else.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Radiance {
    pub(super) direct: Vec3,
    pub(super) rest: Vec3,
}

/// What a point makes of light, for whatever colour it has: the first of each pair counts once for each unit of the
/// colour, the second whatever the colour is.
pub(super) struct Reflection {
    direct: [Vec3; 2],
    rest: [Vec3; 2],
}

impl Reflection {
    /// The light of a point of this colour (linear) that `lit` (0..=1) of the direct light reaches.
    pub(super) fn of(&self, colour: Vec3, lit: f32) -> Radiance {
        let [direct, rest] = [self.direct, self.rest].map(|[by_colour, besides]| colour * by_colour + besides);
        Radiance { direct: direct * lit, rest }
    }

    /// Whether the direct light makes any difference.
    pub(super) fn is_in_the_light(&self) -> bool {
        self.direct[0] != Vec3::ZERO
    }
}

/// A triangle as a camera sees it, made ready to be asked for many pixels.
pub(super) struct Facet<'a> {
    corners: [Vertex; 3],
    material: &'a Material,
    /// The corners' shares of what a ray meets are in proportion to its products with these.
    shares: Mat3,
    camera: &'a Camera,
}

/// A square of pixels that show nothing but one facet.
pub(super) struct Block<'a> {
    /// Its middle.
    pub(super) middle: Point<'a>,
    /// Place in the world and on the texture: how they grow with a pixel to the right, and with one down.
    right: (Vec3, Vec2),
    down: (Vec3, Vec2),
    /// From the middle to the middle of the first pixel, in pixels.
    first: f32,
}

impl Block<'_> {
    /// Place in the world and on the texture of a pixel, counted from the upper left one.
    pub(super) fn pixel(&self, x: usize, y: usize) -> (Vec3, Vec2) {
        let (x, y) = (self.first + x as f32, self.first + y as f32);
        let place = self.middle.position + self.right.0 * x + self.down.0 * y;
        (place, self.middle.uv + self.right.1 * x + self.down.1 * y)
    }
}

impl<'a> Facet<'a> {
    /// `None` when its material isn't there.
    pub(super) fn new(camera: &'a Camera, vertices: &[Vertex], face: &Face, materials: &'a [Material]) -> Option<Self> {
        let corners = face.corners.map(|i| vertices[i as usize]);
        let material = materials.get(usize::from(face.material))?;
        let seen = corners.map(|vertex| camera.view(vertex.position));
        Some(Self { corners, material, shares: share_planes(seen), camera })
    }

    /// Its point in the middle of a pixel.
    pub(super) fn point(&self, x: usize, y: usize) -> Point<'a> {
        let volumes = self.volumes(Vec2::new(x as f32 + 0.5, y as f32 + 0.5));
        let here = share(volumes);
        let level = if self.material.texture.side() > 1 { self.level(self.steps(volumes, here)) } else { 0 };
        self.at(here, level)
    }

    /// The square of pixels of which `x`, `y` is the upper left one.
    pub(super) fn block(&self, x: usize, y: usize, side: usize) -> Block<'a> {
        let half = side as f32 / 2.0;
        let volumes = self.volumes(Vec2::new(x as f32 + half, y as f32 + half));
        let here = share(volumes);
        let [right, down] = self.steps(volumes, here);
        let middle = self.at(here, self.level([right, down]));
        let step = |shares| (self.place(shares), self.uv(shares));
        Block { middle, right: step(right), down: step(down), first: 0.5 - half }
    }

    fn volumes(&self, at: Vec2) -> Vec3 {
        self.shares * ((at - self.camera.middle) / self.camera.focal).extend(1.0)
    }

    /// How the shares grow with a pixel to the right and with one down.
    fn steps(&self, volumes: Vec3, here: Vec3) -> [Vec3; 2] {
        [self.shares.x_axis, self.shares.y_axis].map(|axis| share(volumes + axis / self.camera.focal) - here)
    }

    fn uv(&self, shares: Vec3) -> Vec2 {
        let [a, b, c] = &self.corners;
        a.uv * shares.x + b.uv * shares.y + c.uv * shares.z
    }

    fn place(&self, shares: Vec3) -> Vec3 {
        let [a, b, c] = &self.corners;
        a.position * shares.x + b.position * shares.y + c.position * shares.z
    }

    fn level(&self, steps: [Vec3; 2]) -> usize {
        let [right, down] = steps.map(|step| self.uv(step).length_squared());
        // Between the longer side (which blurs floors) and the shorter (which flickers).
        let (long, short) = (right.max(down).sqrt(), right.min(down).sqrt());
        self.material.texture.level((long * short.max(long / 16.0)).sqrt())
    }

    fn at(&self, here: Vec3, level: usize) -> Point<'a> {
        // A pixel at the edge may have its middle beside the triangle: then the triangle's nearest point.
        let kept = here.max(Vec3::ZERO);
        let at = kept / (kept.x + kept.y + kept.z);
        let [a, b, c] = &self.corners;
        let position = self.place(at);
        let mut normal = (a.normal * at.x + b.normal * at.y + c.normal * at.z).normalize_or(Vec3::Z);
        if self.material.texture.has_holes() && normal.dot(self.camera.at - position) < 0.0 {
            normal = -normal;
        }
        Point { position, normal, uv: self.uv(at), level, material: self.material }
    }
}

/// The corners' shares of a point, of sum 1.
fn share(volumes: Vec3) -> Vec3 {
    let sum = volumes.x + volumes.y + volumes.z;
    if sum.abs() < 1e-20 { Vec3::splat(1.0 / 3.0) } else { volumes / sum }
}

/// sRGB 0..=255 to linear 0..=1. A square is close enough to the curve, and a tenth of its price.
fn linear(value: Vec4) -> Vec4 {
    let share = value / 255.0;
    share * share * (Vec4::splat(0.8) + share * 0.2)
}

impl Point<'_> {
    /// Its own colour, linear.
    pub(super) fn colour(&self) -> Vec3 {
        self.colour_at(self.uv)
    }

    /// The colour at another place of its texture.
    pub(super) fn colour_at(&self, uv: Vec2) -> Vec3 {
        linear(self.material.texture.sample(uv, self.level)).truncate()
    }

    /// What it makes of the light; `open` of the sky reaches it (0..=1).
    pub(super) fn reflection(&self, lighting: &Lighting, eye: Vec3, open: f32) -> Reflection {
        let Material { gloss, soft, glow, .. } = *self.material;
        if glow >= 1.0 {
            return Reflection { direct: [Vec3::ZERO; 2], rest: [Vec3::splat(glow), Vec3::ZERO] };
        }
        let to_eye = (eye - self.position).normalize_or(Vec3::Z);
        let wrap = soft * 0.45;
        let falls = ((self.normal.dot(lighting.towards) + wrap) / (1.0 + wrap)).max(0.0);
        // Skin lets red through where the light grazes.
        let tint = Vec3::new(1.0, 1.0 - 0.12 * soft * (1.0 - falls), 1.0 - 0.16 * soft * (1.0 - falls));
        let shine = if gloss > 0.0 {
            let between = (lighting.towards + to_eye).normalize_or(Vec3::Z);
            power16(self.normal.dot(between).max(0.0)) * gloss * 0.35
        } else {
            0.0
        };
        let direct = lighting.direct * falls;
        let upward = self.normal.z * 0.5 + 0.5;
        let around = lighting.bounce.lerp(lighting.sky, upward) * open;
        let rim = 1.0 - self.normal.dot(to_eye).max(0.0);
        let sheen = power4(rim) * (0.05 + 0.3 * gloss);
        Reflection { direct: [direct * tint, direct * shine], rest: [around + Vec3::splat(glow), around * sheen] }
    }

    /// The share of the direct light that a map lets through, looked up a little off the surface.
    pub(super) fn lit(&self, map: &DepthMap, lighting: &Lighting, turn: Vec2) -> f32 {
        self.lit_at(self.position, map, lighting, turn)
    }

    /// The same of another place on the surface.
    pub(super) fn lit_at(&self, place: Vec3, map: &DepthMap, lighting: &Lighting, turn: Vec2) -> f32 {
        map.lit(place + self.normal * 0.02, lighting.shadow_softness, turn)
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
