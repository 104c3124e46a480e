//! What walls are made of: plaster, brick, concrete, metal.

use super::noise::Noise;
use super::{Rgb, cell, rgb, step, texel, whole};
use crate::texture::Texture;

/// Outside plaster, 4 m: rough, streaked by rain, stained at its foot.
pub(in crate::place) fn plaster(noise: &Noise, colour: Rgb, mark: f32) -> Texture {
    Texture::paint(512, |u, v| {
        let rough = noise.grain(u * 2.0, v * 2.0) * 5.0 + noise.cloud(u * 8.0, v * 8.0) * 5.0;
        let wide = noise.cloud(u + mark, v) * 13.0;
        let streak = step(0.05, 0.7, noise.cloud(u * 5.0 + mark, v * 0.0 + mark)) * (10.0 + 10.0 * noise.cloud(u, v));
        let crack = step(0.3, 1.0, noise.crack(u + mark, v, 0.016)) * step(0.1, 0.4, noise.cloud(v, u)) * 26.0;
        texel(colour + rgb(1, 1, 1) * (rough + wide - streak - crack))
    })
}

/// Brick in a running bond, 2 m.
pub(in crate::place) fn brick(noise: &Noise, colour: Rgb) -> Texture {
    Texture::paint(512, |u, v| {
        let wave = noise.cloud(u * 6.0, v * 6.0) * 0.03;
        let (down, across) = (24.0, 8.0);
        let row = whole(v * down + wave) as f32;
        let (i, edge_x) = cell(u * across + row * 0.5 + wave);
        let (j, edge_y) = cell(v * down + wave);
        let (i, j) = (i.rem_euclid(8), j.rem_euclid(24));
        let joint = step(0.12, 0.06, edge_y).max(step(0.045, 0.02, edge_x));
        let tone = noise.cell(i, j, 0) * 18.0;
        let tint = rgb(14, 0, 0) * noise.cell(i, j, 1);
        let rough = noise.grain(u * 2.0, v * 2.0) * 7.0 + noise.cloud(u * 3.0, v * 3.0) * 14.0;
        let face = colour + rgb(1, 1, 1) * (tone + rough) + tint;
        let mortar = rgb(142, 136, 126) + rgb(1, 1, 1) * (rough * 0.8 - 10.0);
        texel(face.lerp(mortar, joint))
    })
}

/// Concrete or dressed stone, 3 m: pores, clouds, water marks.
pub(in crate::place) fn concrete(noise: &Noise, colour: Rgb) -> Texture {
    Texture::paint(512, |u, v| {
        let pores = step(0.88, 1.0, noise.grain(u, v)) * 26.0;
        let clouds = noise.cloud(u, v) * 16.0 + noise.cloud(u * 5.0, v * 5.0) * 7.0;
        let fine = noise.grain(u * 2.0, v * 2.0) * 5.0;
        let run = step(0.2, 0.8, noise.cloud(u * 4.0, v * 0.3 + 0.4)) * 12.0;
        texel(colour + rgb(1, 1, 1) * (clouds + fine - pores - run))
    })
}

/// A painted wall indoors, 3 m: the roller's grain, uneven, marks of hands and furniture.
pub(in crate::place) fn paint(noise: &Noise, colour: Rgb) -> Texture {
    Texture::paint(512, |u, v| {
        let roller = noise.grain(u * 2.0, v * 2.0) * 2.0 + noise.cloud(u * 10.0, v * 10.0) * 2.5;
        let wide = noise.cloud(u, v) * 4.0;
        let scuff =
            step(0.4, 0.9, noise.cloud(u * 2.0 + 0.2, v * 2.0)) * step(0.2, 0.6, noise.cloud(u * 9.0, v * 9.0)) * 8.0;
        texel(colour + rgb(1, 1, 1) * (roller + wide - scuff))
    })
}

/// Suspended ceiling, 2.4 m: panels of 0.6 m with holes, a metal grid.
pub(in crate::place) fn ceiling(noise: &Noise) -> Texture {
    Texture::paint(256, |u, v| {
        let (i, edge_x) = cell(u * 4.0);
        let (j, edge_y) = cell(v * 4.0);
        let grid = step(0.035, 0.015, edge_x.min(edge_y));
        let holes = step(0.6, 0.9, noise.grain(u, v)) * 20.0;
        let tone = noise.cell(i, j, 0) * 5.0 + noise.cloud(u, v) * 9.0;
        texel(rgb(214, 212, 205) + rgb(1, 1, 1) * (tone - holes - grid * 26.0))
    })
}

/// Painted metal, plastic or lacquer, 1 m: even, with scratches and dust.
pub(in crate::place) fn lacquer(noise: &Noise, colour: Rgb) -> Texture {
    Texture::paint(128, |u, v| {
        let dust = noise.cloud(u, v) * 7.0 + noise.grain(u * 0.5, v * 0.5) * 3.0;
        let scratch = step(0.6, 1.0, noise.crack(u * 0.5, v, 0.02)) * 12.0;
        texel(colour + rgb(1, 1, 1) * (dust + scratch))
    })
}

/// Woven cloth, 1 m: for seats and awnings; `stripe` is the colour of every second stripe of 0.125 m.
pub(in crate::place) fn cloth(noise: &Noise, colour: Rgb, stripe: Option<Rgb>) -> Texture {
    Texture::paint(256, |u, v| {
        let weave = noise.grain(u, v) * 9.0 + noise.cloud(u * 2.0, v * 2.0) * 9.0;
        let ground = if (u * 8.0) as i32 % 2 == 0 { colour } else { stripe.unwrap_or(colour) };
        texel(ground + rgb(1, 1, 1) * weave)
    })
}
