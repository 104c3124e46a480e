//! Waving with a raised hand.

use std::f32::consts::TAU;

use super::footfall::side;
use super::posture::Arm;
use super::style::Style;
use super::timeline::Segment;
use crate::seed::ease;

/// The waving arm, and how far it is up.
pub(super) fn arm(style: &Style, segment: &Segment, time: f32, foot: usize) -> Option<(Arm, f32)> {
    let seed = style.seed.of("wave").at(segment.number);
    let left = style.bag || seed.of("left").chance(0.35);
    if left != (foot == 0) {
        return None;
    }
    let (since, length) = segment.clock(time);
    let each = (0.4 * length).clamp(0.05, 0.6);
    let up = ease(since / each).min(ease((length - since) / each));
    let beat = libm::sinf(TAU * since * seed.of("rate").range(1.5, 2.2));
    let high = seed.of("high").range(1.75, 2.3);
    let mut arm = Arm::hanging(side(foot), 0.15, high, -1.25, 1.15 + 0.42 * beat);
    arm.shrug = 0.2;
    arm.wrist = 0.1 * beat;
    // There is no time to raise it for less than half a second.
    Some((arm, up * ease(length / 1.5)))
}
