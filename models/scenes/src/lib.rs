//! Made video of people whose truth is known to the pixel.
//!
//! A scene is a small text file with a seed ([`script`]). From it come the persons that play in it
//! ([`body`]), what they do ([`motion`]), where they do it ([`place`]) and who looks on ([`camera`]); a
//! [`render`]er on the processor makes the frames.
//!
//! The same script gives the same bytes on every machine: all chance comes from [`seed::Seed`], all sines
//! from `libm`, and a frame depends on nothing but its script and its number.
//!
//! The world is in metres with z up: x to the right and y away from a camera that stands at the front. Angles
//! of a script are degrees, counted from +x towards +y; those of the code are radians.

pub mod body;
pub mod camera;
pub mod figure;
pub mod film;
pub mod follow;
pub mod judge;
pub mod library;
pub mod make;
pub mod model;
pub mod motion;
pub mod observed;
pub mod place;
pub mod render;
pub mod score;
pub mod script;
pub mod seed;
pub mod sheet;
pub mod skeletons;
pub mod texture;
pub mod truth;
