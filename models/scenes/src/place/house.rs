//! A house front: plinth, shop or dwelling below, rows of windows above, eaves and a roof.

use glam::Vec3;

use super::Light;
use super::paint::{Rgb, letters, rgb, wall, window, wood};
use super::site::{Site, Stuff};
use crate::model::Material;
use crate::seed::Seed;

/// Something in a front: from x to x, from z to z, and what fills it.
#[derive(Clone, Copy, Debug)]
struct Opening {
    x: [f32; 2],
    z: [f32; 2],
    pane: Stuff,
    deep: f32,
}

const RENDERS: [Rgb; 7] = [
    rgb(206, 194, 168),
    rgb(190, 164, 128),
    rgb(176, 174, 168),
    rgb(212, 206, 196),
    rgb(168, 124, 98),
    rgb(150, 158, 150),
    rgb(196, 150, 122),
];

/// Builds a house whose front lies along y = 0 from x = 0 to `width`, seen from -y; returns its height. One that isn't
/// `near` has less around its windows.
pub(super) fn house(site: &mut Site, width: f32, light: Light, shop: bool, near: bool, seed: Seed) -> f32 {
    let front = front_stuff(site, seed);
    let stone = stone(site);
    let floors = 2 + seed.of("floors").index(2);
    let (ground, storey) = (seed.of("ground").range(3.5, 3.9), seed.of("storey").range(2.8, 3.15));
    let height = ground + floors as f32 * storey + 0.35;
    let mut below = Vec::new();
    if shop {
        shop_front(site, width, light, seed, &mut below);
    } else {
        dwelling(site, width, light, seed, &mut below);
    }
    band(site, width, [0.0, ground], &below, front);
    for n in 0..floors {
        let low = ground + n as f32 * storey;
        let row = windows(site, width, low, light, seed.of("floor").at(n as u64), seed);
        band(site, width, [low, low + storey], &row, front);
        for opening in &row {
            sill(site, opening, stone, near);
        }
    }
    site.patch([0.0, width], [height - 0.35, height], 0.0, front);
    if !shop {
        let base = 0.55;
        let mut x = 0.0;
        for opening in below.iter().filter(|o| o.z[0] < 0.3) {
            site.block(Vec3::new((x + opening.x[0]) / 2.0, -0.02, 0.0), Vec3::new(opening.x[0] - x, 0.05, base), stone);
            x = opening.x[1];
        }
        site.block(Vec3::new((x + width) / 2.0, -0.02, 0.0), Vec3::new(width - x, 0.05, base), stone);
    }
    site.block(Vec3::new(width / 2.0, -0.04, ground - 0.1), Vec3::new(width, 0.14, 0.16), stone);
    site.block(Vec3::new(width / 2.0, -0.14, height - 0.16), Vec3::new(width, 0.34, 0.2), stone);
    roof(site, width, height, seed);
    let metal = site.stuff("pipe", [1.0, 1.0], |n, _| Material::matt(wall::lacquer(n, rgb(112, 110, 106))));
    site.lathe(Vec3::new(0.12, -0.08, 0.02), &[[0.05, 0.0], [0.05, height - 0.2]], 6, metal);
    height
}

fn front_stuff(site: &mut Site, seed: Seed) -> Stuff {
    let kind = seed.of("front").index(RENDERS.len() + 2);
    let covers = if kind < RENDERS.len() { [4.0, 4.0] } else { [2.0, 2.0] };
    site.stuff(&format!("front {kind}"), covers, |n, seed| {
        Material::matt(match RENDERS.get(kind) {
            Some(colour) => wall::plaster(n, *colour, seed.unit()),
            None => wall::brick(n, [rgb(138, 78, 60), rgb(120, 92, 74)][kind - RENDERS.len()]),
        })
    })
}

fn stone(site: &mut Site) -> Stuff {
    site.stuff("dressed stone", [3.0, 3.0], |n, _| Material::matt(wall::concrete(n, rgb(172, 166, 154))))
}

fn is_dark(light: Light) -> bool {
    matches!(light, Light::Lamps | Light::Night)
}

fn pane(site: &mut Site, light: Light, seed: Seed) -> Stuff {
    let (kind, frame) = (seed.of("pane").index(4), seed.of("frame").index(2));
    let lit = match light {
        Light::Lamps => seed.of("lit").chance(0.5),
        Light::Night => seed.of("lit").chance(0.3),
        Light::Evening => seed.of("lit").chance(0.15),
        _ => false,
    };
    site.stuff(&format!("pane {kind} {frame} {lit}"), [0.0, 0.0], |n, _| {
        let mirrored = if is_dark(light) { 0.05 } else { [0.4, 0.2, 0.6, 0.12][kind] };
        let lamp = lit.then_some(rgb(236, 190, 124));
        let frame = [rgb(214, 212, 206), rgb(92, 72, 56)][frame];
        let glow = if lit { 0.55 } else { 0.0 };
        Material { glow, ..Material::matt(window::house(n, frame, (kind % 3) as u8, mirrored, lamp)) }.glossy(0.3)
    })
}

