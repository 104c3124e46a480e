//! The camera's motion as the boxes tell it, where no picture does: when it turns, all people are beside where they
//! are expected by the same way.
//!
//! Each pair of a track and a detection that may be its own is a vote for a shift of the picture; the shift on which
//! most tracks agree is taken, if it stands out from the jitter of the boxes.

use silhueta_shared::geometry::Affine;

use super::track::{Candidate, Stage, Track};

/// Fewer tracks that agree tell nothing, nor does a smaller share of those that could.
const FEWEST: usize = 4;
const SHARE: f64 = 0.5;
/// The farthest that a picture is thought to move in a frame, in heights of the box.
const REACH: f64 = 0.5;
/// Natural logarithms of how much height and width may change in a frame.
const GROWTH: (f64, f64) = (0.15, 0.3);
/// Votes that differ by less, in heights of the smaller box, agree.
const NEAR: f64 = 0.1;
/// A shift of fewer standard errors is the jitter of the boxes: a still camera would drift away under who is lost.
const SIGNIFICANT: f64 = 2.0;
/// A standard error is never less than this, in heights of a middling box.
const FINEST: f64 = 0.003;
/// Shifts that are tried, at most, however many people there are.
const TRIED: usize = 128;

/// A shift that would put a track where a detection is.
#[derive(Clone, Copy, Debug)]
struct Vote {
    dx: f64,
    dy: f64,
    /// Height of the track's box.
    height: f64,
}

