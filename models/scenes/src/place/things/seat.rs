//! What one sits on. Seats are 0.45 m high where the whole has its usual height.

use glam::{Vec2, Vec3};

use crate::model::Material;
use crate::place::paint::{rgb, wall, wood};
use crate::place::site::{Site, Stuff};
use crate::seed::Seed;

/// Dark metal of legs and frames.
pub(super) fn metal(site: &mut Site) -> Stuff {
    site.stuff("thing metal", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(58, 60, 62))).glossy(0.4))
}

/// Furniture wood, of one of a few colours.
pub(super) fn timber(site: &mut Site, seed: Seed) -> Stuff {
    let kind = seed.of("wood").index(3);
    site.stuff(&format!("thing wood {kind}"), [1.0, 0.5], |n, _| {
        Material::matt(wood::plank(n, [rgb(160, 116, 74), rgb(104, 70, 46), rgb(196, 164, 120)][kind])).glossy(0.2)
    })
}

/// Upholstery, of one of a few colours.
fn upholstery(site: &mut Site, seed: Seed) -> Stuff {
    let colours = [rgb(96, 100, 104), rgb(128, 62, 52), rgb(66, 84, 104), rgb(168, 152, 128), rgb(84, 96, 72)];
    let kind = seed.of("cloth").index(colours.len());
    site.stuff(&format!("thing cloth {kind}"), [1.0, 1.0], |n, _| {
        Material::matt(wall::cloth(n, colours[kind], None)).soft(0.3)
    })
}

/// A chair: four legs, a seat, a slightly leaning back.
pub(super) fn chair(site: &mut Site, size: Vec3, seed: Seed) {
    let metal = metal(site);
    let (frame, seat) = if seed.of("soft").chance(0.5) {
        (metal, upholstery(site, seed))
    } else {
        let timber = timber(site, seed);
        (timber, timber)
    };
    let (w, d) = (size.x / 2.0 - 0.03, size.y / 2.0 - 0.05);
    let high = 0.45 * size.z / 0.86;
    for x in [-w, w] {
        site.rod(Vec3::new(x, -d, 0.0), Vec3::new(x * 0.95, -d + 0.02, high), 0.017, 1.1, 6, frame);
        site.rod(Vec3::new(x, d, 0.0), Vec3::new(x, d - 0.05, high), 0.018, 1.0, 6, frame);
        site.rod(Vec3::new(x, d - 0.05, high - 0.02), Vec3::new(x * 0.96, d + 0.04, size.z), 0.018, 0.9, 6, frame);
        site.rod(Vec3::new(x, -d, high * 0.4), Vec3::new(x, d - 0.02, high * 0.4), 0.011, 1.0, 5, frame);
    }
    cushion(site, Vec3::new(0.0, -0.02, high - 0.05), Vec3::new(w * 2.0 + 0.05, d * 2.0, 0.055), seat);
    let (low, top) = (high + (size.z - high) * 0.42, size.z - 0.01);
    for n in 0..3 {
        let z = low + (top - low) * n as f32 / 3.0;
        let y = d - 0.03 + 0.06 * (z - high) / (size.z - high);
        site.block(Vec3::new(0.0, y, z), Vec3::new(w * 1.95, 0.022, (top - low) / 3.0 - 0.018), seat);
    }
}

/// A park bench: slats on two feet of cast metal.
pub(super) fn bench(site: &mut Site, size: Vec3) {
    let metal = metal(site);
    let slat =
        site.stuff("bench slat", [1.0, 0.5], |n, _| Material::matt(wood::plank(n, rgb(134, 98, 66))).glossy(0.1));
    let (w, d, seat) = (size.x / 2.0, size.y / 2.0, 0.44 * size.z / 0.84);
    for x in [-w * 0.78, w * 0.78] {
        site.block(Vec3::new(x, -d * 0.72, 0.0), Vec3::new(0.05, 0.06, seat), metal);
        site.block(Vec3::new(x, d * 0.45, 0.0), Vec3::new(0.05, 0.06, seat), metal);
        site.block(Vec3::new(x, -0.05, seat - 0.06), Vec3::new(0.05, d * 1.5, 0.05), metal);
        site.rod(Vec3::new(x, d * 0.45, seat - 0.05), Vec3::new(x, d * 0.95, size.z), 0.025, 0.9, 6, metal);
        site.block(Vec3::new(x, -d * 0.3, seat + 0.2), Vec3::new(0.045, d * 1.3, 0.03), metal);
        site.block(Vec3::new(x, -d * 0.85, seat), Vec3::new(0.04, 0.04, 0.22), metal);
    }
    for n in 0..5 {
        let y = -d * 0.85 + n as f32 * d * 0.29;
        site.block(Vec3::new(0.0, y, seat), Vec3::new(size.x, d * 0.24, 0.035), slat);
    }
    for n in 0..3 {
        let z = seat + 0.12 + n as f32 * (size.z - seat - 0.12) / 3.0;
        let y = d * 0.5 + d * 0.4 * (z - seat) / (size.z - seat);
        site.block(Vec3::new(0.0, y, z), Vec3::new(size.x, 0.03, (size.z - seat) * 0.22), slat);
    }
}

