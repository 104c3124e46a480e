//! Leaves, bark, earth, and what grows along the horizon.

use super::noise::Noise;
use super::{fract, hole, rgb, step, texel, whole};
use crate::texture::Texture;

/// A card of leaves, once over the whole: many small leaves around its middle, holes between them.
pub(in crate::place) fn leaves(noise: &Noise, autumn: f32, size: f32) -> Texture {
    let turns = [0.6f32, 1.7, 2.8].map(|turn| (libm::sinf(turn), libm::cosf(turn)));
    Texture::paint(256, |u, v| {
        let (dx, dy) = (u - 0.5, v - 0.5);
        let far = (dx * dx + dy * dy).sqrt() * 2.0 + noise.cloud(u, v) * 0.35;
        let mut colour = rgb(52, 62, 34);
        let mut there = noise.cloud(u * 2.0, v * 2.0) * 0.5 > far - 0.55;
        // Three layers of leaves: each cell of a turned grid holds one.
        for (layer, (s, c)) in turns.into_iter().enumerate() {
            let layer = layer as i32;
            let cells = (11.0 + 3.0 * layer as f32) / size;
            let (x, y) = ((u * c - v * s) * cells, (u * s + v * c) * cells);
            let (i, j) = (whole(x), whole(y));
            let sway = noise.cell(i, j, layer) * 0.22;
            let (lx, ly) = (fract(x) - 0.5 + sway, (fract(y) - 0.5 - sway * 0.6) * 1.75);
            let leaf = lx * lx + ly * ly;
            if leaf < 0.17 && far < 0.9 + 0.2 * noise.cell(i, j, 3) {
                let tone = noise.cell(i, j, 4) * 22.0 - 14.0 * (2 - layer) as f32 + ly * 20.0 + 6.0;
                let green = rgb(98, 114, 58).lerp(rgb(176, 124, 44), autumn * (0.6 + 0.5 * noise.cell(i, j, 5)));
                colour = green + rgb(1, 1, 0) * tone + rgb(0, 0, 1) * (tone * 0.5);
                there = true;
            }
        }
        if there { texel(colour) } else { hole(rgb(62, 80, 36)) }
    })
}

/// Bark, 1 m.
pub(in crate::place) fn bark(noise: &Noise) -> Texture {
    Texture::paint(256, |u, v| {
        let ridge = noise.cloud(u * 3.0, v * 0.75 + noise.cloud(u, v) * 0.1);
        let light = ridge * 40.0 + noise.grain(u, v) * 10.0 + noise.cloud(u, v) * 12.0;
        let moss = step(0.1, 0.6, noise.cloud(v, u)) * 12.0;
        texel(rgb(108, 98, 82) + rgb(1, 1, 1) * light + rgb(0, 1, 0) * moss)
    })
}

/// Earth of beds and pots, 1 m.
pub(in crate::place) fn earth(noise: &Noise) -> Texture {
    Texture::paint(128, |u, v| {
        let light = noise.grain(u * 0.5, v * 0.5) * 14.0 + noise.cloud(u * 2.0, v * 2.0) * 20.0;
        texel(rgb(74, 58, 44) + rgb(1, 1, 1) * light)
    })
}

/// Woods at a distance, 40 m wide and once in height: rounded crowns against the sky, holes above them.
pub(in crate::place) fn woods(noise: &Noise, autumn: f32) -> Texture {
    Texture::paint(512, |u, v| {
        let top = 0.34 + noise.cloud(u, 0.3) * 0.24 + noise.cloud(u * 4.0, 0.7) * 0.1;
        let edge = noise.cloud(u * 20.0, v * 4.0) * 0.09 + noise.cloud(u * 60.0, v * 12.0) * 0.03;
        let crown = noise.cloud(u * 5.0 + 0.3, v);
        let light =
            crown * 30.0 + noise.cloud(u * 15.0, v * 3.0) * 26.0 + noise.cloud(u * 40.0, v * 8.0) * 14.0 - v * 26.0;
        let green = rgb(72, 88, 46).lerp(rgb(128, 104, 56), autumn * step(-0.2, 0.5, noise.cloud(u * 3.0, 0.2)));
        let colour = green + rgb(1, 1, 0) * light + rgb(0, 0, 1) * (light * 0.6);
        if v < top + edge { hole(colour) } else { texel(colour) }
    })
}

/// Roofs and house fronts at a distance, 60 m wide and once in height, holes above them.
pub(in crate::place) fn town(noise: &Noise) -> Texture {
    let houses = 7.0;
    Texture::paint(512, |u, v| {
        let n = whole(u * houses);
        let x = fract(u * houses);
        let top = 0.3 + noise.cell(n, 0, 0) * 0.2;
        let gable = if noise.cell(n, 0, 1) > 0.0 { (x - 0.5).abs() * 0.22 } else { 0.0 };
        let roof = top + 0.1;
        let hue = noise.cell(n, 0, 2);
        let wall = rgb(176, 164, 148) + rgb(26, 10, 0) * hue + rgb(1, 1, 1) * (noise.cell(n, 0, 3) * 28.0);
        let dirt = noise.cloud(u, v) * 14.0 + noise.grain(u, v) * 4.0;
        let (wx, wy) = (fract(x * 6.0), fract((v - roof) * 16.0));
        let pane = v > roof + 0.02 && (0.3..0.72).contains(&wx) && (0.2..0.8).contains(&wy);
        let pick = noise.cell((x * 6.0) as i32 + n * 9, ((v - roof) * 16.0) as i32, 4);
        let colour = if v < roof {
            rgb(112, 72, 56) + rgb(1, 1, 1) * (noise.cell(n, 0, 5) * 20.0 + dirt)
        } else if pane {
            rgb(72, 80, 88) + rgb(1, 1, 1) * (pick * 34.0)
        } else {
            wall + rgb(1, 1, 1) * dirt
        };
        if v < top + gable { hole(colour) } else { texel(colour) }
    })
}
