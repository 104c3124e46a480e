//! Our tracker and our joining of tracks on what was [observed](crate::observed), as the worker runs them.

use silhueta_results::Rect;
use silhueta_results::mot::MotTrack;
use silhueta_shared::track::TrackId;
use silhueta_tracking::botsort::Preset;
use silhueta_tracking::identify::{StitchConfig, Stitching, stitch};
use silhueta_tracking::tracklet::{Tracklet, Tracklets};
use silhueta_tracking::views::Views;
use silhueta_tracking::{Input, Method, TrackedBox, Tracker};

use crate::observed::Observed;

/// Who was followed.
#[derive(Clone, Debug)]
pub struct Followed {
    /// Boxes under the tracker's numbers.
    pub tracks: Vec<MotTrack>,
    /// The same under those of people; gaps are not filled.
    pub people: Vec<MotTrack>,
    /// The tracks in short.
    pub tracklets: Vec<Tracklet>,
    /// How many embeddings were used.
    pub embeddings: usize,
    /// Which tracks are one person, and why.
    pub stitching: Stitching,
}

/// Follows everybody through the video with our own settings. Of the embeddings, all are used, or only those that
/// the worker would have computed.
pub fn follow(observed: &Observed, all: bool) -> Followed {
    let mut tracker = Tracker::new(Method::BotSort(Preset::default()), observed.info.frame_rate);
    let (views, high) = (Views::new(observed.info.frame_rate), tracker.sure_score());
    let (mut open, mut tracks, mut computed) = (Tracklets::new(), Vec::new(), 0);
    for (frame, seen) in (0u32..).zip(&observed.frames) {
        let mut embeddings = vec![None; seen.detections.len()];
        let wanted = views.wanted(frame.into(), &seen.detections, high);
        for i in if all { (0..embeddings.len()).collect() } else { wanted } {
            embeddings[i].clone_from(&seen.embeddings[i]);
        }
        computed += embeddings.iter().flatten().count();
        let input = Input { detections: &seen.detections, embeddings: &embeddings, motion: Some(seen.motion) };
        let boxes = tracker.update(&input);
        open.observe(frame.into(), f64::from(frame) / observed.info.frame_rate, &boxes, &embeddings);
        tracks.extend(boxes.iter().filter_map(|tracked| row(frame, tracked)));
    }
    let tracklets = open.finish();
    let stitching = stitch(&tracklets, &StitchConfig::default());
    let person = |row: &MotTrack| {
        let identity = stitching.at(TrackId::new(row.id)?, u64::from(row.frame) - 1)?;
        Some(MotTrack { id: identity.get(), ..*row })
    };
    let people = tracks.iter().filter_map(person).collect();
    Followed { tracks, people, tracklets, embeddings: computed, stitching }
}

fn row(frame: u32, tracked: &TrackedBox) -> Option<MotTrack> {
    let [x1, y1, x2, y2] = tracked.bbox.to_array().map(f64::from);
    let bbox = Rect::new(x1, y1, x2 - x1, y2 - y1);
    Some(MotTrack { frame: frame + 1, id: tracked.track?.get(), bbox, score: tracked.score.into() })
}
