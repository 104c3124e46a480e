//! Where a scene plays: ground, walls, sky and light, and the things that stand about.

mod corridor;
mod house;
mod indoors;
mod light;
mod outdoors;
mod paint;
mod park;
mod room;
mod shop;
mod site;
mod square;
mod street;
mod studio;
mod things;

use glam::{Vec2, Vec3};
use serde::{Deserialize, Serialize};

use self::site::Site;
use crate::model::Model;
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

impl PlaceKind {
    /// The ground that nothing of the place itself stands on, from its lower to its greater x and y: there people may
    /// walk.
    pub fn free(self) -> [Vec2; 2] {
        let (low, high) = match self {
            Self::Street => ([-12.0, -4.8], [12.0, 6.0]),
            Self::Square => ([-14.0, -14.0], [14.0, 14.0]),
            Self::Park => ([-12.0, -4.0], [12.0, 6.5]),
            Self::Room => ([-4.8, -8.5], [4.8, 3.0]),
            Self::Shop => ([-6.4, -8.5], [6.4, 6.4]),
            Self::Corridor => ([-1.4, -8.8], [1.4, 15.7]),
            Self::Studio => ([-12.0, -10.0], [12.0, 4.0]),
        };
        [Vec2::from(low), Vec2::from(high)]
    }

    /// Whether it is under a roof.
    pub fn is_indoors(self) -> bool {
        matches!(self, Self::Room | Self::Shop | Self::Corridor | Self::Studio)
    }
}

impl Place {
    /// Builds a place, as its seed varies it, with the script's own things in it.
    pub fn new(kind: PlaceKind, light: Light, things: &[Thing], seed: Seed) -> Self {
        let lit = seed.of("light");
        let lighting = if kind.is_indoors() { light::indoors(light, lit) } else { light::outdoors(light, lit) };
        let mut site = Site::new(seed.of("site"));
        match kind {
            PlaceKind::Street => street::build(&mut site, light, lighting.towards),
            PlaceKind::Square => square::build(&mut site, light, lighting.towards),
            PlaceKind::Park => park::build(&mut site, light, lighting.towards),
            PlaceKind::Room => room::build(&mut site, light),
            PlaceKind::Shop => shop::build(&mut site, light),
            PlaceKind::Corridor => corridor::build(&mut site, light),
            PlaceKind::Studio => studio::build(&mut site),
        }
        for (n, thing) in things.iter().enumerate() {
            things::put_scripted(&mut site, thing, seed.of("thing").at(n as u64));
        }
        Self { model: site.finish(), lighting }
    }
}

#[cfg(test)]
mod tests;
