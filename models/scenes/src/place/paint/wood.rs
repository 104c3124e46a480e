//! Wood: boards, furniture, doors, cardboard.

use super::noise::Noise;
use super::{Rgb, cell, fract, rgb, step, texel, whole};
use crate::texture::Texture;

/// A floor of boards that run along v, 2 m, each with its own grain and tone.
pub(in crate::place) fn boards(noise: &Noise, colour: Rgb, count: f32) -> Texture {
    Texture::paint(512, |u, v| {
        let (i, edge) = cell(u * count);
        let (shift, tone) = (noise.cell(i, 1, 0), noise.cell(i, 2, 0));
        let along = fract(v * 2.0 + shift);
        let piece = whole(v * 2.0 + shift);
        let piece = piece.rem_euclid(2);
        let own = noise.cell(i, piece + 5, 3);
        let grain = noise.cloud(u * 6.0 + own, v * 0.5 + own) * 20.0 + noise.cloud(u * 2.0 + own, v * 0.25) * 12.0;
        let end = step(0.006, 0.002, along.min(1.0 - along));
        let gap = step(0.035, 0.012, edge).max(end);
        let wear = noise.cloud(u, v) * 8.0 + noise.grain(u * 2.0, v * 2.0) * 3.0;
        let light = tone * 6.0 + own * 8.0 + grain + wear;
        texel((colour + rgb(1, 1, 1) * light + rgb(8, 2, 0) * own) * (1.0 - gap * 0.55))
    })
}

/// Plain wood with its grain along u, 1 m.
pub(in crate::place) fn plank(noise: &Noise, colour: Rgb) -> Texture {
    Texture::paint(256, |u, v| {
        let ring = noise.cloud(u * 0.0 + 0.3, v * 3.0 + noise.cloud(u, v) * 0.15) * 16.0;
        let grain = noise.cloud(u, v * 8.0) * 12.0 + noise.grain(u * 0.25, v) * 5.0;
        texel(colour + rgb(1, 1, 1) * (ring + grain))
    })
}

/// A door leaf, once over the whole: frame, four panels or a plain leaf, handle, soiled where hands are.
pub(in crate::place) fn door(noise: &Noise, colour: Rgb, panels: bool) -> Texture {
    Texture::paint(256, |u, v| {
        let mut light = noise.cloud(u, v * 2.0) * 6.0 + noise.cloud(u * 8.0, v * 2.0) * 4.0 + noise.grain(u, v) * 2.0;
        if panels {
            let x = (u - 0.5).abs() - 0.06;
            let (top, low) = (v - 0.08, v - 0.55);
            let inside = |d: f32, height: f32| x > 0.0 && x < 0.32 && d > 0.0 && d < height;
            for (d, height) in [(top, 0.4), (low, 0.37)] {
                if inside(d, height) {
                    let edge = x.min(0.32 - x).min(d * 0.5).min((height - d) * 0.5);
                    let bevel = step(0.025, 0.0, edge);
                    light -= bevel * if d * 0.5 <= edge + 0.001 { 34.0 } else { 16.0 };
                }
            }
        }
        light -= step(0.94, 1.0, v) * 22.0 + step(0.12, 0.0, (u - 0.9).abs() + (v - 0.52).abs()) * 10.0;
        let handle =
            (u - 0.9).abs() < 0.012 && (v - 0.52).abs() < 0.04 || (v - 0.51).abs() < 0.006 && u > 0.78 && u < 0.91;
        texel(if handle { rgb(178, 178, 172) } else { colour + rgb(1, 1, 1) * light })
    })
}

/// A side of a cardboard box, once over the whole: fluting, tape across the top, a label.
pub(in crate::place) fn cardboard(noise: &Noise, tone: f32) -> Texture {
    Texture::paint(256, |u, v| {
        let flute = noise.cloud(u * 0.0 + 0.2, v * 8.0) * 4.0 + noise.grain(u, v) * 5.0 + noise.cloud(u, v) * 10.0;
        let edge = step(0.05, 0.0, u.min(1.0 - u).min(v).min(1.0 - v)) * 14.0;
        let mut colour = rgb(168, 132, 92) + rgb(1, 1, 1) * (flute - edge + tone * 16.0);
        if (u - 0.5).abs() < 0.05 && !(0.25..0.8).contains(&v) {
            colour = colour.lerp(rgb(196, 172, 130), 0.7);
        }
        if (0.6..0.9).contains(&u) && (0.5..0.72).contains(&v) {
            let line = (v * 60.0) as i32 % 3 == 0 && noise.cell((u * 64.0) as i32, (v * 60.0) as i32, 0) > -0.4;
            colour = if line { rgb(60, 58, 56) } else { rgb(222, 220, 212) };
        }
        texel(colour)
    })
}
