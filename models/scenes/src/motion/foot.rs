//! One foot at one moment: flat on the ground, rolling over heel or ball, or on its way to the next place.

use glam::{Quat, Vec2, Vec3};

use super::footfall::Plant;
use crate::figure::{Joint, Rest};
use crate::seed::ease;

/// How a foot is in the world.
#[derive(Clone, Copy, Debug)]
pub(super) struct Foot {
    /// Where the ankle is.
    pub(super) ankle: Vec3,
    /// Which way it points.
    pub(super) yaw: f32,
    /// How far the heel is up (or the toes, below 0).
    pub(super) pitch: f32,
    /// How far the toes are bent up against the foot.
    pub(super) toes: f32,
    /// How much of the body's weight it could bear: 1 on the ground, 0 in the middle of a swing.
    pub(super) bears: f32,
    /// Seconds to the nearest moment on the ground; 0 on it.
    pub(super) aloft: f32,
}

/// A foot's measures at rest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sole {
    /// From the ankle to the floor below the heel.
    heel: Vec3,
    /// From the ankle to the floor below the ball.
    ball: Vec3,
    /// From the ankle to the tip of the toes.
    tip: Vec3,
}

impl Sole {
    pub(super) fn new(rest: &Rest, foot: usize) -> Self {
        let (ankle, toe) = [(Joint::LeftAnkle, Joint::LeftToe), (Joint::RightAnkle, Joint::RightToe)][foot];
        let ball = rest[toe as usize] - rest[ankle as usize];
        let ball = ball.with_z(-rest[ankle as usize].z);
        Self { heel: Vec3::new(-0.35 * ball.x, 0.0, ball.z), ball, tip: ball + Vec3::X * 0.45 * ball.x }
    }

    /// The ankle of a foot that stands at `at` and has been pitched over heel or ball.
    fn rolled(&self, at: Vec2, yaw: f32, pitch: f32) -> Vec3 {
        let pivot = if pitch < 0.0 { self.heel } else { self.ball };
        let flat = Quat::from_rotation_z(yaw);
        at.extend(0.0) + flat * (pivot.with_z(0.0) - Quat::from_rotation_y(pitch) * pivot)
    }

    /// How far the lowest point of a pitched sole is below the ankle. Toes give way as far as they are bent.
    fn below(&self, pitch: f32, toes: f32) -> f32 {
        let turn = Quat::from_rotation_y(pitch);
        let tip = self.ball + Quat::from_rotation_y(-toes) * (self.tip - self.ball);
        [self.heel, self.ball, tip].into_iter().map(|point| -(turn * point).z).fold(0.0, f32::max)
    }
}

/// The foot at `time`.
pub(super) fn at(plants: &[Plant], sole: &Sole, time: f32) -> Foot {
    let n = plants.partition_point(|plant| plant.from <= time).saturating_sub(1);
    let plant = &plants[n];
    match plants.get(n + 1) {
        Some(next) if time > plant.to => swinging(plant, next, sole, time),
        _ => standing(plant, sole, time),
    }
}

fn standing(plant: &Plant, sole: &Sole, time: f32) -> Foot {
    let length = plant.to - plant.from;
    let (since, left) = (time - plant.from, plant.to - time);
    let down = 1.0 - since / (0.22 * length).clamp(0.03, 0.11);
    let up = 1.0 - left / (0.48 * length).clamp(0.03, 0.4);
    let pitch = if down > 0.0 {
        -plant.strike * down * down
    } else if up > 0.0 {
        plant.push * up * up
    } else {
        0.0
    };
    Foot {
        ankle: sole.rolled(plant.at, plant.yaw, pitch),
        yaw: plant.yaw,
        pitch,
        toes: pitch.max(0.0),
        bears: ease(0.3 + since / 0.22).min(ease(0.3 + left / 0.22)),
        aloft: 0.0,
    }
}

fn swinging(from: &Plant, to: &Plant, sole: &Sole, time: f32) -> Foot {
    let length = to.from - from.to;
    let u = ((time - from.to) / length).clamp(0.0, 1.0);
    // It leaves and arrives as fast as it rolls, so that nothing jerks.
    let (start, end) = (standing(from, sole, from.to), standing(to, sole, to.from));
    let step = 0.004;
    let (before, after) = (standing(from, sole, from.to - step), standing(to, sole, to.from + step));
    let speed = |a: Vec3, b: Vec3| ((b - a) / step * length).clamp_length_max(1.2 * (end.ankle - start.ankle).length());
    let (go, come) = (speed(before.ankle, start.ankle), speed(end.ankle, after.ankle));
    let spin = (start.pitch - before.pitch) / step * length;
    let mut ankle = hermite(start.ankle, go, end.ankle, come, u);
    let early = u * (1.0 - u) * (1.0 - u) * 6.75;
    ankle.z += to.lift * early;
    let high = ease(to.lift / 0.25 - 0.3);
    let pitch = hermite(Vec3::X * start.pitch, Vec3::X * spin.min(1.5), Vec3::X * end.pitch, Vec3::ZERO, u).x
        + 0.7 * high * early;
    let toes = start.toes * ease(1.0 - u / 0.35);
    let clear = sole.below(pitch, toes) + 0.018 * ease(u / 0.3) * ease((1.0 - u) / 0.3);
    // Rather a little higher than into the floor.
    ankle.z = ankle.z.max(clear);
    let away = 4.0 * u * (1.0 - u);
    Foot {
        ankle,
        yaw: from.yaw + super::path::nearest(to.yaw - from.yaw) * ease(u),
        pitch,
        toes,
        bears: ease(0.3) * (1.0 - away),
        aloft: (u * length).min((1.0 - u) * length),
    }
}

/// From `a`, leaving with velocity `va`, to `b`, arriving with `vb`.
fn hermite(a: Vec3, va: Vec3, b: Vec3, vb: Vec3, u: f32) -> Vec3 {
    let (uu, uuu) = (u * u, u * u * u);
    a * (2.0 * uuu - 3.0 * uu + 1.0) + va * (uuu - 2.0 * uu + u) + b * (3.0 * uu - 2.0 * uuu) + vb * (uuu - uu)
}