/// A row of upper windows, evenly spread.
fn windows(site: &mut Site, width: f32, low: f32, light: Light, seed: Seed, house: Seed) -> Vec<Opening> {
    let count = (width / house.of("spread").range(2.1, 2.7)).floor().max(1.0);
    let (wide, tall) = (house.of("wide").range(0.95, 1.2), house.of("tall").range(1.45, 1.8));
    let step = width / count;
    let row = (0..count as usize).map(|n| {
        let middle = (n as f32 + 0.5) * step;
        let pane = pane(site, light, seed.at(n as u64));
        Opening { x: [middle - wide / 2.0, middle + wide / 2.0], z: [low + 0.75, low + 0.75 + tall], pane, deep: 0.14 }
    });
    row.collect()
}

/// The wall of one storey around its openings, and the openings' reveals and panes.
fn band(site: &mut Site, width: f32, [low, high]: [f32; 2], openings: &[Opening], stuff: Stuff) {
    let mut x = 0.0;
    for &Opening { x: [x0, x1], z: [z0, z1], pane, deep } in openings {
        site.patch([x, x0], [low, high], 0.0, stuff);
        site.patch([x0, x1], [low, z0], 0.0, stuff);
        site.patch([x0, x1], [z1, high], 0.0, stuff);
        site.wall([x0, deep], [x1, deep], z0, z1, pane);
        site.wall([x0, 0.0], [x0, deep], z0, z1, stuff);
        site.wall([x1, deep], [x1, 0.0], z0, z1, stuff);
        site.level([x0, x1], [0.0, deep], z0, stuff);
        site.overhead([x0, x1], [0.0, deep], z1, stuff);
        x = x1;
    }
    site.patch([x, width], [low, high], 0.0, stuff);
}

fn sill(site: &mut Site, opening: &Opening, stone: Stuff, near: bool) {
    let ([x0, x1], [z0, z1]) = (opening.x, opening.z);
    let middle = (x0 + x1) / 2.0;
    if !near {
        site.patch([x0 - 0.1, x1 + 0.1], [z0 - 0.08, z0], -0.07, stone);
        site.level([x0 - 0.1, x1 + 0.1], [-0.07, 0.04], z0, stone);
        site.patch([x0 - 0.1, x1 + 0.1], [z1, z1 + 0.14], -0.02, stone);
        return;
    }
    site.block(Vec3::new(middle, -0.03, z0 - 0.07), Vec3::new(x1 - x0 + 0.2, 0.14, 0.07), stone);
    site.block(Vec3::new(middle, 0.0, z1), Vec3::new(x1 - x0 + 0.24, 0.06, 0.14), stone);
    for x in [x0 - 0.06, x1 + 0.06] {
        site.block(Vec3::new(x, 0.0, z0), Vec3::new(0.12, 0.05, z1 - z0), stone);
    }
}

