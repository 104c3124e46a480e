//! Garments: surfaces a bit outside of the flesh, from the trunk's and the limbs' own outlines.

use std::f32::consts::{PI, TAU};

use glam::{Vec2, Vec3};

use super::cloth::{Fabric, Part};
use super::limb::{Limb, Side};
use super::shape::Shape;
use super::surface::{Corner, Hang, Surface, bell, step};
use super::torso::Torso;
use crate::seed::Seed;

/// How a garment lies around the trunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// Its lower edge, as a height of the trunk.
    pub(super) hem: f32,
    /// How deep the neck is cut in front; 0 is close to it.
    pub(super) neck: f32,
    /// Metres off the skin.
    pub(super) ease: f32,
    /// 0 follows the waist … 1 hangs straight from the chest.
    pub(super) loose: f32,
    /// Half the angle that stays open in front.
    pub(super) open: f32,
    /// How much wider it gets below the hips, metres a metre.
    pub(super) flare: f32,
    /// Rows.
    pub(super) rows: usize,
}

/// The body's parts that garments follow.
#[derive(Debug)]
pub(super) struct Dressed<'a> {
    pub(super) shape: &'a Shape,
    pub(super) torso: &'a Torso,
    pub(super) seed: Seed,
}

const COLUMNS: usize = 22;

/// Where a neckline runs.
fn neckline(cut: &Cut, angle: f32) -> f32 {
    let front = libm::cosf(angle).max(0.0);
    1.165 - 0.075 * front * front - 0.02 * front - cut.neck * bell(angle_off(angle), 0.42)
}

/// How far an angle is from straight ahead.
fn angle_off(angle: f32) -> f32 {
    let turns = angle / TAU;
    (turns - libm::floorf(turns + 0.5)) * TAU
}

