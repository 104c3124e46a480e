//! Dancing on the spot: steps on the beat, hips, shoulders and arms between them.

use std::f32::consts::{PI, TAU};

use glam::{Vec2, Vec3};

use super::footfall::side;
use super::posture::{Arm, Torso};
use super::style::Style;

/// One person's dance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dance {
    /// Seconds from one beat to the next.
    pub(super) beat: f32,
    /// Which steps.
    steps: usize,
    /// Which arms.
    arms: usize,
    /// How wide it is, around 1.
    size: f32,
}

impl Dance {
    pub(super) fn new(style: &Style, number: u64) -> Self {
        let seed = style.seed.of("dance").at(number);
        Self {
            beat: 60.0 / seed.of("tempo").range(98.0, 126.0),
            steps: seed.of("steps").index(3),
            arms: seed.of("arms").index(3),
            size: seed.of("size").range(0.8, 1.2),
        }
    }

    /// The step that lands on a beat: which foot, where to (ahead and to the left of its place) and turned how far.
    pub(super) fn step(&self, beat: usize) -> Option<(usize, Vec2, f32)> {
        let wide = 0.3 * self.size;
        match self.steps {
            // Side, close, side, close.
            0 => [(0, wide, 0.15), (1, wide, 0.0), (1, 0.0, -0.15), (0, 0.0, 0.0)]
                .get(beat % 4)
                .map(|(foot, left, turn)| (*foot, Vec2::Y * *left, *turn)),
            // Forward and back, one foot after the other.
            1 => Some((beat % 2, Vec2::X * if (beat / 2).is_multiple_of(2) { 0.16 * self.size } else { -0.08 }, 0.0)),
            // Wide stand, a tap now and then.
            _ => match beat % 8 {
                0 => Some((0, Vec2::Y * 0.12, 0.2)),
                1 => Some((1, Vec2::Y * -0.12, -0.2)),
                5 => Some((beat / 8 % 2, Vec2::new(0.1, 0.1 - 0.2 * (beat / 8 % 2) as f32), 0.1)),
                _ => None,
            },
        }
    }

    /// The trunk, `since` seconds after the beginning, over feet whose middle is off its place by `feet`.
    pub(super) fn torso(&self, since: f32, feet: Vec2) -> Torso {
        let turn = since / self.beat * PI;
        let (half, whole) = (libm::sinf(turn), libm::cosf(2.0 * turn));
        let twist = libm::sinf(turn / 2.0);
        Torso {
            shift: Vec3::new(feet.x, feet.y + 0.045 * self.size * half, -0.065 - 0.035 * whole),
            tilt: Vec3::new(0.13 * self.size * half, 0.06, 0.16 * twist),
            bend: Vec3::new(-0.2 * self.size * half, 0.04 - 0.05 * whole, -0.35 * self.size * twist),
        }
    }

    pub(super) fn arm(&self, since: f32, foot: usize) -> Arm {
        let out = side(foot);
        let turn = since / self.beat * PI;
        let phase = if foot == 0 { 0.0 } else { PI };
        let (slow, quick) = (libm::sinf(turn / 2.0 + phase), libm::sinf(turn + phase));
        match self.arms {
            // Bent before the body, pumping.
            0 => Arm::hanging(out, 0.45 + 0.35 * quick, 0.3 + 0.1 * slow, 0.3, 1.5 + 0.35 * quick),
            // Up in the air, swaying.
            1 => {
                let mut arm = Arm::hanging(out, 0.35, 2.35 + 0.25 * quick, -1.2, 0.75 + 0.35 * libm::sinf(turn));
                arm.shrug = 0.25;
                arm
            }
            // By turns up and down.
            _ => {
                let up = 0.5 + 0.5 * libm::sinf(since / self.beat * TAU / 8.0 + phase);
                let up = crate::seed::ease(up);
                let low = Arm::hanging(out, 0.3 + 0.2 * quick, 0.35, 0.2, 1.2 + 0.2 * quick);
                let high = Arm::hanging(out, 0.3, 2.2 + 0.15 * quick, -1.1, 0.9);
                low.blend(&high, up)
            }
        }
    }
}
