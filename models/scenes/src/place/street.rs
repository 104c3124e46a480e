//! A street: a road at the front, a broad pavement, house fronts behind it.

use glam::Vec3;

use super::paint::ground::{self, Slabs};
use super::paint::{rgb, wall};
use super::site::{Site, Stuff};
use super::things::{self, clutter};
use super::{Light, PlaceKind, ThingKind, house, outdoors};
use crate::model::Material;

/// Where the kerb is, and where the fronts are.
const KERB: f32 = -5.0;
const FRONTS: f32 = 7.6;
/// How far the street goes on to each side.
const REACH: f32 = 48.0;
const ROAD: f32 = -0.11;

pub(super) fn build(site: &mut Site, light: Light, towards: Vec3) {
    let seed = site.seed;
    outdoors::pools(site, light, towards, 11.0);
    outdoors::dome(site, light);
    outdoors::horizon(site, PlaceKind::Street, 120.0, 16.0);
    let road = asphalt(site);
    outdoors::plain(site, road[0], ROAD - 0.06);
    let paving = paving(site);
    site.ground([-REACH, REACH], [KERB, FRONTS + 0.5], 0.0, &paving);
    site.ground([-REACH, REACH], [KERB - 7.2, KERB], ROAD, &road);
    site.ground([-REACH, REACH], [KERB - 11.0, KERB - 7.2], 0.0, &paving);
    kerb(site);
    markings(site);
    for (n, (from, to)) in row(site, "near", light).into_iter().enumerate() {
        // Against the wall, out of everybody's way.
        let seed = seed.of("by the wall").at(n as u64);
        if seed.of("plant").chance(0.35) {
            let side = if seed.chance(0.5) { from + 0.55 } else { to - 0.55 };
            things::put(site, ThingKind::Plant, [side, FRONTS - 0.45], -90.0, seed);
        }
        let x = seed.of("x").range(from + 1.4, to - 1.4);
        match seed.of("what").index(5) {
            0 => clutter::bin(site, [x, FRONTS - 0.4]),
            1 => clutter::board(site, [x, FRONTS - 0.9], seed),
            2 => clutter::cabinet(site, [from + 0.3, FRONTS - 0.3]),
            3 => things::put(site, ThingKind::Bench, [x, FRONTS - 0.5], -90.0, seed),
            _ => {}
        }
        clutter::cover(site, [seed.of("cover").range(from, to), seed.of("cover y").range(-3.0, 5.5)]);
    }
    site.within(Vec3::new(0.0, KERB - 11.0 - 0.2, 0.0), 90.0, |site| {
        let mut x = -REACH;
        let seed = seed.of("far");
        // Some have nothing opposite, so that a low sun gets in.
        let open = seed.of("open").chance(0.6);
        for n in 0..9 {
            let width = seed.at(n).range(9.0, 12.0);
            if open && (x + width / 2.0).abs() < 28.0 {
                x += width;
                continue;
            }
            site.within(Vec3::new(x, 0.0, 0.0), -90.0, |site| {
                house::house(site, width, light, n % 3 == 1, false, seed.at(n))
            });
            x += width;
        }
    });
    for (n, x) in [-31.0f32, -15.5, 15.0, 29.0].into_iter().enumerate() {
        things::put(site, ThingKind::Lamp, [x, KERB + 0.5], -90.0, seed.of("lamp"));
        let seed = seed.of("kerb").at(n as u64);
        things::put(site, ThingKind::Tree, [x + 5.0 * x.signum(), KERB + 0.9], -90.0, seed);
        things::put(
            site,
            ThingKind::Car,
            [x + seed.range(-2.0, 2.0), KERB - 1.1],
            if n % 2 == 0 { 0.0 } else { 180.0 },
            seed,
        );
    }
}

/// The houses behind the pavement; from where to where each stands.
fn row(site: &mut Site, name: &str, light: Light) -> Vec<(f32, f32)> {
    let seed = site.seed.of(name);
    let mut x = -REACH + seed.range(-3.0, 0.0);
    let mut stand = Vec::new();
    let mut n = 0;
    while x < REACH {
        let seed = seed.at(n);
        let width = seed.of("width").range(6.5, 10.0);
        let shop = seed.of("shop").chance(0.6);
        site.within(Vec3::new(x, FRONTS, 0.0), -90.0, |site| {
            house::house(site, width, light, shop, x.abs() < 22.0, seed)
        });
        stand.push((x, x + width));
        x += width;
        n += 1;
    }
    stand
}

pub(super) fn asphalt(site: &mut Site) -> [Stuff; 2] {
    let tone = site.seed.of("asphalt").range(74.0, 98.0);
    [0, 1].map(|n| {
        site.stuff(&format!("asphalt {n}"), [4.0, 4.0], |noise, _| {
            Material::matt(ground::asphalt(noise, tone, n as f32 * 0.43)).glossy(0.1)
        })
    })
}

/// One of several pavings, in three tiles that differ in their stains.
fn paving(site: &mut Site) -> [Stuff; 3] {
    let seed = site.seed.of("paving");
    let colour = seed.of("colour").pick(&[rgb(146, 142, 134), rgb(128, 126, 124), rgb(158, 146, 130)]);
    let (covers, slabs) = match seed.of("kind").index(3) {
        0 => (2.4, Slabs { count: [4.0, 6.0], shift: 0.5, joint: 0.02, colour, unlike: 0.6, dirt: 0.9 }),
        1 => (2.5, Slabs { count: [5.0, 5.0], shift: 0.0, joint: 0.025, colour, unlike: 0.5, dirt: 1.0 }),
        _ => {
            (2.0, Slabs { count: [10.0, 20.0], shift: 0.5, joint: 0.07, colour: colour * 0.94, unlike: 0.6, dirt: 0.6 })
        }
    };
    [0, 1, 2].map(|n| {
        site.stuff(&format!("paving {n}"), [covers, covers], |noise, _| {
            Material::matt(ground::slabs(noise, slabs, n as f32 * 0.29)).glossy(0.08)
        })
    })
}

fn kerb(site: &mut Site) {
    let stone = site.stuff("kerb", [3.0, 3.0], |n, _| Material::matt(wall::concrete(n, rgb(150, 148, 144))));
    for n in 0..(REACH as i32 * 2) {
        let x = -REACH + n as f32 + 0.5;
        site.block(Vec3::new(x, KERB, ROAD), Vec3::new(0.985, 0.16, 0.01 - ROAD), stone);
        site.block(Vec3::new(x, KERB - 7.2, ROAD), Vec3::new(0.985, 0.16, 0.01 - ROAD), stone);
    }
}

fn markings(site: &mut Site) {
    let paint = site.stuff("road paint", [2.0, 2.0], |n, _| Material::matt(ground::road_paint(n)));
    let middle = KERB - 3.6;
    for n in -8..8 {
        let x = n as f32 * 6.0;
        site.level([x, x + 3.0], [middle - 0.06, middle + 0.06], ROAD + 0.004, paint);
    }
    site.level([-REACH, REACH], [KERB - 0.45, KERB - 0.33], ROAD + 0.004, paint);
}
