//! Detections to tracks, frame by frame, then looked at as a whole.

use silhueta_results::Rect;
use silhueta_results::mot::{MotDetection, MotTrack, SeqInfo};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::Detection;
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
    let people = if how.online { None } else { Some(stitch(&tracklets.finish(), &StitchConfig::default())) };
    let row = |(frame, seen): (u32, TrackedBox)| {
        let track = seen.track?;
        let id = match &people {
            Some(people) => people.identity_of.get(&track)?.get(),
            None => track.get(),
        };
        Some(MotTrack { frame, id, bbox: Rect::from(seen.bbox), score: f64::from(seen.score) })
    };
    let mut rows: Vec<MotTrack> = boxes.into_iter().filter_map(row).collect();
    rows.sort_by_key(|row| (row.frame, row.id));
    rows
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
        assert_eq!((ids(&offline, 19), ids(&offline, 50)), (vec![1, 2], vec![1, 2]));
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
