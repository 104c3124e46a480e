//! Tracking of people: BoT-SORT from frame to frame, and the stitching of its tracks into identities.
//!
//! Pure and deterministic: data and time come in as arguments, the same input gives the same output.

pub mod assignment;
pub mod botsort;
mod embedding;
pub mod identify;
pub mod kalman;
pub mod tracklet;
pub mod views;

pub use embedding::Embedding;
