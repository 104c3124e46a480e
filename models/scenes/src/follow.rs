//! Our tracker and our joining of tracks on what was [observed](crate::observed), as the worker runs them.

use std::collections::BTreeMap;

use silhueta_results::Rect;
use silhueta_results::mot::MotTrack;
use silhueta_shared::track::TrackId;
use silhueta_tracking::botsort::Preset;
use silhueta_tracking::identify::online::{Config, Memory, Present};
use silhueta_tracking::identify::{StitchConfig, Stitching, stitch};
use silhueta_tracking::tracklet::{Tracklet, Tracklets, is_crowded};
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
    /// The same under those that a camera would have told about a second after each track began, taking nothing back.
    pub online: Vec<MotTrack>,
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
    let (mut memory, mut online) = (Memory::new(Config::default()), Vec::new());
    for (frame, seen) in (0u32..).zip(&observed.frames) {
        let mut embeddings = vec![None; seen.detections.len()];
        let wanted = views.wanted(frame.into(), &seen.detections, high);
        for i in if all { (0..embeddings.len()).collect() } else { wanted } {
            embeddings[i].clone_from(&seen.embeddings[i]);
        }
        computed += embeddings.iter().flatten().count();
        let input = Input { detections: &seen.detections, embeddings: &embeddings, motion: Some(seen.motion) };
        let boxes = tracker.update(&input);
        let seconds = f64::from(frame) / observed.info.frame_rate;
        open.observe(frame.into(), seconds, &boxes, &embeddings);
        let rows: Vec<MotTrack> = boxes.iter().filter_map(|tracked| row(frame, tracked)).collect();
        let present = boxes.iter().enumerate().filter_map(|(i, tracked)| {
            let look = embeddings.get(tracked.detection).and_then(Option::as_ref).filter(|_| !is_crowded(&boxes, i));
            Some(Present { track: tracked.track?, bbox: tracked.bbox, look })
        });
        let answers = memory.observe(frame.into(), seconds, &present.collect::<Vec<_>>());
        let told = rows.iter().zip(answers);
        online.extend(told.map(|(row, answer)| (*row, answer.map(|answer| answer.identity.get()))));
        tracks.extend(rows);
    }
    // A name is for the frames before it, too.
    let mut names = BTreeMap::new();
    let named = online.into_iter().rev().filter_map(|(row, name)| {
        name.map(|name| names.insert(row.id, name));
        Some(MotTrack { id: *names.get(&row.id)?, ..row })
    });
    let mut online: Vec<MotTrack> = named.collect();
    online.reverse();
    let tracklets = open.finish();
    let stitching = stitch(&tracklets, &StitchConfig::default());
    let person = |row: &MotTrack| {
        let identity = stitching.at(TrackId::new(row.id)?, u64::from(row.frame) - 1)?;
        Some(MotTrack { id: identity.get(), ..*row })
    };
    let people = tracks.iter().filter_map(person).collect();
    Followed { tracks, people, online, tracklets, embeddings: computed, stitching }
}

fn row(frame: u32, tracked: &TrackedBox) -> Option<MotTrack> {
    let [x1, y1, x2, y2] = tracked.bbox.to_array().map(f64::from);
    let bbox = Rect::new(x1, y1, x2 - x1, y2 - y1);
    Some(MotTrack { frame: frame + 1, id: tracked.track?.get(), bbox, score: tracked.score.into() })
}
