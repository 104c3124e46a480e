//! A park: lawn, a path, trees and bushes, woods at the horizon.

use glam::Vec3;

use super::paint::{ground, rgb};
use super::site::{Site, Stuff};
use super::{Light, PlaceKind, ThingKind, outdoors, things};
use crate::model::Material;

pub(super) fn build(site: &mut Site, light: Light, towards: Vec3) {
    let seed = site.seed;
    outdoors::pools(site, light, towards, 13.0);
    outdoors::dome(site, light);
    outdoors::horizon(site, PlaceKind::Park, 105.0, 17.0);
    outdoors::horizon(site, PlaceKind::Park, 62.0, 10.0);
    let lawn = lawn(site);
    outdoors::plain(site, lawn[0], -0.05);
    site.ground([-40.0, 40.0], [-24.0, 60.0], 0.0, &lawn);
    path(site);
    let mut spots: Vec<[f32; 2]> = Vec::new();
    for n in 0..60 {
        let seed = seed.of("tree").at(n);
        let spot = [seed.of("x").range(-38.0, 38.0), seed.of("y").range(12.0, 56.0)];
        let free = spots.iter().all(|s| (s[0] - spot[0]).abs() + (s[1] - spot[1]).abs() > 6.5);
        if free && spots.len() < 20 {
            spots.push(spot);
            things::put(site, ThingKind::Tree, spot, -90.0, seed);
        }
    }
    for (n, x) in [-16.5f32, 16.0, -18.0, 19.0].into_iter().enumerate() {
        let seed = seed.of("side").at(n as u64);
        let y = if n < 2 { seed.range(2.0, 6.0) } else { seed.range(-10.0, -5.0) };
        things::put(site, ThingKind::Tree, [x, y], -90.0, seed);
    }
    for n in 0..26 {
        let seed = seed.of("bush").at(n);
        let (x, y) = (seed.of("x").range(-34.0, 34.0), seed.of("y").range(10.5, 46.0));
        let half = Vec3::new(seed.at(1).range(0.6, 1.6), seed.at(2).range(0.6, 1.1), seed.at(3).range(0.45, 0.9));
        things::leafy(site, Vec3::new(x, y, half.z * 0.75), half, 34, (n % 2) as usize, seed);
    }
    for n in 0..2 {
        let seed = seed.of("bench").at(n);
        let x = seed.range(3.0, 9.0) * if n == 0 { -1.0 } else { 1.0 };
        things::put(site, ThingKind::Bench, [x, 7.6], -90.0, seed);
        things::put(site, ThingKind::Lamp, [x + 4.0, 8.2], -90.0, seed);
    }
}

fn lawn(site: &mut Site) -> [Stuff; 3] {
    let dry = site.seed.of("dry").range(-0.1, 0.3);
    [0, 1, 2].map(|n| {
        site.stuff(&format!("lawn {n}"), [4.0, 4.0], |noise, _| {
            Material::matt(ground::lawn(noise, dry, n as f32 * 0.37)).soft(0.3)
        })
    })
}

/// A path from left to right, its edges not quite straight.
fn path(site: &mut Site) {
    let seed = site.seed.of("path");
    let colour = seed.pick(&[rgb(170, 150, 122), rgb(150, 144, 136), rgb(158, 132, 104)]);
    let stuff = site.stuff("path", [3.0, 3.0], |n, _| Material::matt(ground::gravel(n, colour, 0.2)));
    let (wide, wind) = (seed.of("wide").range(2.6, 3.6), seed.of("wind").range(0.4, 1.6));
    let rim = |x: f32, side: f32| {
        let middle = 1.6 + wind * seed.noise(x / 14.0, 0.0);
        middle + side * (wide / 2.0 + 0.12 * seed.noise(x * 1.3, side * 5.0))
    };
    let mut rings = Vec::new();
    for n in 0..=160 {
        let x = -40.0 + n as f32 * 0.5;
        rings.push(vec![Vec3::new(x, rim(x, 1.0), 0.006), Vec3::new(x, rim(x, -1.0), 0.006)]);
    }
    site.loft(&rings, stuff);
}