impl Dressed<'_> {
    /// The trunk's outline under a garment of this cut.
    pub(super) fn reach(&self, cut: &Cut, at: f32) -> [f32; 3] {
        let chest = self.torso.reach(0.74);
        let leg = Limb::leg(self.shape, Side::Left);
        let thigh = leg.reach(0.15) + Vec2::splat(0.016 * self.shape.scale);
        let mut hips = self.torso.reach(0.0);
        hips[0] = hips[0].max(leg.axis(0.1).y + thigh.y);
        hips[1] = hips[1].max(thigh.x);
        hips[2] = hips[2].max(thigh.x);
        let skin = self.torso.reach(at.max(0.0));
        let below = (self.torso.z(0.0) - self.torso.z(at)).max(0.0);
        let hanging = step(0.80, 0.55, at) * cut.loose;
        std::array::from_fn(|i| {
            let straight = chest[i] * 0.98;
            let loose = skin[i].max(skin[i] + (straight - skin[i]) * hanging);
            let full = if i == 0 { 0.7 } else { 1.0 };
            // No narrower than what is beneath, from the thighs' roots on.
            let loose = loose + (loose.max(hips[i]) - loose) * step(0.16, 0.02, at);
            loose + below * cut.flare * full
        })
    }

    /// A point of a garment.
    pub(super) fn point(&self, cut: &Cut, at: f32, angle: f32, outside: f32) -> Vec3 {
        let (sin, cos) = libm::sincosf(angle);
        let low = step(0.62, 0.1, at);
        let folds = self.seed.at(1).fractal(cos * 1.6 + at * 1.2, sin * 1.6 - at * 0.8, 2) * 0.010
            + self.seed.at(2).noise(cos * 3.0, at * 7.0 + sin * 2.0) * 0.006 * low
            + cut.flare * self.seed.at(3).noise(cos * 2.8, sin * 2.8) * 0.20 * step(-0.05, -0.6, at);
        let ease = cut.ease + (folds + 0.004) * self.shape.scale * (0.35 + low) * step(1.05, 0.9, at);
        self.torso.draped(at, angle, ease + outside, self.reach(cut, at))
    }

    /// The part of a garment around the trunk.
    pub(super) fn trunk(&self, surface: &mut Surface, cut: &Cut, material: u16) {
        self.around(surface, cut, |angle| neckline(cut, angle), material);
    }

    /// A garment that begins at this height of the trunk.
    pub(super) fn trunk_from(&self, surface: &mut Surface, cut: &Cut, top: f32, material: u16) {
        self.around(surface, cut, |_| top, material);
    }

    fn around(&self, surface: &mut Surface, cut: &Cut, top: impl Fn(f32) -> f32, material: u16) {
        let (from, to) = (-PI, PI);
        // Heights on the cloth are the body's, so that stripes are level.
        let head = top(PI);
        let legs = |at: f32| step(0.05, -0.25, at);
        let row = |n: usize| {
            let down = n as f32 / cut.rows as f32;
            let corner = |column: usize| {
                let share = column as f32 / COLUMNS as f32;
                let (angle, u) = if cut.open > 0.0 {
                    // From one front edge around the back to the other; u stays 0.5 ahead.
                    let turn = cut.open * (1.0 + 0.25 * step(0.5, 1.0, down));
                    let angle = turn + (TAU - 2.0 * turn) * share;
                    (angle, 0.5 + angle / TAU)
                } else {
                    // Columns are closer in front, where necklines bend and eyes look.
                    let t = 2.0 * share - 1.0;
                    let angle = to * t * (0.72 + 0.28 * t * t);
                    (if column == COLUMNS { from } else { angle }, 0.5 + angle / TAU)
                };
                let top = top(angle);
                // More rows where the shoulders bend.
                let at = top + (cut.hem - top) * down * (0.45 + 0.55 * down);
                let edge = if n == 0 { -0.004 } else { 0.0 };
                let position = self.point(cut, at, angle, edge);
                let hang = if at < 0.05 { Hang::Legs(legs(at)) } else { Hang::Bones };
                let v = (self.torso.z(head) - position.z) / (self.torso.z(head) - self.torso.z(cut.hem));
                Corner { hang, ..Corner::new(position, Vec2::new(u, v.clamp(0.0, 1.0)), self.torso.bones(position)) }
            };
            (0..=COLUMNS).map(corner).collect::<Vec<_>>()
        };
        surface.loft(&(0..=cut.rows).map(row).collect::<Vec<_>>(), material);
    }

    /// A collar: a band around the neck, `tall` metres up and folded `over` metres down again.
    pub(super) fn collar(&self, surface: &mut Surface, cut: &Cut, tall: f32, over: f32, gap: f32, material: u16) {
        let row = |n: usize| {
            let [up, out] = [
                [-0.006, 0.002],
                [0.6 * tall, 0.001],
                [tall, 0.004],
                [tall - 0.45 * over, 0.013],
                [tall - over, 0.020],
            ][n];
            let corner = |column: usize| {
                let share = column as f32 / 14.0;
                let angle = gap + (TAU - 2.0 * gap) * share;
                let angle = if gap == 0.0 && column == 14 { 0.0 } else { angle };
                let base = self.point(cut, neckline(cut, angle), angle, out);
                let inwards = Vec3::new(-base.x, -base.y, 0.0) * (0.10 * up / 0.03).clamp(-0.1, 0.2);
                let position = base + Vec3::Z * up + if over > 0.0 { Vec3::ZERO } else { inwards };
                Corner::new(position, Vec2::new(0.5 + angle / TAU, n as f32 * 0.02), self.torso.bones(position))
            };
            (0..=14).map(corner).collect::<Vec<_>>()
        };
        let rows = if over > 0.0 { 5 } else { 3 };
        surface.loft(&(0..rows).map(row).collect::<Vec<_>>(), material);
    }

    /// Both sleeves, from the shoulders to `end` along the arms.
    pub(super) fn sleeves(&self, surface: &mut Surface, fabric: &Fabric, end: f32, ease: f32, wide: f32) {
        let material = {
            let long = 0.2 + 0.27 * end * self.shape.scale;
            surface.material(fabric.paint(Part::Sleeve, 0.3 * self.shape.scale, long, 128))
        };
        let ways: Vec<f32> = [-1.0, -0.8, -0.5, -0.25, 0.0]
            .into_iter()
            .chain(
                [0.12, 0.3, 0.5, 0.7, 0.85, 0.94, 1.02, 1.1, 1.25, 1.45, 1.65, 1.85]
                    .into_iter()
                    .filter(|w| *w < end - 0.04),
            )
            .chain([end, end - 0.01])
            .collect();
        for side in Side::BOTH {
            let arm = Limb::arm(self.shape, side);
            let reach = |at: f32, angle: f32| {
                let (sin, cos) = libm::sincosf(angle);
                let folds = self.seed.at(4).noise(cos * 1.5 + at * 5.0, sin * 1.5 + at * 7.0) * 0.006
                    + self.seed.at(5).noise(cos, at * 16.0 + sin) * 0.005 * bell(at - 1.0, 0.3);
                let cuff = if at > end - 0.02 && end > 1.5 { -0.3 * ease } else { 0.0 };
                let hang = wide * step(0.1, 0.6, at) * if end > 1.5 { step(2.1, 1.4, at) } else { 1.0 };
                let tight = 0.45 + 0.55 * step(0.0, 0.3, at);
                arm.reach(at) + Vec2::splat((ease * tight + hang + cuff).max(0.002) + folds * tight * self.shape.scale)
            };
            let mut rows =
                arm.rows(&ways, 10, reach, |at| if at < 0.0 { 0.12 + 0.12 * at } else { 0.12 + at } / (end + 0.12));
            if let Some(last) = rows.last_mut() {
                // The hem is folded in, so that no one looks into an endless sleeve.
                for corner in last {
                    let middle = arm.axis(end - 0.01);
                    corner.position = middle + (corner.position - middle) * 0.9;
                }
            }
            surface.loft(&rows, material);
        }
    }

    /// Trousers or shorts to `end` along the legs.
    pub(super) fn trousers(&self, surface: &mut Surface, fabric: &Fabric, end: f32, wide: f32) {
        let long = 0.44 * end * self.shape.scale;
        let legs = surface.material(fabric.paint(Part::Leg, 0.45 * self.shape.scale, long, 256));
        let seat = surface.material(fabric.paint(Part::Seat, 1.0 * self.shape.scale, 0.26 * self.shape.scale, 128));
        let ways: Vec<f32> = [-1.0, -0.7, -0.35, 0.0]
            .into_iter()
            .chain(
                [0.12, 0.3, 0.5, 0.7, 0.84, 0.93, 1.01, 1.09, 1.2, 1.4, 1.6, 1.8]
                    .into_iter()
                    .filter(|w| *w < end - 0.04),
            )
            .chain([end, end - 0.01])
            .collect();
        for side in Side::BOTH {
            let leg = Limb::leg(self.shape, side);
            let reach = |at: f32, angle: f32| {
                let (sin, cos) = libm::sincosf(angle);
                let folds = self.seed.at(6).noise(cos * 1.3 + at * 3.0, sin * 1.3 + at * 4.0) * 0.006
                    + self.seed.at(7).noise(cos, at * 15.0 + sin)
                        * 0.006
                        * (bell(at - 1.0, 0.25) + bell(at - 1.9, 0.15));
                let skin = leg.reach(at) + Vec2::splat(0.007 * self.shape.scale * step(0.0, 0.5, at));
                let least = (0.052 + 0.55 * wide) * self.shape.scale * step(0.5, 1.2, at);
                let hang = wide * step(0.2, 1.0, at);
                (skin + Vec2::splat(hang * 0.6)).max(Vec2::splat(least))
                    + Vec2::splat(folds * self.shape.scale * step(0.1, 0.4, at))
            };
            let mut rows = leg.rows(&ways, 12, reach, |at| at.max(0.0) / end);
            if let Some(last) = rows.last_mut() {
                for corner in last {
                    let middle = leg.axis(end - 0.01);
                    corner.position = middle + (corner.position - middle) * 0.9;
                }
            }
            surface.loft(&rows, legs);
        }
        let row = |&at: &f32| {
            let corner = |column: usize| {
                let share = column as f32 / 24.0;
                let angle = if column == 24 { -PI } else { TAU * share - PI };
                let position = self.torso.point(at, angle, 0.003 * self.shape.scale);
                Corner::new(position, Vec2::new(share, (0.32 - at) / 0.54), self.torso.bones(position))
            };
            (0..=24).map(corner).collect::<Vec<_>>()
        };
        let mut rows: Vec<_> = [0.32, 0.22, 0.12, 0.02, -0.05, -0.10, -0.15, -0.19].iter().map(row).collect();
        if let Some(mut end) = rows.last().cloned() {
            let middle = self.torso.point(-0.195, 0.0, 0.0).with_x(-0.005).with_y(0.0);
            end.iter_mut().for_each(|c| c.position = middle);
            rows.push(end);
        }
        surface.loft(&rows, seat);
    }
}
