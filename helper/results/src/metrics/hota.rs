//! HOTA after Luiten et al., "HOTA: A Higher Order Metric for Evaluating Multi-Object Tracking" (IJCV 129,
//! 2021), number for number that of TrackEval.

use std::collections::BTreeMap;

use super::grid::Grid;
use super::sequence::Overlaps;
use super::share;

/// How many overlaps are looked at: 0.05, 0.1 … 0.95.
pub const ALPHAS: usize = 19;

/// The overlap that a match needs at step `index`.
pub fn alpha(index: usize) -> f64 {
    0.05 + 0.05 * index as f64
}

/// What is counted at one overlap. All of it adds up over sequences.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Counts {
    matched: u64,
    missed: u64,
    false_alarms: u64,
    /// Sum over matches of their overlap, and of how well their person and track belong together.
    overlap: f64,
    association: f64,
    association_recall: f64,
    association_precision: f64,
}

/// HOTA of one or more sequences.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hota([Counts; ALPHAS]);

/// The figures at one overlap or their mean over all of them, each 0..=1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the paper")]
pub struct HotaFigures {
    pub hota: f64,
    pub det_a: f64,
    pub ass_a: f64,
    pub loc_a: f64,
    pub det_re: f64,
    pub det_pr: f64,
    pub ass_re: f64,
    pub ass_pr: f64,
}

impl Hota {
    pub(super) fn of(overlaps: &Overlaps) -> Self {
        let alignment = alignment(overlaps);
        let mut counts = [Counts::default(); ALPHAS];
        let mut together: BTreeMap<(usize, usize), [u32; ALPHAS]> = BTreeMap::new();
        for frame in &overlaps.frames {
            let (people, tracks) = (&frame.people, &frame.tracks);
            let score = |r: usize, c: usize| alignment.at(people[r], tracks[c]) * frame.iou.at(r, c);
            let pairs = Grid::from_fn(people.len(), tracks.len(), score).best_pairs();
            for (index, count) in counts.iter_mut().enumerate() {
                let mut matched = 0;
                for &(r, c) in &pairs {
                    if frame.iou.at(r, c) >= alpha(index) - f64::EPSILON {
                        matched += 1;
                        count.overlap += frame.iou.at(r, c);
                        together.entry((people[r], tracks[c])).or_default()[index] += 1;
                    }
                }
                count.matched += matched;
                count.missed += people.len() as u64 - matched;
                count.false_alarms += tracks.len() as u64 - matched;
            }
        }
        for (&(person, track), frames) in &together {
            let [in_person, in_track] = [overlaps.people[person], overlaps.tracks[track]].map(f64::from);
            for (count, &frames) in counts.iter_mut().zip(frames) {
                let frames = f64::from(frames);
                count.association += frames * share(frames, in_person + in_track - frames);
                count.association_recall += frames * share(frames, in_person);
                count.association_precision += frames * share(frames, in_track);
            }
        }
        Self(counts)
    }

    /// Adds another sequence.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in self.0.iter_mut().zip(&other.0) {
            sum.matched += more.matched;
            sum.missed += more.missed;
            sum.false_alarms += more.false_alarms;
            sum.overlap += more.overlap;
            sum.association += more.association;
            sum.association_recall += more.association_recall;
            sum.association_precision += more.association_precision;
        }
    }

    /// The figures at each overlap of [`alpha`].
    pub fn figures(&self) -> [HotaFigures; ALPHAS] {
        self.0.map(|counts| counts.figures())
    }

    /// The mean of each figure over all overlaps: what tables print as HOTA, DetA, AssA…
    pub fn mean(&self) -> HotaFigures {
        let figures = self.figures();
        let mean = |figure: fn(&HotaFigures) -> f64| figures.iter().map(figure).sum::<f64>() / ALPHAS as f64;
        HotaFigures {
            hota: mean(|f| f.hota),
            det_a: mean(|f| f.det_a),
            ass_a: mean(|f| f.ass_a),
            loc_a: mean(|f| f.loc_a),
            det_re: mean(|f| f.det_re),
            det_pr: mean(|f| f.det_pr),
            ass_re: mean(|f| f.ass_re),
            ass_pr: mean(|f| f.ass_pr),
        }
    }
}

impl Counts {
    fn figures(&self) -> HotaFigures {
        let [matched, missed, false_alarms] = [self.matched, self.missed, self.false_alarms].map(|n| n as f64);
        let det_a = share(matched, matched + missed + false_alarms);
        let ass_a = share(self.association, matched);
        HotaFigures {
            hota: (det_a * ass_a).sqrt(),
            det_a,
            ass_a,
            // Where nothing matched, nothing lies badly: 1.
            loc_a: self.overlap.max(1e-10) / matched.max(1e-10),
            det_re: share(matched, matched + missed),
            det_pr: share(matched, matched + false_alarms),
            ass_re: share(self.association_recall, matched),
            ass_pr: share(self.association_precision, matched),
        }
    }
}

/// How well each person (row) and track (column) lie on each other over the whole sequence, before anybody
/// is matched: a Jaccard index of their overlaps.
fn alignment(overlaps: &Overlaps) -> Grid {
    let mut common = Grid::zeros(overlaps.people.len(), overlaps.tracks.len());
    for frame in &overlaps.frames {
        let iou = &frame.iou;
        let of_person: Vec<f64> = (0..frame.people.len()).map(|r| iou.row_sum(r)).collect();
        let of_track: Vec<f64> = (0..frame.tracks.len()).map(|c| iou.col_sum(c)).collect();
        for (r, &person) in frame.people.iter().enumerate() {
            for (c, &track) in frame.tracks.iter().enumerate() {
                let either = of_track[c] + of_person[r] - iou.at(r, c);
                if either > f64::EPSILON {
                    *common.at_mut(person, track) += iou.at(r, c) / either;
                }
            }
        }
    }
    let [people, tracks] = [&overlaps.people, &overlaps.tracks];
    Grid::from_fn(people.len(), tracks.len(), |r, c| {
        common.at(r, c) / (f64::from(people[r]) + f64::from(tracks[c]) - common.at(r, c))
    })
}
