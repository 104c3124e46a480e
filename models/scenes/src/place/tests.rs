//! What holds for every place.

use super::*;

const KINDS: [PlaceKind; 7] = [
    PlaceKind::Street,
    PlaceKind::Square,
    PlaceKind::Park,
    PlaceKind::Room,
    PlaceKind::Shop,
    PlaceKind::Corridor,
    PlaceKind::Studio,
];
const LIGHTS: [Light; 5] = [Light::Sun, Light::Overcast, Light::Evening, Light::Lamps, Light::Night];
const THINGS: [ThingKind; 12] = [
    ThingKind::Chair,
    ThingKind::Bench,
    ThingKind::Sofa,
    ThingKind::Table,
    ThingKind::Shelf,
    ThingKind::Pillar,
    ThingKind::Wall,
    ThingKind::Plant,
    ThingKind::Tree,
    ThingKind::Car,
    ThingKind::Crate,
    ThingKind::Lamp,
];

/// Whether a triangle comes into a box: cut by its six sides in turn, anything is left of it.
fn reaches_into(corners: [Vec3; 3], low: Vec3, high: Vec3) -> bool {
    let mut left = corners.to_vec();
    for axis in 0..3 {
        for (sign, limit) in [(1.0, low[axis]), (-1.0, -high[axis])] {
            let inside = |p: &Vec3| sign * p[axis] - limit;
            let mut cut = Vec::new();
            for (i, a) in left.iter().enumerate() {
                let b = &left[(i + 1) % left.len()];
                if inside(a) > 0.0 {
                    cut.push(*a);
                }
                if (inside(a) > 0.0) != (inside(b) > 0.0) {
                    cut.push(a.lerp(*b, inside(a) / (inside(a) - inside(b))));
                }
            }
            left = cut;
        }
    }
    !left.is_empty()
}

#[test]
fn every_place_is_sound_within_its_budget_and_free_to_walk() {
    for (n, kind) in KINDS.into_iter().enumerate() {
        let light = LIGHTS[n % LIGHTS.len()];
        for seed in [1, 2, 3] {
            let place = Place::new(kind, light, &[], Seed::new(seed));
            let model = &place.model;
            assert!(model.faces.len() <= 30_000, "{kind:?} {seed}: {} triangles", model.faces.len());
            assert!(model.materials.len() <= 110, "{kind:?} {seed}: {} materials", model.materials.len());
            assert!(model.materials.iter().all(|m| m.texture.side() <= 512));
            for vertex in &model.vertices {
                assert!(vertex.position.is_finite() && vertex.uv.is_finite(), "{kind:?} {vertex:?}");
                assert!((vertex.normal.length() - 1.0).abs() < 1e-3, "{kind:?} {vertex:?}");
            }
            let [low, high] = kind.free();
            let (low, high) = (low.extend(0.1), high.extend(2.0));
            for face in &model.faces {
                assert!(usize::from(face.material) < model.materials.len());
                let corners = face.corners.map(|i| model.vertices[i as usize].position);
                assert!(!reaches_into(corners, low, high), "{kind:?} {seed}: {corners:?} is in the way");
            }
        }
    }
}

#[test]
fn every_light_is_light() {
    for kind in KINDS {
        let brightness = |light| {
            let seed = Seed::new(4);
            let got = if kind.is_indoors() { light::indoors(light, seed) } else { light::outdoors(light, seed) };
            assert!((got.towards.length() - 1.0).abs() < 1e-4 && got.towards.z > 0.1, "{got:?}");
            assert!(got.direct.min_element() > 0.0 && got.sky.min_element() > 0.0 && got.bounce.min_element() > 0.0);
            (got.direct * got.towards.z + got.sky).element_sum()
        };
        let [sun, overcast, evening, lamps, night] = LIGHTS.map(brightness);
        assert!(night < 0.5 * lamps && night < 0.5 * evening && night < 0.5 * overcast && overcast < sun);
    }
}

#[test]
fn things_stand_on_the_ground_fill_their_size_and_look_where_they_should() {
    for kind in THINGS {
        for seed in 0..4 {
            for size in [None, Some([0.7, 1.1, 1.6])] {
                let mut site = Site::new(Seed::new(1));
                let thing = Thing { kind, at: [2.0, -3.0], facing: 0.0, size };
                things::put_scripted(&mut site, &thing, Seed::new(seed));
                let model = site.finish();
                let [width, depth, height] = size.unwrap_or_else(|| things::usual(kind, Seed::new(seed)).into());
                let of = |pick: fn(f32, f32) -> f32, axis: usize| {
                    model.vertices.iter().map(|v| v.position[axis]).reduce(pick).unwrap()
                };
                // It looks to +x: its width lies along y.
                for (axis, middle, length) in [(0, 2.0, depth), (1, -3.0, width), (2, height / 2.0, height)] {
                    let (low, high) = (of(f32::min, axis), of(f32::max, axis));
                    assert!((high - low - length).abs() < 1e-3, "{kind:?}: {low} to {high} is not {length}");
                    assert!(((high + low) / 2.0 - middle).abs() < 1e-3, "{kind:?}: {low} to {high} around {middle}");
                }
                assert!(model.faces.len() < 2500, "{kind:?}: {}", model.faces.len());
            }
        }
    }
}

#[test]
fn the_same_seed_makes_the_same_place_and_another_one_another() {
    let bytes = |kind, seed| {
        let place = Place::new(kind, Light::Sun, &[], Seed::new(seed));
        let model = &place.model;
        let corners: Vec<u32> = model.vertices.iter().flat_map(|v| v.position.to_array().map(f32::to_bits)).collect();
        let colours: Vec<[u8; 4]> = model.materials.iter().map(|m| m.texture.mean()).collect();
        (corners, colours)
    };
    for kind in KINDS {
        let first = bytes(kind, 5);
        assert!(first == bytes(kind, 5), "{kind:?}");
        assert!(first != bytes(kind, 6), "{kind:?}");
    }
}
