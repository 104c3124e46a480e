//! Where a scene plays: ground, walls, sky and light, and the things that stand about.

use glam::Vec3;
use serde::{Deserialize, Serialize};

use crate::model::{Material, Model};
use crate::script::Thing;
use crate::seed::Seed;

/// A kind of place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceKind {
    /// A pavement before house fronts, a road before it.
    Street,
    /// A paved square, houses and trees far around.
    Square,
    /// Lawn, a path, trees.
    Park,
    /// A living room or an office.
    Room,
    /// A shop with shelves along its back wall.
    Shop,
    /// A long corridor, away from the front.
    Corridor,
    /// A plain backdrop.
    Studio,
}

/// A kind of light.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Light {
    /// High sun, hard shadows.
    Sun,
    /// A grey sky, soft shadows.
    Overcast,
    /// Low, warm sun, long shadows.
    Evening,
    /// Lamps on the ceiling.
    Lamps,
    /// Little and blueish light.
    Night,
}

/// A kind of thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThingKind {
    /// A chair.
    Chair,
    /// A bench.
    Bench,
    /// A sofa.
    Sofa,
    /// A table.
    Table,
    /// Shelves with goods.
    Shelf,
    /// A round column from floor to ceiling.
    Pillar,
    /// A piece of wall.
    Wall,
    /// A plant in a pot.
    Plant,
    /// A tree.
    Tree,
    /// A parked car.
    Car,
    /// A cardboard box.
    Crate,
    /// A street lamp.
    Lamp,
}

/// The light that falls on everything. Colours are linear; 1 in all is white paper in full light.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lighting {
    /// Towards the sun or the main lamp, length 1.
    pub towards: Vec3,
    /// The sun's or lamp's light.
    pub direct: Vec3,
    /// What comes from above.
    pub sky: Vec3,
    /// What comes back from the ground.
    pub bounce: Vec3,
    /// Colour far away.
    pub haze: Vec3,
    /// Distance in metres at which haze has taken over two thirds; infinite indoors.
    pub haze_distance: f32,
    /// Width of a shadow's edge in metres, for a thing a metre above the ground.
    pub shadow_softness: f32,
}

/// A place: all that doesn't move.
#[derive(Clone, Debug)]
pub struct Place {
    /// Ground, walls, sky (a dome far out, with a glowing material) and what stands there.
    pub model: Model,
    /// Its light.
    pub lighting: Lighting,
}

impl Place {
    /// Builds a place, as its seed varies it, with the script's own things in it.
    pub fn new(kind: PlaceKind, light: Light, things: &[Thing], seed: Seed) -> Self {
        let _ = (kind, light, things, seed);
        let mut model = Model::default();
        let ground = model.material(Material::plain([120, 118, 112]));
        let corner = |x: f32, y: f32| Vec3::new(x, y, 0.0) * 50.0;
        let corners = [corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)];
        model.quad(corners, glam::Vec2::ONE, ground);
        Self {
            model,
            lighting: Lighting {
                towards: Vec3::new(-0.4, -0.5, 0.77).normalize(),
                direct: Vec3::new(1.0, 0.95, 0.88) * 0.9,
                sky: Vec3::new(0.42, 0.46, 0.52),
                bounce: Vec3::new(0.2, 0.19, 0.17),
                haze: Vec3::new(0.7, 0.75, 0.8),
                haze_distance: 150.0,
                shadow_softness: 0.03,
            },
        }
    }
}
