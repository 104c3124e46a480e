//! Hands: a palm, four fingers that are a little curled, and a thumb.

use glam::{Quat, Vec2, Vec3};

use super::limb::Side;
use super::shape::Shape;
use super::surface::{Bones, Corner, Surface, outline};
use crate::figure::Joint;

/// Adds a hand; `grip` 0 hangs loosely, 1 holds something.
pub(super) fn add(surface: &mut Surface, shape: &Shape, side: Side, grip: f32, skin: u16) {
    let joint = side.of(Joint::LeftWrist, Joint::RightWrist);
    let size = 0.108 * shape.height * (1.0 + 0.06 * (1.0 - shape.feminine()));
    // Along the hand: x ahead (to the thumb), y out of its back, z down the fingers' way.
    let place = |p: Vec3| shape.at(joint) + Vec3::new(p.x, side.sign() * p.y, -p.z) * size;
    let tube = |surface: &mut Surface, rings: &[(Vec3, Vec2, Quat)], columns: usize| {
        let rows: Vec<Vec<Corner>> = rings
            .iter()
            .enumerate()
            .map(|(row, (middle, reach, turn))| {
                let v = row as f32 / (rings.len() - 1) as f32;
                (0..=columns)
                    .map(|column| {
                        let share = (column % columns) as f32 / columns as f32;
                        let around = outline(share * std::f32::consts::TAU, 2.4) * *reach;
                        let point = place(*middle + *turn * Vec3::new(around.x, around.y, 0.0));
                        let uv = Vec2::new(column as f32 / columns as f32, v);
                        Corner::new(point, uv, Bones::of(joint))
                    })
                    .collect()
            })
            .collect();
        surface.loft(&rows, skin);
    };
    let still = Quat::IDENTITY;
    let palm = [
        (Vec3::new(0.0, 0.0, -0.10), Vec2::new(0.135, 0.10), still),
        (Vec3::new(0.0, 0.0, 0.02), Vec2::new(0.145, 0.10), still),
        (Vec3::new(0.02, 0.0, 0.15), Vec2::new(0.19, 0.105), still),
        (Vec3::new(0.015, -0.005, 0.32), Vec2::new(0.215, 0.09), still),
        (Vec3::new(0.0, -0.01, 0.46), Vec2::new(0.212, 0.072), still),
        (Vec3::new(0.0, -0.02, 0.52), Vec2::new(0.15, 0.035), still),
        (Vec3::new(0.0, -0.02, 0.53), Vec2::ZERO, still),
    ];
    tube(surface, &palm, 10);
    let curl = |bend: f32, length: f32, thick: f32, root: Vec3, tilt: Quat| {
        let mut at = root;
        let mut rings = Vec::new();
        for (n, share) in [0.0, 0.42, 0.36, 0.22].into_iter().enumerate() {
            let turn = tilt * Quat::from_rotation_x(bend * [0.35, 0.8, 1.4, 1.8][n]);
            at += turn * Vec3::Z * (share * length);
            rings.push((at, Vec2::splat(thick * [1.0, 0.95, 0.85, 0.55][n]), turn));
        }
        let (end, _, turn) = rings[3];
        rings.push((end + turn * Vec3::Z * (0.45 * thick), Vec2::ZERO, turn));
        rings
    };
    let bend = 0.35 + 1.0 * grip;
    for (n, length) in [0.46, 0.52, 0.48, 0.38].into_iter().enumerate() {
        let across = 0.155 - 0.103 * n as f32;
        let root = Vec3::new(across, -0.01, 0.47 - 0.02 * (n as f32 - 1.3).abs());
        let fan = Quat::from_rotation_y(0.10 - 0.07 * n as f32);
        tube(surface, &curl(bend * (1.0 + 0.12 * n as f32), length, 0.052, root, fan), 5);
    }
    let thumb = Quat::from_rotation_y(0.75 - 0.3 * grip) * Quat::from_rotation_x(0.35);
    tube(surface, &curl(0.25 + 0.3 * grip, 0.42, 0.062, Vec3::new(0.11, -0.03, 0.16), thumb), 5);
}
