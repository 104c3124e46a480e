//! A living room or an office, 10 m wide.

use glam::Vec3;

use super::indoors::{self, Finish, Hall};
use super::paint::ground::{self, Slabs};
use super::paint::{rgb, wall, wood};
use super::site::{Site, Stuff};
use super::{Light, ThingKind, things};
use crate::model::Material;

const HALL: Hall = Hall { x: [-5.0, 5.0], y: [-9.0, 4.0], high: 2.75 };

pub(super) fn build(site: &mut Site, light: Light) {
    let seed = site.seed;
    let paint = seed.of("paint").pick(&[
        rgb(206, 200, 188),
        rgb(196, 198, 194),
        rgb(212, 204, 180),
        rgb(178, 190, 188),
        rgb(204, 188, 176),
    ]);
    let walls = site.stuff("wall paint", [3.0, 3.0], |n, _| Material::matt(wall::paint(n, paint)));
    let skirting = site.stuff("skirting", [1.0, 1.0], |n, seed| {
        let colour = seed.pick(&[rgb(208, 204, 196), rgb(120, 78, 48), rgb(82, 80, 78)]);
        Material::matt(wall::lacquer(n, colour)).glossy(0.2)
    });
    let ceiling = indoors::white_ceiling(site, light, rgb(220, 218, 212));
    let finish = Finish { walls, skirting, floor: floor(site), ceiling, lamps: 3.4 };
    indoors::shell(site, HALL, finish);
    for x in [-3.4, 0.0, 3.4] {
        for y in [-4.5, 0.0] {
            indoors::panel(site, [x, y], [0.6, 0.6], HALL.high, light);
        }
    }
    let mirrored = seed.of("side").chance(0.5);
    let side = |x: f32| if mirrored { -x } else { x };
    site.within(Vec3::new(0.0, HALL.y[1], 0.0), -90.0, |site| {
        let window = side(1.6);
        let wide = seed.of("window").range(0.8, 1.3);
        indoors::opening(site, [window - wide, window + wide], [0.95, 2.25], light, seed.of("window"));
        let at = side(-3.4) - 0.45;
        site.within(Vec3::new(at, 0.0, 0.0), -90.0, |site| indoors::door(site, 0.9, seed));
        indoors::picture(site, side(-4.5), [0.7, 0.5], seed.of("first"));
        indoors::picture(site, side(4.0), [0.5, 0.65], seed.of("second"));
        indoors::switch(site, side(-3.4) + 0.65, 1.05);
        indoors::switch(site, side(-2.0), 0.28);
    });
    // The side walls, seen from within: their planes turned to the middle.
    site.within(Vec3::new(HALL.x[0], 0.0, 0.0), 0.0, |site| indoors::picture(site, -0.8, [0.9, 0.6], seed.of("left")));
    site.within(Vec3::new(HALL.x[1], 0.0, 0.0), 180.0, |site| {
        indoors::picture(site, 0.6, [0.6, 0.8], seed.of("right"));
        indoors::switch(site, -1.2, 0.28);
    });
    things::put(site, ThingKind::Plant, [side(4.5), 3.5], -90.0, seed.of("plant"));
    for n in 0..2 {
        let at = Vec3::new(side(-1.25) + n as f32 * 1.21 - 0.605, 3.78, 0.0);
        site.within(at, -90.0, |site| things::shelf(site, Vec3::new(1.2, 0.4, 1.96), true, seed.of("shelf").at(n)));
    }
    things::put(site, ThingKind::Chair, [side(-4.5), 3.6], -90.0, seed.of("chair"));
}

fn floor(site: &mut Site) -> Stuff {
    let seed = site.seed.of("floor");
    match seed.index(4) {
        0 | 1 => {
            let colour =
                seed.of("wood").pick(&[rgb(164, 112, 66), rgb(132, 86, 52), rgb(186, 148, 104), rgb(140, 118, 96)]);
            let count = seed.of("boards").pick(&[12.0, 16.0, 24.0]);
            site.stuff("floor", [2.0, 3.0], |n, _| Material::matt(wood::boards(n, colour, count)).glossy(0.35))
        }
        2 => {
            let colour = seed.of("felt").pick(&[rgb(104, 108, 114), rgb(128, 116, 100), rgb(86, 98, 108)]);
            site.stuff("floor", [2.0, 2.0], |n, _| Material::matt(ground::carpet(n, colour)))
        }
        _ => {
            let colour = seed.of("tile").pick(&[rgb(178, 166, 148), rgb(150, 148, 144), rgb(170, 140, 112)]);
            let tiles = Slabs { count: [5.0, 5.0], shift: 0.0, joint: 0.02, colour, unlike: 0.35, dirt: 0.18 };
            site.stuff("floor", [2.25, 2.25], |n, _| Material::matt(ground::slabs(n, tiles, 0.3)).glossy(0.4))
        }
    }
}
