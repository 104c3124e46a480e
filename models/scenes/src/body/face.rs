//! The face's picture: eyes, brows, lips, nostrils, beard, and the skin's own light and shade.

use glam::Vec2;

use super::head::{Features, Head, angle, level};
use super::palette::{Rgb, mix, texel, times};
use super::shape::Shape;
use super::surface::{bell, step};
use crate::model::Material;
use crate::seed::Seed;
use crate::texture::Texture;

/// What lies on a face, besides its form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    pub(super) skin: Rgb,
    pub(super) hair: Rgb,
    iris: Rgb,
    lip: Rgb,
    brow: f32,
    beard: f32,
    moustache: f32,
    stubble: f32,
    makeup: f32,
    freckles: f32,
    lines: f32,
    /// Whether the scalp shows hair.
    pub(super) scalp: f32,
    seed: Seed,
}

impl Paint {
    pub(super) fn new(shape: &Shape, skin: Rgb, hair: Rgb, scalp: f32, seed: Seed) -> Self {
        let seed = seed.of("face");
        let woman = shape.feminine();
        let grown = 1.0 - shape.child;
        let pale = step(330.0, 640.0, skin.iter().sum());
        let light_hair = step(120.0, 420.0, hair.iter().sum());
        let iris = match seed.of("iris").unit() * (0.35 + 0.65 * pale * (0.5 + 0.5 * light_hair)) {
            i if i < 0.42 => [58.0, 36.0, 22.0],
            i if i < 0.6 => [96.0, 66.0, 38.0],
            i if i < 0.72 => [92.0, 100.0, 70.0],
            i if i < 0.88 => [98.0, 128.0, 150.0],
            _ => [112.0, 126.0, 134.0],
        };
        let bearded = (1.0 - woman) * grown * step(17.0, 22.0, shape.age);
        let kind = seed.of("beard").unit();
        let makeup = woman
            * grown
            * f32::from(u8::from(seed.of("makeup").chance(0.55)))
            * seed.of("makeup much").range(0.4, 1.0);
        let red = mix(times(skin, 0.82), [178.0, 78.0, 78.0], 0.16 + 0.42 * pale);
        let painted = seed.of("lipstick").pick(&[
            [176.0, 44.0, 54.0],
            [168.0, 70.0, 80.0],
            [140.0, 40.0, 60.0],
            [200.0, 96.0, 96.0],
        ]);
        Self {
            skin,
            hair,
            iris,
            lip: mix(red, painted, 0.65 * makeup),
            brow: seed.of("brow").range(0.75, 1.25) * (1.0 - 0.25 * woman),
            beard: bearded * if kind < 0.22 { seed.of("beard much").range(0.6, 0.95) } else { 0.0 },
            moustache: bearded * if (0.22..0.30).contains(&kind) { 0.85 } else { 0.0 },
            stubble: bearded * seed.of("stubble").range(0.04, if kind > 0.6 { 0.38 } else { 0.16 }),
            makeup,
            freckles: if seed.of("freckles").chance(0.18) { pale } else { 0.0 },
            lines: step(32.0, 70.0, shape.age),
            scalp,
            seed,
        }
    }
}

/// How far the mouth's corners are above its middle.
pub(super) fn mouth_lift(features: &Features) -> f32 {
    0.007 + 0.1 * (features.lips - 0.03)
}

/// Where the hair begins at this angle from the front, as a height of the head.
pub(super) fn hairline(turn: f32) -> f32 {
    const KEYS: [(f32, [f32; 1]); 12] = [
        (0.0, [0.815]),
        (0.35, [0.82]),
        (0.68, [0.80]),
        (0.92, [0.71]),
        (1.12, [0.60]),
        (1.3, [0.50]),
        (1.44, [0.47]),
        (1.6, [0.545]),
        (1.8, [0.51]),
        (2.1, [0.33]),
        (2.6, [0.20]),
        (std::f32::consts::PI, [0.17]),
    ];
    super::surface::curve(&KEYS, turn.abs())[0]
}

