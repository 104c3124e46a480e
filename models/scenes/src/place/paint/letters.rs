//! Shop signs: names in plain capitals.

use super::noise::Noise;
use super::{Rgb, rgb, texel, whole};
use crate::texture::Texture;

/// Five by seven dots a letter, a row a number, the leftmost dot worth 16.
fn dots(letter: char) -> [u8; 7] {
    match letter {
        'A' => [14, 17, 17, 31, 17, 17, 17],
        'B' => [30, 17, 17, 30, 17, 17, 30],
        'C' => [14, 17, 16, 16, 16, 17, 14],
        'D' => [30, 17, 17, 17, 17, 17, 30],
        'E' => [31, 16, 16, 30, 16, 16, 31],
        'F' => [31, 16, 16, 30, 16, 16, 16],
        'G' => [14, 17, 16, 23, 17, 17, 14],
        'H' => [17, 17, 17, 31, 17, 17, 17],
        'I' => [14, 4, 4, 4, 4, 4, 14],
        'K' => [17, 18, 20, 24, 20, 18, 17],
        'L' => [16, 16, 16, 16, 16, 16, 31],
        'M' => [17, 27, 21, 21, 17, 17, 17],
        'N' => [17, 25, 21, 19, 17, 17, 17],
        'O' => [14, 17, 17, 17, 17, 17, 14],
        'P' => [30, 17, 17, 30, 16, 16, 16],
        'R' => [30, 17, 17, 30, 20, 18, 17],
        'S' => [15, 16, 16, 14, 1, 1, 30],
        'T' => [31, 4, 4, 4, 4, 4, 4],
        'U' => [17, 17, 17, 17, 17, 17, 14],
        'V' => [17, 17, 17, 17, 17, 10, 4],
        'X' => [17, 17, 10, 4, 10, 17, 17],
        'Z' => [31, 1, 2, 4, 8, 16, 31],
        _ => [0; 7],
    }
}

/// What may be over a shop.
pub(in crate::place) const NAMES: [&str; 12] = [
    "PADARIA",
    "LIVROS",
    "CAFE LUNA",
    "FARMACIA",
    "MODA",
    "OPTICA",
    "FLORES",
    "SAPATOS",
    "BAR NORTE",
    "TALHO",
    "CASA REIS",
    "PAPEL E TINTA",
];

/// How much ink there is at a place of a line of text that fills `u` 0..1 and `v` 0..1: 0 none, 1 full.
fn ink(text: &str, u: f32, v: f32) -> f32 {
    let (x, y) = (u * text.len() as f32 * 6.0 - 0.5, v * 7.0 - 0.5);
    let (x0, y0) = (whole(x), whole(y));
    let dot = |dx: i32, dy: i32| {
        let (column, row) = (x0 + dx, y0 + dy);
        if column < 0 || !(0..7).contains(&row) || column % 6 > 4 {
            return 0.0;
        }
        let letter = text.chars().nth((column / 6) as usize).unwrap_or(' ');
        f32::from((dots(letter)[row as usize] >> (4 - column % 6)) & 1)
    };
    let (fx, fy) = (x - x0 as f32, y - y0 as f32);
    let top = dot(0, 0) + (dot(1, 0) - dot(0, 0)) * fx;
    let low = dot(0, 1) + (dot(1, 1) - dot(0, 1)) * fx;
    // Between the dots the ink is cut off where half of it is left: round corners instead of steps.
    super::step(0.42, 0.58, top + (low - top) * fy)
}

/// A sign, once over the whole, six times as wide as high.
pub(in crate::place) fn sign(noise: &Noise, text: &str, ground: Rgb, letters: Rgb) -> Texture {
    let width = (text.len() as f32 * 0.085).min(0.9);
    Texture::paint(256, |u, v| {
        let there = ink(text, (u - 0.5 + width / 2.0) / width, (v - 0.24) / 0.52);
        let inside = (u - 0.5).abs() < width / 2.0 && (0.24..0.76).contains(&v);
        let dirt = noise.cloud(u, v * 0.3) * 9.0 - if v > 0.9 { 18.0 } else { 0.0 };
        let edge = if v < 0.04 || !(0.008..0.992).contains(&u) { -26.0 } else { 0.0 };
        texel(ground.lerp(letters, if inside { there } else { 0.0 }) + rgb(1, 1, 1) * (dirt + edge))
    })
}
