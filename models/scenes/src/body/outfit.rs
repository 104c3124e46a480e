//! Who wears what: chooses garments, hair and things by chance, and puts the body together.

use glam::Vec2;

use super::cloth::{Fabric, Part};
use super::garment::{Cut, Dressed};
use super::hair::Scalp;
use super::head::Head;
use super::limb::{Limb, Side};
use super::palette::{self, Rgb, texel, times};
use super::shape::Shape;
use super::surface::{Bones, Corner, Surface, step};
use super::torso::Torso;
use super::{FacePoints, face, hand, shoe};
use crate::figure::Joint;
use crate::model::Material;
use crate::script::{Carried, Garments, Hair, Look};
use crate::seed::Seed;
use crate::texture::Texture;

/// Texels along a side of a face.
const FACE: u32 = 512;

/// One of `choices`, each as likely as its weight.
fn weighted<T: Copy>(seed: Seed, choices: &[(T, f32)]) -> Option<T> {
    let total: f32 = choices.iter().map(|(_, weight)| weight).sum();
    let mut left = seed.unit() * total;
    choices
        .iter()
        .find(|(_, weight)| {
            left -= weight;
            left < 0.0
        })
        .or(choices.last())
        .map(|(choice, _)| *choice)
}

fn garments(look: &Look, shape: &Shape, seed: Seed) -> Garments {
    let woman = shape.feminine();
    let drawn = weighted(
        seed.of("garments"),
        &[
            (Garments::Shirt, 0.32),
            (Garments::Shorts, 0.12 + 0.15 * shape.child),
            (Garments::Sweater, 0.22),
            (Garments::Jacket, 0.20),
            (Garments::Coat, 0.09 * (1.0 - shape.child)),
            (Garments::Dress, 0.14 * woman),
            (Garments::Skirt, 0.12 * woman),
        ],
    );
    look.garments.or(drawn).unwrap_or(Garments::Shirt)
}

fn hair(look: &Look, shape: &Shape, seed: Seed) -> Hair {
    let (woman, grown) = (shape.feminine(), 1.0 - shape.child);
    let old = step(30.0, 60.0, shape.age);
    let drawn = weighted(
        seed.of("hair kind"),
        &[
            (Hair::Bald, (0.05 + 0.22 * old) * (1.0 - woman) * grown),
            (Hair::Short, 0.75 * (1.0 - woman) + 0.14 * woman),
            (Hair::Bob, 0.24 * woman),
            (Hair::Long, 0.34 * woman + 0.03),
            (Hair::Tail, 0.22 * woman),
            (Hair::Cap, 0.10 - 0.05 * woman),
            (Hair::Beanie, 0.06 - 0.02 * woman),
        ],
    );
    look.hair.or(drawn).unwrap_or(Hair::Short)
}

/// What is carried.
pub(super) fn carried(look: &Look, seed: Seed) -> Carried {
    look.carries.unwrap_or_else(|| {
        let kinds =
            [(Carried::Nothing, 0.66), (Carried::Backpack, 0.14), (Carried::Bag, 0.08), (Carried::ShoulderBag, 0.12)];
        weighted(seed.of("carried"), &kinds).unwrap_or(Carried::Nothing)
    })
}

/// Builds the surface; also says where the face's points are.
pub(super) fn dress(look: &Look, shape: &Shape, seed: Seed) -> (Surface, FacePoints) {
    let mut surface = Surface::default();
    let torso = Torso::new(shape);
    let head = Head::new(shape, seed);
    let skin = palette::skin(look, seed);
    let hair_colour = palette::hair(look, shape, skin, seed);
    let hair = hair(look, shape, seed);
    let garments = garments(look, shape, seed);
    let carried = carried(look, seed);

    let scalp = match hair {
        Hair::Bald => 0.30 * seed.of("fuzz").unit(),
        Hair::Cap | Hair::Beanie => 0.6,
        _ => 0.97,
    };
    let paint = face::Paint::new(shape, skin, hair_colour, scalp, seed);
    let face_skin = surface.material(face::paint(&head, &paint, FACE));
    let bare = surface.material(bare_skin(skin, seed));
    let points = head.add(&mut surface, face_skin, bare);
    neck(&mut surface, shape, &torso, bare);
    let hat = Fabric::plain(palette::outer(seed.of("hat")), seed.of("hat"));
    Scalp { shape, torso: &torso, head: &head, colour: hair_colour, seed: seed.of("hair form") }.add(
        &mut surface,
        hair,
        &hat,
    );

    let dressed = Dressed { shape, torso: &torso, seed: seed.of("folds") };
    let outermost = wear(&mut surface, &dressed, look, garments, bare, seed);
    for side in Side::BOTH {
        let grip = if carried == Carried::Bag && side == Side::Right { 0.9 } else { 0.15 * seed.of("grip").unit() };
        hand::add(&mut surface, shape, side, grip, bare);
    }
    let things = Fabric::plain(palette::outer(seed.of("thing")), seed.of("thing"));
    super::carried::add(&mut surface, &dressed, &outermost, carried, &things);
    (surface, points)
}

