//! BoT-SORT: Aharon, Orfaig & Bobrovsky, "BoT-SORT: Robust Associations Multi-Pedestrian Tracking"
//! (arXiv:2206.14651), which follows Zhang et al., "ByteTrack" (ECCV 2022), in its two rounds of matching.

mod config;
mod matching;
mod shake;
#[cfg(test)]
mod tests;
mod track;

use serde::{Deserialize, Serialize};
use silhueta_shared::geometry::Affine;
use silhueta_shared::track::TrackId;

pub use self::config::{Buffer, Config, Looks, Preset, Unconfirmed};
use self::matching::Fusion;
use self::track::{Candidate, Stage, Track};
use crate::assignment::Assignment;
use crate::overlap::{Area, touching};
pub use crate::tracker::{Input, TrackedBox};

/// A tracked and a lost track nearer than this IoU distance are one person, tracked twice.
const DUPLICATE: f64 = 0.15;

/// The tracker. It can be stored at any frame and goes on from there as if never stopped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BotSort {
    config: Config,
    buffer: u64,
    frame: u64,
    next_id: TrackId,
    /// By id. What is gone is dropped, so this stays as small as the scene.
    tracks: Vec<Track>,
    #[serde(skip)]
    assignment: Assignment,
}

impl BotSort {
    /// A tracker that has seen nothing, for video of `frame_rate` frames a second (30 where it is not positive).
    pub fn new(config: Config, frame_rate: f64) -> Self {
        let buffer = config.buffer_frames(frame_rate);
        Self {
            config,
            buffer,
            frame: 0,
            next_id: TrackId::FIRST,
            tracks: Vec::new(),
            assignment: Assignment::default(),
        }
    }

    /// The settings.
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// A track not seen for more than this many frames never comes back.
    pub fn max_lost_frames(&self) -> u64 {
        self.buffer + u64::from(self.config.late_removal)
    }

    /// Takes in the next frame and tells who is in it: by track, then, without a number, the unconfirmed.
    pub fn update(&mut self, input: &Input<'_>) -> Vec<TrackedBox> {
        self.frame += 1;
        let (mut high, low) = self.split(input);
        self.tracks.iter_mut().for_each(Track::predict);
        let motion = match input.motion {
            Some(motion) => motion,
            None if self.config.motion_from_boxes => shake::shift(&self.tracks, &high),
            None => Affine::IDENTITY,
        };
        for track in &mut self.tracks {
            track.motion.apply_camera(&motion, self.config.camera);
        }

        let fusion = Fusion {
            score: self.config.fuse_first,
            proximity: self.config.proximity,
            appearance: self.config.appearance,
            divisor: self.config.first_divisor,
            looks: Some(self.config.looks),
        };
        let known = self.select(|t| t.stage != Stage::Unconfirmed);
        let unseen = self.associate(&known, &mut high, self.config.first_limit, fusion);

        let tracked: Vec<usize> = unseen.into_iter().filter(|&t| self.tracks[t].stage == Stage::Tracked).collect();
        let mut low = low;
        for t in self.associate(&tracked, &mut low, self.config.second_limit, Fusion::MOTION) {
            self.tracks[t].stage = Stage::Lost;
        }

        let fusion = Fusion {
            score: self.config.fuse_unconfirmed,
            divisor: self.config.unconfirmed_divisor,
            // Who blends does so with those it knows only.
            looks: fusion.looks.filter(|looks| *looks == Looks::Least),
            ..fusion
        };
        let unconfirmed = self.select(|t| t.stage == Stage::Unconfirmed);
        let limit = self.config.unconfirmed_limit;
        let never_confirmed = self.associate(&unconfirmed, &mut high, limit, fusion);
        self.drop_tracks(&never_confirmed);

        for seen in high {
            if seen.detection.score >= self.config.new {
                self.start(seen);
            }
        }
        self.expire();
        self.drop_duplicates();
        self.report()
    }

