//! What trunk, arms and eyes do for each deed, beyond what the gait does.

use glam::{Vec2, Vec3};

use super::fall::Fall;
use super::posture::{Arm, Torso, Trunk};
use super::style::Style;
use super::timeline::{Deed, Segment, Stay};
use super::{dance, idle, sit, take, wave};
use crate::figure::{Pose, Rest};

/// The trunk of one who does `segment`, with the feet's middle so far off its place.
pub(super) fn torso(rest: &Rest, style: &Style, segment: &Segment, feet: Vec2, time: f32) -> Torso {
    match segment.deed {
        Deed::Walk | Deed::Run | Deed::Turn => Torso::default(),
        Deed::Stand | Deed::Wave => idle::torso(style, segment, time),
        Deed::Sit => sit::torso(rest, style, segment, time),
        Deed::Fall { rises } => Fall::new(style, segment, rises, time).torso(style),
        Deed::PickUp => take::pick_up_torso(style, segment, time),
        Deed::Take { height } => take::take_torso(rest, style, segment, height, time),
        Deed::Dance => dance::Dance::new(style, segment.number).torso(segment.clock(time).0, feet),
    }
}

/// What an arm does, and how much of that.
pub(super) fn arm(trunk: &Trunk<'_>, segment: &Segment, time: f32, foot: usize) -> Option<(Arm, f32)> {
    if trunk.style.bag && foot == 1 && !matches!(segment.deed, Deed::Fall { .. }) {
        return None;
    }
    match segment.deed {
        Deed::Walk | Deed::Run | Deed::Turn => None,
        Deed::Stand => idle::arm(trunk, segment, time, foot),
        Deed::Wave => wave::arm(trunk.style, segment, time, foot),
        Deed::Sit => Some(sit::arm(trunk, segment, time, foot)),
        Deed::Fall { rises } => Some(Fall::new(trunk.style, segment, rises, time).arm(foot)),
        Deed::PickUp => Some(take::pick_up_arm(trunk, segment, time, foot)),
        Deed::Take { height } => take::take_arm(trunk, segment, height, time, foot),
        Deed::Dance => Some((dance::Dance::new(trunk.style, segment.number).arm(segment.clock(time).0, foot), 1.0)),
    }
}

/// What one's eyes are drawn to, and how much.
pub(super) fn look(trunk: &Trunk<'_>, segment: &Segment, time: f32) -> Option<(Vec3, f32)> {
    match segment.deed {
        Deed::Stand => idle::look(trunk, segment, time),
        Deed::PickUp => Some(take::pick_up_look(trunk, segment, time)),
        Deed::Take { height } => Some(take::take_look(trunk, segment, height, time)),
        _ => None,
    }
}

/// Lays down whoever falls.
pub(super) fn lay(stay: &Stay, pose: &mut Pose, rest: &Rest, style: &Style, time: f32) {
    for (segment, weight) in stay.weights(time) {
        if let Deed::Fall { rises } = segment.deed {
            let mut fall = Fall::new(style, segment, rises, time);
            fall.down *= weight;
            if fall.down > 0.0 {
                fall.lay(pose, rest, stay.path.at(time), stay.heading.at(time));
            }
        }
    }
}
