//! A shop: shelves along the back and the sides, tiles, tubes on the ceiling.

use glam::Vec3;

use super::indoors::{self, Finish, Hall};
use super::paint::ground::{self, Slabs};
use super::paint::{rgb, wall};
use super::site::Site;
use super::{Light, things};
use crate::model::Material;
use crate::seed::Seed;

const HALL: Hall = Hall { x: [-7.0, 7.0], y: [-9.0, 7.0], high: 3.0 };

pub(super) fn build(site: &mut Site, light: Light) {
    let seed = site.seed;
    let colour = seed.of("tile").pick(&[rgb(196, 192, 184), rgb(178, 176, 170), rgb(188, 178, 160)]);
    let tiles = Slabs { count: [6.0, 6.0], shift: 0.0, joint: 0.015, colour, unlike: 0.22, dirt: 0.22 };
    let floor = site.stuff("floor", [2.4, 2.4], |n, _| Material::matt(ground::slabs(n, tiles, 0.2)).glossy(0.45));
    let walls = site.stuff("wall paint", [3.0, 3.0], |n, seed| {
        let colour = seed.pick(&[rgb(206, 204, 196), rgb(190, 200, 196), rgb(210, 200, 176)]);
        Material::matt(wall::paint(n, colour))
    });
    let skirting = site.stuff("skirting", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(96, 96, 94))));
    let glow = if light == Light::Night { 0.02 } else { 0.14 };
    let ceiling = site.stuff("ceiling", [2.4, 2.4], |n, _| Material { glow, ..Material::matt(wall::ceiling(n)) });
    indoors::shell(site, HALL, Finish { walls, skirting, floor, ceiling, lamps: 3.0 });
    for x in [-4.8, -1.8, 1.2, 4.2] {
        for y in [-6.0, -3.0, 0.0, 3.0, 5.4] {
            indoors::panel(site, [x, y], [0.3, 1.5], HALL.high, light);
        }
    }
    let size = |n: Seed| Vec3::new(1.2, 0.45, n.pick(&[1.9, 2.1]));
    let high = size(seed.of("shelf"));
    let mut place = |at: [f32; 2], facing: f32, seed: Seed| {
        site.within(Vec3::new(at[0], at[1], 0.0), facing, |site| things::shelf(site, high, false, seed));
    };
    for n in 0..10 {
        let seed = seed.of("back").at(n);
        place([-5.4 + 1.2 * n as f32, HALL.y[1] - 0.24], -90.0, seed);
    }
    for n in 0..9 {
        let y = -5.4 + 1.22 * n as f32;
        place([HALL.x[0] + 0.24, y], 0.0, seed.of("left").at(n));
        place([HALL.x[1] - 0.24, y], 180.0, seed.of("right").at(n));
    }
    banner(site, seed);
}

/// A band with the shop's colours above the shelves of the back wall.
fn banner(site: &mut Site, seed: Seed) {
    let colour = seed.of("banner").pick(&[rgb(150, 38, 36), rgb(40, 88, 62), rgb(44, 66, 112), rgb(190, 140, 40)]);
    let cloth = site.stuff("banner", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, colour)).glossy(0.2));
    let y = HALL.y[1] - 0.05;
    site.block(Vec3::new(0.0, y, 2.4), Vec3::new(HALL.x[1] - HALL.x[0] - 0.4, 0.04, 0.34), cloth);
    let pale = site.stuff("banner edge", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(222, 218, 206))));
    site.block(Vec3::new(0.0, y - 0.02, 2.36), Vec3::new(HALL.x[1] - HALL.x[0] - 0.4, 0.04, 0.04), pale);
}
