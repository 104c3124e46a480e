//! The identity metrics after Ristani et al., "Performance measures and a data set for multi-target,
//! multi-camera tracking" (2016), number for number those of TrackEval.

use super::grid::Grid;
use super::sequence::Overlaps;
use super::share;

/// The overlap at which a track is on a person.
const ENOUGH: f64 = 0.5;

/// Counts that add up over sequences, when each person is given the one track that fits best over all frames.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Boxes of people on which their own track is.
    pub idtp: u64,
    /// Boxes of people on which it is not.
    pub idfn: u64,
    /// Boxes of tracks that are not on their own person.
    pub idfp: u64,
}

impl Identity {
    pub(super) fn of(overlaps: &Overlaps) -> Self {
        let mut together = Grid::zeros(overlaps.people.len(), overlaps.tracks.len());
        for frame in &overlaps.frames {
            for (r, &person) in frame.people.iter().enumerate() {
                for (c, &track) in frame.tracks.iter().enumerate() {
                    if frame.iou.at(r, c) >= ENOUGH {
                        *together.at_mut(person, track) += 1.0;
                    }
                }
            }
        }
        // Counts of frames: whole numbers, so the sum is exact.
        let idtp = together.best_pairs().iter().map(|&(r, c)| together.at(r, c)).sum::<f64>() as u64;
        Self { idtp, idfn: overlaps.people_boxes() - idtp, idfp: overlaps.track_boxes() - idtp }
    }

    /// Adds another sequence.
    pub fn add(&mut self, other: &Self) {
        self.idtp += other.idtp;
        self.idfn += other.idfn;
        self.idfp += other.idfp;
    }

    /// Share of people's boxes on which their own track is.
    pub fn idr(&self) -> f64 {
        share(self.idtp as f64, (self.idtp + self.idfn) as f64)
    }

    /// Share of tracks' boxes that are on their own person.
    pub fn idp(&self) -> f64 {
        share(self.idtp as f64, (self.idtp + self.idfp) as f64)
    }

    /// The harmonic mean of both.
    pub fn idf1(&self) -> f64 {
        share(self.idtp as f64, self.idtp as f64 + 0.5 * self.idfp as f64 + 0.5 * self.idfn as f64)
    }
}
