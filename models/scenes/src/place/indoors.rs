//! What all places under a roof have: walls with skirting, lamps, doors, windows, and light that falls off.

use glam::Vec3;

use super::Light;
use super::paint::{Rgb, rgb, wall, window, wood};
use super::site::{Site, Stuff};
use crate::model::Material;
use crate::seed::Seed;

/// A room's inner measures: from left to right, from front to back, height. It is open towards the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hall {
    pub(super) x: [f32; 2],
    pub(super) y: [f32; 2],
    pub(super) high: f32,
}

/// How the walls look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Finish {
    pub(super) walls: Stuff,
    pub(super) skirting: Stuff,
    pub(super) floor: Stuff,
    pub(super) ceiling: Stuff,
    /// Metres between lamps along x and y, for the pools of light on the walls.
    pub(super) lamps: f32,
}

/// Floor, three walls with skirting, ceiling. Normals are bent so that corners are darker and the walls brighter
/// under the lamps, as light that comes back from everywhere would do.
pub(super) fn shell(site: &mut Site, hall: Hall, finish: Finish) {
    let Hall { x: [x0, x1], y: [y0, y1], high } = hall;
    let p = Vec3::new;
    let fall = |d: f32, reach: f32| libm::expf(-d.max(0.0) / reach);
    let floor = [p(x0, y0, 0.0), p(x1, y0, 0.0), p(x1, y1, 0.0), p(x0, y1, 0.0)];
    let cells = |from: f32, to: f32| ((to - from) / 0.8).ceil() as usize;
    site.sheet(floor, [cells(x0, x1), cells(y0, y1)], finish.floor, |q| {
        Vec3::Y * 0.75 * fall(y1 - q.y, 0.7) + Vec3::X * 0.5 * (fall(x1 - q.x, 0.7) - fall(q.x - x0, 0.7))
    });
    let ceiling = [p(x0, y1, high), p(x1, y1, high), p(x1, y0, high), p(x0, y0, high)];
    site.sheet(ceiling, [cells(x0, x1), cells(y0, y1)], finish.ceiling, |q| {
        let edge = fall(y1 - q.y, 1.0) + fall(x1 - q.x, 1.0) + fall(q.x - x0, 1.0);
        Vec3::Z * (0.35 - 0.3 * edge.min(1.0))
    });
    let lamps = finish.lamps.max(0.5);
    let pool = |along: f32, z: f32| {
        let beside = (along / lamps - 0.5).abs();
        let beside = (beside - beside.floor()).min(1.0 - (beside - beside.floor())) * lamps;
        0.5 * libm::expf(-beside * beside / 1.4 - (z - high * 0.72) * (z - high * 0.72) / 1.1)
    };
    let lean = |z: f32, corner: f32, along: f32| {
        let foot = 0.3 * fall(z, 0.35) + 0.2 * fall(high - z, 0.3) + 0.28 * corner;
        Vec3::Z * (0.12 + pool(along, z) - foot)
    };
    let back = [p(x0, y1, 0.0), p(x1, y1, 0.0), p(x1, y1, high), p(x0, y1, high)];
    let up = (high / 0.3).ceil() as usize;
    site.sheet(back, [cells(x0, x1), up], finish.walls, |q| lean(q.z, fall(q.x - x0, 0.5) + fall(x1 - q.x, 0.5), q.x));
    let left = [p(x0, y0, 0.0), p(x0, y1, 0.0), p(x0, y1, high), p(x0, y0, high)];
    site.sheet(left, [cells(y0, y1), up], finish.walls, |q| lean(q.z, fall(y1 - q.y, 0.5), q.y));
    let right = [p(x1, y1, 0.0), p(x1, y0, 0.0), p(x1, y0, high), p(x1, y1, high)];
    site.sheet(right, [cells(y0, y1), up], finish.walls, |q| lean(q.z, fall(y1 - q.y, 0.5), q.y));
    let (t, h) = (0.018, 0.09);
    site.block(p((x0 + x1) / 2.0, y1 - t / 2.0, 0.0), p(x1 - x0, t, h), finish.skirting);
    for (x, sign) in [(x0, 1.0), (x1, -1.0)] {
        site.block(p(x + sign * t / 2.0, (y0 + y1) / 2.0, 0.0), p(t, y1 - y0, h), finish.skirting);
    }
}

/// A lamp panel on the ceiling.
pub(super) fn panel(site: &mut Site, [x, y]: [f32; 2], [wide, deep]: [f32; 2], high: f32, light: Light) {
    let dim = if light == Light::Night { 0.05 } else { 0.98 };
    let stuff = site.stuff("lamp panel", [0.0, 0.0], |_, _| Material { glow: dim, ..Material::plain([252, 250, 242]) });
    // It glows by itself, as what hangs over a room would throw a shadow otherwise.
    let grey = if light == Light::Night { 30 } else { 168 };
    let frame =
        site.stuff("lamp rim", [1.0, 1.0], |_, _| Material { glow: 1.0, ..Material::plain([grey, grey, grey]) });
    let foot = Vec3::new(x, y, high - 0.05);
    site.block(foot, Vec3::new(wide + 0.06, deep + 0.06, 0.05), frame);
    site.overhead([x - wide / 2.0, x + wide / 2.0], [y - deep / 2.0, y + deep / 2.0], high - 0.055, stuff);
}

