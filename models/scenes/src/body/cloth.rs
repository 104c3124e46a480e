//! What cloth looks like: colours, patterns, seams, and the light and shade of its folds.

use super::palette::{Rgb, is_denim, mix, texel, times};
use super::surface::{bell, step};
use crate::model::Material;
use crate::seed::Seed;
use crate::texture::Texture;

/// What is woven or printed.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Pattern {
    Plain,
    /// Stripes around the body: how far apart in metres, and what share of that they take.
    Hoops(f32, f32),
    /// Stripes along it.
    Lines(f32, f32),
    /// Crossed stripes.
    Checks(f32),
    /// Dots or blossoms.
    Dots(f32),
    /// Something on the chest; which kind of thing.
    Print(f32),
    /// Another colour above a height, counted from the collar.
    Yoke(f32),
    Denim,
    /// Knitted ribs.
    Knit(f32),
}

/// A piece of cloth.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fabric {
    pub(super) colour: Rgb,
    second: Rgb,
    pattern: Pattern,
    seed: Seed,
}

/// Which part of a garment is painted: what differs is where it folds and has seams.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Part {
    /// Around the trunk; `open` with a zipper's edges in front, `buttoned` with a row of buttons.
    Trunk { open: bool, buttoned: bool, belt: Option<f32> },
    /// Along an arm.
    Sleeve,
    /// Along a leg.
    Leg,
    /// Around the hips, of trousers.
    Seat,
    /// Collars, hoods, straps.
    Trim,
}

/// A place on a part: on its texture, and in metres from the middle of its front, from its top and from its hem.
#[derive(Clone, Copy, Debug)]
struct Spot {
    u: f32,
    v: f32,
    across: f32,
    down: f32,
    left: f32,
}

impl Fabric {
    /// For a shirt, sweater or dress.
    pub(super) fn top(colour: Rgb, seed: Seed) -> Self {
        let seed = seed.of("fabric");
        let at = seed.of("at");
        let pattern = match seed.of("pattern").unit() {
            p if p < 0.46 => Pattern::Plain,
            p if p < 0.60 => Pattern::Hoops(at.range(0.025, 0.11), seed.of("share").range(0.25, 0.55)),
            p if p < 0.65 => Pattern::Lines(at.range(0.015, 0.05), seed.of("share").range(0.2, 0.5)),
            p if p < 0.73 => Pattern::Checks(at.range(0.025, 0.07)),
            p if p < 0.79 => Pattern::Dots(at.range(0.025, 0.06)),
            p if p < 0.92 => Pattern::Print(at.range(0.0, 4.0)),
            _ => Pattern::Yoke(at.range(0.12, 0.32)),
        };
        Self { colour, second: beside(colour, seed.of("second")), pattern, seed }
    }

    /// For a sweater.
    pub(super) fn knitted(colour: Rgb, seed: Seed) -> Self {
        let top = Self::top(colour, seed);
        let pattern = match top.pattern {
            Pattern::Plain | Pattern::Lines(..) | Pattern::Dots(_) => Pattern::Knit(0.008),
            kept => kept,
        };
        Self { pattern, ..top }
    }

    /// For a jacket or coat.
    pub(super) fn outer(colour: Rgb, seed: Seed) -> Self {
        let seed = seed.of("outer fabric");
        let pattern = match seed.of("pattern").unit() {
            _ if is_denim(colour) => Pattern::Denim,
            p if p < 0.8 => Pattern::Plain,
            p if p < 0.9 => Pattern::Yoke(seed.of("at").range(0.15, 0.3)),
            _ => Pattern::Checks(seed.of("at").range(0.03, 0.08)),
        };
        Self { colour, second: beside(colour, seed.of("second")), pattern, seed }
    }

    /// For trousers, shorts or a skirt.
    pub(super) fn bottom(colour: Rgb, seed: Seed) -> Self {
        let seed = seed.of("bottom fabric");
        let pattern = if is_denim(colour) && seed.of("denim").chance(0.85) { Pattern::Denim } else { Pattern::Plain };
        Self { colour, second: beside(colour, seed.of("second")), pattern, seed }
    }

    /// Of one colour.
    pub(super) fn plain(colour: Rgb, seed: Seed) -> Self {
        Self { colour, second: colour, pattern: Pattern::Plain, seed }
    }

