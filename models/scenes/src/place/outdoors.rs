//! What all places under the open sky have: the dome, the horizon, ground that goes on.

use glam::{Vec2, Vec3};

use super::light;
use super::paint::{nature, sky};
use super::site::{Site, Stuff};
use super::{Light, PlaceKind};
use crate::model::Material;

/// Metres from the middle to the dome.
const FAR: f32 = 450.0;

/// The sky, down to a little below the horizon.
pub(super) fn dome(site: &mut Site, light: Light) {
    let seed = site.seed.of("sky");
    let stuff = site.stuff("sky", [0.0, 0.0], |n, _| Material {
        glow: 1.0,
        ..Material::matt(sky::dome(n, light::sky(light, seed)))
    });
    site.dome(FAR, [24, 10], stuff);
}

/// A ring of far-off woods or houses, higher than the horizon, with the haze of its distance.
pub(super) fn horizon(site: &mut Site, kind: PlaceKind, distance: f32, height: f32) {
    let stuff: Stuff = if kind == PlaceKind::Park {
        site.stuff("woods", [height * 5.0, 0.0], |n, seed| {
            Material::matt(nature::woods(n, seed.range(0.0, 0.5))).soft(0.4)
        })
    } else {
        site.stuff("town", [height * 5.0, 0.0], |n, _| Material::matt(nature::town(n)))
    };
    let sides = 24;
    let at = |n: i32| {
        let angle = n as f32 / sides as f32 * std::f32::consts::TAU;
        [libm::sinf(angle) * distance, libm::cosf(angle) * distance]
    };
    for n in 0..sides {
        // Seen from inside: clockwise around the middle.
        site.hoarding(at(n), at(n + 1), height, n as f32 / 3.0, stuff);
    }
}

/// Pools of light on the ground, where it is dark: about every `apart` metres.
pub(super) fn pools(site: &mut Site, light: Light, towards: Vec3, apart: f32) {
    if !matches!(light, Light::Lamps | Light::Night) {
        return;
    }
    let seed = site.seed.of("pools");
    let shift = Vec2::new(seed.at(1).range(-3.0, 3.0), 1.0 + seed.at(2).range(-1.5, 1.5));
    let places = (-3..=3).flat_map(|i| (-1..=3).map(move |j| Vec2::new(i as f32, j as f32) * apart + shift));
    site.pools(places.collect(), towards);
}

/// Lets the ground go on to the horizon in one face, a little below the nearer ground.
pub(super) fn plain(site: &mut Site, stuff: Stuff, low: f32) {
    site.within(Vec3::new(0.0, 0.0, low), -90.0, |site| site.level([-140.0, 140.0], [-140.0, 140.0], 0.0, stuff));
}