/// A door, a shop window on each side, a sign, perhaps an awning.
fn shop_front(site: &mut Site, width: f32, light: Light, seed: Seed, openings: &mut Vec<Opening>) {
    let lit = if is_dark(light) { 0.9 } else { 0.35 };
    let door = door(site, seed, true);
    let left = seed.of("door").range(0.3, 0.7) * width - 0.5;
    let mut show = |site: &mut Site, x: [f32; 2], n: u64| {
        if x[1] - x[0] < 0.7 {
            return;
        }
        let mark = (seed.of("goods").at(n).index(3) * 7) as i32;
        let pane = site.stuff(&format!("shop window {mark}"), [0.0, 0.0], |n, _| {
            Material { glow: if is_dark(light) { 0.5 } else { 0.06 }, ..Material::matt(window::shop(n, lit, mark)) }
                .glossy(0.3)
        });
        openings.push(Opening { x, z: [0.5, 2.75], pane, deep: 0.2 });
    };
    show(site, [0.4, left - 0.25], 0);
    show(site, [left + 1.25, width - 0.4], 1);
    let at = openings.iter().filter(|o| o.x[0] < left).count();
    openings.insert(at, Opening { x: [left, left + 1.0], z: [0.04, 2.4], pane: door, deep: 0.25 });
    let name = seed.of("name").pick(&letters::NAMES);
    let grounds =
        [rgb(42, 54, 72), rgb(120, 32, 34), rgb(38, 70, 52), rgb(218, 212, 198), rgb(44, 42, 42), rgb(196, 154, 60)];
    let kind = seed.of("sign").index(grounds.len());
    let sign = site.stuff(&format!("sign {name} {kind}"), [0.0, 0.0], |n, _| {
        let ink = if kind == 3 || kind == 5 { rgb(50, 44, 40) } else { rgb(232, 226, 208) };
        Material {
            glow: if is_dark(light) { 0.3 } else { 0.0 },
            ..Material::matt(letters::sign(n, name, grounds[kind], ink))
        }
    });
    let (half, middle) = ((width * 0.42).min(2.4), width / 2.0);
    let edge = stone(site);
    site.block(Vec3::new(middle, -0.04, 2.84), Vec3::new(half * 2.0, 0.1, half / 3.0 * 0.72), edge);
    site.wall([middle - half, -0.1], [middle + half, -0.1], 2.84, 2.84 + half / 3.0 * 0.72, sign);
    if seed.of("awning").chance(0.35) {
        let colours = [rgb(150, 44, 40), rgb(52, 86, 66), rgb(60, 74, 110)];
        let kind = seed.of("stripe").index(3);
        let cloth = site.stuff(&format!("awning {kind}"), [2.4, 2.4], |n, _| {
            Material::matt(wall::cloth(n, colours[kind], Some(rgb(214, 206, 190)))).soft(0.4)
        });
        let (x0, x1) = (0.5, width - 0.5);
        let p = Vec3::new;
        site.face([p(x0, -1.05, 2.36), p(x1, -1.05, 2.36), p(x1, -0.02, 2.84), p(x0, -0.02, 2.84)], cloth);
        site.face([p(x0, -1.05, 2.16), p(x1, -1.05, 2.16), p(x1, -1.05, 2.36), p(x0, -1.05, 2.36)], cloth);
    }
}

fn door(site: &mut Site, seed: Seed, glazed: bool) -> Stuff {
    let colours = [rgb(86, 54, 36), rgb(44, 66, 56), rgb(58, 66, 84), rgb(112, 36, 32)];
    let kind = seed.of("leaf").index(colours.len());
    site.stuff(&format!("door {kind} {glazed}"), [0.0, 0.0], |n, _| {
        let leaf =
            if glazed { window::house(n, colours[kind], 2, 0.5, None) } else { wood::door(n, colours[kind], true) };
        Material::matt(leaf).glossy(0.2)
    })
}

/// A door and windows.
fn dwelling(site: &mut Site, width: f32, light: Light, seed: Seed, openings: &mut Vec<Opening>) {
    let count = (width / 2.3).floor().max(2.0) as usize;
    let step = width / count as f32;
    let entrance = seed.of("entrance").index(count);
    for n in 0..count {
        let middle = (n as f32 + 0.5) * step;
        openings.push(if n == entrance {
            Opening { x: [middle - 0.55, middle + 0.55], z: [0.1, 2.45], pane: door(site, seed, false), deep: 0.28 }
        } else {
            let pane = pane(site, light, seed.of("below").at(n as u64));
            Opening { x: [middle - 0.55, middle + 0.55], z: [1.05, 2.6], pane, deep: 0.16 }
        });
    }
}

fn roof(site: &mut Site, width: f32, height: f32, seed: Seed) {
    let tiles = site.stuff("roof tiles", [3.0, 3.0], |n, _| Material::matt(wall::brick(n, rgb(122, 68, 50))));
    let side = site.stuff("gable", [4.0, 4.0], |n, _| Material::matt(wall::plaster(n, rgb(164, 156, 144), 0.3)));
    let (deep, rise) = (9.0, seed.of("roof").range(1.6, 3.0));
    let p = Vec3::new;
    let (eave, ridge) = (height + 0.02, height + rise);
    let half = deep / 2.0;
    site.face([p(0.0, -0.3, eave), p(width, -0.3, eave), p(width, half, ridge), p(0.0, half, ridge)], tiles);
    site.face([p(width, deep, eave), p(0.0, deep, eave), p(0.0, half, ridge), p(width, half, ridge)], tiles);
    for (x, from, to) in [(0.0, deep, 0.0), (width, 0.0, deep)] {
        site.wall([x, from], [x, to], 0.0, eave, side);
        site.face([p(x, from, eave), p(x, to, eave), p(x, half, ridge), p(x, half, ridge)], side);
    }
    site.wall([width, deep], [0.0, deep], 0.0, height, side);
}
