//! Standing: breath, weight that shifts from leg to leg, and what hands do meanwhile.

use std::f32::consts::TAU;

use glam::Vec3;

use super::footfall::side;
use super::posture::{Arm, Torso, Trunk};
use super::style::Style;
use super::timeline::Segment;
use crate::figure::Joint;
use crate::seed::ease;

/// What hands do while one stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hands {
    Hang,
    Folded,
    Clasped,
    Pockets,
    Phone,
    Hip,
    Behind,
}

/// Shorter stops leave no time to put hands anywhere.
const SHORT: f32 = 2.4;

fn hands(style: &Style, segment: &Segment) -> Hands {
    if segment.to - segment.from < SHORT {
        return Hands::Hang;
    }
    use Hands::{Behind, Clasped, Folded, Hang, Hip, Phone, Pockets};
    let seed = style.seed.of("hands").at(segment.number);
    if style.bag {
        return seed.pick(&[Hang, Hang, Hang, Pockets, Phone, Hip]);
    }
    seed.pick(&[Hang, Hang, Hang, Hang, Hang, Folded, Clasped, Pockets, Pockets, Phone, Hip, Behind])
}

/// How far the hands have got to where they go: they begin late and end early.
fn share(segment: &Segment, time: f32) -> f32 {
    let (since, length) = segment.clock(time);
    ease((since - 0.3) / 0.9).min(ease((length - since - 0.1) / 0.8))
}

/// The trunk of one who stands.
pub(super) fn torso(style: &Style, segment: &Segment, time: f32) -> Torso {
    let seed = style.seed.of("idle");
    let (since, length) = segment.clock(time);
    let settled = ease(since / 2.0).min(ease((length - since) / 1.0));
    let slow = |n: u64, rate: f32| seed.at(n).fractal(time * rate, 0.5, 2);
    // Weight rests on one leg for seconds, then on the other.
    let weight = (1.8 * slow(0, 0.16)).clamp(-1.0, 1.0) * settled;
    let breath = libm::sinf(TAU * time / 3.7);
    let phone = if hands(style, segment) == Hands::Phone { share(segment, time) } else { 0.0 };
    Torso {
        shift: Vec3::new(0.012 * slow(1, 0.3), 0.035 * weight, -0.006 - 0.008 * weight.abs()),
        tilt: Vec3::new(0.07 * weight, 0.0, 0.06 * slow(2, 0.2) * settled),
        bend: Vec3::new(
            -0.08 * weight + 0.015 * slow(3, 0.4),
            style.stoop - 0.012 * breath + 0.02 * slow(4, 0.25) + 0.08 * phone,
            0.05 * slow(5, 0.25) * settled,
        ),
    }
}

/// What an arm does beyond hanging, and how much of that.
pub(super) fn arm(trunk: &Trunk<'_>, segment: &Segment, time: f32, foot: usize) -> Option<(Arm, f32)> {
    let style = trunk.style;
    let out = side(foot);
    let busy = if style.left_handed { 1.0 } else { -1.0 };
    let hips = trunk.rest[Joint::LeftHip as usize].y.abs() / trunk.scale;
    let stir = 0.008 * style.seed.of("stir").at(foot as u64).fractal(time * 0.7, 0.0, 2);
    let (pelvis, chest) = (Joint::Pelvis, Joint::Chest);
    let (to, elbow, wrist) = match hands(style, segment) {
        Hands::Hang => return None,
        Hands::Folded => {
            let upper = if out == busy { 0.03 } else { 0.0 };
            let to = trunk.near(chest, 0.2 + upper, -out * 0.07, -0.06 + upper + stir);
            (to, Vec3::new(-0.1, out * 0.75, -0.6), 0.3)
        }
        Hands::Clasped => (trunk.near(pelvis, 0.19, out * 0.085, 0.02 + stir), Vec3::new(-0.6, out * 0.8, 0.0), 0.3),
        Hands::Pockets => {
            let to = trunk.near(pelvis, 0.06, out * (hips + 0.12), 0.0 + stir);
            (to, Vec3::new(-0.8, out * 0.6, 0.0), 0.1)
        }
        Hands::Phone if out == busy => {
            let to = trunk.near(chest, 0.27, out * 0.06, -0.02 + stir);
            (to, Vec3::new(-0.2, out * 0.4, -0.9), 0.0)
        }
        Hands::Phone => return None,
        Hands::Hip if out == busy => {
            let to = trunk.near(pelvis, 0.0, out * (hips + 0.13), 0.09);
            (to, Vec3::new(-0.3, out, 0.0), 0.5)
        }
        Hands::Hip => return None,
        Hands::Behind => (trunk.near(pelvis, -0.15, out * 0.085, 0.02 + stir), Vec3::new(-0.8, out * 0.7, 0.0), 0.2),
    };
    let mut arm = trunk.reach(out, to, elbow);
    arm.wrist = wrist;
    Some((arm, share(segment, time)))
}

/// What the eyes rest on, and how much: a phone in the hand.
pub(super) fn look(trunk: &Trunk<'_>, segment: &Segment, time: f32) -> Option<(Vec3, f32)> {
    let out = if trunk.style.left_handed { 1.0 } else { -1.0 };
    (hands(trunk.style, segment) == Hands::Phone)
        .then(|| (trunk.near(Joint::Chest, 0.33, out * 0.05, 0.04), share(segment, time)))
}
