//! What feet stand on: asphalt, slabs, setts, tiles, carpet, lawn.

use super::noise::Noise;
use super::{Rgb, cell, fract, rgb, step, texel, whole};
use crate::texture::Texture;

/// Asphalt, 4 m: stones of all greys, cracks, patches, oil. `tone` is its grey; `mark` moves the stains.
pub(in crate::place) fn asphalt(noise: &Noise, tone: f32, mark: f32) -> Texture {
    Texture::paint(512, |u, v| {
        let stone = noise.grain(u * 2.0, v * 2.0) * 11.0 + noise.grain(u * 1.0 + 0.31, v * 1.0) * 9.0;
        let wide = noise.cloud(u, v) * 9.0 + noise.cloud(u * 4.0, v * 4.0) * 6.0;
        let oil = step(0.45, 0.85, noise.cloud(u + mark, v + mark * 0.7)) * 20.0;
        let crack = step(0.3, 0.9, noise.crack(u + mark, v, 0.03)) * step(-0.1, 0.3, noise.cloud(v + mark, u)) * 38.0;
        let light = tone + stone + wide - oil - crack;
        texel(rgb(1, 1, 1) * light + rgb(2, 1, 0) * (1.0 + noise.cloud(u * 2.0, v * 2.0)))
    })
}

/// How slabs lie.
#[derive(Clone, Copy, Debug)]
pub(in crate::place) struct Slabs {
    /// Slabs along a side of the picture, across and down; even rows for a running bond.
    pub count: [f32; 2],
    /// How far every second row is shifted, in slabs.
    pub shift: f32,
    /// Width of the joint, as a share of a slab.
    pub joint: f32,
    /// Colour of the slabs.
    pub colour: Rgb,
    /// How unlike one another they are: 0..1.
    pub unlike: f32,
    /// How dirty: 0 a clean hall, 1 a street.
    pub dirt: f32,
}

/// Slabs, setts, tiles: each with its own tone, darker joints, stains that ignore them. `mark` moves the stains.
pub(in crate::place) fn slabs(noise: &Noise, slabs: Slabs, mark: f32) -> Texture {
    let Slabs { count: [across, down], shift, joint, colour, unlike, dirt } = slabs;
    Texture::paint(512, |u, v| {
        let wave = noise.cloud(u * 4.0, v * 4.0) * 0.008 * dirt;
        let row = whole(v * down + wave) as f32;
        let (i, edge_x) = cell(u * across + shift * row + wave);
        let (j, edge_y) = cell(v * down + wave);
        let (i, j) = (i.rem_euclid(across as i32), j.rem_euclid(down as i32));
        let edge = edge_x.min(edge_y * across / down).min(edge_x * down / across).min(edge_y);
        let tone = noise.cell(i, j, 0) * 26.0 * unlike;
        let tint = (rgb(6, 2, 0) * noise.cell(i, j, 1) - rgb(0, 1, 5) * noise.cell(i, j, 2)) * unlike;
        let fine = noise.grain(u * 2.0, v * 2.0) * (3.0 + 5.0 * dirt) + noise.cloud(u * 8.0, v * 8.0) * 5.0 * dirt;
        let (su, sv) = (u + mark, v + mark * 0.61);
        let stain = noise.cloud(su, sv) * 14.0 + noise.cloud(su * 3.0, sv * 3.0) * 7.0;
        let dark = step(0.35, 0.8, noise.cloud(sv, su)) * 22.0;
        let gum = gum(noise, su * 6.0, sv * 6.0) * 34.0;
        let ground_in = step(0.14, 0.0, edge) * 9.0;
        let mut light = tone + fine - (dark + gum + ground_in - stain) * dirt;
        let groove = step(joint * 0.5 + 0.012, joint * 0.5 - 0.002, edge);
        light -= groove * (26.0 + 26.0 * dirt + 14.0 * noise.cloud(u * 5.0, v * 5.0));
        let moss = groove * dirt * step(0.0, 0.5, noise.cloud(su * 2.0, sv * 2.0)) * 10.0;
        texel(colour + rgb(1, 1, 1) * light + tint + rgb(0, 1, 0) * moss)
    })
}

