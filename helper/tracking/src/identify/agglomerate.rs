//! Best join first, until no two groups can be one person.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use silhueta_shared::track::TrackId;

use super::evidence::{Portrait, appearance, motion, out_of_reach};
use super::{Join, Reason, StitchConfig};
use crate::tracklet::Tracklet;

/// Tracklets of one person, by time; none overlaps another, save pieces of one track.
#[derive(Clone, Debug)]
pub(super) struct Group<'a> {
    members: Vec<&'a Tracklet>,
}

impl<'a> Group<'a> {
    fn new(mut members: Vec<&'a Tracklet>) -> Self {
        members.sort_by_key(|t| (t.first.frame, t.last.frame, t.id));
        Self { members }
    }

    pub(super) fn first_frame(&self) -> u64 {
        self.members.first().map_or(0, |t| t.first.frame)
    }

    pub(super) fn first_track(&self) -> Option<TrackId> {
        self.members.first().map(|t| t.id)
    }

    pub(super) fn tracks(&self) -> impl Iterator<Item = TrackId> {
        self.members.iter().map(|t| t.id)
    }
}

/// Sum and number of the appearance distances between the tracklets of two groups: their mean is average linkage.
#[derive(Clone, Copy, Debug, Default)]
struct Linkage {
    sum: f32,
    pairs: u32,
}

/// Linkage of every two places of groups: half a square matrix.
struct Linkages(Vec<Vec<Linkage>>);

impl Linkages {
    fn at(&mut self, a: usize, b: usize) -> &mut Linkage {
        &mut self.0[a.max(b)][a.min(b)]
    }
}

/// A join that may be made, as long as both groups are still what they were.
struct Candidate {
    join: Join,
    places: [usize; 2],
    versions: [u32; 2],
}

/// The groups that are left in the end, and the joins that led there.
pub(super) fn agglomerate<'a>(tracklets: &'a [Tracklet], config: &StitchConfig) -> (Vec<Group<'a>>, Vec<Join>) {
    // Pieces of one track are one person from the start.
    let mut by_track: BTreeMap<TrackId, Vec<&Tracklet>> = BTreeMap::new();
    for tracklet in tracklets {
        by_track.entry(tracklet.id).or_default().push(tracklet);
    }
    let mut groups: Vec<Option<Group<'a>>> = by_track.into_values().map(|members| Some(Group::new(members))).collect();
    let mut linkages = link_all(&groups);
    // How often a place has changed hands.
    let mut versions = vec![0u32; groups.len()];
    let mut heap = BinaryHeap::new();
    for i in 0..groups.len() {
        heap.extend((0..i).filter_map(|j| candidate(&groups, &mut linkages, &versions, [j, i], config)));
    }

    let mut joins = Vec::new();
    while let Some(Candidate { join, places: [j, i], versions: then }) = heap.pop() {
        if [versions[j], versions[i]] != then {
            continue;
        }
        let members = [groups[j].take(), groups[i].take()].into_iter().flatten().flat_map(|g| g.members).collect();
        groups[j] = Some(Group::new(members));
        versions[j] += 1;
        versions[i] += 1;
        joins.push(join);
        for k in (0..groups.len()).filter(|&k| k != i && k != j) {
            let other = *linkages.at(i, k);
            let joined = linkages.at(j, k);
            joined.sum += other.sum;
            joined.pairs += other.pairs;
            heap.extend(candidate(&groups, &mut linkages, &versions, [j.min(k), j.max(k)], config));
        }
    }
    (groups.into_iter().flatten().collect(), joins)
}

