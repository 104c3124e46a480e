//! NeuraPose's way: tracks joined by time alone, and filters that drop people. Kept for those who compare with it;
//! it joins strangers who follow one another, and drops people who stand still.

use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::IdentityId;

use super::{Join, Reason, Stitching};
use crate::tracklet::Tracklet;

/// NeuraPose's settings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// A track joins another that ended less than this many seconds before (`gap_thresh`).
    pub merge_seconds: f64,
    /// People seen in fewer frames are dropped (`MIN_FRAMES_PER_ID`).
    pub min_frames: u64,
    /// People whose last box is nearer than this to their first are dropped, in pixels between the centres.
    pub min_displacement: f64,
}

impl Default for Config {
    /// Those of its first version, in which there is no way round the displacement.
    fn default() -> Self {
        Self { merge_seconds: 1.5, min_frames: 30, min_displacement: 50.0 }
    }
}

/// Joins by time, then filters. Tracks of people who are dropped stay, as nobody's.
pub fn identities(tracklets: &[Tracklet], config: &Config) -> Stitching {
    let mut people = by_time(tracklets, config.merge_seconds);
    people.retain(|person| is_kept(person, config));
    let mut stitching = Stitching::default();
    for tracklet in tracklets {
        stitching.spans.insert(tracklet.id, vec![(tracklet.first.frame, None)]);
    }
    for (identity, person) in (1..).map_while(IdentityId::new).zip(&people) {
        for tracklet in person {
            stitching.identity_of.insert(tracklet.id, identity);
            stitching.spans.insert(tracklet.id, vec![(tracklet.first.frame, Some(identity))]);
        }
        stitching.joins.extend(person.windows(2).map(|pair| Join {
            identity,
            from: pair[1].id,
            from_frame: pair[1].first.frame,
            into: pair[0].id,
            into_frame: pair[0].last.frame,
            // Nothing was asked that could tell.
            confidence: 0.0,
            gap_seconds: pair[1].first.seconds - pair[0].last.seconds,
            appearance: None,
            motion: None,
            reason: Reason::Time,
        }));
    }
    stitching
}

/// By start, each track joins the first person whose last track ended before it by less than the limit.
fn by_time(tracklets: &[Tracklet], limit: f64) -> Vec<Vec<&Tracklet>> {
    let mut sorted: Vec<&Tracklet> = tracklets.iter().collect();
    sorted.sort_by_key(|t| (t.first.frame, t.last.frame, t.id));
    let mut people: Vec<Vec<&Tracklet>> = Vec::new();
    for tracklet in sorted {
        let follows = |person: &&mut Vec<&Tracklet>| {
            let gap = person.last().map_or(0.0, |last| tracklet.first.seconds - last.last.seconds);
            gap > 0.0 && gap < limit
        };
        match people.iter_mut().find(follows) {
            Some(person) => person.push(tracklet),
            None => people.push(vec![tracklet]),
        }
    }
    people
}

/// Whether somebody is seen in enough frames and gets anywhere.
fn is_kept(person: &[&Tracklet], config: &Config) -> bool {
    let frames: u64 = person.iter().map(|tracklet| tracklet.boxes).sum();
    let ends = person.first().zip(person.last()).map(|(first, last)| (first.first.bbox, last.last.bbox));
    frames >= config.min_frames && ends.is_some_and(|(first, last)| distance(&first, &last) >= config.min_displacement)
}

fn distance(a: &Bbox, b: &Bbox) -> f64 {
    let ((x0, y0), (x1, y1)) = (a.center(), b.center());
    f64::from(x1 - x0).hypot(f64::from(y1 - y0))
}

/// Which boxes of a frame are ghosts: those that overlap another of a higher score by more than `limit` (IoU; its own
/// is 0.8). Of two with one score the later is.
pub fn ghosts(boxes: &[(Bbox, f32)], limit: f32) -> Vec<bool> {
    let is_beaten = |n: usize, other: usize| {
        let ((a, score), (b, others)) = (&boxes[n], &boxes[other]);
        n != other && a.iou(b) > limit && (others > score || (others == score && other < n))
    };
    (0..boxes.len()).map(|n| (0..boxes.len()).any(|other| is_beaten(n, other))).collect()
}

/// Whether somebody may have gone so many pixels in so many frames: at most 150, and beyond a second's frames
/// (`per_second`) one and a half times as much for each second.
pub fn passes_velocity_gate(pixels: f64, frames: u64, per_second: f64) -> bool {
    const LIMIT: f64 = 150.0;
    let seconds = frames as f64 / per_second;
    pixels <= if seconds >= 1.0 { LIMIT * seconds * 1.5 } else { LIMIT }
}

#[cfg(test)]
mod tests {
    use silhueta_shared::track::TrackId;

    use super::*;
    use crate::tracklet::End;

    /// A tracklet at 10 fps that goes `by` pixels to the right.
    fn tracklet(id: u32, from: u64, to: u64, by: f32) -> Tracklet {
        let end = |frame: u64, x: f32| End {
            frame,
            seconds: frame as f64 / 10.0,
            bbox: Bbox::new(x, 0.0, x + 50.0, 100.0),
            velocity: [0.0; 2],
        };
        let (first, last) = (end(from, 0.0), end(to, by));
        Tracklet { id: TrackId::new(id).unwrap(), first, last, boxes: to - from + 1, gallery: Vec::new() }
    }

    #[test]
    fn time_alone_joins_and_those_who_are_short_or_stand_still_are_dropped() {
        let all = [
            tracklet(1, 0, 40, 60.0),
            // 1.4 s later; 1.5 s later; while the first is there; stands; is gone soon.
            tracklet(2, 54, 100, 80.0),
            tracklet(3, 115, 160, 60.0),
            tracklet(4, 20, 60, 50.0),
            tracklet(5, 10, 90, 49.0),
            tracklet(6, 300, 328, 90.0),
            tracklet(7, 400, 429, 90.0),
        ];
        let stitching = identities(&all, &Config::default());
        let of = |n: usize| stitching.at(all[n].id, all[n].first.frame).map(IdentityId::get);
        assert_eq!((0..7).map(of).collect::<Vec<_>>(), [Some(1), Some(1), Some(3), Some(2), None, None, Some(4)]);
        let [join] = stitching.joins.as_slice() else { panic!("{:?}", stitching.joins) };
        assert_eq!((join.from.get(), join.into.get(), join.reason), (2, 1, Reason::Time));
    }

    #[test]
    fn ghosts_are_the_weaker_of_two_on_one_place() {
        let at = |x: f32, score| (Bbox::new(x, 0.0, x + 100.0, 100.0), score);
        assert_eq!(ghosts(&[at(0.0, 0.5), at(5.0, 0.9), at(5.0, 0.9), at(60.0, 0.1)], 0.8), [true, false, true, false]);
        assert_eq!(ghosts(&[at(0.0, 0.5), at(20.0, 0.9)], 0.8), [false, false]);
    }

    #[test]
    fn the_velocity_gate_widens_after_a_second() {
        let gate = |pixels, frames| passes_velocity_gate(pixels, frames, 10.0);
        assert!(gate(150.0, 1) && gate(150.0, 9) && !gate(151.0, 9));
        assert!(gate(225.0, 10) && !gate(226.0, 10) && gate(450.0, 20));
    }
}
