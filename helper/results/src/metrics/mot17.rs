//! The rules of the MOT16, 17 and 20 challenges: which boxes are compared at all.

use super::grid::Grid;
use super::sequence::{Frame, Labelled, Sequence, Unfit, iou};
use crate::mot::{MotTrack, MotTruth, class};

/// Classes whose boxes excuse a track that lies on them.
const EXCUSES: [u32; 4] = [class::PERSON_ON_VEHICLE, class::STATIC_PERSON, class::DISTRACTOR, class::REFLECTION];

/// Which challenge's rules. They differ in what excuses a track.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rules {
    /// MOT16 and MOT17. Our own truth too: people are [`class::PEDESTRIAN`], and nothing else is in it.
    #[default]
    Mot17,
    /// MOT20, where vehicles excuse tracks as well.
    Mot20,
}

/// The overlap at which a track is taken to mean a box of the truth.
const MEANT: f64 = 0.5;

/// Truth and tracks of `length` frames as TrackEval compares them: tracks that lie on something like a person
/// (riding, sitting, a reflection) are dropped, and of the truth only pedestrians that count are kept.
///
/// # Errors
/// [`Unfit`], frames counted from 0.
pub fn sequence(truth: &[MotTruth], tracks: &[MotTrack], length: u32, rules: Rules) -> Result<Sequence, Unfit> {
    let length = length as usize;
    let mut people: Vec<Vec<(Labelled, &MotTruth)>> = vec![Vec::new(); length];
    let mut frames: Vec<Frame> = vec![Frame::default(); length];
    let at = |frame: u32| {
        let frame = frame as usize - 1;
        if frame < length { Ok(frame) } else { Err(Unfit::Beyond { frame, length }) }
    };
    for row in truth {
        people[at(row.frame)?].push((Labelled { id: row.id, bbox: row.bbox }, row));
    }
    for row in tracks {
        frames[at(row.frame)?].tracks.push(Labelled { id: row.id, bbox: row.bbox });
    }
    for (frame, people) in frames.iter_mut().zip(&people) {
        let boxes: Vec<Labelled> = people.iter().map(|&(label, _)| label).collect();
        let excused = |class| EXCUSES.contains(&class) || (rules == Rules::Mot20 && class == class::NON_MOT_VEHICLE);
        let mut dropped: Vec<usize> = meant(&boxes, &frame.tracks)
            .into_iter()
            .filter(|&(person, _)| excused(people[person].1.class))
            .map(|(_, track)| track)
            .collect();
        dropped.sort_unstable();
        for track in dropped.into_iter().rev() {
            frame.tracks.remove(track);
        }
        let scored = people.iter().filter(|(_, row)| row.counts && row.class == class::PEDESTRIAN);
        frame.truth = scored.map(|&(label, _)| label).collect();
    }
    Sequence::new(frames)
}

/// Pairs of a box of the truth and the track that means it.
fn meant(truth: &[Labelled], tracks: &[Labelled]) -> Vec<(usize, usize)> {
    let iou = iou(truth, tracks);
    let near = |r: usize, c: usize| if iou.at(r, c) < MEANT - f64::EPSILON { 0.0 } else { iou.at(r, c) };
    let mut pairs = Grid::from_fn(truth.len(), tracks.len(), near).best_pairs();
    pairs.retain(|&(r, c)| near(r, c) > f64::EPSILON);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rect::Rect;

    #[test]
    fn a_track_on_somebody_who_rides_is_dropped_and_only_counting_pedestrians_stay() {
        let at = |left: f64| Rect::new(left, 0.0, 10.0, 20.0);
        let truth = |id, left, counts, class| MotTruth { frame: 1, id, bbox: at(left), counts, class, visibility: 1.0 };
        let people = [
            truth(1, 0.0, true, class::PEDESTRIAN),
            truth(2, 100.0, false, class::PEDESTRIAN),
            truth(3, 200.0, false, class::PERSON_ON_VEHICLE),
            truth(4, 300.0, false, class::NON_MOT_VEHICLE),
            // As near to the first track as its own person, but that person is nearer.
            truth(5, 3.0, false, class::REFLECTION),
        ];
        let tracks = [0.5, 101.0, 201.0, 301.0, 207.0];
        let tracks: Vec<_> =
            (0..5).map(|i| MotTrack { frame: 1, id: i, bbox: at(tracks[i as usize]), score: 1.0 }).collect();
        let ids = |boxes: &[Labelled]| boxes.iter().map(|b| b.id).collect::<Vec<_>>();
        for (rules, left) in [(Rules::Mot17, vec![0, 1, 3, 4]), (Rules::Mot20, vec![0, 1, 4])] {
            let sequence = sequence(&people, &tracks, 2, rules).unwrap();
            assert_eq!(ids(&sequence.frames()[0].tracks), left);
            assert_eq!(ids(&sequence.frames()[0].truth), [1]);
            assert_eq!(sequence.frames().len(), 2);
        }
        let late = [MotTrack { frame: 3, ..tracks[0] }];
        assert_eq!(sequence(&people, &late, 2, Rules::Mot17), Err(Unfit::Beyond { frame: 2, length: 2 }));
    }
}
