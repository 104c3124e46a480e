//! The camera, what its sensor does, what stands around, and the lines that are counted.

use serde::{Deserialize, Serialize};

use crate::place::ThingKind;

/// A camera: where it is and what it looks at, once or along keys in time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Camera {
    /// Where it stands and looks, in order of time; one key is a camera that doesn't move.
    pub keys: Vec<Key>,
    /// How much a hand that holds it trembles: 0 on a tripod, 1 a walking person.
    #[serde(default)]
    pub shake: f32,
}

/// A camera at one time. Between two keys it moves smoothly.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Key {
    /// When.
    #[serde(default)]
    pub time: f32,
    /// Where it is.
    pub at: [f32; 3],
    /// What is in the middle of its picture.
    pub look: [f32; 3],
    /// Angle of view across the picture.
    #[serde(default = "default_view")]
    pub view: f32,
}

fn default_view() -> f32 {
    60.0
}

/// What the lens, the sensor and the recorder do to the picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Picture {
    /// Standard deviation of the sensor's noise, in steps of 0..=255.
    pub noise: f32,
    /// Standard deviation of the lens's blur, in pixels.
    pub blur: f32,
    /// How long the shutter is open, as a share of a frame's time: what moves is blurred by that much.
    pub shutter: f32,
    /// Brightness, 1 is as lit.
    pub exposure: f32,
    /// Quality of the H.264 file as x264's constant rate factor: 18 hardly to be seen, 36 a cheap camera.
    pub compression: u32,
}

impl Default for Picture {
    fn default() -> Self {
        Self { noise: 2.0, blur: 0.6, shutter: 0.0, exposure: 1.0, compression: 23 }
    }
}

/// Something that stands in the scene.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    /// What.
    pub kind: ThingKind,
    /// Where its middle is on the ground.
    pub at: [f32; 2],
    /// Which way its front looks, as [`super::Person::facing`]. By default to the front.
    #[serde(default = "to_the_front")]
    pub facing: f32,
    /// Width, depth and height; by default what such things have.
    pub size: Option<[f32; 3]>,
}

fn to_the_front() -> f32 {
    -90.0
}

/// A line in the picture. Who stands at `from` and looks to `to` has *in* on the right-hand side: a crossing from
/// left to right counts as in, the other as out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// Unlike all others of the scene.
    pub name: String,
    /// One end, as shares of the picture's width and height.
    pub from: [f32; 2],
    /// The other end.
    pub to: [f32; 2],
}
