//! Detections to tracks, frame by frame, then looked at as a whole.

use std::collections::BTreeMap;

use silhueta_results::Rect;
use silhueta_results::mot::{MotDetection, MotTrack, SeqInfo};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::Detection;
use silhueta_tracking::gaps::{self, Sight};
use silhueta_tracking::identify::{StitchConfig, stitch};
use silhueta_tracking::tracklet::Tracklets;
use silhueta_tracking::{Input, Method, TrackedBox, Tracker};

/// How people are followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    pub(super) method: Method,
    /// Whether only what was known at each frame is told.
    pub(super) online: bool,
}

/// The tracks of a sequence, by frame, then number. How the camera moves is not known without pictures.
pub(super) fn follow(detections: &[MotDetection], info: &SeqInfo, how: How) -> Vec<MotTrack> {
    let mut frames: Vec<Vec<Detection>> = vec![Vec::new(); info.length as usize];
    for row in detections {
        if let Some(frame) = frames.get_mut(row.frame as usize - 1) {
            frame.push(Detection { bbox: bbox(&row.bbox), score: row.score as f32 });
        }
    }
    // The order of the lines says nothing, and decides nothing: the surest first, as detectors have them.
    let edges = |d: &Detection| d.bbox.to_array();
    let order = |a: &Detection, b: &Detection| {
        let edges = edges(a).into_iter().zip(edges(b)).map(|(a, b)| a.total_cmp(&b));
        edges.fold(b.score.total_cmp(&a.score), std::cmp::Ordering::then)
    };
    frames.iter_mut().for_each(|frame| frame.sort_by(order));
    let mut tracker = Tracker::new(how.method, info.frame_rate);
    let mut tracklets = Tracklets::new();
    let mut boxes: Vec<(u32, TrackedBox)> = Vec::new();
    for (frame, detections) in (1u32..).zip(&frames) {
        let seen = tracker.update(&Input { detections, embeddings: &[], motion: None });
        if !how.online {
            let index = frame - 1;
            tracklets.observe(index.into(), f64::from(index) / info.frame_rate, &seen, &[]);
        }
        boxes.extend(seen.into_iter().map(|seen| (frame, seen)));
    }
    let mut rows: Vec<MotTrack> = if how.online {
        boxes.iter().filter_map(|(frame, seen)| row(*frame, seen, seen.track?.get())).collect()
    } else {
        let people = stitch(&tracklets.finish(), &StitchConfig::default()).identity_of();
        let mut ways: BTreeMap<u32, Vec<MotTrack>> = BTreeMap::new();
        for (frame, seen) in &boxes {
            let person = seen.track.and_then(|track| people.get(&track)).map(|person| person.get());
            if let Some((person, row)) = person.and_then(|person| Some((person, row(*frame, seen, person)?))) {
                ways.entry(person).or_default().push(row);
            }
        }
        ways.into_values().flat_map(|way| whole(way, info)).collect()
    };
    rows.sort_by_key(|row| (row.frame, row.id));
    rows
}

fn row(frame: u32, seen: &TrackedBox, id: u32) -> Option<MotTrack> {
    let bbox = Rect::from(seen.bbox);
    seen.bbox.is_valid().then_some(MotTrack { frame, id, bbox, score: f64::from(seen.score) })
}

/// A person's boxes, given by frame: one a frame, gaps filled. Where two tracks were on one person, the surer counts.
fn whole(way: Vec<MotTrack>, info: &SeqInfo) -> Vec<MotTrack> {
    // The cast saturates; a file's rate is positive.
    let longest = (gaps::LONGEST * info.frame_rate) as u64;
    let mut whole: Vec<MotTrack> = Vec::with_capacity(way.len());
    for next in way {
        match whole.last_mut() {
            Some(last) if last.frame == next.frame => {
                if next.score > last.score {
                    *last = next;
                }
                continue;
            }
            Some(last) => {
                let score = last.score.min(next.score);
                let sight = |row: &MotTrack| Sight { frame: row.frame.into(), bbox: bbox(&row.bbox) };
                let filled = gaps::between(sight(last), sight(&next), longest);
                let filled: Vec<MotTrack> = (last.frame + 1..)
                    .zip(filled)
                    // Nobody is beyond the picture's edges.
                    .filter(|(_, sight)| sight.bbox.clipped(info.width, info.height).is_valid())
                    .map(|(frame, sight)| MotTrack { frame, id: next.id, bbox: Rect::from(sight.bbox), score })
                    .collect();
                whole.extend(filled);
            }
            None => {}
        }
        whole.push(next);
    }
    whole
}

fn bbox(rect: &Rect) -> Bbox {
    let Rect { left, top, width, height } = *rect;
    Bbox::new(left as f32, top as f32, (left + width) as f32, (top + height) as f32)
}

#[cfg(test)]
mod tests {
    use silhueta_tracking::botsort::Preset;

    use super::*;

    fn info() -> SeqInfo {
        SeqInfo {
            name: "made".into(),
            image_folder: "img1".into(),
            frame_rate: 10.0,
            length: 60,
            width: 640,
            height: 480,
            image_ending: ".jpg".into(),
        }
    }

    /// One walks to the right and is not seen for a while; another stands.
    fn walk(gap: std::ops::Range<u32>) -> Vec<MotDetection> {
        let at = |frame, left: f64| MotDetection { frame, bbox: Rect::new(left, 50.0, 40.0, 100.0), score: 0.9 };
        let walker = (1..=60).filter(|frame| !gap.contains(frame)).map(|frame| at(frame, 2.0 * f64::from(frame)));
        walker.chain((1..=60).map(|frame| at(frame, 400.0))).collect()
    }

    fn ids(rows: &[MotTrack], frame: u32) -> Vec<u32> {
        rows.iter().filter(|row| row.frame == frame).map(|row| row.id).collect()
    }

    #[test]
    fn who_comes_back_is_another_online_and_the_same_when_all_was_looked_at() {
        // The authors' settings wait for a second, the stitching a little longer.
        let (detections, method) = (walk(20..34), Method::BotSort(Preset::Original));
        let online = follow(&detections, &info(), How { method, online: true });
        assert_eq!((ids(&online, 19), ids(&online, 30), ids(&online, 50)), (vec![1, 2], vec![2], vec![2, 3]));
        let offline = follow(&detections, &info(), How { method, online: false });
        // Where nobody was seen the way goes on.
        assert_eq!((ids(&offline, 19), ids(&offline, 30), ids(&offline, 50)), (vec![1, 2], vec![1, 2], vec![1, 2]));
        let between = offline.iter().find(|row| (row.frame, row.id) == (26, 1)).unwrap();
        assert!((between.bbox.left - 52.0).abs() < 1.0, "{between:?}");
    }

    #[test]
    fn the_order_of_lines_does_not_matter() {
        let detections = walk(10..20);
        let turned: Vec<_> = detections.iter().rev().copied().collect();
        for (method, online) in Method::ALL.into_iter().flat_map(|method| [(method, true), (method, false)]) {
            let how = How { method, online };
            assert_eq!(follow(&detections, &info(), how), follow(&turned, &info(), how));
        }
    }
}
