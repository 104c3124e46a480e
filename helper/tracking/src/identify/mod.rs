//! Persistent identities: the tracklets of a whole video joined into persons.
//!
//! One objective is maximised over all ways to join them: the log-odds of appearance between every two tracklets of a
//! person, and of motion between every two that follow one another, under the exclusions (seen together are two, and
//! nobody is faster than a person). Where few tracklets have to do with each other the best of all solutions is found
//! and proven; elsewhere one that no small change makes better.

mod evidence;
mod exact;
mod graph;
pub mod neurapose;
pub mod online;
mod search;
mod split;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
pub use silhueta_shared::track::JoinReason as Reason;
use silhueta_shared::track::{IdentityId, TrackId};

use self::evidence::{GALLERY, Portrait, appearance, gap_seconds, is_doubled, plausibility};
use self::graph::{Graph, log_odds, motion_between};
use self::split::{Piece, cut};
use crate::tracklet::Tracklet;

/// Components of at most this many tracklets are searched for the best of all solutions,
const EXACT_NODES: usize = 48;
/// as long as it takes no more than this many steps.
const EXACT_STEPS: u64 = 200_000;
/// Looks at pairs that the search for small changes may take in each component.
const SEARCH_STEPS: u64 = 100_000_000;

/// What speaks for a join, and how much. Log-odds: 0 says nothing, 2 is seven to one. Appearance is the cosine distance
/// (0..=2) of the nearest views of two galleries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StitchConfig {
    /// The appearance distance that says nothing.
    pub even_appearance: f32,
    /// Log-odds for each unit of distance below that,
    pub likeness_slope: f64,
    /// and against, above it.
    pub unlikeness_slope: f64,
    /// No pair's appearance, nor bad motion, says more than this.
    pub most_log_odds: f64,
    /// That whoever begins is one given person known from before, when nothing else is known.
    pub stranger: f64,
    /// After so many seconds another one is taken off that, after twice as many four, because others may have come,
    pub long_gap_seconds: f64,
    /// but no more than this.
    pub most_for_gap: f64,
    /// Gaps up to this many seconds are short: motion then speaks too.
    pub short_gap_seconds: f64,
    /// What motion that fits perfectly says when there is no gap,
    pub motion_at_once: f64,
    /// and at the end of a short gap.
    pub motion_at_last: f64,
    /// What is taken off for each unit of misfit: square of the miss and of the growth in units of what is usual.
    pub motion_slope: f64,
    /// The same where no looks are known: what gaps are short,
    pub alone_gap_seconds: f64,
    /// and what a unit of misfit takes off.
    pub alone_slope: f64,
    /// Nobody moves faster than this many body heights (of the box) a second.
    pub max_heights_per_second: f64,
    /// Two tracks may share so many seconds as one person found twice,
    pub double_seconds: f64,
    /// if their boxes overlap so much (IoU).
    pub double_iou: f32,
    /// A track is cut where all views before and all behind are at least so far from one another,
    pub cut_appearance: f32,
    /// and those of either side at most so far from their own neighbours.
    pub steady_appearance: f32,
}

impl Default for StitchConfig {
    /// Odds for OSNet ×0.25 features. Between people seen together, 0.5 % of pairs are nearer than 0.15 in a
    /// crowd seen from above (14 % nearer than 0.25), 0.2 % on a street; halves of one track are nearer than
    /// 0.15 in nine of ten. With both distances near normal in their logarithm, the odds are 8 to 1 for one person at
    /// 0.15 and even at 0.195. Two people merged are worse than one person split: against a stranger, it takes 0.15, and
    /// 0.11 after half a minute: in real clips, right joins were at 0.150 after 2 s and 0.145 after 9 s, a wrong one at
    /// 0.118 after 30 s. Motion without looks is as strict as serves MOT17-02/05/09/10 with public detections best:
    /// HOTA 44.7 and IDF1 51.4 against 44.5 and 51.4 with nothing joined, 44.1 and 50.1 with `motion_slope`.
    fn default() -> Self {
        Self {
            even_appearance: 0.195,
            likeness_slope: 45.0,
            unlikeness_slope: 25.0,
            most_log_odds: 6.0,
            stranger: -2.0,
            long_gap_seconds: 22.0,
            most_for_gap: 2.0,
            short_gap_seconds: 1.5,
            motion_at_once: 5.0,
            motion_at_last: 3.0,
            motion_slope: 1.5,
            alone_gap_seconds: 2.0,
            alone_slope: 5.0,
            max_heights_per_second: 6.0,
            double_seconds: 0.3,
            double_iou: 0.6,
            cut_appearance: 0.35,
            steady_appearance: 0.2,
        }
    }
}

/// A tracklet that belongs to a person who was seen before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// The person.
    pub identity: IdentityId,
    /// Its track,
    pub from: TrackId,
    /// and where it begins.
    pub from_frame: u64,
    /// The track that the person had before it,
    pub into: TrackId,
    /// and where that ends.
    pub into_frame: u64,
    /// 0..=1: what is lost if the person is parted here, as a probability.
    pub confidence: f32,
    /// The time between the two, 0 where they overlap.
    pub gap_seconds: f64,
    /// Mean appearance distance to all that the person had before; `None` where unknown.
    pub appearance: Option<f32>,
    /// Plausibility of the motion over that gap, 0..=1; `None` where it has no say.
    pub motion: Option<f32>,
    /// What decided.
    pub reason: Reason,
}

/// A place where a track goes from one person to another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// The track.
    pub track: TrackId,
    /// Its first frame of the other person.
    pub frame: u64,
    /// The time of that frame, in seconds of the video.
    pub seconds: f64,
    /// Appearance distance between before and after: of the two views that are nearest.
    pub appearance: f32,
    /// 0..=1.
    pub confidence: f32,
}

