//! What people carry: a backpack, a bag in the hand, a bag over the shoulder.

use std::f32::consts::TAU;

use glam::{Vec2, Vec3};

use super::cloth::{Fabric, Part};
use super::garment::{Cut, Dressed};
use super::surface::{Bones, Corner, Hang, Surface, outline};
use crate::figure::Joint;
use crate::script::Carried;

/// Adds it.
pub(super) fn add(surface: &mut Surface, dressed: &Dressed<'_>, cut: &Cut, carried: Carried, fabric: &Fabric) {
    if carried == Carried::Nothing {
        return;
    }
    let material = surface.material(fabric.paint(Part::Trim, 0.8, 0.4, 128).glossy(0.08));
    match carried {
        Carried::Nothing => {}
        Carried::Backpack => backpack(surface, dressed, cut, material),
        Carried::Bag => bag(surface, dressed, material),
        Carried::ShoulderBag => shoulder_bag(surface, dressed, cut, material),
    }
}

/// A rounded box: `size` is its half measures, `taper` how much slimmer it is at the top.
fn sack(surface: &mut Surface, middle: Vec3, size: Vec3, taper: f32, bones: Bones, hang: Hang, material: u16) {
    let levels = [
        (-1.0, 0.0),
        (-1.0, 0.72),
        (-0.93, 0.94),
        (-0.6, 1.0),
        (0.0, 1.0),
        (0.55, 0.97),
        (0.85, 0.86),
        (0.97, 0.6),
        (1.0, 0.0),
    ];
    let row = |&(up, wide): &(f32, f32)| {
        let corner = |column: usize| {
            let around = outline((column % 16) as f32 / 16.0 * TAU, 4.5) * wide * (1.0 - taper * (up + 1.0) / 2.0);
            let p = middle + Vec3::new(around.x * size.x, around.y * size.y, up * size.z);
            Corner { hang, ..Corner::new(p, Vec2::new(column as f32 / 16.0, 0.5 - 0.5 * up), bones) }
        };
        (0..=16).map(corner).collect::<Vec<_>>()
    };
    surface.loft(&levels.iter().map(row).collect::<Vec<_>>(), material);
}

/// A flat band through these points; each with the way out of the body there.
fn strap(surface: &mut Surface, path: &[(Vec3, Vec3, Bones)], wide: f32, hang: Hang, material: u16) {
    let row = |n: usize| {
        let (at, out, bones) = path[n];
        let along = (path[(n + 1).min(path.len() - 1)].0 - path[n.saturating_sub(1)].0).normalize_or(Vec3::Z);
        let across = along.cross(out).normalize_or(Vec3::X) * (wide / 2.0);
        let lift = out.normalize_or(Vec3::X) * 0.003;
        let v = n as f32 / (path.len() - 1) as f32;
        [across - lift, across + lift, -across + lift, -across - lift, across - lift]
            .into_iter()
            .enumerate()
            .map(|(i, off)| Corner { hang, ..Corner::new(at + off, Vec2::new(i as f32 * 0.05, v), bones) })
            .collect::<Vec<_>>()
    };
    surface.loft(&(0..path.len()).map(row).collect::<Vec<_>>(), material);
}

fn backpack(surface: &mut Surface, dressed: &Dressed<'_>, cut: &Cut, material: u16) {
    let (torso, scale) = (dressed.torso, dressed.shape.scale);
    let seed = dressed.seed.of("backpack");
    let size = Vec3::new(0.085, 0.145, seed.range(0.19, 0.25)) * (0.3 + 0.7 * scale);
    let back = dressed.point(cut, 0.72, std::f32::consts::PI, 0.0).x;
    let middle = Vec3::new(back - size.x * 0.92, 0.0, torso.z(1.0) - size.z * 0.95);
    let bones = Bones::of(Joint::Chest);
    sack(surface, middle, size, 0.12, bones, Hang::Bones, material);
    let pocket = middle + Vec3::new(-size.x * 0.95, 0.0, -size.z * 0.42);
    sack(surface, pocket, size * Vec3::new(0.35, 0.75, 0.42), 0.1, bones, Hang::Bones, material);
    for side in [1.0, -1.0] {
        let y = |at: f32| side * at * scale;
        let over = |n: usize| {
            // Up the chest, over the shoulder, down to the pack.
            let (at, wide) =
                [(0.42, 0.150), (0.52, 0.135), (0.64, 0.120), (0.76, 0.108), (0.88, 0.098), (0.97, 0.090)][n];
            let half = dressed.reach(cut, at)[0] + cut.ease;
            let p = dressed.point(cut, at, side * libm::asinf((wide * scale / half).clamp(-0.99, 0.99)), 0.008);
            (p, Vec3::new(p.x, p.y * 0.4, 0.0), torso.bones(p))
        };
        let mut path: Vec<_> = (0..6).map(over).collect();
        let top = torso.z(1.10) + 0.008 + cut.ease;
        let front = path[5].0;
        let collar = torso.bones(Vec3::new(0.0, y(0.104), torso.z(1.05)));
        let middle_top = Vec3::new(-0.025 * scale, y(0.104), top);
        path.push((front.lerp(middle_top, 0.55) + Vec3::new(0.010, 0.0, 0.016), Vec3::new(0.8, 0.0, 0.8), collar));
        path.push((middle_top, Vec3::Z, collar));
        path.push((Vec3::new(-0.085 * scale, y(0.088), torso.z(1.05)), Vec3::new(-0.7, 0.0, 0.8), collar));
        path.push((Vec3::new(back - 0.012, y(0.075), torso.z(0.93)), -Vec3::X, Bones::of(Joint::Chest)));
        let low = Vec3::new(middle.x + size.x * 0.5, y(0.13), middle.z - size.z * 0.75);
        let side_low = dressed.point(cut, 0.36, side * 1.6, 0.008);
        path.insert(0, (side_low, Vec3::Y * side, torso.bones(side_low)));
        path.insert(0, (low, Vec3::Y * side, Bones::of(Joint::Chest)));
        strap(surface, &path, 0.045 * scale, Hang::Bones, material);
    }
}

