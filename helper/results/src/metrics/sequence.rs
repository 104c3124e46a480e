//! What is compared: in each frame, who was there and who was said to be there.

use std::collections::BTreeMap;

use super::grid::Grid;
use crate::rect::Rect;

/// A box with a number that stays the same over the frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Labelled {
    /// Whose it is.
    pub id: u32,
    /// Where, in pixels.
    pub bbox: Rect,
}

/// One frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Who was there.
    pub truth: Vec<Labelled>,
    /// Who was said to be there.
    pub tracks: Vec<Labelled>,
}

/// All frames of one video, those without anybody too. No number stands twice on one side of a frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    frames: Vec<Frame>,
}

/// Boxes that make no sequence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unfit {
    /// A person can't be in two places.
    #[error("frame {frame} has {id} twice among its {side}")]
    Twice {
        /// The frame, counted from 0.
        frame: usize,
        /// The number.
        id: u32,
        /// Which side: `people` or `tracks`.
        side: &'static str,
    },
    /// A box of a frame that the sequence does not have.
    #[error("frame {frame} is beyond the {length} frames of the sequence")]
    Beyond {
        /// The frame, counted from 0.
        frame: usize,
        /// How many there are.
        length: usize,
    },
}

impl Sequence {
    /// # Errors
    /// [`Unfit::Twice`].
    pub fn new(frames: Vec<Frame>) -> Result<Self, Unfit> {
        for (number, frame) in frames.iter().enumerate() {
            for (side, boxes) in [("people", &frame.truth), ("tracks", &frame.tracks)] {
                let mut ids: Vec<u32> = boxes.iter().map(|b| b.id).collect();
                ids.sort_unstable();
                if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
                    return Err(Unfit::Twice { frame: number, id: twice[0], side });
                }
            }
        }
        Ok(Self { frames })
    }

    /// From the people of each frame and the tracks of each frame.
    ///
    /// # Errors
    /// [`Unfit::Beyond`] when there are more frames of tracks than of people; [`Unfit::Twice`].
    pub fn of_sides(truth: Vec<Vec<Labelled>>, mut tracks: Vec<Vec<Labelled>>) -> Result<Self, Unfit> {
        if tracks.len() > truth.len() {
            return Err(Unfit::Beyond { frame: tracks.len() - 1, length: truth.len() });
        }
        tracks.resize(truth.len(), Vec::new());
        Self::new(truth.into_iter().zip(tracks).map(|(truth, tracks)| Frame { truth, tracks }).collect())
    }

    /// The frames, in order.
    pub fn frames(&self) -> &[Frame] {
        &self.frames
    }
}

/// A sequence as the metrics look at it: numbers without gaps, and how far boxes overlap.
#[derive(Debug)]
pub(super) struct Overlaps {
    /// In how many frames each person is.
    pub(super) people: Vec<u32>,
    /// In how many frames each track is.
    pub(super) tracks: Vec<u32>,
    pub(super) frames: Vec<Overlap>,
}

/// One frame of [`Overlaps`].
#[derive(Debug)]
pub(super) struct Overlap {
    /// Indices into [`Overlaps::people`].
    pub(super) people: Vec<usize>,
    /// Indices into [`Overlaps::tracks`].
    pub(super) tracks: Vec<usize>,
    /// IoU of people (rows) and tracks (columns).
    pub(super) iou: Grid,
}

impl Overlaps {
    pub(super) fn of(sequence: &Sequence) -> Self {
        let (mut people, mut tracks) = (Numbering::default(), Numbering::default());
        let overlap = |frame: &Frame| Overlap {
            people: people.count(&frame.truth),
            tracks: tracks.count(&frame.tracks),
            iou: iou(&frame.truth, &frame.tracks),
        };
        let frames = sequence.frames.iter().map(overlap).collect();
        Self { people: people.counts, tracks: tracks.counts, frames }
    }

    /// Boxes of people over all frames.
    pub(super) fn people_boxes(&self) -> u64 {
        self.people.iter().copied().map(u64::from).sum()
    }

    /// Boxes of tracks over all frames.
    pub(super) fn track_boxes(&self) -> u64 {
        self.tracks.iter().copied().map(u64::from).sum()
    }
}

/// IoU of people (rows) and tracks (columns).
pub(super) fn iou(truth: &[Labelled], tracks: &[Labelled]) -> Grid {
    Grid::from_fn(truth.len(), tracks.len(), |r, c| truth[r].bbox.iou(&tracks[c].bbox))
}

/// Numbers as they come to 0, 1, 2…
#[derive(Default)]
struct Numbering {
    index: BTreeMap<u32, usize>,
    counts: Vec<u32>,
}

impl Numbering {
    fn count(&mut self, boxes: &[Labelled]) -> Vec<usize> {
        let index = |b: &Labelled| {
            let index = *self.index.entry(b.id).or_insert(self.counts.len());
            if index == self.counts.len() {
                self.counts.push(0);
            }
            self.counts[index] += 1;
            index
        };
        boxes.iter().map(index).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_twice_on_one_side_and_frames_beyond_the_end_are_refused() {
        let seen = |id| Labelled { id, bbox: Rect::new(0.0, 0.0, 1.0, 1.0) };
        let both_sides = vec![vec![seen(3)], vec![seen(3)]];
        assert!(Sequence::of_sides(both_sides.clone(), both_sides.clone()).is_ok());
        let twice = Sequence::of_sides(both_sides.clone(), vec![vec![], vec![seen(8), seen(7), seen(8)]]);
        assert_eq!(twice.unwrap_err().to_string(), "frame 1 has 8 twice among its tracks");
        let beyond = Sequence::of_sides(vec![vec![seen(3)]], both_sides);
        assert_eq!(beyond.unwrap_err(), Unfit::Beyond { frame: 1, length: 1 });
    }
}
