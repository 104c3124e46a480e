//! Who is where, frame by frame, as the passes behind `identify` go through it: the journal of tracks with everybody's
//! identity, and with the boxes that are filled in where a person was out of sight for a moment.
//!
//! Filled boxes are in no file: they follow from the journals, so every pass, and every run that goes on, finds the
//! same. To know whether somebody comes back, as many frames are held as a gap may last.

use std::collections::{BTreeMap, VecDeque};

use silhueta_results::journal::JournalReader;
use silhueta_results::rows::{FramePoses, FrameTracks};
use silhueta_results::work::WorkFolder;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::{IdentityId, TrackId};
use silhueta_tracking::gaps::{Sight, between};

use super::failure::JobError;
use super::identify::Identities;
use super::probe::Job;

/// Somebody's box, this near to an edge of the picture (as a share of its size), may go on behind it.
const EDGE: f32 = 0.01;
/// Somebody at an edge who overlaps this much (IoU) with where they were is still there.
const STAYED: f32 = 0.5;

/// One box of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct PersonRow {
    /// Its track; `None` while unconfirmed.
    pub(super) track: Option<TrackId>,
    /// Whose it is.
    pub(super) identity: Option<IdentityId>,
    /// Where, in source pixels.
    pub(super) bbox: Bbox,
    /// The detector's confidence, 0..=1; of a filled box the lower one of those that it is between.
    pub(super) score: f32,
    /// Whether it was filled in.
    pub(super) is_filled: bool,
}

/// The boxes of one frame: those of the journal in its order, then those that are filled in.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FramePeople {
    /// Frame of the source, from 0.
    pub(super) frame: u64,
    /// Its time, in ticks.
    pub(super) pts: i64,
    /// Its boxes.
    pub(super) boxes: Vec<PersonRow>,
}

/// What gaps are filled.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Limits {
    /// The longest, in ticks.
    ticks: i64,
    /// Size of the picture.
    size: (f32, f32),
}

/// Goes through all frames that were looked at.
pub(super) struct People<'i, R> {
    rows: R,
    identities: &'i Identities,
    limits: Limits,
    held: VecDeque<FramePeople>,
    /// How many frames were given out.
    given: usize,
    /// By person, the last frame with a box of theirs (from 0), and the box; only while a gap may be filled.
    last: BTreeMap<IdentityId, (usize, PersonRow)>,
}

/// All frames of a job.
pub(super) fn of<'i>(
    job: &Job<'_>,
    files: &WorkFolder,
    identities: &'i Identities,
) -> Result<People<'i, impl Iterator<Item = Result<FrameTracks, JobError>>>, JobError> {
    let mut tracks = JournalReader::<FrameTracks>::open(&files.tracks())?;
    let rows = std::iter::from_fn(move || tracks.next().map(|row| Ok(row?)));
    let ticks = (identities.fill_seconds / job.time_base().seconds(1)) as i64;
    let size = (job.info.width as f32, job.info.height as f32);
    Ok(People::new(rows, identities, Limits { ticks, size }))
}

/// The joints of a frame's boxes, box by box; `None` where no pose was looked for.
pub(super) type Poses = Vec<Option<Vec<Keypoint>>>;

/// All frames of a job whose poses are found.
pub(super) fn posed(
    job: &Job<'_>,
    files: &WorkFolder,
    identities: &Identities,
) -> Result<impl Iterator<Item = Result<(FramePeople, Poses), JobError>>, JobError> {
    let mut poses = JournalReader::<FramePoses>::open(&files.poses())?;
    Ok(of(job, files, identities)?.map(move |frame| {
        let frame = frame?;
        let mut posed = poses.next().ok_or(JobError::Disconnected)??.poses.into_iter();
        let joints = frame.boxes.iter().map(|row| row.track.and_then(|_| posed.next())).collect();
        Ok((frame, joints))
    }))
}

impl<'i, R: Iterator<Item = Result<FrameTracks, JobError>>> People<'i, R> {
    fn new(rows: R, identities: &'i Identities, limits: Limits) -> Self {
        Self { rows, identities, limits, held: VecDeque::new(), given: 0, last: BTreeMap::new() }
    }