fn bag(surface: &mut Surface, dressed: &Dressed<'_>, material: u16) {
    let seed = dressed.seed.of("bag");
    let hand = dressed.shape.at(Joint::RightWrist) - Vec3::Z * (0.075 * dressed.shape.height / 1.77);
    let size = Vec3::new(seed.range(0.14, 0.2), seed.range(0.045, 0.075), seed.range(0.11, 0.17));
    let bones = Bones::of(Joint::RightWrist);
    let drop = seed.range(0.08, 0.14);
    // A child's bag is smaller: it would drag along the floor.
    let fit = ((hand.z - 0.04) / (drop + 2.0 * size.z)).min(1.0);
    let (size, drop) = (size * fit, drop * fit);
    let middle = hand - Vec3::Z * (drop + size.z);
    sack(surface, middle, size, 0.06, bones, Hang::Plumb, material);
    for side in [1.0, -1.0] {
        let path: Vec<_> = (0..=8)
            .map(|n| {
                let turn = n as f32 / 8.0 * std::f32::consts::PI;
                let (sin, cos) = libm::sincosf(turn);
                let p = Vec3::new(
                    hand.x + 0.085 * cos,
                    hand.y + side * 0.02 * (1.0 - sin),
                    hand.z - (drop + 0.02) * (1.0 - sin.max(0.0).sqrt()),
                );
                (p, Vec3::Y * side, bones)
            })
            .collect();
        strap(surface, &path, 0.02, Hang::Plumb, material);
    }
}

fn shoulder_bag(surface: &mut Surface, dressed: &Dressed<'_>, cut: &Cut, material: u16) {
    let (torso, scale) = (dressed.torso, dressed.shape.scale);
    let seed = dressed.seed.of("shoulder bag");
    let size = Vec3::new(seed.range(0.11, 0.16), seed.range(0.04, 0.06), seed.range(0.09, 0.13));
    // The strap runs from the left shoulder across the trunk to the right hip, before and behind it.
    let around = |n: usize, front: bool| {
        let t = n as f32 / 8.0;
        let at = 1.06 - 1.02 * t;
        let half = dressed.reach(cut, at)[0] + cut.ease;
        let y = (0.085 - 0.30 * t) * scale;
        let turn = libm::asinf((y / half).clamp(-0.999, 0.999));
        let angle = if front { turn } else { std::f32::consts::PI - turn };
        let p = dressed.point(cut, at, angle, 0.007);
        (p, Vec3::new(p.x, p.y, 0.0), torso.bones(p))
    };
    let top = Vec3::new(-0.02 * scale, 0.102 * scale, torso.z(1.10) + 0.008 + cut.ease);
    let collar = torso.bones(Vec3::new(0.0, top.y, torso.z(1.05)));
    let mut path: Vec<_> = (0..=8).rev().map(|n| around(n, true)).collect();
    path.push((path[8].0.lerp(top, 0.5) + Vec3::new(0.01, 0.0, 0.014), Vec3::new(0.7, 0.0, 0.7), collar));
    path.push((top, Vec3::Z, collar));
    path.extend((0..=8).map(|n| around(n, false)));
    strap(surface, &path, 0.032 * scale, Hang::Bones, material);
    let hip = dressed.point(cut, 0.06, -std::f32::consts::FRAC_PI_2, 0.0);
    let middle = Vec3::new(-0.01, hip.y - size.y * 0.9, hip.z - 0.4 * size.z);
    sack(surface, middle, size, 0.0, Bones::of(Joint::Pelvis), Hang::Bones, material);
}