/// How the picture moved beyond what was predicted of the tracks; [`Affine::IDENTITY`] where that can't be told.
pub(super) fn shift(tracks: &[Track], seen: &[Candidate<'_>]) -> Affine {
    let votes: Vec<Vec<Vote>> = tracks.iter().filter(|t| is_settled(t)).map(|track| votes(track, seen)).collect();
    let needed = FEWEST.max((votes.len() as f64 * SHARE).ceil() as usize);
    let most = agreed(&votes);
    if most.len() < needed {
        return Affine::IDENTITY;
    }
    let median = |of: &dyn Fn(&Vote) -> f64| middle(most.iter().map(of).collect());
    let (dx, dy, height) = (median(&|v| v.dx), median(&|v| v.dy), median(&|v| v.height));
    // The median's standard error from the median deviation, as for a normal distribution.
    let scale = 1.4826 / (most.len() as f64).sqrt();
    let error = |spread: f64| (scale * spread).max(FINEST * height);
    let (ex, ey) = (error(median(&|v| (v.dx - dx).abs())), error(median(&|v| (v.dy - dy).abs())));
    if (dx / ex).hypot(dy / ey) < SIGNIFICANT {
        return Affine::IDENTITY;
    }
    Affine([1.0, 0.0, dx, 0.0, 1.0, dy])
}

/// Whether the filter knows how the track moves by itself.
fn is_settled(track: &Track) -> bool {
    track.stage == Stage::Tracked && track.age() >= 2
}

/// The votes of one track, by value, so that the order of the detections says nothing.
fn votes(track: &Track, seen: &[Candidate<'_>]) -> Vec<Vote> {
    let expected = track.bbox();
    let (height, (x, y)) = (f64::from(expected.height()), expected.center());
    let mut votes: Vec<Vote> = seen
        .iter()
        .map(|candidate| &candidate.detection.bbox)
        .filter(|found| {
            let grown = |new: f32, old: f32| f64::from(new / old).ln().abs();
            grown(found.height(), expected.height()) < GROWTH.0 && grown(found.width(), expected.width()) < GROWTH.1
        })
        .map(|found| Vote { dx: f64::from(found.center().0 - x), dy: f64::from(found.center().1 - y), height })
        .filter(|vote| vote.dx.hypot(vote.dy) < REACH * height)
        .collect();
    votes.sort_by(|a, b| a.dx.total_cmp(&b.dx).then(a.dy.total_cmp(&b.dy)));
    votes
}

/// One vote of each track that agrees with the shift on which most do; of equal numbers, on which they do best.
fn agreed(votes: &[Vec<Vote>]) -> Vec<Vote> {
    let all: Vec<Vote> = votes.iter().flatten().copied().collect();
    let mut best: (Vec<Vote>, f64) = (Vec::new(), f64::INFINITY);
    for tried in all.iter().step_by(all.len().div_ceil(TRIED).max(1)) {
        let apart = |vote: &Vote| (vote.dx - tried.dx).hypot(vote.dy - tried.dy);
        let nearest = |votes: &Vec<Vote>| votes.iter().copied().min_by(|a, b| apart(a).total_cmp(&apart(b)));
        let agree: Vec<Vote> = (votes.iter().filter_map(nearest))
            .filter(|vote| apart(vote) < NEAR * vote.height.min(tried.height))
            .collect();
        let sum = agree.iter().map(apart).sum();
        if agree.len() > best.0.len() || (agree.len() == best.0.len() && sum < best.1) {
            best = (agree, sum);
        }
    }
    best.0
}

/// The upper median of values of which there is at least one.
fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use silhueta_shared::geometry::Bbox;
    use silhueta_shared::track::{Detection, TrackId};

    use super::super::{BotSort, Config, Input, Preset};
    use super::*;

    /// Six people in a row who walk to the right at 1 px a frame, as a camera sees them that stands at `camera`.
    fn row(frame: u16, camera: f32) -> Vec<Detection> {
        (0..6u16)
            .map(|i| {
                let x = f32::from(i) * 60.0 + f32::from(frame) - camera;
                Detection { bbox: Bbox::new(x, 100.0, x + 40.0, 200.0), score: 0.9 }
            })
            .collect()
    }

    /// Tracks of the six in the last of 30 frames, under a camera that jumps to and fro by nearly the space of one.
    fn after_jumps(motion: Option<Affine>) -> Vec<Option<u32>> {
        let mut tracker = BotSort::new(Config::preset(Preset::Silhueta), 30.0);
        let mut last = Vec::new();
        for frame in 0..30u16 {
            let camera = if frame < 10 || frame % 2 == 0 { 0.0 } else { 45.0 };
            let detections = row(frame, camera);
            last = tracker.update(&Input { detections: &detections, embeddings: &[], motion });
        }
        (0..6).map(|d| last.iter().find(|b| b.detection == d).and_then(|b| b.track).map(TrackId::get)).collect()
    }

    #[test]
    fn people_keep_their_numbers_under_a_camera_that_jumps() {
        let own = (1..=6).map(Some).collect::<Vec<_>>();
        assert_eq!(after_jumps(None), own);
        // Told that nothing moved, each is taken for a neighbour: the boxes are what helps.
        assert_ne!(after_jumps(Some(Affine::IDENTITY)), own);
    }

    fn tracked(boxes: &[Detection]) -> Vec<Track> {
        let mut tracker = BotSort::new(Config::preset(Preset::Silhueta), 30.0);
        for _ in 0..4 {
            tracker.update(&Input { detections: boxes, embeddings: &[], motion: Some(Affine::IDENTITY) });
        }
        tracker.tracks
    }

    fn told(tracks: &[Track], boxes: &[Detection]) -> Affine {
        let seen: Vec<Candidate<'_>> = boxes
            .iter()
            .enumerate()
            .map(|(index, detection)| Candidate { index, detection, embedding: None })
            .collect();
        shift(tracks, &seen)
    }

    #[test]
    fn a_shift_has_to_stand_out_from_jitter_and_most_have_to_agree() {
        let still = row(0, 0.0);
        let tracks = tracked(&still);
        let moved = |by: &[f32]| -> Vec<Detection> {
            still.iter().zip(by).map(|(d, dx)| Detection { bbox: shifted(&d.bbox, *dx), ..*d }).collect()
        };
        let Affine([_, _, dx, _, _, dy]) = told(&tracks, &moved(&[-20.0, -20.5, -19.5, -20.0, -20.0, 7.0]));
        assert!((dx + 20.0).abs() < 0.1 && dy.abs() < 0.1, "{dx} {dy}");
        // Jitter, people who go their own ways, and too few people.
        assert_eq!(told(&tracks, &moved(&[1.5, -1.0, 2.0, -2.0, 0.5, -1.0])), Affine::IDENTITY);
        assert_eq!(told(&tracks, &moved(&[-30.0, 0.0, 25.0, 12.0, -15.0, 40.0])), Affine::IDENTITY);
        assert_eq!(told(&tracks[..3], &moved(&[-20.0; 6])[..3]), Affine::IDENTITY);
        assert_eq!(told(&[], &[]), Affine::IDENTITY);
    }

    fn shifted(b: &Bbox, dx: f32) -> Bbox {
        Bbox::new(b.x1 + dx, b.y1, b.x2 + dx, b.y2)
    }
}
