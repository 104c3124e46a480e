//! Hair, caps and hats: shells off the skull whose edges are ragged by strands.

use std::f32::consts::{PI, TAU};

use glam::{Vec2, Vec3};

use super::cloth::{Fabric, Part};
use super::face::hairline;
use super::head::Head;
use super::palette::{Rgb, times};
use super::shape::Shape;
use super::surface::{Bones, Corner, Surface, bell, step};
use super::torso::Torso;
use crate::figure::Joint;
use crate::model::Material;
use crate::script::Hair;
use crate::seed::Seed;
use crate::texture::Texture;

/// What hair lies on.
#[derive(Debug)]
pub(super) struct Scalp<'a> {
    pub(super) shape: &'a Shape,
    pub(super) torso: &'a Torso,
    pub(super) head: &'a Head,
    pub(super) colour: Rgb,
    pub(super) seed: Seed,
}

const COLUMNS: usize = 28;

impl Scalp<'_> {
    /// Adds what is on the head.
    pub(super) fn add(&self, surface: &mut Surface, hair: Hair, hat: &Fabric) {
        let seed = self.seed;
        match hair {
            Hair::Bald => {}
            Hair::Short => {
                let thick = seed.of("thick").range(0.025, 0.075) * (1.0 - 0.2 * self.shape.child);
                self.shell(surface, thick, 0.0, 1.0);
            }
            Hair::Tail => {
                self.shell(surface, 0.035, -0.01, 1.0);
                self.tail(surface);
            }
            Hair::Bob | Hair::Long => {
                let low = if hair == Hair::Bob {
                    seed.of("low").range(-0.10, 0.08)
                } else {
                    seed.of("low").range(-1.25, -0.55)
                };
                self.curtain(surface, low);
                if seed.of("fringe").chance(0.35) {
                    self.fringe(surface);
                }
            }
            Hair::Cap => {
                if seed.of("under").chance(0.8) {
                    self.shell(surface, 0.03, 0.0, 0.45);
                }
                self.dome(surface, hat, 0.70, 0.035, 0.02);
                self.peak(surface, hat);
            }
            Hair::Beanie => {
                if seed.of("under").chance(0.5) {
                    self.shell(surface, 0.03, 0.0, 0.4);
                }
                self.dome(surface, hat, 0.64, 0.05, 0.05);
            }
        }
    }

    /// Strands; below `ragged` (as v) more and more of them end, above `fine` none is missing.
    fn strands(&self, ragged: f32, waves: f32) -> Material {
        let (seed, colour) = (self.seed.of("strands"), self.colour);
        let texture = Texture::paint(256, |u, v| {
            let (sin, cos) = libm::sincosf(u * TAU);
            let wave = waves * seed.at(1).noise(v * 9.0, cos * 2.0 + sin * 3.0);
            let fine = seed.at(2).noise(u * 128.0 + wave * 6.0, v * 4.0);
            let lock = seed.at(3).noise(u * 34.0 + wave * 3.0, v * 2.5);
            let broad = seed.at(4).noise(cos * 3.0, sin * 3.0 + v * 2.0);
            let light =
                1.0 + 0.20 * fine + 0.22 * lock + 0.10 * broad + 0.10 * bell(v - 0.32, 0.1) - 0.10 * step(0.75, 1.0, v);
            let end = ragged + (1.0 - ragged) * (0.5 + 0.35 * lock + 0.3 * fine);
            let alpha = if v > end { 0 } else { 255 };
            let [r, g, b] = times(colour, light).map(|c| c.clamp(0.0, 255.0) as u8);
            [r, g, b, alpha]
        });
        Material::matt(texture).glossy(0.2).soft(0.4)
    }

    /// Out of the skull by `off` (in its own measure).
    fn off(&self, z: f32, angle: f32, off: f32) -> Vec3 {
        let point = self.head.point(z, angle);
        let away = (point - Vec3::new(-0.02, 0.0, 0.58)).normalize_or(Vec3::Z);
        let away = if z > 0.6 { away } else { (away * Vec3::new(1.0, 1.0, 0.2)).normalize_or(Vec3::X) };
        point + away * off
    }

    /// Hair that lies on the skull, down to the hairline and `lower`.
    fn shell(&self, surface: &mut Surface, thick: f32, lower: f32, top: f32) {
        let material = surface.material(self.strands(0.86, 0.3));
        let part = self.seed.of("part").range(-0.12, 0.12);
        let rows: Vec<Vec<Corner>> = (0..=12)
            .map(|n| {
                let down = n as f32 / 12.0;
                let corner = |column: usize| {
                    let share = (column % COLUMNS) as f32 / COLUMNS as f32;
                    let angle = super::head::angle(share);
                    let line = hairline(angle) - 0.015 + lower;
                    let z = 1.0 - (1.0 - line) * libm::powf(down, 1.35);
                    let (sin, cos) = libm::sincosf(angle);
                    let tufts = 1.0 + 0.30 * self.seed.at(8).noise(cos * 3.0 + z * 4.0, sin * 3.0 - z * 3.0);
                    // Thin over the ears and in the neck, full above the forehead.
                    let sides = 0.35 + 0.65 * step(0.45, 0.78, z);
                    let crest = 1.0 + 0.5 * bell(angle, 0.7) * bell(z - 0.86, 0.1)
                        - 0.25 * bell(angle - part * 8.0, 0.12) * bell(z - 0.9, 0.08);
                    let off = thick * sides * crest * tufts * step(1.06, 0.80, down) * if z > 0.75 { top } else { 1.0 }
                        + 0.006;
                    let p = self.head.place(self.off(z, angle, off));
                    Corner::new(p, Vec2::new(column as f32 / COLUMNS as f32, down), Bones::of(Joint::Head))
                };
                (0..=COLUMNS).map(corner).collect()
            })
            .collect();
        surface.loft(&rows, material);
    }

    /// Hair that falls from the crown down to `low`, open before the face.
    fn curtain(&self, surface: &mut Surface, low: f32) {
        let waves = self.seed.of("waves").range(0.1, 0.6);
        let material = surface.material(self.strands(0.88, waves));
        let seed = self.seed;
        let open = seed.of("open").range(0.80, 1.05);
        let thick = seed.of("thick").range(0.045, 0.08);
        let count = if low < -0.3 { 16 } else { 12 };
        let shift = seed.of("part").range(-0.25, 0.25);
        let rows: Vec<Vec<Corner>> = (0..=count)
            .map(|n| {
                let down = n as f32 / count as f32;
                let corner = |column: usize| {
                    let share = column as f32 / COLUMNS as f32;
                    // On the skull's top the hair begins at a parting; then its edges frame the face.
                    let bottom = low + 0.03 * seed.at(5).noise(share * 5.0, 1.0);
                    let z = 1.0 - (1.0 - bottom) * libm::powf(down, 1.25);
                    let part = shift * step(0.93, 1.0, z);
                    let gap = open * (1.0 - 0.9 * step(0.80, 0.93, z)) + 0.25 * step(0.1, -0.4, z);
                    let angle = gap + part + (TAU - 2.0 * gap) * share;
                    let turn = if angle > PI { angle - TAU } else { angle };
                    let (sin, cos) = libm::sincosf(turn);
                    let tufts = 1.0 + 0.25 * seed.at(8).noise(cos * 4.0, sin * 4.0 + z);
                    let edge = step(0.0, 0.06, share.min(1.0 - share));
                    let off = (thick * tufts * (0.45 + 0.55 * edge) * (0.55 + 0.45 * step(1.02, 0.85, z))) + 0.006;
                    let held = z.max(0.56);
                    let mut p = self.head.place(self.off(held, turn, off));
                    if z < held {
                        let fall = (held - z) * self.head.size;
                        let sway = 0.012 * seed.at(9).noise(cos * 3.0 + z * 2.0, sin * 3.0) * step(0.5, 0.0, z);
                        let close = 1.0 - 0.10 * step(0.45, -0.1, z);
                        let middle = self.head.at;
                        p = Vec3::new(
                            middle.x + (p.x - middle.x) * close + sway,
                            (p.y - middle.y) * close + sway,
                            p.z - fall,
                        );
                        p = self.torso.push_out(p, 0.020);
                    }
                    let bones = if p.z > self.shape.at(Joint::Neck).z + 0.05 {
                        Bones::of(Joint::Head)
                    } else {
                        let follow = step(0.05, -0.06, p.z - self.shape.at(Joint::Neck).z);
                        Bones::of(Joint::Head).mix(Bones::of(Joint::Chest), 0.85 * follow)
                    };
                    Corner::new(p, Vec2::new(share, down), bones)
                };
                (0..=COLUMNS).map(corner).collect()
            })
            .collect();
        surface.loft(&rows, material);
    }

    /// Hair on the forehead.
    fn fringe(&self, surface: &mut Surface) {
        let material = surface.material(self.strands(0.72, 0.3));
        let rows: Vec<Vec<Corner>> = (0..=5)
            .map(|n| {
                let down = n as f32 / 5.0;
                let corner = |column: usize| {
                    let share = column as f32 / 14.0;
                    let angle = -0.95 + 1.9 * share;
                    let z = 0.93 - (0.93 - self.head.features.brow_level - 0.02) * down;
                    let p = self.head.place(self.off(z, angle, 0.045 - 0.012 * down));
                    Corner::new(p, Vec2::new(share * 0.5, down), Bones::of(Joint::Head))
                };
                (0..=14).map(corner).collect()
            })
            .collect();
        surface.loft(&rows, material);
    }

    /// A bundle from the back of the head.
    fn tail(&self, surface: &mut Surface) {
        let material = surface.material(self.strands(0.9, 0.3));
        let root = self.head.place(Vec3::new(-0.43, 0.0, self.seed.of("high").range(0.58, 0.80)));
        let long = self.seed.of("long").range(0.16, 0.32) * self.shape.scale;
        let path = |t: f32| {
            root + Vec3::new(
                -0.055 * libm::sinf((t * 1.6).min(1.6)) + 0.02 * t,
                0.0,
                0.01 * (1.0 - t) - long * t * t.sqrt(),
            )
        };
        let rows: Vec<Vec<Corner>> = (0..=9)
            .map(|n| {
                let t = n as f32 / 9.0;
                let middle = self.torso.push_out(path(t), 0.035);
                let thick = (0.016 + 0.020 * libm::sinf(PI * (0.1 + 0.75 * t))) * if n == 9 { 0.1 } else { 1.0 };
                let follow = step(0.0, -0.15, middle.z - self.shape.at(Joint::Neck).z);
                let bones = Bones::of(Joint::Head).mix(Bones::of(Joint::Chest), 0.5 * follow);
                (0..=10)
                    .map(|column| {
                        let (sin, cos) = libm::sincosf((column % 10) as f32 / 10.0 * TAU);
                        let lean = Vec3::new(0.6 * (1.0 - t), 0.0, 0.8 * (1.0 - t));
                        let p = middle + Vec3::new(cos * thick, sin * thick * 1.1, 0.0) + lean * (cos * thick);
                        Corner::new(p, Vec2::new(column as f32 / 10.0, t), bones)
                    })
                    .collect()
            })
            .collect();
        surface.loft(&rows, material);
    }

    /// A cap's or hat's crown down to `low` in front.
    fn dome(&self, surface: &mut Surface, cloth: &Fabric, low: f32, off: f32, peak: f32) {
        let material = surface.material(cloth.paint(Part::Trim, 0.6, 0.25, 128));
        let knitted = peak > 0.03;
        let rows: Vec<Vec<Corner>> = (0..=12)
            .map(|n| {
                let down = (n as f32 / 10.0).min(1.0);
                let corner = |column: usize| {
                    let angle = super::head::angle((column % COLUMNS) as f32 / COLUMNS as f32);
                    let back = 0.5 - 0.5 * libm::cosf(angle);
                    let edge = low - back * if knitted { 0.22 } else { 0.20 };
                    let z = 1.0 - (1.0 - edge) * libm::powf(down, 1.3);
                    // A knitted hat has a fold around its edge.
                    let fold = if knitted { 0.022 * step(0.66, 0.70, down) } else { 0.0 };
                    let rim = match n {
                        11 => -0.01,
                        12 => -off,
                        _ => 0.0,
                    };
                    let wrinkle = if knitted { 0.006 * self.seed.at(6).noise(angle * 4.0, z * 9.0) } else { 0.0 };
                    let p =
                        self.off(z, angle, off + fold + rim + wrinkle) + Vec3::Z * (peak * bell(1.0 - z, 0.12) * 0.3);
                    Corner::new(
                        self.head.place(p),
                        Vec2::new(column as f32 / COLUMNS as f32, down),
                        Bones::of(Joint::Head),
                    )
                };
                (0..=COLUMNS).map(corner).collect()
            })
            .collect();
        surface.loft(&rows, material);
    }

    /// A cap's peak.
    fn peak(&self, surface: &mut Surface, cloth: &Fabric) {
        let material = surface.material(cloth.paint(Part::Trim, 0.2, 0.1, 64));
        let rows: Vec<Vec<Corner>> = (0..=8)
            .map(|n| {
                // Out on the upper side, back on the lower one.
                let (out, low) = if n <= 4 { (n as f32 / 4.0, 0.0) } else { ((8 - n) as f32 / 4.0, 0.012) };
                let corner = |column: usize| {
                    let share = column as f32 / 14.0 * 2.0 - 1.0;
                    let angle = share * 1.0;
                    let rim = self.off(0.715, angle, 0.03);
                    let far = 0.30 * (1.0 - share * share).max(0.0).sqrt() * out;
                    let p = rim
                        + Vec3::new(
                            far,
                            0.0,
                            -0.10 * out * out * (1.0 - 0.4 * share * share) - low + 0.03 * (1.0 - share.abs()),
                        );
                    Corner::new(self.head.place(p), Vec2::new(0.5 + 0.2 * share, out * 0.5), Bones::of(Joint::Head))
                };
                (0..=14).map(corner).collect()
            })
            .collect();
        surface.loft(&rows, material);
    }
}
