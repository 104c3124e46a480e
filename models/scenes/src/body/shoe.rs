//! Shoes with soles.

use glam::{Vec2, Vec3};

use super::limb::Side;
use super::palette::{texel, times};
use super::shape::Shape;
use super::surface::{Bones, Corner, Surface, step};
use crate::figure::Joint;
use crate::model::Material;
use crate::seed::Seed;
use crate::texture::Texture;

/// How a shoe is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    Sneaker,
    Leather,
    Boot,
    Flat,
}

/// Adds both shoes.
pub(super) fn add(surface: &mut Surface, shape: &Shape, cut: Cut, colour: [u8; 3], seed: Seed) {
    let material = surface.material(paint(cut, colour, seed).glossy(if cut == Cut::Sneaker { 0.08 } else { 0.22 }));
    for side in Side::BOTH {
        surface.loft(&rows(shape, side, cut), material);
    }
}

/// Height, how far the outline shrinks sideways, where it begins behind and ends ahead; shares of the foot's length.
fn levels(cut: Cut) -> [[f32; 4]; 9] {
    let top: f32 = match cut {
        Cut::Boot => 0.52,
        Cut::Flat => 0.2,
        _ => 0.30,
    };
    let thick = if cut == Cut::Flat { 0.02 } else { 0.075 };
    [
        [0.0, 0.0, 0.1, 0.2],
        [0.0, 0.92, -0.275, 0.715],
        [thick, 1.0, -0.285, 0.735],
        [thick + 0.005, 0.94, -0.275, 0.715],
        [0.15, 0.93, -0.275, 0.68],
        [0.205, 0.84, -0.27, 0.53],
        [0.26, 0.72, -0.26, 0.30],
        [top.max(0.265), 0.62, -0.25, 0.17],
        [top.max(0.265) - 0.03, 0.5, -0.2, 0.12],
    ]
}

const COLUMNS: usize = 14;

fn rows(shape: &Shape, side: Side, cut: Cut) -> Vec<Vec<Corner>> {
    let ankle = shape.at(side.of(Joint::LeftAnkle, Joint::RightAnkle));
    let toe = shape.at(side.of(Joint::LeftToe, Joint::RightToe));
    let long = 0.162 * shape.height;
    let wide = 0.185 * long;
    let bones = |x: f32| {
        let foot = Bones::of(side.of(Joint::LeftAnkle, Joint::RightAnkle));
        foot.mix(Bones::of(side.of(Joint::LeftToe, Joint::RightToe)), step(toe.x - 0.03, toe.x + 0.03, x))
    };
    let row = |[height, narrow, from, to]: [f32; 4]| {
        let corner = |column: usize| {
            let angle = (column % COLUMNS) as f32 / COLUMNS as f32 * std::f32::consts::TAU + std::f32::consts::PI;
            let (sin, cos) = libm::sincosf(angle);
            let (middle, half) = ((from + to) / 2.0, (to - from) / 2.0);
            let x = middle + half * libm::powf(cos.abs(), 0.85).copysign(cos);
            // A foot is widest at its ball, slim behind, and its tip lies a little to the inside.
            let along = ((x + 0.285) / 1.02).clamp(0.0, 1.0);
            let ball = 0.72 + 0.28 * step(0.1, 0.62, along) - 0.12 * step(0.75, 1.0, along);
            let side_way = libm::powf(sin.abs(), 0.75).copysign(sin) * ball * narrow * wide;
            let inwards = -0.05 * wide * step(0.5, 1.0, along) * side.sign();
            let lift = 0.045 * step(0.72, 1.0, along) * f32::from(u8::from(height > 0.0));
            let x = ankle.x + x * long;
            // Low rows stay below the instep's slope.
            let position = Vec3::new(x, ankle.y + side_way + inwards, (height + lift * 0.3) * long);
            let v = (height / 0.35).min(1.0);
            Corner::new(position, Vec2::new(column as f32 / COLUMNS as f32, 0.02 + 0.96 * v), bones(x))
        };
        (0..=COLUMNS).map(corner).collect()
    };
    levels(cut).map(row).to_vec()
}

fn paint(cut: Cut, colour: [u8; 3], seed: Seed) -> Material {
    let pale = seed.of("sole").chance(0.75) && cut == Cut::Sneaker;
    let sole: [f32; 3] = if pale { [226.0, 224.0, 218.0] } else { [34.0, 31.0, 29.0] };
    let accent: [f32; 3] = seed.of("accent").pick(&[[235.0; 3], [30.0; 3], [190.0, 60.0, 40.0], [60.0, 90.0, 160.0]]);
    let grain = seed.of("grain");
    Material::matt(Texture::paint(128, |u, v| {
        let height = (v - 0.02) / 0.96 * 0.35;
        let front = 1.0 - 2.0 * (u - 0.5).abs();
        let mut rgb = colour.map(f32::from);
        if height < 0.08 && cut != Cut::Flat || height < 0.015 {
            rgb = sole;
        } else if cut == Cut::Sneaker && front > 0.72 && height > 0.15 && height < 0.3 {
            let lace = libm::fabsf(libm::fmodf(height * 60.0, 1.0) - 0.5) < 0.22 && front > 0.8;
            rgb = if lace { [230.0; 3] } else { rgb.map(|c| c * 0.75) };
        } else if cut == Cut::Sneaker && (height - 0.3 + 0.55 * front).abs() < 0.035 && front > 0.2 && front < 0.5 {
            rgb = accent;
        }
        let light = 1.0 + 0.08 * grain.fractal(u * 30.0, v * 30.0, 2) - 0.3 * step(0.3, 0.35, height);
        texel(times(rgb, light))
    }))
}