fn link_all(groups: &[Option<Group<'_>>]) -> Linkages {
    let portraits: Vec<Vec<Portrait<'_>>> =
        groups.iter().map(|g| g.iter().flat_map(|g| &g.members).map(|t| Portrait::new(t)).collect()).collect();
    let link = |a: &[Portrait<'_>], b: &[Portrait<'_>]| {
        let mut linkage = Linkage::default();
        for (a, b) in a.iter().flat_map(|a| b.iter().map(move |b| (a, b))) {
            // Groups with tracklets that overlap are never joined, so their likeness is never asked for.
            if !overlap(a.tracklet, b.tracklet)
                && let Some(distance) = appearance(a, b)
            {
                linkage.sum += distance;
                linkage.pairs += 1;
            }
        }
        linkage
    };
    Linkages(portraits.iter().enumerate().map(|(i, a)| portraits[..i].iter().map(|b| link(a, b)).collect()).collect())
}

fn overlap(a: &Tracklet, b: &Tracklet) -> bool {
    a.first.frame <= b.last.frame && b.first.frame <= a.last.frame
}

/// The join of two groups, if they can be one person and enough speaks for it.
fn candidate(
    groups: &[Option<Group<'_>>],
    linkages: &mut Linkages,
    versions: &[u32],
    places: [usize; 2],
    config: &StitchConfig,
) -> Option<Candidate> {
    let (a, b) = (groups[places[0]].as_ref()?, groups[places[1]].as_ref()?);
    let link = *linkages.at(places[0], places[1]);
    let appearance = (link.pairs > 0).then(|| link.sum / link.pairs as f32);
    // Most pairs end here: too unlike for any rule.
    if appearance.is_some_and(|d| d > config.short_appearance.max(config.long_appearance)) {
        return None;
    }
    let handover = handover(a, b, config)?;
    let (confidence, reason) = judge(appearance, handover, config)?;
    let (into, from) =
        if (a.first_frame(), a.first_track()) <= (b.first_frame(), b.first_track()) { (a, b) } else { (b, a) };
    let join = Join {
        from: from.first_track()?,
        into: into.first_track()?,
        confidence,
        gap_seconds: handover.gap,
        appearance,
        motion: handover.motion,
        reason,
    };
    Some(Candidate { join, places, versions: places.map(|p| versions[p]) })
}

#[derive(Clone, Copy, Debug)]
struct Handover {
    /// The shortest time from a tracklet of one group to one of the other.
    gap: f64,
    /// Plausibility over that gap, if it is short.
    motion: Option<f32>,
}

/// Lays the tracklets of both groups in order of time; `None` where two overlap or one is out of the other's reach.
fn handover(a: &Group<'_>, b: &Group<'_>, config: &StitchConfig) -> Option<Handover> {
    let mut best = Handover { gap: f64::INFINITY, motion: None };
    let (mut a, mut b) = (a.members.iter().peekable(), b.members.iter().peekable());
    let mut previous: Option<(&Tracklet, bool)> = None;
    loop {
        let from_a = match (a.peek(), b.peek()) {
            (Some(x), Some(y)) => x.first.frame <= y.first.frame,
            (Some(_), None) => true,
            (None, Some(_)) => false,
            (None, None) => break,
        };
        let next = if from_a { a.next() } else { b.next() }?;
        if let Some((last, _)) = previous.filter(|(_, was_a)| *was_a != from_a) {
            if overlap(last, next) || out_of_reach(&last.last, &next.first, config.max_heights_per_second) {
                return None;
            }
            let gap = next.first.seconds - last.last.seconds;
            if gap < best.gap {
                let short = gap <= config.short_gap_seconds;
                best = Handover { gap, motion: short.then(|| motion(&last.last, &next.first)) };
            }
        }
        previous = Some((next, from_a));
    }
    Some(best)
}

/// How sure the join is and why, if it is sure enough.
fn judge(appearance: Option<f32>, handover: Handover, config: &StitchConfig) -> Option<(f32, Reason)> {
    // 1 at distance 0, a half at the limit.
    let likeness = |distance: f32, limit: f32| 1.0 - 0.5 * distance / limit;
    match (appearance, handover.motion) {
        (Some(d), Some(m)) if d <= config.short_appearance && m >= config.motion_beside_appearance => {
            Some((likeness(d, config.short_appearance) * (0.5 + 0.5 * m), Reason::Both))
        }
        (Some(d), _) if d <= config.long_appearance => Some((likeness(d, config.long_appearance), Reason::Appearance)),
        (None, Some(m)) if m >= config.motion_alone => Some((0.5 * m, Reason::Motion)),
        _ => None,
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    /// Surer, then nearer in time, then by track.
    fn cmp(&self, other: &Self) -> Ordering {
        let (a, b) = (&self.join, &other.join);
        (a.confidence.total_cmp(&b.confidence))
            .then(b.gap_seconds.total_cmp(&a.gap_seconds))
            .then((b.into, b.from).cmp(&(a.into, a.from)))
    }
}
