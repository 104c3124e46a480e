//! What holds other things: tables, shelves, boxes.

use glam::Vec3;

use super::seat::{metal, timber};
use crate::model::Material;
use crate::place::paint::{goods as painted, rgb, wall, wood};
use crate::place::site::Site;
use crate::seed::Seed;

/// A table on four legs, some with things on it.
pub(super) fn table(site: &mut Site, size: Vec3, seed: Seed) {
    let top = timber(site, seed);
    let legs = if seed.of("legs").chance(0.5) { metal(site) } else { top };
    let (w, d) = (size.x / 2.0 - 0.06, size.y / 2.0 - 0.06);
    for (x, y) in [(-w, -d), (w, -d), (w, d), (-w, d)] {
        site.block(Vec3::new(x, y, 0.0), Vec3::new(0.055, 0.055, size.z - 0.03), legs);
    }
    for y in [-d, d] {
        site.block(Vec3::new(0.0, y, size.z - 0.1), Vec3::new(w * 2.0, 0.022, 0.07), legs);
    }
    for x in [-w, w] {
        site.block(Vec3::new(x, 0.0, size.z - 0.1), Vec3::new(0.022, d * 2.0, 0.07), legs);
    }
    site.block(Vec3::new(0.0, 0.0, size.z - 0.032), Vec3::new(size.x, size.y, 0.032), top);
}

/// Boards between two sides, full of books or of goods with price strips.
pub(in crate::place) fn shelf(site: &mut Site, size: Vec3, books: bool, seed: Seed) {
    let frame =
        site.stuff("shelf frame", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(196, 194, 188))).glossy(0.2));
    let inside = site.stuff("shelf back", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(120, 116, 110))));
    let (w, d) = (size.x / 2.0, size.y / 2.0);
    for x in [-w + 0.015, w - 0.015] {
        site.block(Vec3::new(x, 0.0, 0.0), Vec3::new(0.03, size.y, size.z), frame);
    }
    site.wall([-w, d - 0.02], [w, d - 0.02], 0.0, size.z, inside);
    site.wall([w, d], [-w, d], 0.0, size.z, frame);
    site.block(Vec3::new(0.0, -0.02, 0.0), Vec3::new(size.x - 0.06, size.y - 0.04, 0.1), frame);
    let boards = (size.z / 0.42).round().max(1.0) as usize;
    let high = (size.z - 0.12) / boards as f32;
    for n in 0..boards {
        let z = 0.1 + n as f32 * high;
        if n > 0 {
            site.block(Vec3::new(0.0, 0.0, z - 0.025), Vec3::new(size.x - 0.06, size.y - 0.03, 0.025), frame);
        }
        goods(site, [-w + 0.035, w - 0.035], [-d + 0.03, d - 0.04], [z, z + high - 0.05], books, seed.at(n as u64));
    }
    site.block(Vec3::new(0.0, 0.0, size.z - 0.03), Vec3::new(size.x, size.y, 0.03), frame);
}

/// One board's goods, their fronts at `depth[0]`, a second row behind, with a price strip below.
fn goods(site: &mut Site, [x0, x1]: [f32; 2], [front, back]: [f32; 2], [low, high]: [f32; 2], books: bool, seed: Seed) {
    let kind = seed.of("goods").index(6);
    let (name, wide) = if books { ("books", 1.0) } else { ("goods", 1.2) };
    let row = site.stuff(&format!("{name} {kind}"), [wide, high - low], |n, _| {
        let picture = if books { painted::books(n, kind as i32) } else { painted::row(n, kind as i32) };
        Material::matt(picture).glossy(0.15)
    });
    let shift = seed.of("shift").unit() * 0.12;
    site.wall([x0, front + shift * 0.5], [x1, front + shift * 0.5], low, high, row);
    let behind = front + (back - front) * 0.4;
    site.wall([x0 + shift - 0.12, behind], [x1, behind], low, low + (high - low) * 0.98, row);
    if !books {
        let strip = site.stuff("price strip", [1.2, 0.0], |n, _| Material::matt(painted::prices(n)));
        site.wall([x0, front - 0.028], [x1, front - 0.028], low - 0.04, low + 0.002, strip);
    }
}

/// A cardboard box.
pub(super) fn box_of_card(site: &mut Site, size: Vec3, seed: Seed) {
    let kind = seed.of("card").index(3);
    let card = site.stuff(&format!("cardboard {kind}"), [0.0, 0.0], |n, seed| {
        Material::matt(wood::cardboard(n, seed.range(-1.0, 1.0)))
    });
    site.block(Vec3::ZERO, size, card);
}
