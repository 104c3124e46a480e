//! Upright things: pillars, pieces of wall, street lamps.

use glam::Vec3;

use super::seat::metal;
use crate::model::Material;
use crate::place::paint::{rgb, wall as painted};
use crate::place::site::Site;
use crate::seed::Seed;

/// A round column with a plinth.
pub(super) fn pillar(site: &mut Site, size: Vec3) {
    let stone = site.stuff("pillar", [1.5, 1.5], |n, _| Material::matt(painted::concrete(n, rgb(176, 172, 164))));
    let r = size.x / 2.0;
    let plinth = 0.12f32.min(size.z * 0.2);
    site.lathe(Vec3::ZERO, &[[r, 0.0], [r, plinth], [r * 0.92, plinth + 0.02], [r * 0.86, plinth + 0.03]], 24, stone);
    let top = size.z - 0.08;
    let profile = [[r * 0.86, plinth + 0.03], [r * 0.84, top], [r * 0.98, top + 0.02], [r, size.z], [0.0, size.z]];
    site.lathe(Vec3::ZERO, &profile, 24, stone);
}

/// A piece of wall with a coping.
pub(super) fn wall(site: &mut Site, size: Vec3, seed: Seed) {
    let kind = seed.of("wall").index(3);
    let stuff = site.stuff(&format!("free wall {kind}"), [[4.0, 4.0], [2.0, 2.0], [3.0, 3.0]][kind], |n, seed| {
        Material::matt(match kind {
            0 => painted::plaster(n, rgb(190, 184, 170), seed.unit()),
            1 => painted::brick(n, rgb(142, 82, 62)),
            _ => painted::concrete(n, rgb(158, 156, 150)),
        })
    });
    let stone = site.stuff("pillar", [1.5, 1.5], |n, _| Material::matt(painted::concrete(n, rgb(176, 172, 164))));
    let coping = 0.06f32.min(size.z * 0.2);
    site.block(Vec3::ZERO, Vec3::new(size.x - 0.03, size.y * 0.86, size.z - coping), stuff);
    site.block(Vec3::Z * (size.z - coping), Vec3::new(size.x, size.y, coping), stone);
}

/// A street lamp: its arm reaches to the front.
pub(super) fn lamp(site: &mut Site, size: Vec3) {
    let metal = metal(site);
    let glass = site.stuff("lamp glass", [0.0, 0.0], |_, _| Material { glow: 0.9, ..Material::plain([250, 240, 214]) });
    let (y, top) = (size.y / 2.0 - 0.12, size.z - 0.12);
    let thick = 0.06;
    let foot = Vec3::new(0.0, y, 0.0);
    site.lathe(foot, &[[0.12, 0.0], [0.12, 0.25], [0.08, 0.3], [thick, 1.1], [thick * 0.7, top]], 12, metal);
    site.rod(foot + Vec3::Z * top, Vec3::new(0.0, -size.y / 2.0 + 0.5, size.z - 0.05), 0.035, 0.9, 8, metal);
    let head = Vec3::new(0.0, -size.y / 2.0 + 0.28, size.z - 0.1);
    site.block(head, Vec3::new(size.x.min(0.3), 0.55, 0.1), metal);
    site.block(head - Vec3::Z * 0.02, Vec3::new(size.x.min(0.3) * 0.8, 0.45, 0.02), glass);
}
