//! What a person does at each moment: from the steps of a script to a pose.
//!
//! Everything is worked out as a function of time, so that frames can be drawn in any order: where one is and faces
//! (`path`), where the feet stand (`footfall`), what trunk and arms do about it (`gait`) and beyond it
//! (`deed`). Legs reach from the hips to the feet (`legs`), and so feet that stand don't slide.

mod dance;
mod deed;
mod fall;
mod foot;
mod footfall;
mod gait;
mod gaze;
mod idle;
mod legs;
mod limb;
mod path;
mod posture;
mod sit;
mod style;
mod take;
#[cfg(test)]
mod tests;
mod timeline;
mod wave;

use glam::{Vec2, Vec3};
use serde::{Deserialize, Serialize};

use crate::figure::{Figure, Joint, Pose, Rest};
use crate::script::Person;
use crate::seed::Seed;
use foot::Sole;
use footfall::Footfalls;
use gait::Gait;
use posture::Trunk;
use style::Style;
use timeline::Stay;

/// What a person is doing, as truth calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// On both feet, in one place.
    Stand,
    /// On the way.
    Walk,
    /// On the way, with both feet in the air at times.
    Run,
    /// On the spot, to face elsewhere.
    Turn,
    /// Sitting down, sitting, getting up.
    Sit,
    /// Falling, and lying after a fall.
    Fall,
    /// Waving.
    Wave,
    /// Picking up from the floor.
    PickUp,
    /// Taking from a shelf or table.
    Take,
    /// Dancing.
    Dance,
}

/// A person at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moment {
    /// How they hold themselves.
    pub pose: Pose,
    /// Where they are on the ground, without the sway of a gait.
    pub ground: Vec2,
    /// What they do.
    pub action: Action,
}

/// An action from its first to its last moment.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// What.
    pub action: Action,
    /// When it begins, in seconds.
    pub from: f32,
    /// When the next one begins; infinite when none does.
    pub to: f32,
}

/// A person's whole part in a scene, worked out.
#[derive(Clone, Debug)]
pub struct Performance {
    rest: Rest,
    style: Style,
    soles: [Sole; 2],
    stays: Vec<(Stay, Footfalls)>,
    intervals: Vec<Interval>,
}

impl Performance {
    /// Works out a part for a body with these bones. `seed` gives it its own way of moving; of its look, girth
    /// and what it carries matter.
    pub fn new(person: &Person, rest: &Rest, seed: Seed) -> Self {
        let style = Style::new(rest, seed, &person.look);
        let stays = timeline::stays(person, &style);
        let intervals = timeline::intervals(&stays);
        let planned = |stay: Stay| {
            let falls = footfall::plan(&stay, &style);
            (stay, falls)
        };
        let stays = stays.into_iter().map(planned).collect();
        Self { rest: *rest, soles: [0, 1].map(|foot| Sole::new(rest, foot)), style, stays, intervals }
    }

    /// The person at `time`; `None` while they aren't there. `camera` is where it is, for those who look at it.
    pub fn at(&self, time: f32, camera: Vec3) -> Option<Moment> {
        let n = self.stays.partition_point(|(stay, _)| stay.to <= time);
        let (stay, falls) = self.stays.get(n).filter(|(stay, _)| stay.from <= time)?;
        let pose = self.pose(stay, falls, time, camera);
        Some(Moment { pose, ground: stay.path.at(time), action: stay.action(time) })
    }

    /// All its actions, in order, while the person is there.
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    fn pose(&self, stay: &Stay, falls: &Footfalls, time: f32, camera: Vec3) -> Pose {
        let (rest, style) = (&self.rest, &self.style);
        let (ground, heading) = (stay.path.at(time), stay.heading.at(time));
        let feet = [0, 1].map(|foot| foot::at(&falls[foot], &self.soles[foot], time));
        let gait = Gait::new(stay, falls, &feet, rest, time);
        let middle = (feet[0].ankle + feet[1].ankle).truncate() / 2.0 - ground;
        let middle = Vec2::from_angle(-heading).rotate(middle);

        let mut torso = gait.torso(style);
        for (segment, weight) in stay.weights(time) {
            torso.add(&deed::torso(rest, style, segment, middle, time), weight);
        }
        let head = Figure::new(rest, &posture::upright(rest, &torso, ground, heading)).position(Joint::Head);
        let mut gaze = gaze::told(&stay.glances, camera, head, heading, style, time);
        let leaning = torso.tilt.y + torso.bend.y;
        torso.bend.z += gaze::CHEST * gaze.angles.x;

        let mut pose = posture::upright(rest, &torso, ground, heading);
        legs::lower(&mut pose, rest, &feet);
        let trunk = Trunk::new(rest, style, &pose, ground, heading);
        for (segment, weight) in stay.weights(time) {
            if let Some((point, share)) = deed::look(&trunk, segment, time) {
                gaze.drawn(point, head, heading, share * weight);
            }
        }
        gaze.put(&mut pose, &trunk.figure, heading, leaning);
        for foot in 0..2 {
            let mut arm = gait.arm(style, foot, leaning);
            for (segment, weight) in stay.weights(time) {
                if let Some((other, share)) = deed::arm(&trunk, segment, time, foot) {
                    arm = arm.blend(&other, share * weight);
                }
            }
            arm.put(&mut pose, footfall::side(foot));
        }
        legs::put(&mut pose, rest, &feet, heading);
        deed::lay(stay, &mut pose, rest, style, time);
        pose
    }
}