/// Skin without a face.
fn bare_skin(skin: Rgb, seed: Seed) -> Material {
    let seed = seed.of("bare");
    Material::matt(Texture::paint(64, |u, v| {
        let (sin, cos) = libm::sincosf(u * std::f32::consts::TAU);
        let light = 0.97 + 0.03 * seed.fractal(cos * 3.0 + v * 8.0, sin * 3.0, 3);
        texel(times(skin, light))
    }))
    .glossy(0.15)
    .soft(0.6)
}

/// The neck and what a collar leaves bare, up into the head.
fn neck(surface: &mut Surface, shape: &Shape, torso: &Torso, skin: u16) {
    let row = |&at: &f32| {
        let corner = |column: usize| {
            let turn = (column % 16) as f32 / 16.0 * std::f32::consts::TAU;
            let mut p = torso.point(at, turn, 0.0);
            p.x += 0.010 * step(1.18, 1.36, at);
            let z = p.z - shape.at(Joint::Neck).z;
            let nod = Bones::of(Joint::Head);
            let bones = torso.bones(p).mix(nod, step(0.02, shape.at(Joint::Head).z - shape.at(Joint::Neck).z, z));
            Corner::new(p, Vec2::new(column as f32 / 16.0, at), bones)
        };
        (0..=16).map(corner).collect::<Vec<_>>()
    };
    let heights = [0.80, 0.92, 1.0, 1.05, 1.09, 1.12, 1.15, 1.18, 1.22, 1.27, 1.33, 1.39];
    surface.loft(&heights.iter().map(row).collect::<Vec<_>>(), skin);
}

/// Bare arms from `from` on.
fn arms(surface: &mut Surface, shape: &Shape, from: f32, skin: u16) {
    let all = [-1.0, -0.75, -0.4, 0.0, 0.15, 0.35, 0.55, 0.75, 0.88, 0.95, 1.02, 1.1, 1.2, 1.4, 1.65, 1.85, 2.0];
    let ways: Vec<f32> = all.into_iter().filter(|w| *w >= from).collect();
    for side in Side::BOTH {
        let arm = Limb::arm(shape, side);
        surface.loft(&arm.rows(&ways, 10, |at, _| arm.reach(at), |at| at * 0.5), skin);
    }
}

/// Bare legs from `from` on.
fn legs(surface: &mut Surface, shape: &Shape, from: f32, skin: u16) {
    let all = [0.1, 0.25, 0.45, 0.65, 0.82, 0.9, 0.97, 1.03, 1.1, 1.18, 1.3, 1.45, 1.6, 1.75, 1.88, 2.0, 2.1];
    let ways: Vec<f32> = all.into_iter().filter(|w| *w >= from).collect();
    for side in Side::BOTH {
        let leg = Limb::leg(shape, side);
        let reach = |at: f32, angle: f32| {
            // The kneecap.
            let front = libm::cosf(angle).max(0.0);
            leg.reach(at) + Vec2::splat(0.006 * front * super::surface::bell(at - 0.985, 0.05) * shape.scale)
        };
        surface.loft(&leg.rows(&ways, 12, reach, |at| at * 0.5), skin);
    }
}

/// Socks between trousers and shoes.
fn socks(surface: &mut Surface, shape: &Shape, seed: Seed) {
    let colour = seed.of("socks").pick(&[[30, 30, 32], [52, 54, 60], [220, 218, 212], [60, 44, 40]]);
    let material = surface.material(Material::plain(colour).soft(0.1));
    for side in Side::BOTH {
        let leg = Limb::leg(shape, side);
        let ways = [1.6, 1.75, 1.88, 2.0, 2.1];
        surface.loft(&leg.rows(&ways, 10, |at, _| leg.reach(at) + Vec2::splat(0.002), |at| at), material);
    }
}

