//! Tracking of people: BoT-SORT or another tracker from frame to frame, and the stitching of its tracks into identities.
//!
//! Pure and deterministic: data and time come in as arguments, the same input gives the same output.

pub mod assignment;
pub mod botsort;
pub mod bytetrack;
pub mod deepocsort;
mod embedding;
pub mod gaps;
pub mod identify;
pub mod kalman;
mod overlap;
mod settings;
mod tracker;
pub mod tracklet;
pub mod views;

pub use embedding::Embedding;
pub use tracker::{Input, Method, TrackedBox, Tracker};