/// A sofa: base, seat and back cushions, arms.
pub(super) fn sofa(site: &mut Site, size: Vec3, seed: Seed) {
    let cloth = upholstery(site, seed);
    let timber = timber(site, Seed::new(1));
    let arm = (size.x * 0.1).min(0.2);
    let (d, seat) = (size.y / 2.0, 0.28 * size.z / 0.82);
    for (x, y) in [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)] {
        let foot = Vec3::new(x * (size.x / 2.0 - 0.06), y * (d - 0.06), 0.0);
        site.block(foot, Vec3::new(0.05, 0.05, 0.09), timber);
    }
    site.block(Vec3::new(0.0, 0.02, 0.08), Vec3::new(size.x - 0.02, size.y - 0.04, seat - 0.08), cloth);
    let count = (size.x / 0.75).round().max(1.0);
    let wide = (size.x - 2.0 * arm) / count;
    for n in 0..count as usize {
        let x = -size.x / 2.0 + arm + (n as f32 + 0.5) * wide;
        cushion(site, Vec3::new(x, -0.06, seat), Vec3::new(wide - 0.01, size.y * 0.84, size.z * 0.2), cloth);
        let high = size.z - seat - size.z * 0.16;
        cushion(site, Vec3::new(x, d * 0.52, seat + size.z * 0.16), Vec3::new(wide - 0.02, size.y * 0.24, high), cloth);
    }
    site.block(Vec3::new(0.0, d - 0.06, seat), Vec3::new(size.x - 0.04, 0.1, size.z * 0.92 - seat), cloth);
    for x in [-1.0, 1.0] {
        let at = Vec3::new(x * (size.x - arm) / 2.0, 0.0, 0.09);
        cushion(site, at, Vec3::new(arm, size.y - 0.02, size.z * 0.66), cloth);
    }
}

/// A box with rounded edges, as of foam.
fn cushion(site: &mut Site, foot: Vec3, size: Vec3, stuff: Stuff) {
    let round = (size.min_element() * 0.3).min(0.05);
    let ring = |inset: f32, z: f32| -> Vec<Vec3> {
        let (w, d) = (size.x / 2.0 - inset, size.y / 2.0 - inset);
        let r = round;
        let outline = [
            Vec2::new(-w, -d + r),
            Vec2::new(-w + r * 0.3, -d + r * 0.3),
            Vec2::new(-w + r, -d),
            Vec2::new(w - r, -d),
            Vec2::new(w - r * 0.3, -d + r * 0.3),
            Vec2::new(w, -d + r),
            Vec2::new(w, d - r),
            Vec2::new(w - r * 0.3, d - r * 0.3),
            Vec2::new(w - r, d),
            Vec2::new(-w + r, d),
            Vec2::new(-w + r * 0.3, d - r * 0.3),
            Vec2::new(-w, d - r),
            Vec2::new(-w, -d + r),
        ];
        outline.iter().map(|p| foot + p.extend(z)).collect()
    };
    let h = size.z;
    let rings = [ring(0.0, 0.0), ring(0.0, h - round), ring(round * 0.35, h - round * 0.3), ring(round * 1.2, h)];
    site.loft(&rings, stuff);
    let top = ring(round * 1.2, h);
    let (low, high) = (top[0], top[7]);
    let (y0, y1) = (top[2].y, top[8].y);
    site.level([low.x, high.x], [y0, y1], foot.z + h, stuff);
}
