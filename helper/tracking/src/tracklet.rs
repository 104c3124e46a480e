//! What is kept of a track when its boxes are gone: enough to recognise the person later, in bounded memory.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::TrackId;

use crate::{Embedding, TrackedBox};

/// A tracklet keeps at most twice as many views, spread over its time.
pub const VIEWS: usize = 12;
/// Velocities are taken over this many seconds at either end,
const WINDOW: f64 = 0.5;
/// or over this many boxes where the frame rate is very high.
const WINDOW_BOXES: usize = 64;
/// A box of which another hides more than this share shows two persons: no view for the gallery.
const CROWDED: f32 = 0.3;

/// One end of a tracklet.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct End {
    /// Frame number.
    pub frame: u64,
    /// Time in seconds of the video.
    pub seconds: f64,
    /// The box, in pixels.
    pub bbox: Bbox,
    /// How its centre moves (x, y), in pixels a second.
    pub velocity: [f32; 2],
}

/// A track in short.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tracklet {
    /// Its number.
    pub id: TrackId,
    /// Where it began.
    pub first: End,
    /// Where it ended.
    pub last: End,
    /// In how many frames it was seen.
    pub boxes: u64,
    /// Views of the person, in order of time and spread over it.
    pub gallery: Vec<View>,
}

/// A look at a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// Frame number.
    pub frame: u64,
    /// Time in seconds of the video.
    pub seconds: f64,
    /// Where they were, in pixels.
    pub bbox: Bbox,
    /// Whether, since the view before, the track may have gone over to somebody else: another person stood before
    /// or behind, or it was lost for a moment.
    pub is_doubtful: bool,
    /// What they looked like.
    pub look: Embedding,
}

/// Gathers tracklets from the tracker's output, frame by frame.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Tracklets {
    open: BTreeMap<TrackId, OpenTracklet>,
    /// The last frame.
    frame: Option<u64>,
}

impl Tracklets {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in the boxes of one frame, at `seconds` of the video; `embeddings` are those of the frame's
    /// detections. Frames come in order.
    pub fn observe(&mut self, frame: u64, seconds: f64, boxes: &[TrackedBox], embeddings: &[Option<Embedding>]) {
        for (i, tracked) in boxes.iter().enumerate() {
            let Some(id) = tracked.track else { continue };
            let seen = Seen { frame, seconds, bbox: tracked.bbox };
            let open = self.open.entry(id).or_insert_with(|| OpenTracklet::new(seen));
            let crowded = is_crowded(boxes, i);
            let was_lost = open.boxes > 0 && self.frame.is_some_and(|frame| open.last().frame < frame);
            open.gallery.doubt |= crowded || was_lost;
            open.observe(seen);
            if let Some(look) = embeddings.get(tracked.detection).and_then(Option::as_ref) {
                open.gallery.observe(&seen, look, crowded);
            }
        }
        self.frame = Some(frame);
    }

    /// Takes out the tracklets last seen before that frame, by track.
    pub fn drain_ended(&mut self, before_frame: u64) -> Vec<Tracklet> {
        self.open.extract_if(.., |_, open| open.last().frame < before_frame).map(|(id, open)| open.finish(id)).collect()
    }

    /// Ends and takes out all, by track.
    pub fn finish(self) -> Vec<Tracklet> {
        self.open.into_iter().map(|(id, open)| open.finish(id)).collect()
    }
}

/// Whether others are so much in the way of a box that what is seen of it may be theirs.
pub fn is_crowded(boxes: &[TrackedBox], at: usize) -> bool {
    let others = boxes[..at].iter().chain(&boxes[at + 1..]);
    others.map(|other| hidden(&boxes[at].bbox, &other.bbox)).any(|share| share > CROWDED)
}