/// Paints the whole head's skin.
pub(super) fn paint(head: &Head, paint: &Paint, side: u32) -> Material {
    // What hangs on the column or the row alone is worked out once for each.
    let place = |i: u32| (i as f32 + 0.5) / side as f32;
    let columns: Vec<Column> = (0..side)
        .map(|i| {
            let turn = angle(place(i));
            Column { turn, around: head.around(turn), hairline: hairline(turn) }
        })
        .collect();
    let rows: Vec<(f32, f32)> = (0..side).map(|i| (level(place(i)), head.reach(level(place(i)))[0])).collect();
    let texture = Texture::paint(side, |u, v| {
        let column = &columns[((u * side as f32) as usize).min(columns.len() - 1)];
        let (z, width) = rows[((v * side as f32) as usize).min(rows.len() - 1)];
        texel(colour(&head.features, paint, column, column.around.y * width, z))
    });
    Material::matt(texture).glossy(0.15).soft(0.6)
}

/// A column of the texture.
#[derive(Debug)]
struct Column {
    turn: f32,
    /// Ahead and to the left, as shares of the head's reach.
    around: Vec2,
    hairline: f32,
}

fn colour(f: &Features, p: &Paint, column: &Column, y: f32, z: f32) -> Rgb {
    let turn = column.turn;
    let grain = p.seed.fractal(turn * 14.0, z * 45.0, 2);
    let blotch = p.seed.at(7).noise(turn * 3.0, z * 8.0);
    let mut rgb = times(p.skin, 1.0 + 0.022 * grain + 0.025 * blotch);
    if column.around.x > 0.0 {
        rgb = complexion(f, p, rgb, y, z);
        rgb = beard(f, p, rgb, y, z, grain);
        rgb = mouth(f, p, rgb, y, z);
        rgb = brows(f, p, rgb, y, z);
        rgb = eyes(f, p, rgb, y, z);
    } else {
        rgb = times(rgb, 0.96);
    }
    // Under the jaw and behind the ears little light falls.
    rgb = times(rgb, 1.0 - 0.26 * step(0.02, -0.03, z) - 0.15 * bell(turn.abs() - 1.75, 0.15) * bell(z - 0.42, 0.1));
    if p.scalp > 0.0 {
        let strands = 0.04 * p.seed.at(3).fractal(turn * 60.0, z * 12.0, 2);
        let cover = p.scalp * step(-0.012, 0.03, z - column.hairline + strands);
        rgb = mix(rgb, times(p.hair, 0.8), cover);
    }
    rgb
}

/// Blush, shade and age.
fn complexion(f: &Features, p: &Paint, rgb: Rgb, y: f32, z: f32) -> Rgb {
    let side = y.abs();
    let (ey, ez) = (side - f.eye_apart, z - f.eye_level);
    let blush = 0.55 * bell(side - 0.185, 0.07) * bell(z - 0.36, 0.055) * (1.0 + p.makeup)
        + 0.5 * bell(y, 0.05) * bell(z - f.nose_tip - 0.01, 0.035)
        + 0.3 * bell(y, 0.09) * bell(z - 0.05, 0.04);
    let red = [1.0 + 0.03 * blush, 1.0 - 0.075 * blush, 1.0 - 0.06 * blush];
    let mut shade = 1.0;
    shade -= 0.20 * bell(ey - 0.0, 0.075) * bell(ez - 0.03, 0.030);
    shade -= 0.16 * bell(side - 0.068, 0.028) * bell(ez - 0.005, 0.045);
    shade -= (0.07 + 0.07 * p.lines) * bell(ey + 0.01, 0.06) * bell(ez + 0.045, 0.014);
    shade -= 0.05 * bell(side - 0.075, 0.022) * bell(z - f.nose_tip - 0.06, 0.07);
    shade -= 0.20 * bell(y, 0.055) * bell(z - f.nose_tip + 0.042, 0.013);
    shade -= 0.10 * bell(y, 0.016) * bell(z - (f.nose_tip + f.mouth_level) / 2.0 + 0.01, 0.025);
    shade -= 0.17 * bell(y, 0.07) * bell(z - f.mouth_level + 0.062, 0.014);
    shade += 0.05 * bell(y, 0.018) * bell(z - f.nose_tip - 0.06, 0.08) + 0.03 * bell(y, 0.14) * bell(z - 0.70, 0.07);
    shade -= 0.10 * step(0.22, 0.31, side) + 0.10 * step(0.05, -0.01, z);
    shade -= 0.55 * bell(side - 0.029, 0.013) * bell(z - f.nose_tip + 0.026, 0.0075);
    // From the nose's wings to the mouth's corners.
    let fold_at = 0.085 + 0.35 * (f.nose_tip - z).max(0.0);
    let fold = bell(side - fold_at, 0.010)
        * step(f.mouth_level - 0.03, f.mouth_level + 0.03, z)
        * step(f.nose_tip + 0.03, f.nose_tip - 0.01, z);
    shade -= (0.05 + 0.16 * p.lines) * fold;
    if p.lines > 0.0 {
        let wave = 0.006 * p.seed.at(11).noise(y * 9.0, 0.0);
        for line in [0.655, 0.69, 0.725] {
            shade -= 0.09 * p.lines * bell(z - line + wave, 0.004) * step(0.2, 0.12, side);
        }
        for (line, slope) in [(0.012, 0.3), (-0.008, -0.2)] {
            let crow = bell(ez - line - slope * (ey - f.eye_wide), 0.004)
                * step(0.005, 0.02, ey - f.eye_wide)
                * step(0.075, 0.04, ey - f.eye_wide);
            shade -= 0.10 * p.lines * crow;
        }
    }
    let spots =
        step(0.42, 0.62, p.seed.at(5).noise(y * 130.0, z * 130.0)) * bell(side - 0.09, 0.13) * bell(z - 0.40, 0.08);
    let tan = [1.0 - 0.10 * p.freckles * spots, 1.0 - 0.17 * p.freckles * spots, 1.0 - 0.2 * p.freckles * spots];
    std::array::from_fn(|i| rgb[i] * red[i] * tan[i] * shade)
}

