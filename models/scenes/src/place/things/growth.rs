//! What grows: trees, bushes, plants in pots. Leaves are cards with holes, lit as the round they belong to.

use glam::Vec3;

use crate::model::Material;
use crate::place::paint::{nature, rgb, wall};
use crate::place::site::{Site, Stuff};
use crate::seed::Seed;

fn leaves(site: &mut Site, kind: usize) -> Stuff {
    site.stuff(&format!("leaves {kind}"), [0.0, 0.0], |n, seed| {
        let autumn = [seed.range(0.0, 0.25), seed.range(0.0, 0.6), 0.0][kind % 3];
        Material::matt(nature::leaves(n, autumn, [1.0, 0.8, 1.6][kind % 3])).soft(0.8)
    })
}

/// A round of leaves: `count` cards spread through an ellipsoid of these half axes.
pub(in crate::place) fn leafy(site: &mut Site, middle: Vec3, half: Vec3, count: usize, kind: usize, seed: Seed) {
    let stuff = leaves(site, kind);
    let card = (half.x * half.y * half.z).max(1e-6);
    let card = libm::cbrtf(card) * 0.56;
    for n in 0..count {
        let seed = seed.of("leaf").at(n as u64);
        // A golden spiral over the ball, so that no side is bald; some further in.
        let z = 1.0 - 2.0 * (n as f32 + 0.5) / count as f32;
        let angle = n as f32 * 2.399_963 + seed.of("angle").range(-0.4, 0.4);
        let flat = (1.0 - z * z).max(0.0).sqrt();
        let out = Vec3::new(flat * libm::cosf(angle), flat * libm::sinf(angle), z);
        let at = middle + out * half * seed.of("depth").range(0.45, 0.98) * (0.9 + 0.1 * seed.at(5).unit());
        let turn = seed.of("turn").range(0.0, std::f32::consts::TAU);
        let tilt =
            out + Vec3::new(seed.at(1).range(-0.8, 0.8), seed.at(2).range(-0.8, 0.8), seed.at(3).range(-0.5, 0.5));
        let normal = tilt.normalize_or(Vec3::Z);
        let (a, b) = normal.any_orthonormal_pair();
        let size = card * seed.of("size").range(0.6, 1.3);
        let right = (a * libm::cosf(turn) + b * libm::sinf(turn)) * size;
        let up = (b * libm::cosf(turn) - a * libm::sinf(turn)) * size;
        site.card(at, right, up, (out + Vec3::Z * 0.35).normalize_or(Vec3::Z), stuff);
    }
}

/// A broad-leaved tree.
pub(super) fn tree(site: &mut Site, size: Vec3, seed: Seed) {
    let bark = site.stuff("bark", [0.8, 0.8], |n, _| Material::matt(nature::bark(n)));
    let thick = 0.028 * size.z;
    let fork = size.z * seed.of("fork").range(0.26, 0.34);
    let top = Vec3::new(seed.at(1).range(-0.05, 0.05), seed.at(2).range(-0.05, 0.05), 0.0) * size.z + Vec3::Z * fork;
    site.lathe(Vec3::ZERO, &[[thick * 1.5, 0.0], [thick * 1.1, 0.12], [thick, 0.4]], 10, bark);
    site.rod(Vec3::Z * 0.38, top, thick, 0.8, 10, bark);
    let half = Vec3::new(size.x / 2.0, size.y / 2.0, (size.z - fork) * 0.5);
    let middle = Vec3::new(0.0, 0.0, size.z - half.z);
    let boughs = 6;
    for n in 0..boughs {
        let angle = (n as f32 + seed.of("bough").at(n).range(-0.3, 0.3)) / boughs as f32 * std::f32::consts::TAU;
        let out = Vec3::new(libm::cosf(angle) * half.x, libm::sinf(angle) * half.y, 0.0);
        let end = middle + out * 0.62 + Vec3::Z * half.z * seed.of("rise").at(n).range(-0.3, 0.5);
        site.rod(top - Vec3::Z * 0.1, end, thick * 0.5, 0.3, 6, bark);
        let part = half * seed.of("part").at(n).range(0.42, 0.62);
        leafy(site, middle + (out * 0.62).with_z(end.z - middle.z), part, 26, (n % 2) as usize, seed.of("tuft").at(n));
    }
    leafy(site, middle + Vec3::Z * half.z * 0.45, half * Vec3::new(0.6, 0.6, 0.55), 34, 0, seed.of("crown"));
}

/// A plant in a pot.
pub(super) fn plant(site: &mut Site, size: Vec3, seed: Seed) {
    let pots = [rgb(164, 92, 64), rgb(206, 202, 194), rgb(64, 66, 70)];
    let kind = seed.of("pot").index(3);
    let pot =
        site.stuff(&format!("pot {kind}"), [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, pots[kind])).glossy(0.2));
    let earth = site.stuff("earth", [0.5, 0.5], |n, _| Material::matt(nature::earth(n)));
    let (r, h) = (size.x * 0.24, size.z * 0.27);
    let profile = [
        [r * 0.72, 0.0],
        [r * 0.95, h * 0.85],
        [r * 1.04, h * 0.86],
        [r * 1.04, h],
        [r * 0.92, h],
        [r * 0.9, h - 0.03],
    ];
    site.lathe(Vec3::ZERO, &profile, 18, pot);
    site.lathe(Vec3::ZERO, &[[r * 0.92, h - 0.03], [0.0, h - 0.02]], 18, earth);
    let bark = site.stuff("bark", [0.8, 0.8], |n, _| Material::matt(nature::bark(n)));
    for n in 0..4 {
        let lean = Vec3::new(seed.at(n).range(-0.2, 0.2), seed.at(n + 9).range(-0.2, 0.2), 1.0);
        site.rod(Vec3::Z * (h - 0.03), Vec3::Z * h + lean * size.z * 0.45, 0.012, 0.6, 5, bark);
    }
    let half = Vec3::new(size.x / 2.0, size.y / 2.0, (size.z - h) * 0.46);
    leafy(site, Vec3::Z * (size.z - half.z), half, 44, 2, seed);
}