/// The share of `bbox` that lies in `other`.
fn hidden(bbox: &Bbox, other: &Bbox) -> f32 {
    let w = bbox.x2.min(other.x2) - bbox.x1.max(other.x1);
    let h = bbox.y2.min(other.y2) - bbox.y1.max(other.y1);
    if w > 0.0 && h > 0.0 { w * h / bbox.area() } else { 0.0 }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Seen {
    frame: u64,
    seconds: f64,
    bbox: Bbox,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct OpenTracklet {
    /// The boxes of the first and of the last moments, never empty.
    head: Vec<Seen>,
    tail: VecDeque<Seen>,
    first: Seen,
    boxes: u64,
    gallery: Gallery,
}

impl OpenTracklet {
    fn new(first: Seen) -> Self {
        Self { head: Vec::new(), tail: VecDeque::new(), first, boxes: 0, gallery: Gallery::default() }
    }

    fn observe(&mut self, seen: Seen) {
        self.boxes += 1;
        if seen.seconds - self.first.seconds <= WINDOW && self.head.len() < WINDOW_BOXES {
            self.head.push(seen);
        }
        self.tail.push_back(seen);
        while self.tail.len() > WINDOW_BOXES
            || self.tail.front().is_some_and(|oldest| seen.seconds - oldest.seconds > WINDOW)
        {
            self.tail.pop_front();
        }
    }

    fn last(&self) -> Seen {
        self.tail.back().copied().unwrap_or(self.first)
    }

    fn finish(self, id: TrackId) -> Tracklet {
        let end = |seen: Seen, velocity| End { frame: seen.frame, seconds: seen.seconds, bbox: seen.bbox, velocity };
        Tracklet {
            id,
            first: end(self.first, velocity(self.head.iter())),
            last: end(self.last(), velocity(self.tail.iter())),
            boxes: self.boxes,
            gallery: self.gallery.finish(),
        }
    }
}

/// Least-squares slope of the centres, in pixels a second. A run shorter than the window tells less of the
/// velocity than of the jitter of the boxes, so its slope is taken in proportion.
fn velocity<'a>(run: impl Iterator<Item = &'a Seen> + Clone) -> [f32; 2] {
    let n = run.clone().count() as f64;
    let centre = |s: &Seen| [s.seconds, f64::from(s.bbox.center().0), f64::from(s.bbox.center().1)];
    let mean =
        run.clone().map(centre).fold([0.0; 3], |sum, v| [sum[0] + v[0] / n, sum[1] + v[1] / n, sum[2] + v[2] / n]);
    let (mut tt, mut tx, mut ty, mut span) = (0.0, 0.0, 0.0, (f64::INFINITY, f64::NEG_INFINITY));
    for [t, x, y] in run.map(centre) {
        span = (span.0.min(t), span.1.max(t));
        tt += (t - mean[0]) * (t - mean[0]);
        tx += (t - mean[0]) * (x - mean[1]);
        ty += (t - mean[0]) * (y - mean[2]);
    }
    if tt <= 0.0 || !tt.is_finite() {
        return [0.0; 2];
    }
    let trust = ((span.1 - span.0) / WINDOW).min(1.0);
    [(trust * tx / tt) as f32, (trust * ty / tt) as f32]
}

/// Views at an even stride; when twice too many are there, every second goes and the stride doubles.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Gallery {
    views: Vec<View>,
    /// log2 of the stride.
    thinned: u32,
    observed: u64,
    /// Whether there was reason for doubt since the last view that was kept.
    doubt: bool,
    /// The first view, if it was crowded: used only if no better one comes.
    crowded: Option<View>,
}

impl Gallery {
    fn observe(&mut self, seen: &Seen, look: &Embedding, crowded: bool) {
        let view = |is_doubtful| View {
            frame: seen.frame,
            seconds: seen.seconds,
            bbox: seen.bbox,
            is_doubtful,
            look: look.clone(),
        };
        if crowded {
            if self.views.is_empty() && self.crowded.is_none() {
                self.crowded = Some(view(false));
            }
            return;
        }
        self.crowded = None;
        if self.observed.is_multiple_of(1 << self.thinned) {
            if self.views.len() == 2 * VIEWS {
                self.thin();
            }
            self.views.push(view(std::mem::take(&mut self.doubt)));
        }
        self.observed += 1;
    }

    /// Drops every second view; what was doubtful before it is so before the next.
    fn thin(&mut self) {
        let mut doubt = false;
        let mut index = 0..;
        self.views.retain_mut(|view| {
            let keep = index.next().is_none_or(|i: usize| i.is_multiple_of(2));
            doubt |= view.is_doubtful;
            if keep {
                view.is_doubtful = std::mem::take(&mut doubt);
            }
            keep
        });
        self.doubt |= doubt;
        self.thinned += 1;
    }