/// Puts the garments on; returns the outermost one's cut, on which straps lie.
fn wear(surface: &mut Surface, dressed: &Dressed<'_>, look: &Look, garments: Garments, skin: u16, seed: Seed) -> Cut {
    let shape = dressed.shape;
    let scale = shape.scale;
    let woman = shape.feminine();
    let given = |colour: Option<[u8; 3]>, drawn: Rgb| colour.map_or(drawn, palette::float);
    let top = Fabric::top(given(look.top, palette::top(seed.of("top"))), seed);
    let bottom = Fabric::bottom(given(look.bottom, palette::bottom(seed.of("bottom"))), seed);
    let loose = seed.of("loose").range(0.35, 0.95) * (1.0 - 0.35 * woman);
    let shirt = Cut {
        hem: seed.of("hem").range(-0.10, 0.06),
        neck: 0.0,
        ease: 0.007 * scale,
        loose,
        open: 0.0,
        flare: 0.0,
        rows: 14,
    };
    let v_neck = if seed.of("v neck").chance(0.25 + 0.3 * woman) { seed.of("deep").range(0.05, 0.15) } else { 0.015 };
    let wide = seed.of("wide").range(0.004, 0.034) * scale * if woman > 0.5 { 0.6 } else { 1.0 };
    let around = |cut: &Cut| 2.6 * (dressed.reach(cut, 0.6)[0] + dressed.reach(cut, 0.6)[1]);
    let long = |cut: &Cut| dressed.torso.z(1.13) - dressed.torso.z(cut.hem);
    let trunk = |surface: &mut Surface, cut: &Cut, fabric: &Fabric, part: Part, side: u32| {
        let material = surface.material(fabric.paint(part, around(cut), long(cut), side));
        dressed.trunk(surface, cut, material);
        material
    };
    let plain = Part::Trunk { open: false, buttoned: false, belt: None };
    let shoes = |surface: &mut Surface, kinds: &[shoe::Cut]| {
        shoe::add(surface, shape, seed.of("shoe").pick(kinds), palette::shoe(seed.of("shoe colour")), seed.of("shoe"));
    };
    use shoe::Cut::{Boot, Flat, Leather, Sneaker};
    let knee = dressed.torso.height(shape.at(Joint::LeftKnee).z);
    match garments {
        Garments::Shirt | Garments::Shorts => {
            let buttoned = seed.of("buttoned").chance(0.2);
            let cut = Cut { neck: if buttoned { 0.03 } else { v_neck }, ..shirt };
            let material = trunk(surface, &cut, &top, Part::Trunk { open: false, buttoned, belt: None }, 256);
            if buttoned {
                dressed.collar(surface, &cut, 0.034 * scale, 0.03 * scale, 0.16, material);
            } else {
                dressed.collar(surface, &cut, 0.008, 0.0, 0.0, material);
            }
            let end = seed.of("sleeve").range(0.42, 0.72) - 0.1 * woman;
            dressed.sleeves(surface, &top, end, 0.006 * scale, seed.of("sleeve wide").range(0.004, 0.018) * scale);
            arms(surface, shape, end - 0.25, skin);
            if garments == Garments::Shorts {
                let end = seed.of("short").range(0.55, 0.98) - 0.15 * woman;
                dressed.trousers(surface, &bottom, end, wide.max(0.016 * scale));
                legs(surface, shape, end - 0.3, skin);
                shoes(surface, &[Sneaker, Sneaker, Flat]);
            } else {
                trousers(surface, dressed, &bottom, wide, seed);
                shoes(surface, &[Sneaker, Sneaker, Leather, Boot]);
            }
            cut
        }
        Garments::Sweater => {
            let fabric = Fabric::knitted(top.colour, seed);
            let cut = Cut { ease: 0.013 * scale, hem: shirt.hem.max(-0.06), neck: 0.01, ..shirt };
            let material = trunk(surface, &cut, &fabric, plain, 256);
            if seed.of("hood").chance(0.35) {
                dressed.collar(surface, &cut, 0.055 * scale, 0.05 * scale, 0.3, material);
            } else {
                dressed.collar(
                    surface,
                    &cut,
                    seed.of("collar").pick(&[0.012, 0.016, 0.05]) * scale,
                    0.0,
                    0.0,
                    material,
                );
            }
            dressed.sleeves(surface, &fabric, 1.95, 0.010 * scale, 0.010 * scale);
            trousers(surface, dressed, &bottom, wide, seed);
            shoes(surface, &[Sneaker, Leather, Boot]);
            cut
        }
        Garments::Jacket | Garments::Coat => {
            let coat = garments == Garments::Coat;
            let outer = Fabric::outer(given(look.top, palette::outer(seed.of("outer"))), seed);
            let under = Fabric::top(palette::top(seed.of("under")), seed.of("under"));
            let cut = Cut { neck: v_neck.min(0.03), hem: shirt.hem.max(-0.04), loose: 0.3, rows: 10, ..shirt };
            let material = trunk(surface, &cut, &under, plain, 256);
            dressed.collar(surface, &cut, 0.01, 0.0, 0.0, material);
            let closed = coat && seed.of("closed").chance(0.6);
            let jacket = Cut {
                hem: if coat {
                    knee + seed.of("coat long").range(0.03, 0.35)
                } else {
                    seed.of("jacket long").range(-0.12, 0.1)
                },
                neck: if closed { 0.06 } else { 0.02 },
                ease: 0.022 * scale,
                loose: 0.75 - 0.3 * woman,
                open: if closed { 0.0 } else { seed.of("open").range(0.16, 0.42) },
                flare: if coat { 0.12 } else { 0.03 },
                rows: if coat { 16 } else { 12 },
            };
            let material =
                trunk(surface, &jacket, &outer, Part::Trunk { open: true, buttoned: closed, belt: None }, 256);
            dressed.collar(surface, &jacket, 0.045 * scale, 0.05 * scale, if closed { 0.25 } else { 0.45 }, material);
            dressed.sleeves(surface, &outer, 1.97, 0.016 * scale, 0.014 * scale);
            trousers(surface, dressed, &bottom, wide, seed);
            shoes(surface, &[Sneaker, Leather, Boot]);
            jacket
        }
        Garments::Dress => {
            let cut = Cut {
                hem: knee + seed.of("dress long").range(0.02, 0.35),
                neck: v_neck.max(0.03),
                ease: 0.006 * scale,
                loose: 0.15,
                flare: seed.of("flare").range(0.08, 0.30),
                rows: 18,
                ..shirt
            };
            let belt = seed.of("belt").chance(0.4).then(|| dressed.torso.z(1.13) - dressed.torso.z(0.36));
            let fabric = Fabric::top(given(look.top.or(look.bottom), top.colour), seed.of("dress"));
            trunk(surface, &cut, &fabric, Part::Trunk { open: false, buttoned: false, belt }, 256);
            let end = seed.of("sleeve").pick(&[0.18, 0.35, 0.5, 1.2, 1.93]);
            dressed.sleeves(surface, &fabric, end, 0.005 * scale, 0.006 * scale);
            if end < 1.9 {
                arms(surface, shape, end - 0.25, skin);
            }
            legs(surface, shape, 0.25, skin);
            shoes(surface, &[Flat, Flat, Sneaker, Boot]);
            cut
        }
        Garments::Skirt => {
            let cut = Cut { hem: 0.27, neck: v_neck, loose: 0.25, ..shirt };
            let buttoned = seed.of("buttoned").chance(0.5);
            let material = trunk(surface, &cut, &top, Part::Trunk { open: false, buttoned, belt: None }, 256);
            if buttoned {
                dressed.collar(surface, &cut, 0.034 * scale, 0.028 * scale, 0.2, material);
            }
            let end = seed.of("sleeve").pick(&[0.45, 1.2, 1.93, 1.93]);
            dressed.sleeves(surface, &top, end, 0.007 * scale, 0.012 * scale);
            if end < 1.9 {
                arms(surface, shape, end - 0.25, skin);
            }
            skirt(surface, dressed, &bottom, knee, seed);
            legs(surface, shape, 0.25, skin);
            shoes(surface, &[Flat, Flat, Boot, Sneaker]);
            cut
        }
    }
}

fn trousers(surface: &mut Surface, dressed: &Dressed<'_>, fabric: &Fabric, wide: f32, seed: Seed) {
    dressed.trousers(surface, fabric, 1.95 + 0.03 * seed.of("trouser").unit(), wide);
    socks(surface, dressed.shape, seed);
}

/// From the waist to about the knee.
fn skirt(surface: &mut Surface, dressed: &Dressed<'_>, fabric: &Fabric, knee: f32, seed: Seed) {
    let cut = Cut {
        hem: knee + seed.of("skirt long").range(-0.1, 0.4),
        neck: 0.0,
        ease: 0.010 * dressed.shape.scale,
        loose: 0.0,
        open: 0.0,
        flare: seed.of("flare").range(0.02, 0.32),
        rows: 12,
    };
    let long = dressed.torso.z(0.36) - dressed.torso.z(cut.hem);
    let material =
        surface.material(fabric.paint(Part::Trunk { open: false, buttoned: false, belt: Some(0.02) }, 1.0, long, 256));
    dressed.trunk_from(surface, &cut, 0.36, material);
}