fn beard(f: &Features, p: &Paint, rgb: Rgb, y: f32, z: f32, grain: f32) -> Rgb {
    if p.beard.max(p.stubble).max(p.moustache) <= 0.0 {
        return rgb;
    }
    let side = y.abs();
    let edge = 0.012 * p.seed.at(13).fractal(y * 60.0, z * 60.0, 2);
    let m = z - f.mouth_level;
    let jaw = step(0.0, 0.03, 0.235 + 0.9 * (side - 0.17).max(0.0) - 0.25 * (0.12 - side).max(0.0) - z + edge)
        * step(0.062, 0.085, libm::hypotf(y * 0.62, m + 0.005) + edge);
    let upper =
        bell(m - 0.05, 0.016) * step(f.mouth_wide + 0.02, f.mouth_wide - 0.02, side) * (1.0 - 0.3 * bell(y, 0.012));
    let goatee = step(0.02, 0.0, (z - 0.06).abs() - 0.05) * step(0.09, 0.06, side);
    let full = (jaw + upper).min(1.0);
    let much = (p.beard * full).max(p.moustache * (upper + 0.8 * goatee).min(1.0)).max(p.stubble * full);
    let hair = times(mix(p.hair, [50.0, 42.0, 38.0], 0.25), 0.85 + 0.25 * grain);
    mix(rgb, hair, (much * (1.0 + 0.25 * grain)).clamp(0.0, 0.95))
}

fn mouth(f: &Features, p: &Paint, rgb: Rgb, y: f32, z: f32) -> Rgb {
    let across = y / f.mouth_wide;
    if across.abs() > 1.12 {
        return rgb;
    }
    let part = mouth_lift(f) * across * across + 0.003 * bell(across, 0.3) - 0.002;
    let m = z - f.mouth_level - part;
    let taper = (1.0 - across * across).max(0.0).sqrt();
    let bow = 1.0 - 0.30 * bell(across, 0.12) + 0.12 * bell(across.abs() - 0.28, 0.14);
    let top = 0.92 * f.lips * bow * libm::powf(taper, 1.4);
    let bottom = 1.25 * f.lips * libm::powf(taper, 1.15);
    let within =
        step(top + 0.006, top - 0.002, m) * step(-bottom - 0.008, -bottom + 0.003, m) * step(1.03, 0.93, across.abs());
    let light = if m > 0.0 { 0.86 } else { 1.0 + 0.12 * bell(m + 0.55 * bottom, 0.3 * f.lips) };
    let grooves = 1.0 + 0.05 * p.seed.at(17).noise(y * 160.0, z * 20.0);
    let rgb = mix(rgb, times(p.lip, light * grooves), 0.85 * within);
    let line = bell(m, 0.0042) * step(1.06, 0.95, across.abs()) + 0.6 * bell(across.abs() - 1.0, 0.05) * bell(m, 0.008);
    mix(rgb, times(p.lip, 0.36), (0.7 * line).min(1.0))
}

