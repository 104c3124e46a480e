//! Persistent identities: the tracklets of a whole video joined into persons.
//!
//! One objective is maximised over all ways to join them: the log-odds of appearance between every two tracklets of a
//! person, and of motion between every two that follow one another, under the exclusions (seen together are two, and
//! nobody is faster than a person). Where few tracklets have to do with each other the best of all solutions is found
//! and proven; elsewhere one that no small change makes better.

mod evidence;
mod exact;
mod graph;
mod search;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
pub use silhueta_shared::track::JoinReason as Reason;
use silhueta_shared::track::{IdentityId, TrackId};

use self::evidence::{Portrait, appearance, gap_seconds, motion_log_odds, plausibility};
use self::graph::{Graph, log_odds};
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
    /// Gaps up to this many seconds are short: motion then speaks too.
    pub short_gap_seconds: f64,
    /// What motion that fits perfectly says when there is no gap,
    pub motion_at_once: f64,
    /// and at the end of a short gap.
    pub motion_at_last: f64,
    /// What is taken off for each unit of misfit: square of the miss and of the growth in units of what is usual.
    pub motion_slope: f64,
    /// Nobody moves faster than this many body heights (of the box) a second.
    pub max_heights_per_second: f64,
    /// Two tracks may share so many seconds as one person found twice,
    pub double_seconds: f64,
    /// if their boxes overlap so much (IoU).
    pub double_iou: f32,
}

impl Default for StitchConfig {
    /// Odds for OSNet ×0.25 features. Between people seen together, 0.5 % of pairs are nearer than 0.15 in a
    /// crowd seen from above (14 % nearer than 0.25), 0.2 % on a street; halves of one track are nearer than
    /// 0.15 in nine of ten. With both distances near normal in their logarithm, the odds are 8 to 1 for one person at
    /// 0.15 and even at 0.195. Two people merged are worse than one person split: against a stranger, it takes 0.15.
    fn default() -> Self {
        Self {
            even_appearance: 0.195,
            likeness_slope: 45.0,
            unlikeness_slope: 25.0,
            most_log_odds: 6.0,
            stranger: -2.0,
            short_gap_seconds: 1.5,
            motion_at_once: 5.0,
            motion_at_last: 3.0,
            motion_slope: 1.5,
            max_heights_per_second: 6.0,
            double_seconds: 0.3,
            double_iou: 0.6,
        }
    }
}

/// A tracklet that belongs to a person who was seen before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// Its track.
    pub from: TrackId,
    /// The track that the person had before it.
    pub into: TrackId,
    /// 0..=1: what is lost if the person is parted here, as a probability.
    pub confidence: f32,
    /// The time between the two.
    pub gap_seconds: f64,
    /// Mean appearance distance to all that the person had before; `None` where unknown.
    pub appearance: Option<f32>,
    /// Plausibility of the motion over that gap, 0..=1; `None` where the gap is long.
    pub motion: Option<f32>,
    /// What decided.
    pub reason: Reason,
}

/// Who is who.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Stitching {
    /// The person of every track; persons are numbered from 1 by their first appearance.
    pub identity_of: BTreeMap<TrackId, IdentityId>,
    /// The joins, by person and time.
    pub joins: Vec<Join>,
    /// Groups of tracklets that have to do with each other, and of how many of these the best solution is proven.
    pub components: [usize; 2],
}

/// Joins tracklets into persons. The order of `tracklets` does not matter.
pub fn stitch(tracklets: &[Tracklet], config: &StitchConfig) -> Stitching {
    let graph = Graph::new(tracklets, config);
    let (mut persons, mut stitching) = (Vec::new(), Stitching::default());
    for component in graph.components() {
        let (best, is_proven) = best(&graph, &component, EXACT_STEPS);
        stitching.components[0] += 1;
        stitching.components[1] += usize::from(is_proven);
        persons.extend(best);
    }
    // Nodes are in order of time, so persons are by their first.
    persons.sort();
    for (identity, person) in (1..).map_while(IdentityId::new).zip(&persons) {
        stitching.identity_of.extend(person.iter().map(|&node| (graph.nodes[node].id, identity)));
        stitching.joins.extend((1..person.len()).map(|n| join(&graph, person, n, config)));
    }
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
fn join(graph: &Graph<'_>, person: &[usize], n: usize, config: &StitchConfig) -> Join {
    let (before, rest) = person.split_at(n);
    let (last, next) = (graph.nodes[before[n - 1]], graph.nodes[rest[0]]);
    let pairs = graph.between(before, rest).unwrap_or_default();
    let portrait = Portrait::new(next);
    let known = before.iter().filter_map(|&node| appearance(&Portrait::new(graph.nodes[node]), &portrait));
    let (sum, known) = known.fold((0.0, 0u16), |(sum, n), distance| (sum + distance, n.saturating_add(1)));
    let appearance = (known > 0).then(|| sum / f32::from(known));
    let motion = motion_log_odds(&last.last, &next.first, config);
    let reason = match motion {
        _ if last.id == next.id => Reason::Track,
        Some(motion) if motion > 0.0 && appearance.is_some() => Reason::Both,
        Some(motion) if motion > 0.0 => Reason::Motion,
        _ => Reason::Appearance,
    };
    Join {
        from: next.id,
        into: last.id,
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