    /// The thread's colour `across` and `down` metres from the middle of the collar, or of a limb's root.
    fn thread(&self, across: f32, down: f32) -> Rgb {
        let band = |at: f32, apart: f32, share: f32| {
            let place = at / apart - libm::floorf(at / apart);
            let soft = (0.0012 / apart).min(0.2);
            step(share + soft, share - soft, place) * step(-soft, soft, place)
        };
        match self.pattern {
            Pattern::Plain | Pattern::Print(_) | Pattern::Denim => self.colour,
            Pattern::Hoops(apart, share) => mix(self.colour, self.second, band(down, apart, share)),
            Pattern::Lines(apart, share) => mix(self.colour, self.second, band(across, apart, share)),
            Pattern::Checks(apart) => {
                let much =
                    0.4 * band(across, apart, 0.5) + 0.4 * band(down, apart, 0.5) + 0.2 * band(down, apart * 2.0, 0.1);
                mix(self.colour, self.second, much)
            }
            Pattern::Dots(apart) => {
                let row = libm::floorf(down / apart);
                let shift = if (row as i32).rem_euclid(2) == 0 { 0.0 } else { 0.5 };
                let (x, y) = (across / apart + shift, down / apart);
                let (dx, dy) = (x - libm::floorf(x) - 0.5, y - libm::floorf(y) - 0.5);
                mix(self.colour, self.second, step(0.27, 0.19, libm::hypotf(dx, dy)))
            }
            Pattern::Yoke(at) => mix(self.colour, self.second, step(at + 0.002, at - 0.002, down)),
            Pattern::Knit(apart) => times(self.colour, 0.94 + 0.09 * band(across, apart, 0.5)),
        }
    }

    /// A print's colour on the chest.
    fn printed(&self, kind: f32, across: f32, down: f32, rgb: Rgb) -> Rgb {
        let (x, y) = (across / 0.11, (down - 0.20) / 0.11);
        let ink = self.second;
        let inside = match kind as u32 {
            0 => {
                f32::from(u8::from(libm::hypotf(x, y) < 0.95 && (libm::hypotf(x, y) > 0.7 || x.abs() + y.abs() < 0.55)))
            }
            1 => {
                let line = libm::floorf((y + 0.6) / 0.4);
                let letters = self.seed.at(41).noise(x * 9.0 + line * 31.0, line) > -0.35;
                let row = (y + 0.6) / 0.4 - line;
                f32::from(u8::from(x.abs() < 1.0 - 0.2 * line && (0.0..3.0).contains(&line) && row < 0.68 && letters))
            }
            2 => {
                f32::from(u8::from(x.abs() < 0.85 && y.abs() < 0.85))
                    * (0.5 + 0.5 * self.seed.at(43).noise(x * 4.0, y * 4.0))
            }
            _ => f32::from(u8::from(y.abs() < 0.42)),
        };
        mix(rgb, ink, 0.9 * inside)
    }

    /// Paints a part that is `around` metres around and `long` metres long; u is 0 behind and 0.5 ahead.
    pub(super) fn paint(&self, part: Part, around: f32, long: f32, side: u32) -> Material {
        let texture = Texture::paint(side, |u, v| {
            let (across, down) = ((u - 0.5) * around, v * long);
            let mut rgb = self.thread(across, down);
            if let (Pattern::Print(kind), Part::Trunk { .. }) = (self.pattern, part) {
                rgb = self.printed(kind, across, down, rgb);
            }
            let spot = Spot { u, v, across, down, left: long - down };
            texel(times(self.worn(part, rgb, spot), self.folds(part, spot)))
        });
        Material::matt(texture).glossy(0.03).soft(0.15)
    }

    /// Light and shade of folds.
    fn folds(&self, part: Part, Spot { u, v, across, down, .. }: Spot) -> f32 {
        // Around the part noise must meet itself.
        let (sin, cos) = libm::sincosf(u * std::f32::consts::TAU);
        let s = self.seed;
        let broad = s.at(1).fractal(cos * 1.4 + down * 3.0, sin * 1.4 - down * 2.0, 2);
        let weave = s.at(2).noise(across * 400.0, down * 400.0);
        let slanted = s.at(3).fractal(cos * 2.2 + down * 9.0, sin * 2.2 + down * 9.0, 2);
        let level = s.at(4).fractal(cos * 1.1, down * 26.0 + sin * 1.5, 2);
        let crease = |n: f32| 1.0 - 2.0 * n.abs();
        let (slant, flat) = match part {
            Part::Trunk { .. } => (0.09, 0.09 * bell(v - 0.75, 0.25)),
            Part::Sleeve => (0.09, 0.14 * (bell(v - 0.5, 0.13) + bell(v - 0.95, 0.1))),
            Part::Leg => (0.06, 0.15 * (bell(v - 0.52, 0.10) + bell(v - 0.97, 0.08) + 0.6 * bell(v - 0.04, 0.06))),
            Part::Seat => (0.04, 0.07),
            Part::Trim => (0.02, 0.0),
        };
        1.0 + 0.10 * broad + 0.03 * weave + slant * crease(slanted) + flat * crease(level)
    }

