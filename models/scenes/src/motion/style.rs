//! What is a person's own in their way of moving.

use crate::figure::{Joint, Rest};
use crate::script::{Carried, Look};
use crate::seed::Seed;

/// One person's way of moving. Angles are radians, lengths metres.
#[derive(Clone, Debug)]
pub(super) struct Style {
    /// Where further chance comes from.
    pub(super) seed: Seed,
    /// How long a leg is, from hip to sole.
    pub(super) leg: f32,
    /// Speed of a walk of which the script says none.
    pub(super) walk: f32,
    /// Speed of a run.
    pub(super) run: f32,
    /// Steps a second against what most make at that speed.
    pub(super) cadence: f32,
    /// How far arms swing, against most.
    pub(super) swing: f32,
    /// How much more the left arm swings than the right one, -0.3..0.3.
    pub(super) uneven: f32,
    /// How far the back is bent.
    pub(super) stoop: f32,
    /// How much hips sway, against most.
    pub(super) sway: f32,
    /// How far feet point outwards.
    pub(super) turnout: f32,
    /// How far apart the ankles stand, from the middle.
    pub(super) stance: f32,
    /// How far arms are held off the body.
    pub(super) aside: f32,
    /// Whether the left hand does what one hand does.
    pub(super) left_handed: bool,
    /// Whether the right hand holds a bag, and so does nothing else.
    pub(super) bag: bool,
}

impl Style {
    pub(super) fn new(rest: &Rest, seed: Seed, look: &Look) -> Self {
        let (girth, bag) = (look.girth.unwrap_or(1.0), look.carries == Some(Carried::Bag));
        let seed = seed.of("way of moving");
        let hips = rest[Joint::LeftHip as usize].y.abs().max(0.06);
        let leg = rest[Joint::LeftHip as usize].z.max(0.4);
        let normal = |name: &str| seed.of(name).normal();
        Self {
            seed,
            leg,
            walk: (1.28 + 0.1 * normal("walk")) * libm::sqrtf(leg / 0.9),
            run: (3.2 + 0.15 * normal("run")) * libm::sqrtf(leg / 0.9),
            cadence: 1.0 + 0.04 * normal("cadence").clamp(-2.0, 2.0),
            swing: 1.0 + 0.25 * normal("swing").clamp(-2.0, 2.0),
            uneven: 0.1 * normal("uneven"),
            stoop: 0.05 + 0.05 * normal("stoop").clamp(-1.0, 2.5),
            sway: 1.0 + 0.3 * normal("sway").clamp(-2.0, 2.0),
            turnout: 0.12 + 0.05 * normal("turnout"),
            stance: hips * seed.of("stance").range(0.95, 1.35),
            aside: 0.1 + 0.25 * (girth - 1.0).max(0.0) + 0.04 * seed.of("aside").unit(),
            left_handed: bag || seed.of("hand").chance(0.3),
            bag,
        }
    }
}
