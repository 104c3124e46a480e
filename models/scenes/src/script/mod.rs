//! A scene as its author writes it: a TOML file that is read, checked and never changed.

mod check;
mod person;
mod shot;

pub use check::ScriptError;
pub use person::{Carried, Garments, Hair, Look, Person, Step, Target};
pub use shot::{Camera, Key, Line, Picture, Thing};

use serde::{Deserialize, Serialize};

pub use crate::place::{Light, PlaceKind, ThingKind};

/// One scene. Lengths are metres, angles degrees, times seconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// What happens, in one sentence.
    pub title: String,
    /// Where all its chance starts.
    pub seed: u64,
    /// Pixels across and down.
    #[serde(default = "default_size")]
    pub size: [u32; 2],
    /// Frames a second.
    #[serde(default = "default_fps")]
    pub fps: u32,
    /// How long it lasts.
    pub seconds: f32,
    /// Where it plays.
    pub place: PlaceKind,
    /// Under which light.
    pub light: Light,
    /// Who looks on.
    pub camera: Camera,
    /// What the camera makes of it.
    #[serde(default)]
    pub picture: Picture,
    /// Furniture, cars and what else stands there.
    #[serde(default)]
    pub things: Vec<Thing>,
    /// Who plays.
    #[serde(default)]
    pub people: Vec<Person>,
    /// Lines whose crossings are counted.
    #[serde(default)]
    pub lines: Vec<Line>,
}

fn default_size() -> [u32; 2] {
    [1280, 720]
}

fn default_fps() -> u32 {
    25
}

impl Script {
    /// Reads and checks a script.
    ///
    /// # Errors
    /// It isn't TOML, has a field that isn't known, or says something that can't be; with the place in the text
    /// or the name of the field.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let script: Self = toml::from_str(text)?;
        check::check(&script)?;
        Ok(script)
    }

    /// How many frames it has.
    pub fn frames(&self) -> u32 {
        (self.seconds * self.fps as f32).round() as u32
    }
}
