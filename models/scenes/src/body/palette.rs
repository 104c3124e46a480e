//! Colours that skin, hair and clothes have.

use super::shape::Shape;
use super::surface::step;
use crate::script::Look;
use crate::seed::Seed;

/// A colour, sRGB, 0..=255 each.
pub(super) type Rgb = [f32; 3];

pub(super) fn mix(a: Rgb, b: Rgb, share: f32) -> Rgb {
    let share = share.clamp(0.0, 1.0);
    std::array::from_fn(|i| a[i] + (b[i] - a[i]) * share)
}

pub(super) fn times(a: Rgb, by: f32) -> Rgb {
    a.map(|c| c * by)
}

pub(super) fn float(colour: [u8; 3]) -> Rgb {
    colour.map(f32::from)
}

/// A texel of this colour without a hole.
pub(super) fn texel(colour: Rgb) -> [u8; 4] {
    let [r, g, b] = colour.map(|c| c.clamp(0.0, 255.0) as u8);
    [r, g, b, 255]
}

const SKINS: [Rgb; 9] = [
    [240.0, 208.0, 190.0],
    [232.0, 194.0, 168.0],
    [222.0, 178.0, 148.0],
    [206.0, 158.0, 124.0],
    [182.0, 132.0, 98.0],
    [152.0, 106.0, 76.0],
    [120.0, 82.0, 60.0],
    [92.0, 62.0, 47.0],
    [70.0, 48.0, 38.0],
];

/// Skin of any people.
pub(super) fn skin(look: &Look, seed: Seed) -> Rgb {
    if let Some(colour) = look.skin {
        return float(colour);
    }
    // Every tone is drawn; the lighter half somewhat more often.
    let place = libm::powf(seed.of("skin").unit(), 1.25) * (SKINS.len() - 1) as f32;
    let low = (place as usize).min(SKINS.len() - 2);
    let tint = 4.0 * seed.of("undertone").normal();
    let [r, g, b] = mix(SKINS[low], SKINS[low + 1], place - low as f32);
    [r, g + 0.3 * tint, b - tint]
}

/// Hair that goes with the skin and the years.
pub(super) fn hair(look: &Look, shape: &Shape, skin: Rgb, seed: Seed) -> Rgb {
    if let Some(colour) = look.hair_colour {
        return float(colour);
    }
    let pale = step(380.0, 620.0, skin.iter().sum());
    let natural = match seed.of("hair").unit() {
        h if h < 1.0 - 0.8 * pale => [30.0, 26.0, 24.0],
        h if h < 1.0 - 0.52 * pale => [56.0, 41.0, 32.0],
        h if h < 1.0 - 0.30 * pale => [90.0, 65.0, 46.0],
        h if h < 1.0 - 0.20 * pale => [128.0, 95.0, 64.0],
        h if h < 1.0 - 0.10 * pale => [176.0, 141.0, 94.0],
        h if h < 1.0 - 0.05 * pale => [206.0, 178.0, 130.0],
        _ => [132.0, 68.0, 40.0],
    };
    let grey = step(38.0, 72.0, shape.age + 8.0 * seed.of("grey").normal());
    let white = mix([128.0, 126.0, 124.0], [206.0, 204.0, 200.0], step(55.0, 75.0, shape.age));
    mix(natural, white, grey)
}

/// For shirts, sweaters, dresses: many quiet colours, some loud ones.
const TOPS: [[u8; 3]; 28] = [
    [28, 29, 32],
    [34, 34, 36],
    [46, 48, 52],
    [70, 72, 76],
    [112, 114, 116],
    [150, 152, 152],
    [196, 196, 194],
    [226, 225, 220],
    [232, 232, 230],
    [238, 236, 228],
    [28, 36, 62],
    [36, 48, 84],
    [52, 72, 112],
    [92, 120, 158],
    [152, 176, 204],
    [120, 32, 38],
    [168, 40, 42],
    [196, 72, 58],
    [204, 128, 52],
    [214, 178, 72],
    [74, 86, 52],
    [46, 92, 66],
    [92, 140, 104],
    [116, 82, 60],
    [186, 160, 128],
    [104, 64, 112],
    [206, 140, 152],
    [44, 122, 128],
];

/// For jackets and coats.
const OUTERS: [[u8; 3]; 14] = [
    [26, 27, 30],
    [30, 32, 36],
    [44, 46, 50],
    [32, 40, 62],
    [60, 64, 70],
    [88, 90, 92],
    [72, 76, 54],
    [112, 84, 58],
    [164, 134, 98],
    [76, 50, 40],
    [130, 38, 40],
    [46, 78, 116],
    [190, 186, 176],
    [170, 120, 44],
];

/// For trousers, shorts and skirts.
const BOTTOMS: [[u8; 3]; 16] = [
    [34, 44, 68],
    [44, 58, 88],
    [58, 76, 110],
    [84, 106, 140],
    [122, 142, 168],
    [30, 34, 46],
    [26, 26, 28],
    [32, 32, 34],
    [40, 40, 44],
    [60, 60, 62],
    [92, 92, 92],
    [132, 120, 100],
    [168, 150, 122],
    [84, 80, 60],
    [74, 56, 44],
    [206, 200, 188],
];

/// A colour out of `choices`, a bit this way or that.
fn drawn(choices: &[[u8; 3]], seed: Seed) -> Rgb {
    let colour = float(seed.pick(choices));
    let lighter = 1.0 + 0.08 * seed.of("lighter").normal();
    std::array::from_fn(|i| (colour[i] * lighter + 3.0 * seed.at(i as u64).normal()).clamp(12.0, 244.0))
}

pub(super) fn top(seed: Seed) -> Rgb {
    drawn(&TOPS, seed)
}

pub(super) fn outer(seed: Seed) -> Rgb {
    drawn(&OUTERS, seed)
}

pub(super) fn bottom(seed: Seed) -> Rgb {
    drawn(&BOTTOMS, seed)
}

/// How much a colour is that of denim.
pub(super) fn is_denim(colour: Rgb) -> bool {
    let [r, g, b] = colour;
    b > g + 6.0 && g > r + 3.0 && b < 1.9 * r + 20.0 && (44.0..200.0).contains(&b)
}

pub(super) fn shoe(seed: Seed) -> [u8; 3] {
    seed.pick(&[
        [28, 27, 27],
        [34, 32, 31],
        [226, 224, 220],
        [236, 235, 232],
        [84, 56, 38],
        [110, 78, 52],
        [70, 72, 78],
        [40, 50, 76],
        [150, 40, 40],
    ])
}
