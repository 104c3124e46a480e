//! A long corridor with doors on both sides.

use glam::Vec3;

use super::Light;
use super::indoors::{self, Finish, Hall};
use super::paint::ground::{self, Slabs};
use super::paint::{rgb, wall};
use super::site::Site;
use crate::model::Material;

const HALL: Hall = Hall { x: [-1.5, 1.5], y: [-9.0, 16.0], high: 2.6 };

pub(super) fn build(site: &mut Site, light: Light) {
    let seed = site.seed;
    let walls = site.stuff("wall paint", [3.0, 3.0], |n, seed| {
        let colour = seed.pick(&[rgb(204, 200, 184), rgb(190, 200, 196), rgb(208, 206, 200)]);
        Material::matt(wall::paint(n, colour))
    });
    let skirting = site.stuff("skirting", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(78, 80, 82))));
    let floor = if seed.of("floor").chance(0.5) {
        let colour = seed.of("colour").pick(&[rgb(128, 134, 132), rgb(150, 138, 120), rgb(112, 122, 134)]);
        site.stuff("floor", [2.0, 2.0], |n, _| Material::matt(ground::carpet(n, colour)).glossy(0.5))
    } else {
        let colour = seed.of("colour").pick(&[rgb(176, 170, 158), rgb(160, 162, 160)]);
        let tiles = Slabs { count: [5.0, 5.0], shift: 0.0, joint: 0.015, colour, unlike: 0.3, dirt: 0.2 };
        site.stuff("floor", [3.0, 3.0], |n, _| Material::matt(ground::slabs(n, tiles, 0.1)).glossy(0.5))
    };
    let glow = if light == Light::Night { 0.02 } else { 0.14 };
    let ceiling = site.stuff("ceiling", [2.4, 2.4], |n, _| Material { glow, ..Material::matt(wall::ceiling(n)) });
    indoors::shell(site, HALL, Finish { walls, skirting, floor, ceiling, lamps: 3.2 });
    for n in 0..8 {
        indoors::panel(site, [0.0, -7.4 + 3.2 * n as f32], [0.3, 1.2], HALL.high, light);
    }
    for (x, facing, sign) in [(HALL.x[0], 0.0, 1.0f32), (HALL.x[1], 180.0, -1.0)] {
        for n in 0..6 {
            let seed = seed.of("door").at(n);
            let y = -6.5 + 3.9 * n as f32 + if sign > 0.0 { 0.0 } else { 1.4 };
            site.within(Vec3::new(x, y, 0.0), facing, |site| {
                indoors::door(site, 0.95, site.seed.of("doors"));
                indoors::switch(site, -0.25, 1.05);
                if seed.of("notice").chance(0.4) {
                    indoors::picture(site, -1.2, [0.42, 0.56], seed);
                }
            });
        }
        let rail = site.stuff("door frame", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(196, 192, 184))));
        let y = (HALL.y[0] + HALL.y[1]) / 2.0;
        site.block(Vec3::new(x + sign * 0.008, y, 0.92), Vec3::new(0.012, HALL.y[1] - HALL.y[0], 0.1), rail);
    }
    site.within(Vec3::new(0.0, HALL.y[1], 0.0), -90.0, |site| {
        indoors::opening(site, [-0.7, 0.7], [0.9, 2.2], light, crate::seed::Seed::new(2));
    });
}
