//! What places are covered with: pictures painted once, with noise at several scales, dirt, joints and wear.
//!
//! Colours are worked out as sRGB values of 0..=255. Every picture repeats without a seam unless it says
//! otherwise.

pub(super) mod goods;
pub(super) mod ground;
pub(super) mod letters;
pub(super) mod nature;
pub(super) mod noise;
pub(super) mod sky;
pub(super) mod wall;
pub(super) mod window;
pub(super) mod wood;

use glam::Vec3;

/// A colour, sRGB, 0..=255 each.
pub(super) type Rgb = Vec3;

/// Red, green and blue.
pub(super) const fn rgb(r: u8, g: u8, b: u8) -> Rgb {
    Vec3::new(r as f32, g as f32, b as f32)
}

/// An opaque texel.
pub(super) fn texel(colour: Rgb) -> [u8; 4] {
    let c = colour.clamp(Vec3::ZERO, Vec3::splat(255.0));
    [c.x as u8, c.y as u8, c.z as u8, 255]
}

/// A hole in colours that go on beyond it, so that edges don't darken.
pub(super) fn hole(colour: Rgb) -> [u8; 4] {
    let [r, g, b, _] = texel(colour);
    [r, g, b, 0]
}

/// 0 below `low`, 1 above `high`, smooth between.
pub(super) fn step(low: f32, high: f32, value: f32) -> f32 {
    crate::seed::ease((value - low) / (high - low))
}

/// The greatest whole number that isn't above `value`.
pub(super) fn whole(value: f32) -> i32 {
    let cut = value as i32;
    if cut as f32 > value { cut - 1 } else { cut }
}

/// The part of a number after its whole part, 0..1 for negative ones too.
pub(super) fn fract(value: f32) -> f32 {
    value - whole(value) as f32
}

/// A row of cells: which one `x` is in, and how far its middle and its nearer edge are, in cells.
pub(super) fn cell(x: f32) -> (i32, f32) {
    let n = whole(x);
    let inside = x - n as f32;
    (n, inside.min(1.0 - inside))
}
