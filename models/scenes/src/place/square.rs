//! A paved square: houses and trees far around, benches at its edge.

use glam::Vec3;

use super::paint::ground::{self, Slabs};
use super::paint::rgb;
use super::site::{Site, Stuff};
use super::{Light, PlaceKind, ThingKind, house, outdoors, street, things};
use crate::model::Material;

/// Half its width.
const HALF: f32 = 34.0;

pub(super) fn build(site: &mut Site, light: Light, towards: Vec3) {
    let seed = site.seed;
    outdoors::pools(site, light, towards, 13.0);
    outdoors::dome(site, light);
    outdoors::horizon(site, PlaceKind::Square, 110.0, 18.0);
    let road = street::asphalt(site);
    outdoors::plain(site, road[0], -0.1);
    let [paving, band] = paving(site);
    site.ground([-HALF, HALF], [-30.0, 38.4], 0.0, &paving);
    // Darker bands divide it into fields.
    for n in -3..=3 {
        let at = n as f32 * 9.6;
        for i in -7..8 {
            let along = i as f32 * 4.8;
            site.level([at - 0.3, at + 0.3], [along, along + 4.8], 0.003, band[0]);
            site.level([along, along + 4.8], [at + 4.5, at + 5.1], 0.004, band[0]);
        }
    }
    for (side, (facing, away)) in [(-90.0, 36.0), (0.0, HALF), (180.0, HALF), (90.0, 30.0)].into_iter().enumerate() {
        row(site, side as u64, facing, away, light);
    }
    for n in 0..9 {
        let seed = seed.of("tree").at(n);
        let x = (n as f32 - 4.0) * 7.5 + seed.of("x").range(-1.5, 1.5);
        let y = seed.of("y").range(19.0, 26.0);
        things::put(site, ThingKind::Tree, [x, y], -90.0, seed);
        if n % 2 == 0 {
            things::put(site, ThingKind::Bench, [x + 2.6, y - 1.0], -90.0, seed);
        }
        if n % 3 == 1 {
            things::put(site, ThingKind::Lamp, [x + 3.6, y - 4.0], -90.0, seed);
        }
    }
    for (n, x) in [-19.0f32, -17.5, 18.0, 20.0].into_iter().enumerate() {
        let seed = seed.of("aside").at(n as u64);
        things::put(site, ThingKind::Tree, [x * 1.1, 3.0 + 7.0 * n as f32 - 9.0], -90.0, seed);
    }
    for n in 0..4 {
        let seed = seed.of("car").at(n);
        let x = -22.0 + 14.0 * n as f32 + seed.of("x").range(-3.0, 3.0);
        things::put(site, ThingKind::Car, [x, 32.5], if seed.chance(0.5) { 0.0 } else { 180.0 }, seed);
    }
}

/// A side's houses, `away` from the middle.
fn row(site: &mut Site, side: u64, facing: f32, away: f32, light: Light) {
    let seed = site.seed.of("side").at(side);
    site.within(Vec3::ZERO, facing, |site| {
        let mut x = -away - 2.0;
        let mut n = 0;
        // Nothing behind the camera in some, so that a low sun gets in.
        let open = side == 3 && seed.of("open").chance(0.7);
        while x < away {
            let seed = seed.at(n);
            let width = seed.of("width").range(8.0, 12.0);
            let shop = seed.of("shop").chance(0.5);
            if !(open && (x + width / 2.0).abs() < 24.0) {
                site.within(Vec3::new(x, away, 0.0), -90.0, |site| house::house(site, width, light, shop, false, seed));
            }
            x += width;
            n += 1;
        }
    });
}

fn paving(site: &mut Site) -> [Vec<Stuff>; 2] {
    let seed = site.seed.of("paving");
    let colour = seed.of("colour").pick(&[rgb(160, 154, 144), rgb(140, 136, 130), rgb(172, 158, 138)]);
    let small = seed.of("setts").chance(0.4);
    let count = if small { [20.0, 20.0] } else { [6.0, 10.0] };
    let slabs = Slabs { count, shift: 0.5, joint: if small { 0.11 } else { 0.02 }, colour, unlike: 0.7, dirt: 0.75 };
    let covers = if small { 2.4 } else { 4.8 };
    let field = (0..3).map(|n| {
        site.stuff(&format!("field {n}"), [covers, covers], |noise, _| {
            Material::matt(ground::slabs(noise, slabs, n as f32 * 0.31)).glossy(0.08)
        })
    });
    let field = field.collect();
    let dark = Slabs { count: [4.0, 4.0], shift: 0.0, joint: 0.03, colour: colour * 0.72, unlike: 0.6, dirt: 0.8 };
    let band = site.stuff("band", [2.4, 2.4], |n, _| Material::matt(ground::slabs(n, dark, 0.1)).glossy(0.08));
    [field, vec![band]]
}