/// A door in its frame on a plane y = 0 seen from -y, its left edge at x = 0.
pub(super) fn door(site: &mut Site, wide: f32, seed: Seed) {
    let colours = [rgb(206, 202, 192), rgb(150, 106, 68), rgb(92, 104, 116), rgb(176, 172, 160)];
    let kind = seed.of("door").index(colours.len());
    let leaf = site.stuff(&format!("inner door {kind}"), [0.0, 0.0], |n, seed| {
        Material::matt(wood::door(n, colours[kind], seed.chance(0.5))).glossy(0.2)
    });
    let frame = site.stuff("door frame", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(196, 192, 184))));
    let high = 2.05;
    site.wall([0.0, -0.02], [wide, -0.02], 0.01, high, leaf);
    for x in [-0.035, wide + 0.035] {
        site.block(Vec3::new(x, -0.02, 0.0), Vec3::new(0.07, 0.06, high), frame);
    }
    site.block(Vec3::new(wide / 2.0, -0.02, high), Vec3::new(wide + 0.14, 0.06, 0.07), frame);
}

/// A window on a plane y = 0 seen from -y, with what is outside, a sill, curtains or none, a radiator below.
pub(super) fn opening(site: &mut Site, [x0, x1]: [f32; 2], [z0, z1]: [f32; 2], light: Light, seed: Seed) {
    let night = matches!(light, Light::Night | Light::Lamps);
    let outside =
        site.stuff("outside", [0.0, 0.0], |n, _| Material { glow: 1.0, ..Material::matt(window::outside(n, night)) });
    let frame =
        site.stuff("window frame", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(222, 220, 214))).glossy(0.2));
    let (middle, wide) = ((x0 + x1) / 2.0, x1 - x0);
    site.wall([x0, -0.01], [x1, -0.01], z0, z1, outside);
    for x in [x0, middle, x1] {
        site.block(Vec3::new(x, -0.03, z0), Vec3::new(0.07, 0.06, z1 - z0), frame);
    }
    for z in [z0 - 0.035, z0 + (z1 - z0) * 0.7, z1 - 0.035] {
        site.block(Vec3::new(middle, -0.03, z), Vec3::new(wide + 0.07, 0.06, 0.07), frame);
    }
    site.block(Vec3::new(middle, -0.09, z0 - 0.07), Vec3::new(wide + 0.3, 0.2, 0.035), frame);
    // Ribs of a radiator.
    let ribs = (wide / 0.09) as usize;
    for n in 0..ribs {
        let x = x0 + (n as f32 + 0.5) * wide / ribs as f32;
        site.block(Vec3::new(x, -0.08, 0.14), Vec3::new(0.055, 0.1, (z0 - 0.3).max(0.2)), frame);
    }
    if seed.of("curtain").chance(0.6) {
        let colours = [rgb(186, 176, 156), rgb(122, 66, 56), rgb(92, 104, 118), rgb(206, 202, 192)];
        let kind = seed.of("curtain colour").index(colours.len());
        let cloth = site.stuff(&format!("curtain {kind}"), [1.0, 1.0], |n, _| {
            Material::matt(wall::cloth(n, colours[kind], None)).soft(0.5)
        });
        for (from, to) in [(x0 - 0.35, x0 + 0.12), (x1 - 0.12, x1 + 0.35)] {
            let points: Vec<f32> = (0..=20).map(|n| from + (to - from) * n as f32 / 20.0).collect();
            let ring = |z: f32| -> Vec<Vec3> {
                let fold = |n: usize| 0.035 * libm::sinf(n as f32 * 1.45) + 0.02 * seed.noise(n as f32 * 0.7, z);
                points.iter().enumerate().map(|(n, x)| Vec3::new(*x, -0.14 - fold(n), z)).collect()
            };
            site.loft(&[ring(0.12), ring(1.2), ring(z1 + 0.2)], cloth);
        }
        let rail = site.stuff("lamp frame", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(206, 206, 202))));
        site.block(Vec3::new(middle, -0.14, z1 + 0.18), Vec3::new(wide + 0.9, 0.03, 0.03), rail);
    }
}

/// A picture on a plane y = 0 seen from -y, its middle at x, 1.55 m up.
pub(super) fn picture(site: &mut Site, x: f32, [wide, high]: [f32; 2], seed: Seed) {
    let kind = seed.of("picture").index(4);
    let art = site.stuff(&format!("picture {kind}"), [0.0, 0.0], |n, _| Material::matt(window::picture(n, kind as u8)));
    let frame = site.stuff("picture edge", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(60, 46, 34))));
    site.block(Vec3::new(x, -0.013, 1.55 - high / 2.0), Vec3::new(wide, 0.024, high), frame);
    site.wall([x - wide / 2.0, -0.027], [x + wide / 2.0, -0.027], 1.55 - high / 2.0, 1.55 + high / 2.0, art);
}

/// A socket or switch.
pub(super) fn switch(site: &mut Site, x: f32, z: f32) {
    let white =
        site.stuff("window frame", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(222, 220, 214))).glossy(0.2));
    site.block(Vec3::new(x, -0.006, z), Vec3::new(0.08, 0.012, 0.08), white);
}

/// A ceiling that glows a little: it gets no light from above, but all that comes back from below.
pub(super) fn white_ceiling(site: &mut Site, light: Light, colour: Rgb) -> Stuff {
    let glow = if light == Light::Night { 0.02 } else { 0.16 };
    site.stuff("ceiling", [3.0, 3.0], |n, _| Material { glow, ..Material::matt(wall::paint(n, colour)) })
}
