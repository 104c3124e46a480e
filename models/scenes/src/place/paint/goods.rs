//! What stands on shelves.

use super::noise::Noise;
use super::{Rgb, fract, rgb, step, texel, whole};
use crate::texture::Texture;

const LABELS: [Rgb; 10] = [
    rgb(150, 50, 44),
    rgb(200, 164, 70),
    rgb(60, 84, 122),
    rgb(64, 122, 62),
    rgb(216, 210, 198),
    rgb(196, 104, 40),
    rgb(108, 64, 48),
    rgb(206, 196, 176),
    rgb(132, 72, 100),
    rgb(92, 152, 168),
];

/// One board's goods seen from ahead, once over 1.2 × 0.4 m, holes above them: packets, jars and bottles, in groups
/// of the same kind. `kind` makes another assortment.
pub(in crate::place) fn row(noise: &Noise, kind: i32) -> Texture {
    Texture::paint(256, |u, v| {
        let group = (u * 5.0) as i32;
        let per_group = 2.0 + (noise.cell(group, kind, 0) * 1.5 + 1.5).round();
        let column = whole(fract(u * 5.0) * per_group) as f32;
        let x = fract(fract(u * 5.0) * per_group) - 0.5;
        let shape = noise.cell(group, kind, 1);
        let tall = 0.62 + 0.34 * noise.cell(group, kind, 2).abs();
        let missing = noise.cell(group * 5 + column as i32, kind, 3) > 0.95;
        let lean = noise.cell(group * 5 + column as i32, kind, 4) * 0.03;
        let up = (1.0 - v) / tall;
        // Bottles have necks, jars have lids, packets neither.
        let width = match shape {
            s if s > 0.35 => 0.4 - 0.26 * step(0.6, 0.78, up),
            s if s > -0.1 => 0.42 - 0.05 * step(0.82, 0.86, up),
            _ => 0.465,
        };
        if up > 1.0 || (x - lean).abs() > width || missing {
            let [r, g, b, _] = texel(rgb(48, 46, 44) + rgb(1, 1, 1) * (v * 14.0));
            return [r, g, b, 0];
        }
        let pick = |n: i32| LABELS[(((noise.cell(group, kind, n) + 1.0) * 5.0) as usize).min(9)];
        let (body, label) = (pick(5), pick(6));
        let mut colour = body;
        if (0.18..0.55).contains(&up) {
            colour = label.lerp(body, step(0.2, 0.4, (x / width).abs() - 0.35));
            let line = noise.cell((x * 26.0) as i32, (up * 34.0) as i32, 7) > 0.3;
            if line && (0.28..0.44).contains(&up) {
                colour = if label.x > 150.0 { rgb(40, 34, 36) } else { rgb(232, 226, 214) };
            }
        }
        if shape > -0.1 && up > 0.86 {
            colour = pick(8);
        }
        let round = if shape > -0.1 {
            (x / width) * (x / width) * 60.0 - step(0.1, 0.0, (x / width + 0.4).abs()) * 34.0
        } else {
            0.0
        };
        let shadow = step(0.78, 1.0, up) * 22.0 + step(0.94, 1.0, (x / width).abs()) * 30.0;
        texel(colour + rgb(1, 1, 1) * (noise.cloud(u * 3.0, v * 3.0) * 14.0 - round - shadow))
    })
}

/// A price strip, once over 1.2 m.
pub(in crate::place) fn prices(noise: &Noise) -> Texture {
    Texture::paint(128, |u, v| {
        let (n, x) = ((u * 7.0) as i32, fract(u * 7.0));
        let tag = (x - 0.4 - noise.cell(n, 0, 0) * 0.15).abs() < 0.2 && (0.12..0.88).contains(&v);
        if !tag {
            return texel(rgb(196, 196, 192));
        }
        let figure = noise.cell((x * 22.0) as i32, (v * 5.0) as i32, n) > 0.0 && (0.3..0.8).contains(&v);
        let paper = if noise.cell(n, 1, 0) > 0.55 { rgb(236, 206, 70) } else { rgb(240, 240, 236) };
        texel(if figure { rgb(50, 48, 50) } else { paper })
    })
}

/// Spines of books, once over 1 × 0.33 m.
pub(in crate::place) fn books(noise: &Noise, kind: i32) -> Texture {
    Texture::paint(256, |u, v| {
        let place = u * 26.0 + noise.cloud(u, 0.3) * 0.8;
        let (n, x) = (whole(place), fract(place));
        let up = 1.0 - v;
        let tall = 0.72 + 0.2 * noise.cell(n, kind, 0);
        let colour = LABELS[(((noise.cell(n, kind, 1) + 1.0) * 5.0) as usize).min(9)] * 0.75 + rgb(30, 28, 24);
        if up > tall || noise.cell(n / 3, kind, 2) > 0.8 {
            return super::hole(rgb(46, 38, 32));
        }
        let title = (0.3..0.7).contains(&(up / tall)) && (x - 0.5).abs() < 0.12;
        let round = (x - 0.5) * (x - 0.5) * 120.0;
        let shade = if title { -50.0 * noise.cell(n, (v * 50.0) as i32, 3).abs() } else { round };
        texel(colour + rgb(1, 1, 1) * (noise.cloud(u, v) * 10.0 - shade))
    })
}
