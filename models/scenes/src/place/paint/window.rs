//! Panes: what is seen in them and through them.

use super::noise::Noise;
use super::{Rgb, rgb, step, texel, whole};
use crate::texture::Texture;

/// A house window once over the whole: frame and bars, curtains, a dark room, the sky mirrored in its upper part.
/// `kind` 0 has curtains, 1 a blind, 2 neither; `lit` is a lamp's colour behind it.
pub(in crate::place) fn house(noise: &Noise, frame: Rgb, kind: u8, mirrored: f32, lit: Option<Rgb>) -> Texture {
    let mark = f32::from(kind) * 0.37;
    Texture::paint(256, |u, v| {
        let rim = u.min(1.0 - u).min(v).min(1.0 - v);
        let bar = (u - 0.5).abs() < 0.028 || (v - 0.3).abs() < 0.018;
        if rim < 0.05 || bar {
            let bevel = if rim < 0.012 || (0.042..0.05).contains(&rim) { -46.0 } else { noise.cloud(u, v) * 10.0 };
            return texel(frame + rgb(1, 1, 1) * bevel);
        }
        let inside = rgb(16, 17, 19) + rgb(1, 1, 1) * (noise.cloud(u + mark, v) * 10.0);
        let room =
            lit.map_or(inside, |lamp| lamp * (0.75 + 0.25 * noise.cloud(u * 2.0, v + mark)) - rgb(1, 1, 1) * v * 40.0);
        let fold = noise.cloud(u * 9.0, mark) * 16.0 + libm::sinf(u * 70.0) * 7.0;
        let covered = match kind {
            0 => (u - 0.5).abs() > 0.2 + 0.1 * v + 0.04 * noise.cloud(v, 0.2),
            1 => v < 0.55,
            _ => false,
        };
        let cloth =
            if lit.is_some() { room * 0.85 + rgb(1, 1, 1) * fold } else { rgb(138, 134, 126) + rgb(1, 1, 1) * fold };
        let slat = if (v * 40.0) as i32 % 2 == 0 { -14.0 } else { 0.0 };
        let blind = if kind == 1 { cloth + rgb(1, 1, 1) * (slat - fold) } else { cloth };
        let behind = if covered { blind } else { room };
        let sky = step(0.95, 0.1, v + 0.35 * noise.cloud(u + mark, v)) * mirrored;
        texel(behind.lerp(rgb(160, 176, 192), sky))
    })
}

/// A shop window once over the whole: dim depth, things on two levels, the street mirrored in it.
pub(in crate::place) fn shop(noise: &Noise, lit: f32, mark: i32) -> Texture {
    Texture::paint(512, |u, v| {
        let rim = (u * 4.0).min((1.0 - u) * 4.0).min(v * 2.5).min((1.0 - v) * 2.5);
        let post = (u - 0.33).abs() < 0.006 || (u - 0.67).abs() < 0.006;
        if rim < 0.05 || post {
            return texel(rgb(52, 52, 54) + rgb(1, 1, 1) * (noise.cloud(u, v) * 12.0));
        }
        let back = rgb(92, 82, 68) * (0.2 + 0.95 * lit) - rgb(1, 1, 1) * (v * 30.0 - noise.cloud(u, v) * 22.0);
        let mut colour = back;
        // Goods: blocks of low and irregular height on a board and on the floor of the window.
        for (level, base, high) in [(0, 0.52, 0.2), (1, 0.93, 0.24)] {
            let columns = 17.0 - level as f32 * 4.0;
            let n = whole(u * columns);
            let tall = high * (0.45 + 0.5 * noise.cell(n, level, mark));
            let x = super::fract(u * columns);
            let wide = 0.34 + 0.14 * noise.cell(n, level, mark + 1);
            if v < base && v > base - tall && (x - 0.5).abs() < wide {
                let hue = noise.cell(n, level, mark + 2);
                let tint = rgb(150, 96, 74).lerp(rgb(86, 110, 130), hue * 0.5 + 0.5);
                let shade = (x - 0.5) * 50.0 + (base - v) / tall * 26.0 + noise.cloud(u * 6.0, v * 6.0) * 24.0;
                colour = (tint + rgb(1, 1, 1) * (noise.cell(n, level, mark + 3) * 40.0 - shade)) * (0.42 + 0.7 * lit);
            }
            if (v - base - 0.006).abs() < 0.008 {
                colour = rgb(120, 112, 100) * (0.42 + 0.7 * lit);
            }
        }
        let lamp = step(0.02, 0.0, (v - 0.1).abs()) * step(0.3, 0.1, (super::fract(u * 6.0) - 0.5).abs()) * lit;
        let mirror = step(-0.1, 0.5, noise.cloud(u * 0.7, v * 0.4 + 0.1)) * 0.22 * (1.15 - v);
        texel(colour.lerp(rgb(250, 240, 214), lamp).lerp(rgb(158, 168, 178), mirror))
    })
}

/// What is outside an indoor window, once over the whole: overexposed sky and trees, or night.
pub(in crate::place) fn outside(noise: &Noise, night: bool) -> Texture {
    Texture::paint(128, |u, v| {
        let trees = step(0.0, 0.12, v - 0.5 - noise.cloud(u, 0.3) * 0.3 - noise.cloud(u * 5.0, v * 5.0) * 0.08);
        if night {
            let lamp = step(0.03, 0.0, (u - 0.3).abs() + (v - 0.6).abs()) * 120.0;
            return texel(rgb(22, 24, 34) + rgb(2, 2, 1) * lamp - rgb(1, 1, 1) * trees * 10.0);
        }
        let leaf = rgb(176, 190, 160) + rgb(1, 1, 1) * (noise.cloud(u * 4.0, v * 4.0) * 40.0);
        texel(rgb(246, 249, 252).lerp(leaf, trees))
    })
}

/// A framed picture once over the whole: land and sky, or fields of colour.
pub(in crate::place) fn picture(noise: &Noise, kind: u8) -> Texture {
    let mark = f32::from(kind) * 0.21;
    Texture::paint(128, |u, v| {
        let rim = u.min(1.0 - u).min(v).min(1.0 - v);
        if rim < 0.045 {
            return texel(rgb(66, 48, 34) + rgb(1, 1, 1) * (noise.cloud(u * 3.0, v * 3.0) * 20.0));
        }
        if rim < 0.13 {
            return texel(rgb(226, 222, 212));
        }
        let wave = noise.cloud(u + mark, v * 0.3 + mark);
        let colour = if kind.is_multiple_of(2) {
            let hill = v > 0.5 + wave * 0.3;
            let near = v > 0.7 + noise.cloud(u, mark) * 0.2;
            if near {
                rgb(84, 96, 58)
            } else if hill {
                rgb(104, 122, 124)
            } else {
                rgb(190, 200, 206)
            }
        } else if wave + v > 0.6 {
            rgb(164, 88, 60)
        } else {
            rgb(206, 182, 128)
        };
        texel(colour + rgb(1, 1, 1) * (noise.cloud(u * 4.0, v * 4.0) * 26.0))
    })
}
