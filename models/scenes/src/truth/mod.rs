//! What is true of a scene: of each frame (`person`), and of the scene as a whole (`events`).

mod events;
mod face;
mod files;
mod person;

#[cfg(test)]
mod tests;

pub use events::{Acted, Crossing, Direction, Events};
pub use face::FaceTruth;
pub use files::{Truth, picture};
pub use person::{PersonTruth, Point, Sight, joints, of_frame};