    fn finish(self) -> Vec<View> {
        self.views.into_iter().chain(self.crowded).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tracked(id: u32, x: f32, detection: usize) -> TrackedBox {
        TrackedBox { track: TrackId::new(id), bbox: Bbox::new(x, 0.0, x + 50.0, 100.0), score: 0.9, detection }
    }

    fn view(i: u16) -> Option<Embedding> {
        Embedding::new(vec![1.0, f32::from(i)])
    }

    #[test]
    fn keeps_both_ends_with_their_velocities() {
        let mut tracklets = Tracklets::new();
        // Two seconds at 8 fps: at rest for one, then 200 px/s.
        for i in 0..=16u16 {
            let x = f32::from(i.saturating_sub(8)) * 25.0;
            tracklets.observe(i.into(), f64::from(i) / 8.0, &[tracked(7, x, 0)], &[]);
        }
        let all = tracklets.finish();
        let [t] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((t.id.get(), t.boxes, t.first.frame, t.last.frame, t.last.seconds), (7, 17, 0, 16, 2.0));
        assert_eq!(t.first.velocity, [0.0, 0.0]);
        assert!((t.last.velocity[0] - 200.0).abs() < 1e-3 && t.last.velocity[1] == 0.0);
        assert_eq!(t.last.bbox.x1, 200.0);
    }

    #[test]
    fn a_short_run_says_little_of_the_velocity() {
        let mut tracklets = Tracklets::new();
        tracklets.observe(0, 0.0, &[tracked(1, 0.0, 0)], &[]);
        tracklets.observe(1, 0.1, &[tracked(1, 10.0, 0)], &[]);
        // 100 px/s measured over a fifth of the window.
        assert!((tracklets.finish()[0].first.velocity[0] - 20.0).abs() < 1e-3);
    }

    #[test]
    fn drains_only_what_has_ended() {
        let mut tracklets = Tracklets::new();
        for frame in 0..10 {
            let boxes =
                if frame < 5 { vec![tracked(1, 0.0, 0), tracked(2, 90.0, 1)] } else { vec![tracked(2, 0.0, 0)] };
            tracklets.observe(frame, frame as f64, &boxes, &[]);
        }
        assert!(tracklets.drain_ended(4).is_empty());
        assert_eq!(tracklets.drain_ended(5).iter().map(|t| t.id.get()).collect::<Vec<_>>(), [1]);
        assert!(tracklets.drain_ended(5).is_empty());
        assert_eq!(tracklets.finish().len(), 1);
    }

    #[test]
    fn the_gallery_is_bounded_and_spread_over_time() {
        let seen = |frame: u64| Seen { frame, seconds: 0.0, bbox: Bbox::new(0.0, 0.0, 5.0, 5.0) };
        for n in [1u16, 5, 6, 7, 12, 24, 25, 100, 1000] {
            let mut gallery = Gallery::default();
            for i in 0..n {
                gallery.doubt |= i == n / 2;
                gallery.observe(&seen(i.into()), &view(i).unwrap(), false);
                assert!(gallery.views.len() <= 2 * VIEWS);
            }
            let views: Vec<_> = gallery.finish();
            assert!(views.len() <= 2 * VIEWS && views.len() >= usize::from(n).min(VIEWS), "{n}: {}", views.len());
            let frames: Vec<u64> = views.iter().map(|view| view.frame).collect();
            assert!(frames.is_sorted() && frames[0] == 0, "{frames:?}");
            let gaps = frames.windows(2).map(|w| w[1] - w[0]).chain([u64::from(n) - frames[views.len() - 1]]);
            assert!(gaps.max().unwrap() <= u64::from(n) / VIEWS as u64 + 1, "{n}: {frames:?}");
            // Doubt is not lost with a view, but comes with the next that is left.
            let doubtful: Vec<u64> = views.iter().filter(|view| view.is_doubtful).map(|view| view.frame).collect();
            assert_eq!(doubtful, [*frames.iter().find(|frame| **frame >= u64::from(n / 2)).unwrap()], "{n}");
        }
    }

    #[test]
    fn views_of_two_persons_are_a_last_resort_and_leave_doubt() {
        let mut tracklets = Tracklets::new();
        let embeddings = [view(1), view(2)];
        tracklets.observe(0, 0.0, &[tracked(1, 0.0, 0), tracked(2, 10.0, 1)], &embeddings);
        tracklets.observe(1, 0.1, &[tracked(1, 0.0, 0), tracked(2, 200.0, 1)], &[view(3), None]);
        tracklets.observe(2, 0.2, &[tracked(2, 200.0, 0)], &[None]);
        tracklets.observe(3, 0.3, &[tracked(1, 0.0, 0)], &[view(4)]);
        tracklets.observe(4, 0.4, &[tracked(1, 0.0, 0)], &[view(5)]);
        let all = tracklets.finish();
        let looks = |n: usize| all[n].gallery.iter().map(|v| (v.look.clone(), v.is_doubtful)).collect::<Vec<_>>();
        // Hidden before the first, lost before the second.
        assert_eq!(looks(0), [(view(3).unwrap(), true), (view(4).unwrap(), true), (view(5).unwrap(), false)]);
        assert_eq!(looks(1), [(view(2).unwrap(), false)]);
    }

    #[test]
    fn anonymous_boxes_and_missing_embeddings_are_passed_over() {
        let mut tracklets = Tracklets::new();
        let anonymous = TrackedBox { track: None, ..tracked(1, 0.0, 0) };
        tracklets.observe(0, 0.0, &[anonymous, tracked(2, 300.0, 99)], &[]);
        let all = tracklets.finish();
        assert_eq!((all.len(), all[0].gallery.len()), (1, 0));
    }
}
