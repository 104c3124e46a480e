//! The CLEAR MOT metrics after Bernardin & Stiefelhagen (2008), number for number those of TrackEval.

use super::grid::Grid;
use super::sequence::{Overlap, Overlaps};
use super::share;

/// The overlap that a match needs.
const ENOUGH: f64 = 0.5;

/// Counts that add up over sequences.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clear {
    /// Boxes of people that a track matched.
    pub tp: u64,
    /// Boxes of people that none matched.
    pub fn_: u64,
    /// Boxes of tracks that matched nobody.
    pub fp: u64,
    /// Identity switches: a person is matched by another track than the last time.
    pub idsw: u64,
    /// How often a person was lost and found again.
    pub frag: u64,
    /// People mostly tracked: in more than 80 % of their frames.
    pub mt: u64,
    /// People partly tracked.
    pub pt: u64,
    /// People mostly lost: tracked in less than 20 % of their frames.
    pub ml: u64,
    overlap: f64,
}

impl Clear {
    pub(super) fn of(overlaps: &Overlaps) -> Self {
        let mut clear = Self::default();
        let mut people = vec![Person::default(); overlaps.people.len()];
        for frame in &overlaps.frames {
            let pairs = pairs(frame, &people);
            clear.tp += pairs.len() as u64;
            clear.fn_ += (frame.people.len() - pairs.len()) as u64;
            clear.fp += (frame.tracks.len() - pairs.len()) as u64;
            // A frame without people or without tracks says nothing of who goes on: TrackEval passes it over.
            if frame.people.is_empty() || frame.tracks.is_empty() {
                continue;
            }
            let before: Vec<bool> = people.iter_mut().map(|person| person.now.take().is_some()).collect();
            for (r, c) in pairs {
                clear.overlap += frame.iou.at(r, c);
                let (person, track) = (frame.people[r], frame.tracks[c]);
                clear.idsw += u64::from(people[person].meet(track, before[person]));
            }
        }
        for (person, &frames) in people.iter().zip(&overlaps.people) {
            clear.frag += person.beginnings.saturating_sub(1);
            let tracked = f64::from(person.matched) / f64::from(frames);
            *if tracked > 0.8 {
                &mut clear.mt
            } else if tracked >= 0.2 {
                &mut clear.pt
            } else {
                &mut clear.ml
            } += 1;
        }
        clear
    }

    /// Adds another sequence.
    pub fn add(&mut self, other: &Self) {
        self.tp += other.tp;
        self.fn_ += other.fn_;
        self.fp += other.fp;
        self.idsw += other.idsw;
        self.frag += other.frag;
        self.mt += other.mt;
        self.pt += other.pt;
        self.ml += other.ml;
        self.overlap += other.overlap;
    }

    /// Accuracy: 1 less the share of misses, false alarms and switches; may be far below 0.
    /// 0 where nobody was there.
    pub fn mota(&self) -> f64 {
        let [tp, fn_, fp, idsw] = [self.tp, self.fn_, self.fp, self.idsw].map(|n| n as f64);
        if tp + fn_ == 0.0 { 0.0 } else { (tp - fp - idsw) / (tp + fn_) }
    }

    /// Precision of place: the mean overlap of what matched.
    pub fn motp(&self) -> f64 {
        share(self.overlap, self.tp as f64)
    }
}

/// What is remembered of a person from frame to frame.
#[derive(Clone, Default)]
struct Person {
    /// The track in the frame before.
    now: Option<usize>,
    /// The track when last matched, however long ago.
    last: Option<usize>,
    matched: u32,
    beginnings: u64,
}

impl Person {
    /// Is matched by `track`; says whether that is a switch.
    fn meet(&mut self, track: usize, before: bool) -> bool {
        let switched = self.last.is_some_and(|last| last != track);
        (self.now, self.last) = (Some(track), Some(track));
        self.matched += 1;
        self.beginnings += u64::from(!before);
        switched
    }
}

/// Who is matched in a frame: whoever can goes on with the same track, then the greatest overlaps.
fn pairs(frame: &Overlap, people: &[Person]) -> Vec<(usize, usize)> {
    let scores = Grid::from_fn(frame.people.len(), frame.tracks.len(), |r, c| {
        let (iou, goes_on) = (frame.iou.at(r, c), people[frame.people[r]].now == Some(frame.tracks[c]));
        if iou < ENOUGH - f64::EPSILON { 0.0 } else { iou + if goes_on { 1000.0 } else { 0.0 } }
    });
    let mut pairs = scores.best_pairs();
    pairs.retain(|&(r, c)| scores.at(r, c) > f64::EPSILON);
    pairs
}