/// Who is who.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stitching {
    /// By track: from which frame on whose it is. Nobody's while another track of that person is still there. Persons
    /// are numbered from 1 by their first appearance.
    pub spans: BTreeMap<TrackId, Vec<(u64, Option<IdentityId>)>>,
    /// The joins, by person and time.
    pub joins: Vec<Join>,
    /// Where tracks were cut, by track and time; what was cut may have been joined again.
    pub splits: Vec<Split>,
    /// Groups of tracklets that have to do with each other, and of how many of these the best solution is proven.
    pub components: [usize; 2],
}

impl Stitching {
    /// Whose the box of a track is in a frame.
    pub fn at(&self, track: TrackId, frame: u64) -> Option<IdentityId> {
        let spans = self.spans.get(&track)?;
        let n = spans.partition_point(|&(from, _)| from <= frame).max(1);
        spans.get(n - 1)?.1
    }

    /// The person that every track began as.
    pub fn identity_of(&self) -> BTreeMap<TrackId, IdentityId> {
        let first = |spans: &[(u64, Option<IdentityId>)]| spans.iter().find_map(|(_, identity)| *identity);
        self.spans.iter().filter_map(|(track, spans)| Some((*track, first(spans)?))).collect()
    }

    /// How many persons there are.
    pub fn persons(&self) -> usize {
        let all: BTreeSet<_> = self.spans.values().flatten().filter_map(|(_, identity)| *identity).collect();
        all.len()
    }

    /// Every track a person of its own, with its own number.
    pub fn of_tracks(tracks: impl IntoIterator<Item = TrackId>) -> Self {
        let mut stitching = Self::default();
        for track in tracks {
            let identity = IdentityId::new(track.get());
            stitching.spans.insert(track, vec![(0, identity)]);
        }
        stitching
    }
}

/// Joins tracklets into persons, and cuts those that are two. The order of `tracklets` does not matter.
pub fn stitch(tracklets: &[Tracklet], config: &StitchConfig) -> Stitching {
    let mut stitching = Stitching::default();
    let pieces: Vec<Piece> = tracklets.iter().flat_map(|t| cut(t, config, &mut stitching.splits)).collect();
    stitching.splits.sort_by_key(|split| (split.track, split.frame));
    let graph = Graph::new(&pieces, config);
    let mut persons = Vec::new();
    for component in graph.components() {
        let (best, is_proven) = best(&graph, &component, EXACT_STEPS);
        stitching.components[0] += 1;
        stitching.components[1] += usize::from(is_proven);
        persons.extend(best);
    }
    // Nodes are in order of time, so persons are by their first.
    persons.sort();
    for (identity, person) in (1..).map_while(IdentityId::new).zip(&persons) {
        for (n, piece) in person.iter().map(|&node| graph.nodes[node]).enumerate() {
            let (track, first) = (piece.tracklet.id, piece.tracklet.first.frame);
            let spans = stitching.spans.entry(track).or_default();
            let before = n.checked_sub(1).map(|before| graph.nodes[person[before]]);
            match before.filter(|before| is_doubled(&before.tracklet, &piece.tracklet, config)) {
                Some(before) => spans.extend([(first, None), (before.tracklet.last.frame + 1, Some(identity))]),
                None => spans.push((first, Some(identity))),
            }
        }
        stitching.joins.extend((1..person.len()).map(|n| join(&graph, identity, person, n, config)));
    }
    stitching.spans.values_mut().for_each(|spans| spans.sort_unstable());
    stitching
}

/// The best solution for a component, and whether it is proven to be.
fn best(graph: &Graph<'_>, component: &[usize], steps: u64) -> (search::Persons, bool) {
    if let [alone] = component {
        return (vec![vec![*alone]], true);
    }
    let good = search::improve(graph, component, search::greedy(graph, component), SEARCH_STEPS);
    if component.len() <= EXACT_NODES { exact::solve(graph, component, good, steps) } else { (good, false) }
}

/// How a person's `n`-th tracklet came to those before it.
fn join(graph: &Graph<'_>, identity: IdentityId, person: &[usize], n: usize, config: &StitchConfig) -> Join {
    let (before, rest) = person.split_at(n);
    let (last, next) = (graph.nodes[before[n - 1]], graph.nodes[rest[0]]);
    let pairs = graph.between(before, rest).unwrap_or_default();
    let portrait = |node: usize| Portrait::new(&graph.nodes[node].tracklet.gallery, GALLERY);
    let newest = portrait(rest[0]);
    let known = before.iter().filter_map(|&node| appearance(&portrait(node), &newest));
    let (sum, known) = known.fold((0.0, 0u16), |(sum, n), distance| (sum + distance, n.saturating_add(1)));
    let appearance = (known > 0).then(|| sum / f32::from(known));
    let motion = motion_between(last, next, config);
    let (last, next, is_whole) = (&last.tracklet, &next.tracklet, last.part == next.part);
    let reason = match motion {
        _ if last.id == next.id && is_whole => Reason::Track,
        Some(motion) if motion > 0.0 && appearance.is_some() => Reason::Both,
        Some(motion) if motion > 0.0 => Reason::Motion,
        _ => Reason::Appearance,
    };
    Join {
        identity,
        from: next.id,
        from_frame: next.first.frame,
        into: last.id,
        into_frame: last.last.frame,
        confidence: probability(log_odds(pairs + graph.link(before[n - 1], rest[0]))),
        gap_seconds: gap_seconds(&last.last, &next.first),
        appearance,
        motion: motion.map(|_| plausibility(&last.last, &next.first)),
        reason,
    }
}

fn probability(log_odds: f64) -> f32 {
    (1.0 / (1.0 + (-log_odds).exp())) as f32
}