fn brows(f: &Features, p: &Paint, rgb: Rgb, y: f32, z: f32) -> Rgb {
    let along = (y.abs() - 0.052) / 0.165;
    if !(-0.15..1.15).contains(&along) {
        return rgb;
    }
    let arch = 0.013 * (1.0 - libm::powf((along - 0.6).abs() * 1.8, 2.0)) + f.eye_slant;
    let thick = 0.0185 * p.brow * step(1.1, 0.45, along) * step(-0.12, 0.15, along);
    let off = z - f.brow_level - arch + 0.008;
    let strands = 0.5 + 0.5 * p.seed.at(19).noise(y * 150.0 + z * 120.0, z * 60.0);
    let much = step(1.25, 0.45, off.abs() / thick.max(1e-4)) * (0.6 + 0.4 * strands) * step(0.0, 0.2, thick / 0.0185);
    mix(rgb, times(mix(p.hair, [46.0, 36.0, 30.0], 0.35), 0.8), (0.92 * much).min(1.0))
}

fn eyes(f: &Features, p: &Paint, rgb: Rgb, y: f32, z: f32) -> Rgb {
    let out = y.abs() - f.eye_apart;
    let a = out / f.eye_wide;
    if a.abs() > 1.5 || (z - f.eye_level).abs() > 0.09 {
        return rgb;
    }
    let e = z - f.eye_level - f.eye_slant * a - 0.002 * a;
    let open = (1.0 - a * a).max(0.0);
    let upper = f.eye_open * libm::powf(open, 0.62) * (1.0 - 0.08 * a);
    let lower = -0.78 * f.eye_open * libm::powf(open, 0.8) * (1.0 + 0.12 * a);
    let mut rgb = rgb;
    // The lid above the eye, and its crease.
    let crease = upper + 0.017 + 0.004 * a;
    let lid =
        step(crease + 0.004, crease - 0.003, e) * step(upper - 0.002, upper + 0.002, e) * step(1.25, 0.9, a.abs());
    let shadow = mix([70.0, 46.0, 44.0], [86.0, 80.0, 96.0], p.seed.at(23).unit());
    rgb = mix(rgb, shadow, 0.5 * p.makeup * lid);
    rgb = times(rgb, 1.0 - 0.30 * bell(e - crease, 0.0045) * step(1.3, 0.9, a.abs()) + 0.04 * lid);
    if open > 0.0 {
        let within = step(upper + 0.003, upper - 0.002, e) * step(lower - 0.003, lower + 0.002, e);
        let corner = 1.0 - 0.25 * step(0.55, 1.0, a.abs());
        // Eyes seem the whiter the darker the skin; a camera that is set for all of it shows them greyer.
        let white = 0.74 + 0.26 * step(200.0, 560.0, p.skin.iter().sum());
        let mut eye = times([226.0, 219.0, 213.0], corner * white);
        if a < -0.82 {
            eye = mix(eye, [190.0, 120.0, 112.0], 0.6);
        }
        let from_iris = libm::hypotf(out, e - 0.001) / 0.0262;
        let rays = 1.0 + 0.18 * p.seed.at(29).noise(libm::atan2f(e, out) * 7.0, from_iris * 3.0);
        let ring = times(p.iris, rays * (1.12 - 0.55 * step(0.7, 1.0, from_iris)));
        eye = mix(eye, ring, step(1.06, 0.94, from_iris));
        eye = mix(eye, [10.0, 9.0, 9.0], step(0.46, 0.38, from_iris));
        // The upper lid's shadow, and the sky's reflection on one and the same side.
        eye = times(eye, 1.0 - 0.42 * step(0.6, 1.0, e / upper.max(1e-4)));
        eye = mix(
            eye,
            [250.0; 3],
            step(0.30, 0.18, libm::hypotf(y - f.eye_apart.copysign(y) - 0.008, e - 0.009) / 0.0262),
        );
        rgb = mix(rgb, eye, within);
    }
    let lash = [24.0, 18.0, 16.0];
    let strong = 0.0042 + 0.003 * p.makeup + 0.002 * step(-0.4, 0.9, a);
    let above = bell(e - upper - 0.001, strong) * step(1.16, 0.98, a.abs());
    let below = bell(e - lower, 0.003) * step(1.1, 0.9, a.abs()) * (0.35 + 0.4 * p.makeup);
    mix(rgb, lash, (0.95 * above).max(0.8 * below).min(1.0))
}