/// Trodden chewing gum: a spot in some cells.
fn gum(noise: &Noise, x: f32, y: f32) -> f32 {
    let (i, j) = (whole(x), whole(y));
    if noise.cell(i, j, 4) < 0.3 {
        return 0.0;
    }
    let (dx, dy) = (fract(x) - 0.5 - noise.cell(i, j, 5) * 0.3, fract(y) - 0.5 - noise.cell(i, j, 6) * 0.3);
    step(0.055, 0.035, (dx * dx + dy * dy).sqrt())
}

/// Fitted carpet or felt, 2 m: threads, wear.
pub(in crate::place) fn carpet(noise: &Noise, colour: Rgb) -> Texture {
    Texture::paint(512, |u, v| {
        let thread = noise.grain(u * 2.0, v * 2.0) * 15.0 + noise.grain(u, v) * 7.0;
        let wear = noise.cloud(u, v) * 4.0 + noise.cloud(u * 4.0, v * 4.0) * 4.0;
        texel(colour + rgb(1, 1, 1) * (thread + wear))
    })
}

/// Lawn, 4 m: blades, dry and bare patches, clover.
pub(in crate::place) fn lawn(noise: &Noise, dry: f32, mark: f32) -> Texture {
    Texture::paint(512, |u, v| {
        let blade = noise.grain(u * 2.0 + noise.cloud(u * 3.0, v) * 0.05, v * 0.75);
        let (su, sv) = (u + mark, v + mark * 0.37);
        let wide = noise.cloud(su, sv);
        let tuft = noise.cloud(u * 6.0, v * 6.0);
        let dryness = step(0.0, 0.75, wide * 0.9 + tuft * 0.25 + dry - 0.25);
        let green = rgb(84, 96, 50).lerp(rgb(132, 128, 82), dryness);
        let clover = step(0.3, 0.6, noise.cloud(sv * 3.0, su * 3.0)) * 13.0;
        let earth = step(0.6, 1.05, wide + tuft * 0.4 + blade * 0.1) * 0.55;
        let light = blade * 17.0 + tuft * 15.0 + noise.grain(u, v * 2.0) * 8.0 - clover;
        texel((green + rgb(1, 1, 0) * light + rgb(0, 0, 1) * (light * 0.5)).lerp(rgb(104, 88, 66), earth))
    })
}

/// A bound path or bare ground, 3 m: sand, gravel, tracks.
pub(in crate::place) fn gravel(noise: &Noise, colour: Rgb, mark: f32) -> Texture {
    Texture::paint(512, |u, v| {
        let stone = noise.grain(u * 1.5, v * 1.5) * 16.0 + noise.grain(u * 0.5, v * 0.5) * 8.0;
        let wide = noise.cloud(u + mark, v) * 16.0 + noise.cloud(u * 5.0, v * 5.0) * 8.0;
        let leaf = step(0.93, 0.97, noise.grain(u * 0.5 + mark, v * 0.5)) * 40.0;
        texel(colour + rgb(1, 1, 1) * (stone + wide) - rgb(0, 1, 2) * (leaf * 0.5))
    })
}

/// Paint on a road: worn off in places; 2 m, with holes.
pub(in crate::place) fn road_paint(noise: &Noise) -> Texture {
    Texture::paint(256, |u, v| {
        let wear = noise.cloud(u * 2.0, v * 2.0) + noise.grain(u, v) * 0.35 + noise.cloud(u * 8.0, v * 8.0) * 0.5;
        let light =
            186.0 + noise.cloud(u * 3.0, v * 3.0) * 18.0 + noise.grain(u, v) * 8.0 - step(0.0, 0.7, wear) * 45.0;
        let [r, g, b, _] = texel(rgb(1, 1, 1) * light);
        [r, g, b, if wear > 0.62 { 0 } else { 255 }]
    })
}