    /// Seams, hems, wear, buttons, zippers.
    fn worn(&self, part: Part, rgb: Rgb, Spot { u, v, across, down, left }: Spot) -> Rgb {
        let mut rgb = rgb;
        let mut light = 1.0 - 0.14 * bell(left - 0.022, 0.0022) - 0.10 * step(0.006, 0.0, left);
        let denim = self.pattern == Pattern::Denim;
        if denim {
            let twill = 0.05 * self.seed.at(9).noise(across * 260.0 + down * 260.0, down * 30.0);
            let faded = match part {
                Part::Leg => {
                    0.22 * bell(v - 0.28, 0.16) * bell(u - 0.5, 0.11)
                        + 0.16 * bell(v - 0.53, 0.06) * bell(u - 0.5, 0.13)
                }
                Part::Seat => 0.12 * bell(u - 0.36, 0.05) + 0.12 * bell(u - 0.64, 0.05),
                _ => 0.08,
            };
            rgb = mix(times(rgb, 1.0 + twill), [196.0, 204.0, 214.0], faded);
        }
        match part {
            Part::Trunk { open, buttoned, belt } => {
                light -= 0.16 * bell(down - 0.018, 0.002) + 0.08 * bell((across.abs() - 0.25 * 1.0).abs(), 0.003);
                let front = across.abs();
                if open {
                    light -= 0.2
                        * bell(down - 0.55 * self.seed.of("pocket").range(0.9, 1.1), 0.003)
                        * bell(front - 0.17, 0.03);
                }
                if buttoned {
                    light -= 0.16 * bell(front - 0.016, 0.0015);
                    let apart = down / 0.085 - libm::floorf(down / 0.085) - 0.5;
                    let button = step(0.0065, 0.0045, libm::hypotf(across, apart * 0.085));
                    rgb = mix(
                        rgb,
                        mix(
                            times(self.colour, 0.5),
                            [226.0; 3],
                            f32::from(u8::from(self.seed.of("button").chance(0.4))),
                        ),
                        button,
                    );
                }
                if let Some(at) = belt {
                    rgb = mix(rgb, times(self.second, 0.8), step(0.021, 0.018, (down - at).abs()));
                }
            }
            Part::Leg => {
                let seam = bell((u - 0.25).abs(), 0.004) + bell((u - 0.75).abs(), 0.004);
                light -= 0.12 * seam;
                if denim {
                    rgb = mix(
                        rgb,
                        [176.0, 132.0, 72.0],
                        0.35 * (bell((u - 0.262).abs(), 0.003) + bell(left - 0.02, 0.0016)),
                    );
                }
                light -= 0.14 * step(0.08, 0.0, v);
            }
            Part::Seat => {
                let fly = bell(across - 0.0, 0.002) * step(0.11, 0.09, down)
                    + bell(across - 0.03, 0.002) * step(0.11, 0.09, down);
                let waistband = bell(down - 0.04, 0.002);
                let pocket = bell(down - 0.05 - 1.2 * (across.abs() - 0.09).max(0.0), 0.004)
                    * step(0.08, 0.09, across.abs())
                    * step(0.17, 0.15, across.abs());
                let back = across.abs() - 0.36;
                let patch = bell(back.abs() - 0.07, 0.002) * step(0.23, 0.22, down) * step(0.09, 0.1, down)
                    + bell(down - 0.095, 0.002) * step(0.072, 0.068, back.abs());
                light -= 0.2 * (fly + waistband + pocket + patch).min(1.0);
                light -= 0.10 * step(0.80, 1.0, v);
                if denim {
                    rgb = mix(rgb, [176.0, 132.0, 72.0], 0.4 * (pocket + patch).min(1.0));
                }
            }
            Part::Sleeve => light -= 0.12 * step(0.10, 0.0, v) + 0.10 * bell(v - 0.06, 0.008),
            Part::Trim => {}
        }
        times(rgb, light)
    }
}

/// A colour that is worn with this one.
fn beside(colour: Rgb, seed: Seed) -> Rgb {
    let sum: f32 = colour.iter().sum();
    if seed.of("loud").chance(0.35) {
        return seed.pick(&[
            [196.0, 46.0, 44.0],
            [226.0, 182.0, 60.0],
            [40.0, 84.0, 150.0],
            [44.0, 120.0, 84.0],
            [226.0, 122.0, 48.0],
            [120.0, 50.0, 96.0],
        ]);
    }
    if sum > 380.0 {
        seed.pick(&[[30.0, 32.0, 38.0], [36.0, 48.0, 86.0], [96.0, 98.0, 102.0], times(colour, 0.6)])
    } else {
        seed.pick(&[[228.0, 226.0, 220.0], [168.0, 170.0, 172.0], [206.0, 190.0, 160.0], mix(colour, [255.0; 3], 0.4)])
    }
}