    /// Takes in a frame, and fills the gaps that end in it.
    fn take(&mut self, row: &FrameTracks) {
        let now = self.given + self.held.len();
        let boxes = row.boxes.iter().map(|b| PersonRow {
            track: b.track,
            identity: b.track.and_then(|track| self.identities.at(track, row.frame)),
            bbox: b.bbox,
            score: b.score,
            is_filled: false,
        });
        let boxes: Vec<PersonRow> = boxes.collect();
        for next in &boxes {
            let Some(identity) = next.identity else { continue };
            let Some((then, last)) = self.last.insert(identity, (now, *next)) else { continue };
            // Its frame is still held: nothing longer than a gap may last is looked for.
            let Some(from) = then.checked_sub(self.given) else { continue };
            let Some(start) = self.held.get(from).map(|held| (held.frame, held.pts)) else { continue };
            if row.pts - start.1 > self.limits.ticks || self.limits.may_have_left(&last.bbox, &next.bbox) {
                continue;
            }
            let sight = |frame, bbox| Sight { frame, bbox };
            let mut way = between(sight(start.0, last.bbox), sight(row.frame, next.bbox), u64::MAX).peekable();
            for held in self.held.iter_mut().skip(from + 1) {
                while way.next_if(|sight| sight.frame < held.frame).is_some() {}
                let Some(sight) = way.next_if(|sight| sight.frame == held.frame) else { continue };
                // A track may have gone on as somebody else, or come from there: its number stands once in a frame.
                let is_free = |track: &Option<TrackId>| held.boxes.iter().all(|known| known.track != *track);
                let Some(track) = [last.track, next.track].into_iter().find(is_free) else { continue };
                let score = last.score.min(next.score);
                held.boxes.push(PersonRow { track, bbox: sight.bbox, score, is_filled: true, ..last });
            }
        }
        self.held.push_back(FramePeople { frame: row.frame, pts: row.pts, boxes });
    }

    /// Whether no gap in the first frame that is held can end any more.
    fn is_ready(&self) -> bool {
        let ends = self.held.front().zip(self.held.back());
        ends.is_some_and(|(first, last)| last.pts - first.pts >= self.limits.ticks)
    }
}

impl<R: Iterator<Item = Result<FrameTracks, JobError>>> Iterator for People<'_, R> {
    type Item = Result<FramePeople, JobError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_ready() {
            match self.rows.next() {
                Some(Ok(row)) => self.take(&row),
                Some(Err(error)) => return Some(Err(error)),
                None => break,
            }
        }
        let first = self.held.pop_front()?;
        self.given += 1;
        let given = self.given;
        self.last.retain(|_, (then, _)| *then >= given);
        Some(Ok(first))
    }
}

impl Limits {
    /// Whether somebody may have been out of the picture: at the same edge before and after, and not in one place.
    fn may_have_left(&self, last: &Bbox, next: &Bbox) -> bool {
        let edges = |b: &Bbox| {
            let (x, y) = (EDGE * self.size.0, EDGE * self.size.1);
            [b.x1 <= x, b.y1 <= y, b.x2 >= self.size.0 - x, b.y2 >= self.size.1 - y]
        };
        let at_one = edges(last).iter().zip(edges(next)).any(|(before, after)| *before && after);
        at_one && last.iou(next) < STAYED
    }
}

#[cfg(test)]
mod tests {
    use silhueta_results::rows::TrackRow;
    use silhueta_tracking::identify::Stitching;

    use super::*;

    const SIZE: (f32, f32) = (640.0, 360.0);

    fn track(n: u32) -> TrackId {
        TrackId::new(n).unwrap()
    }

