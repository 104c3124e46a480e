//! Deep OC-SORT: Maggiolino et al., "Deep OC-SORT: Multi-Pedestrian Tracking by Adaptive Re-Identification"
//! (arXiv:2302.11813), on top of Cao et al., "Observation-Centric SORT" (arXiv:2203.14360).

mod matching;
#[cfg(test)]
mod tests;
mod track;

use serde::{Deserialize, Serialize};
use silhueta_shared::track::TrackId;

use self::track::{Candidate, Track};
use crate::assignment::Assignment;
use crate::tracker::{Input, TrackedBox};

/// When a track is told of by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Telling {
    /// Only while it has been seen [`Config::hits`] times in a row, so that it is not for a while after each gap
    /// (the authors, boxmot). Nothing is told of others.
    Streak,
    /// Always, once that was so. Others are told of without a number.
    Known,
}

/// Settings of Deep OC-SORT.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Detections that score this or less are passed over.
    pub min_score: f32,
    /// A lost track is kept for this many frames.
    pub max_lost: u32,
    /// So many boxes in a row, after its first, confirm a track; in so many first frames all are told of.
    pub hits: u32,
    /// Least IoU of a match.
    pub min_iou: f64,
    /// Frames over which directions are taken.
    pub window: u64,
    /// Weight of the direction that a match would need against that of the track.
    pub inertia: f64,
    /// Weight of the looks, before it is adapted.
    pub looks: f64,
    /// The share of the old looks that stays, for a detection that scores 1; all of it at `min_score`.
    pub keep: f32,
    /// From which share of the best likeness on the second best makes looks count less.
    pub contrast: f64,
    /// When a track is told of.
    pub telling: Telling,
}

impl Config {
    /// As boxmot 25's constructor sets it.
    pub const BOXMOT: Self = Self {
        min_score: 0.3,
        max_lost: 30,
        hits: 3,
        min_iou: 0.3,
        window: 3,
        inertia: 0.2,
        looks: 0.5,
        keep: 0.95,
        contrast: 0.5,
        telling: Telling::Streak,
    };
}

impl Default for Config {
    /// boxmot's, but who is known stays so.
    fn default() -> Self {
        Self { telling: Telling::Known, ..Self::BOXMOT }
    }
}

/// The tracker. It can be stored at any frame and goes on from there as if never stopped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct DeepOcSort {
    config: Config,
    frame: u64,
    next_id: TrackId,
    /// By id. What is gone is dropped, so this stays as small as the scene.
    tracks: Vec<Track>,
    #[serde(skip)]
    assignment: Assignment,
}

impl DeepOcSort {
    /// A tracker that has seen nothing.
    pub fn new(config: Config) -> Self {
        Self { config, frame: 0, next_id: TrackId::FIRST, tracks: Vec::new(), assignment: Assignment::default() }
    }

    /// A track not seen for more than this many frames never comes back.
    pub fn max_lost_frames(&self) -> u64 {
        self.config.max_lost.into()
    }

    /// Detections that score more than this are looked at.
    pub const fn sure_score(&self) -> f32 {
        self.config.min_score
    }

    /// Takes in the next frame and tells who is in it: by track, then, without a number, the unconfirmed.
    pub fn update(&mut self, input: &Input<'_>) -> Vec<TrackedBox> {
        self.frame += 1;
        let mut seen = self.candidates(input);
        for track in &mut self.tracks {
            track.apply_camera(&input.motion.unwrap_or_default());
            track.predict();
        }
        // What a camera gone wild has thrown beyond all numbers is nowhere.
        self.tracks.retain(|t| t.motion.bbox().to_array().iter().all(|v| v.is_finite()));

        let mut unseen: Vec<usize> = (0..self.tracks.len()).collect();
        let pairs = matching::first(&mut self.assignment, &self.tracks, &seen, self.frame, &self.config);
        self.take(&pairs, &mut unseen, &mut seen);
        // Observation-centric recovery (OC-SORT, 3.4): where they were last seen, not where they should be by now.
        let left: Vec<&Track> = unseen.iter().map(|&t| &self.tracks[t]).collect();
        let pairs = matching::second(&mut self.assignment, &left, &seen, &self.config);
        self.take(&pairs, &mut unseen, &mut seen);

        unseen.iter().for_each(|&t| self.tracks[t].miss());
        seen.iter().for_each(|candidate| self.start(candidate));
        self.tracks.retain(|t| t.missed <= u64::from(self.config.max_lost));
        self.report()
    }

    fn candidates<'a>(&self, input: &Input<'a>) -> Vec<Candidate<'a>> {
        let Config { min_score, keep, .. } = self.config;
        let candidates = input.detections.iter().enumerate().filter_map(|(index, detection)| {
            // Infinite scores say nothing, and the costs could not bear them.
            let usable = detection.bbox.is_valid() && detection.score.is_finite() && detection.score > min_score;
            let trust = (detection.score - min_score) / (1.0 - min_score);
            let looks = input.embeddings.get(index).and_then(Option::as_ref);
            usable.then_some(Candidate { index, detection, looks, keep: keep + (1.0 - keep) * (1.0 - trust) })
        });
        candidates.collect()
    }

    /// Gives the boxes to the tracks: pairs of an index in `unseen` and one in `seen`, which both leave.
    fn take(&mut self, pairs: &[(usize, usize)], unseen: &mut Vec<usize>, seen: &mut Vec<Candidate<'_>>) {
        let (mut track_left, mut seen_left) = (vec![true; unseen.len()], vec![true; seen.len()]);
        for &(t, s) in pairs {
            self.tracks[unseen[t]].update(&seen[s], self.frame, self.config.window);
            (track_left[t], seen_left[s]) = (false, false);
        }
        let (mut track_left, mut seen_left) = (track_left.into_iter(), seen_left.into_iter());
        unseen.retain(|_| track_left.next().unwrap_or(true));
        seen.retain(|_| seen_left.next().unwrap_or(true));
    }

    fn start(&mut self, first: &Candidate<'_>) {
        // Four thousand million tracks on, numbers run out: better no track than a number twice.
        let Some(next) = self.next_id.get().checked_add(1).and_then(TrackId::new) else { return };
        self.tracks.push(Track::new(self.next_id, first));
        self.next_id = next;
    }

    fn report(&mut self) -> Vec<TrackedBox> {
        let Config { hits, telling, .. } = self.config;
        let early = self.frame <= u64::from(hits);
        let told = |track: &mut Track| {
            if track.missed > 0 {
                return None;
            }
            let steady = early || track.streak >= hits;
            track.known |= steady;
            let named = match telling {
                Telling::Streak if !steady => return None,
                Telling::Streak => true,
                Telling::Known => track.known,
            };
            let (bbox, score, detection) = (track.bbox, track.score, track.detection);
            Some(TrackedBox { track: named.then_some(track.id), bbox, score, detection })
        };
        let mut boxes: Vec<TrackedBox> = self.tracks.iter_mut().filter_map(told).collect();
        boxes.sort_by_key(|b| (b.track.is_none(), b.track));
        boxes
    }
}