    /// The valid detections of high and of low score.
    fn split<'a>(&self, input: &Input<'a>) -> (Vec<Candidate<'a>>, Vec<Candidate<'a>>) {
        let (mut high, mut low) = (Vec::new(), Vec::new());
        for (index, detection) in input.detections.iter().enumerate() {
            let score = detection.score;
            // Infinite scores say nothing, and the costs could not bear them.
            if !detection.bbox.is_valid() || !score.is_finite() {
                continue;
            }
            let embedding = input.embeddings.get(index).and_then(Option::as_ref);
            if score > self.config.high || (self.config.high_inclusive && score == self.config.high) {
                high.push(Candidate { index, detection, embedding });
            } else if score > self.config.low && score < self.config.high {
                low.push(Candidate { index, detection, embedding: embedding.filter(|_| self.config.low_looks) });
            }
        }
        (high, low)
    }

    fn select(&self, which: impl Fn(&Track) -> bool) -> Vec<usize> {
        (0..self.tracks.len()).filter(|&t| which(&self.tracks[t])).collect()
    }

    /// Matches the tracks of these indices with detections. Matched detections are taken out of `seen`; the
    /// indices of the unmatched tracks come back.
    fn associate(&mut self, tracks: &[usize], seen: &mut Vec<Candidate<'_>>, limit: f64, fusion: Fusion) -> Vec<usize> {
        let rows: Vec<&Track> = tracks.iter().map(|&t| &self.tracks[t]).collect();
        let edges = fusion.edges(&rows, seen, limit);
        let pairs = self.assignment.solve_sparse(rows.len(), seen.len(), &edges, limit);
        let mut track_matched = vec![false; tracks.len()];
        let mut seen_matched = vec![false; seen.len()];
        for (row, col) in pairs {
            self.tracks[tracks[row]].update(seen[col], self.frame);
            track_matched[row] = true;
            seen_matched[col] = true;
        }
        let mut matched = seen_matched.into_iter();
        seen.retain(|_| !matched.next().unwrap_or(false));
        tracks.iter().zip(track_matched).filter(|(_, matched)| !matched).map(|(&t, _)| t).collect()
    }

    fn start(&mut self, seen: Candidate<'_>) {
        // Four thousand million tracks on, numbers run out: better no track than a number twice.
        let Some(next) = self.next_id.get().checked_add(1).and_then(TrackId::new) else { return };
        self.tracks.push(Track::new(self.next_id, seen, self.frame, self.config.model));
        self.next_id = next;
    }

    /// Drops the lost whose buffer is over, at once or a frame late.
    fn expire(&mut self) {
        let (frame, buffer) = (self.frame, self.buffer);
        let over = |t: &Track| t.stage == Stage::Lost && frame - t.last_frame > buffer;
        if self.config.late_removal {
            self.tracks.retain(|t| !(t.stage == Stage::Lost && t.expired));
            self.tracks.iter_mut().filter(|t| over(t)).for_each(|t| t.expired = true);
        } else {
            self.tracks.retain(|t| !over(t));
        }
    }

    /// Of a tracked and a lost track in one place, the longer-lived stays; with equal ages, the lost one.
    fn drop_duplicates(&mut self) {
        let (lost, present): (Vec<usize>, Vec<usize>) =
            (0..self.tracks.len()).partition(|&t| self.tracks[t].stage == Stage::Lost);
        if lost.is_empty() {
            return;
        }
        let areas = |tracks: &[usize]| tracks.iter().map(|&t| Area::new(&self.tracks[t].bbox())).collect::<Vec<_>>();
        let (present_areas, lost_areas) = (areas(&present), areas(&lost));
        let mut duplicates = Vec::new();
        touching(&present_areas, &lost_areas, |p, l| {
            if present_areas[p].distance(&lost_areas[l]) < DUPLICATE {
                let (p, l) = (present[p], lost[l]);
                duplicates.push(if self.tracks[p].age() > self.tracks[l].age() { l } else { p });
            }
        });
        self.drop_tracks(&duplicates);
    }

    fn drop_tracks(&mut self, indices: &[usize]) {
        let mut keep = vec![true; self.tracks.len()];
        indices.iter().for_each(|&i| keep[i] = false);
        let mut keep = keep.into_iter();
        self.tracks.retain(|_| keep.next().unwrap_or(true));
    }

    fn report(&mut self) -> Vec<TrackedBox> {
        let (frame, unconfirmed, inertia) = (self.frame, self.config.unconfirmed, self.config.inertia);
        let told = |track: &mut Track| {
            let named = match track.stage {
                Stage::Tracked => true,
                Stage::Unconfirmed if unconfirmed != Unconfirmed::Withheld => unconfirmed == Unconfirmed::Named,
                Stage::Unconfirmed | Stage::Lost => return None,
            };
            Some(TrackedBox {
                track: named.then_some(track.id),
                bbox: track.steadied(frame, inertia),
                score: track.score,
                detection: track.detection,
            })
        };
        let mut boxes: Vec<TrackedBox> = self.tracks.iter_mut().filter_map(told).collect();
        boxes.sort_by_key(|b| (b.track.is_none(), b.track));
        boxes
    }
}
