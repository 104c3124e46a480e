//! Trunk and arms of one who walks or runs. They follow the feet, and so are in step with them at any speed.

use std::f32::consts::{FRAC_PI_2, PI};

use glam::{Vec2, Vec3};

use super::foot::Foot;
use super::footfall::{Footfalls, side};
use super::posture::{Arm, Torso};
use super::style::Style;
use super::timeline::Stay;
use crate::figure::{Joint, Rest};
use crate::seed::ease;

/// What a gait is like at one moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gait {
    /// Metres a second.
    speed: f32,
    /// 0 a walk, 1 a run.
    run: f32,
    /// How far the left foot is ahead of the right one, as a share of a leg.
    spread: f32,
    /// Which leg bears the body: 1 the left one, -1 the right one.
    support: f32,
    /// How far the way from one footfall to the next is done, 0..1.
    share: f32,
    /// How much faster it gets, along the heading, in m/s².
    thrust: f32,
}

impl Gait {
    pub(super) fn new(stay: &Stay, falls: &Footfalls, feet: &[Foot; 2], rest: &Rest, time: f32) -> Self {
        let (speed, run) = stay.gait(time);
        let heading = Vec2::from_angle(stay.heading.at(time));
        let leg = rest[Joint::LeftHip as usize].z;
        let apart = (feet[0].ankle - feet[1].ankle).truncate().dot(heading) / leg;
        let thrust = (stay.path.velocity(time + 0.05) - stay.path.velocity(time - 0.05)).dot(heading) / 0.1;
        Self { speed, run, spread: apart, support: feet[0].bears - feet[1].bears, share: share(falls, time), thrust }
    }

    /// How much of a walk there is: 0 at rest, 1 at an easy pace.
    fn going(&self) -> f32 {
        ease(self.speed / 0.8)
    }

    pub(super) fn torso(&self, style: &Style) -> Torso {
        let (going, run) = (self.going(), self.run);
        let spread = self.spread.clamp(-1.2, 1.2) * going;
        let fast = ease(self.speed / 6.0);
        // A runner is lowest in the middle of a stance and highest in the air.
        let bounce = libm::cosf(2.0 * PI * (self.share - 0.28));
        let walk = 1.0 - run;
        Torso {
            shift: Vec3::new(
                0.02 * going + 0.03 * run,
                self.support * (0.022 - 0.01 * run) * (0.6 + 0.4 * style.sway),
                -0.008 * going * walk - run * (0.04 + 0.03 * bounce),
            ),
            tilt: Vec3::new(
                self.support * (0.055 * style.sway - 0.02 * run) * going,
                0.03 * going + 0.09 * run,
                -spread * (0.13 + 0.04 * run),
            ),
            bend: Vec3::new(
                -self.support * (0.06 * style.sway - 0.03 * run) * going,
                style.stoop + 0.02 * going + run * (0.05 + 0.12 * fast) + (0.025 * self.thrust).clamp(-0.1, 0.15),
                spread * (0.24 + 0.1 * run),
            ),
        }
    }

    /// An arm that nothing else is done with, on a trunk that leans ahead by `leaning`.
    pub(super) fn arm(&self, style: &Style, foot: usize, leaning: f32) -> Arm {
        let out = side(foot);
        let (going, run) = (self.going(), self.run);
        let bag = style.bag && foot == 1;
        let own = style.swing * (1.0 + out * style.uneven) * if bag { 0.35 } else { 1.0 };
        let swing = -out * self.spread.clamp(-1.3, 1.3) * own * going;
        let ahead = 0.05 + swing * (0.42 + 0.2 * run) - 0.15 * run + 0.9 * (leaning - 0.15).max(0.0) * (1.0 - run);
        let forward = swing.max(0.0);
        let elbow = (0.2 + 0.08 * going + 0.35 * forward) * (1.0 - run) + run * (FRAC_PI_2 - 0.05 + 0.45 * swing);
        let mut arm = Arm::hanging(
            out,
            ahead,
            style.aside + 0.08 * run + if bag { 0.06 } else { 0.0 },
            0.12 + 0.3 * run,
            elbow.max(0.05),
        );
        arm.wrist = 0.12 + 0.15 * run;
        arm
    }
}

/// How far the time from one footfall (of either foot) to the next has gone.
fn share(falls: &Footfalls, time: f32) -> f32 {
    let around = |plants: &Vec<super::footfall::Plant>| {
        let n = plants.partition_point(|plant| plant.from <= time);
        (plants[n.saturating_sub(1)].from, plants.get(n).map_or(f32::INFINITY, |plant| plant.from))
    };
    let ((a, b), (c, d)) = (around(&falls[0]), around(&falls[1]));
    let (last, next) = (a.max(c), b.min(d));
    if last.is_finite() && next.is_finite() { (time - last) / (next - last).max(0.05) } else { 0.0 }
}
