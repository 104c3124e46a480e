//! Furniture, cars and what else stands about.
//!
//! Each is built around the origin with its front to -y, in its own size, and then put where it belongs.

mod car;
pub(super) mod clutter;
mod growth;
mod post;
mod seat;
mod store;

use glam::Vec3;

pub(super) use growth::leafy;
pub(super) use store::shelf;

use super::ThingKind;
use super::site::Site;
use crate::script::Thing;
use crate::seed::Seed;

/// Width, depth and height that such things have.
pub(super) fn usual(kind: ThingKind, seed: Seed) -> Vec3 {
    let vary = |n: u64, by: f32| 1.0 + by * seed.of("size").at(n).range(-1.0, 1.0);
    match kind {
        ThingKind::Chair => Vec3::new(0.46, 0.52, 0.86),
        ThingKind::Bench => Vec3::new(1.7 * vary(0, 0.1), 0.6, 0.84),
        ThingKind::Sofa => Vec3::new(1.95 * vary(0, 0.1), 0.9, 0.82),
        ThingKind::Table => Vec3::new(1.4 * vary(0, 0.12), 0.8, 0.74),
        ThingKind::Shelf => Vec3::new(1.2, 0.42, 1.9),
        ThingKind::Pillar => Vec3::new(0.5, 0.5, 3.2),
        ThingKind::Wall => Vec3::new(2.4, 0.2, 2.5),
        ThingKind::Plant => Vec3::new(0.75, 0.75, 1.3 * vary(0, 0.2)),
        ThingKind::Tree => Vec3::new(5.2 * vary(0, 0.15), 5.2 * vary(1, 0.15), 7.4 * vary(2, 0.12)),
        ThingKind::Car => Vec3::new(1.8, 4.3 * vary(0, 0.05), 1.47 * vary(1, 0.03)),
        ThingKind::Crate => Vec3::new(0.55 * vary(0, 0.2), 0.42 * vary(1, 0.2), 0.42 * vary(2, 0.2)),
        ThingKind::Lamp => Vec3::new(0.36, 1.3, 5.0),
    }
}

/// Builds a thing that stands at the origin and looks to -y.
pub(super) fn build(site: &mut Site, kind: ThingKind, size: Vec3, seed: Seed) {
    site.fitted(size, |site| match kind {
        ThingKind::Chair => seat::chair(site, size, seed),
        ThingKind::Bench => seat::bench(site, size),
        ThingKind::Sofa => seat::sofa(site, size, seed),
        ThingKind::Table => store::table(site, size, seed),
        ThingKind::Shelf => store::shelf(site, size, seed.of("books").chance(0.3), seed),
        ThingKind::Crate => store::box_of_card(site, size, seed),
        ThingKind::Pillar => post::pillar(site, size),
        ThingKind::Wall => post::wall(site, size, seed),
        ThingKind::Lamp => post::lamp(site, size),
        ThingKind::Plant => growth::plant(site, size, seed),
        ThingKind::Tree => growth::tree(site, size, seed),
        ThingKind::Car => car::car(site, size, seed),
    });
}

/// Puts up a thing of a place: at this point, looking there (degrees, as in scripts), of usual size.
pub(super) fn put(site: &mut Site, kind: ThingKind, at: [f32; 2], facing: f32, seed: Seed) {
    let size = usual(kind, seed);
    site.within(Vec3::new(at[0], at[1], 0.0), facing, |site| build(site, kind, size, seed));
}

/// Puts up a thing of a script.
pub(super) fn put_scripted(site: &mut Site, thing: &Thing, seed: Seed) {
    let size = thing.size.map_or_else(|| usual(thing.kind, seed), Vec3::from);
    let at = Vec3::new(thing.at[0], thing.at[1], 0.0);
    site.within(at, thing.facing, |site| build(site, thing.kind, size, seed));
}
