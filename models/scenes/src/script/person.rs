//! Who plays: what they look like and what they do.

use serde::{Deserialize, Serialize};

/// A person of the scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Unlike all others of the scene.
    pub name: String,
    /// Where they begin, on the ground.
    pub at: [f32; 2],
    /// Which way they face then; 0 is +x (to the right), 90 is +y (away from the front).
    #[serde(default)]
    pub facing: f32,
    /// When they appear.
    #[serde(default)]
    pub from: f32,
    /// What they do, one after the other; afterwards they stand, or are gone where the last step is `leave`.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What they look like; what is left out, the scene's seed and the name decide.
    #[serde(default)]
    pub look: Look,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Go to a place in a straight line; slower than 0.3 m/s is a shuffle.
    Walk {
        /// Where to.
        to: [f32; 2],
        /// Metres a second; by default the person's own, about 1.3.
        speed: Option<f32>,
    },
    /// Run to a place in a straight line.
    Run {
        /// Where to.
        to: [f32; 2],
        /// Metres a second; by default about 3.2.
        speed: Option<f32>,
    },
    /// Stand, breathing and shifting weight.
    Stand {
        /// How long.
        seconds: f32,
    },
    /// Turn on the spot with small steps.
    Turn {
        /// Which way to face then, as `facing`.
        to: f32,
        /// How long it takes.
        #[serde(default = "a_second")]
        seconds: f32,
    },
    /// Sit down (0.45 m high), stay, get up.
    Sit {
        /// How long, with sitting down and getting up.
        seconds: f32,
    },
    /// Fall, lie, and stay lying.
    Fall {
        /// How long, with the fall.
        seconds: f32,
    },
    /// Wave with a raised hand.
    Wave {
        /// How long.
        seconds: f32,
    },
    /// Bend down, pick something up from the floor, and straighten.
    PickUp {
        /// How long.
        #[serde(default = "three_seconds")]
        seconds: f32,
    },
    /// Take something from a shelf or table in front, at this height, and bring it to the body (into a pocket or bag).
    Take {
        /// Where the thing is.
        #[serde(default = "shelf_height")]
        height: f32,
        /// How long.
        #[serde(default = "three_seconds")]
        seconds: f32,
    },
    /// Dance on the spot.
    Dance {
        /// How long.
        seconds: f32,
    },
    /// Turn the head to something from now on; takes no time of its own.
    LookAt {
        /// What.
        target: Target,
    },
    /// Be gone from now on.
    Leave,
    /// Be there again at another place (after [`Step::Leave`], or at once), facing that way.
    Appear {
        /// Where.
        at: [f32; 2],
        /// As [`Person::facing`].
        facing: f32,
    },
    /// Let time pass, as they are: gone, sitting or lying.
    Wait {
        /// How long.
        seconds: f32,
    },
}

fn a_second() -> f32 {
    1.0
}

fn three_seconds() -> f32 {
    3.0
}

fn shelf_height() -> f32 {
    1.2
}

/// What a head turns to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Where the body goes.
    Ahead,
    /// The camera, as far as a neck can.
    Camera,
    /// A point of the world.
    Point([f32; 3]),
}

/// What a person looks like; what is left out is decided by chance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Look {
    /// A seed of its own: two with the same seed and the same fields are twins, in any scene.
    pub seed: Option<u64>,
    /// Height in metres, 1.0..2.1.
    pub height: Option<f32>,
    /// Girth: 0.8 thin, 1 average, 1.35 heavy.
    pub girth: Option<f32>,
    /// 0 broad shoulders … 1 broad hips.
    pub figure: Option<f32>,
    /// Colour of the skin, sRGB.
    pub skin: Option<[u8; 3]>,
    /// Which garments.
    pub garments: Option<Garments>,
    /// Colour of what covers the upper body.
    pub top: Option<[u8; 3]>,
    /// Colour of what covers the legs.
    pub bottom: Option<[u8; 3]>,
    /// Hair or what covers it.
    pub hair: Option<Hair>,
    /// Its colour.
    pub hair_colour: Option<[u8; 3]>,
    /// What they carry.
    pub carries: Option<Carried>,
}

/// What covers a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Garments {
    /// T-shirt and long trousers.
    Shirt,
    /// T-shirt and shorts.
    Shorts,
    /// Long sleeves and long trousers.
    Sweater,
    /// Open jacket over a shirt, long trousers.
    Jacket,
    /// Long coat.
    Coat,
    /// Dress to the knee.
    Dress,
    /// Blouse and skirt.
    Skirt,
}

/// What is on the head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hair {
    /// None.
    Bald,
    /// Cropped.
    Short,
    /// To the jaw.
    Bob,
    /// Over the shoulders.
    Long,
    /// Tied behind.
    Tail,
    /// A cap with a peak.
    Cap,
    /// A knitted hat.
    Beanie,
}

/// What is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Carried {
    /// Nothing.
    Nothing,
    /// On the back.
    Backpack,
    /// In the right hand.
    Bag,
    /// Over the left shoulder, at the hip.
    ShoulderBag,
}
