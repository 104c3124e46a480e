//! How good results are, measured against annotated truth.
//!
//! Tracks: build a [`sequence::Sequence`] (from files with [`mot17`], from a record with [`recorded`]) and
//! take its [`Scores`]. Where people were only counted by eye: [`counted`]. Poses: [`keypoints`] over many images,
//! [`oks`] for one person.

pub mod clear;
pub mod counted;
mod grid;
pub mod hota;
pub mod identity;
pub mod keypoints;
pub mod mot17;
pub mod oks;
pub mod recorded;
pub mod sequence;

#[cfg(test)]
mod laws;

pub use clear::Clear;
pub use hota::Hota;
pub use identity::Identity;

use sequence::{Overlaps, Sequence};

/// What TrackEval says of tracks: of one sequence, or of several taken together.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    /// Detection and association, balanced.
    pub hota: Hota,
    /// Detection first, with identity switches counted.
    pub clear: Clear,
    /// How long each person kept one identity.
    pub identity: Identity,
}

impl Scores {
    /// The scores of one sequence.
    pub fn of(sequence: &Sequence) -> Self {
        let overlaps = Overlaps::of(sequence);
        Self { hota: Hota::of(&overlaps), clear: Clear::of(&overlaps), identity: Identity::of(&overlaps) }
    }

    /// Adds another sequence's scores, which gives those of both taken together.
    pub fn add(&mut self, other: &Self) {
        self.hota.add(&other.hota);
        self.clear.add(&other.clear);
        self.identity.add(&other.identity);
    }
}

/// A share of a whole that may be nothing.
fn share(part: f64, whole: f64) -> f64 {
    part / whole.max(1.0)
}
