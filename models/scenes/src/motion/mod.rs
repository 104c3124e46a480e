//! What a person does at each moment: from the steps of a script to a pose.

use glam::Vec2;
use serde::{Deserialize, Serialize};

use crate::figure::{Pose, Rest};
use crate::script::Person;
use crate::seed::Seed;

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
    at: Vec2,
}

impl Performance {
    /// Works out a part for a body with these bones. `seed` gives it its own way of moving.
    pub fn new(person: &Person, rest: &Rest, seed: Seed) -> Self {
        let _ = seed;
        Self { rest: *rest, at: person.at.into() }
    }

    /// The person at `time`; `None` while they aren't there. `camera` is where it is, for those who look at it.
    pub fn at(&self, time: f32, camera: glam::Vec3) -> Option<Moment> {
        let _ = (time, camera);
        let pose = Pose {
            pelvis: self.at.extend(self.rest[0].z),
            turn: glam::Quat::from_rotation_z(-1.2),
            joints: [glam::Quat::IDENTITY; crate::figure::JOINTS],
        };
        Some(Moment { pose, ground: self.at, action: Action::Stand })
    }

    /// All its actions, in order, while the person is there.
    pub fn intervals(&self) -> &[Interval] {
        &[]
    }
}