    /// Frames of (track, left edge), 100 ticks apart, as they come out with gaps of `ticks` filled.
    fn filled(ticks: i64, film: &[&[(u32, f32)]]) -> Vec<Vec<(u32, f32, bool)>> {
        let at = |x| Bbox::new(x, 100.0, x + 40.0, 200.0);
        let rows = film.iter().enumerate().map(|(n, boxes)| {
            let row = |&(n, x): &(u32, f32)| TrackRow { track: TrackId::new(n), bbox: at(x), score: 0.5 };
            Ok(FrameTracks { frame: n as u64, pts: n as i64 * 100, boxes: boxes.iter().map(row).collect() })
        });
        let mut stitching = Stitching::of_tracks([track(1), track(2)]);
        // The third is the first again.
        stitching.spans.insert(track(3), vec![(0, IdentityId::new(1))]);
        stitching.spans.insert(track(4), vec![(0, IdentityId::new(1)), (1, IdentityId::new(7))]);
        stitching.spans.insert(track(5), vec![(0, IdentityId::new(8)), (2, IdentityId::new(1))]);
        let identities = Identities::new(stitching, 0.0);
        let mut people = People::new(rows, &identities, Limits { ticks, size: SIZE });
        let mut out = Vec::new();
        while let Some(frame) = people.next() {
            let frame = frame.unwrap();
            assert_eq!(frame.frame, out.len() as u64);
            assert!(people.held.len() as i64 <= ticks / 100 + 1 && people.last.len() <= 3);
            out.push(frame.boxes.iter().map(|b| (b.track.map_or(0, TrackId::get), b.bbox.x1, b.is_filled)).collect());
        }
        out
    }

    #[test]
    fn short_gaps_are_filled_within_a_track_and_from_one_to_the_next_and_longer_ones_are_not() {
        let film: [&[(u32, f32)]; 7] = [
            &[(1, 100.0), (2, 300.0)],
            &[(2, 310.0)],
            &[(2, 320.0), (0, 9.0)],
            &[(1, 130.0)],
            &[],
            &[(3, 150.0)],
            &[(2, 400.0)],
        ];
        let expected: [&[(u32, f32, bool)]; 7] = [
            &[(1, 100.0, false), (2, 300.0, false)],
            &[(2, 310.0, false), (1, 110.0, true)],
            &[(2, 320.0, false), (0, 9.0, false), (1, 120.0, true)],
            &[(1, 130.0, false)],
            &[(1, 140.0, true)],
            &[(3, 150.0, false)],
            &[(2, 400.0, false)],
        ];
        assert_eq!(filled(300, &film), expected);
        let none = filled(0, &film).concat();
        assert_eq!(none.iter().filter(|(.., is_filled)| *is_filled).count(), 0);
        // Gap by gap, as it gets long enough: one of 200, one of 300, one of 400 ticks.
        let count = |ticks| filled(ticks, &film).concat().iter().filter(|(.., is_filled)| *is_filled).count();
        assert_eq!([count(199), count(200), count(300), count(400)], [0, 1, 3, 6]);
    }

    #[test]
    fn a_filled_box_never_bears_the_number_of_a_track_that_is_in_the_frame() {
        // The fourth is the first person, then another one; the fifth the other way round; the third the first again.
        let ids = |film: &[&[(u32, f32)]]| -> Vec<Vec<u32>> {
            filled(300, film).iter().map(|frame| frame.iter().map(|(track, ..)| *track).collect()).collect()
        };
        assert_eq!(ids(&[&[(4, 100.0)], &[(4, 300.0)], &[(4, 310.0), (3, 120.0)]]), [vec![4], vec![4, 3], vec![4, 3]]);
        let both: [&[(u32, f32)]; 3] = [&[(4, 100.0)], &[(4, 300.0), (5, 500.0)], &[(5, 120.0)]];
        assert_eq!(ids(&both), [vec![4], vec![4, 5], vec![5]], "no number is left for it");
    }

    #[test]
    fn nobody_is_filled_in_who_may_have_been_out_of_the_picture() {
        let count = |from, to| filled(300, &[&[(1, from)], &[], &[(1, to)]]).concat().len();
        assert_eq!(count(100.0, 200.0), 3);
        // Out to the left and in again, but not who stands at the edge, nor who came in and goes.
        assert_eq!((count(0.0, -25.0), count(0.0, 4.0), count(0.0, 60.0)), (2, 3, 3));
        assert_eq!((count(600.0, 625.0), count(0.0, 600.0)), (2, 3));
    }
}
