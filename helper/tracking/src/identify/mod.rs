//! Persistent identities: the tracklets of a whole video joined into persons.
//!
//! Agglomerative clustering, best join first, with average linkage of appearance. Tracklets that overlap in time
//! are different persons, and so are the groups that hold them.

mod agglomerate;
mod evidence;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use silhueta_shared::track::{IdentityId, TrackId};

use crate::tracklet::Tracklet;

/// How sure a join has to be. Appearance is the cosine distance (0..=2) of the nearest views of two galleries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StitchConfig {
    /// Gaps up to this many seconds are short: motion then speaks too.
    pub short_gap_seconds: f64,
    /// Appearance distance up to which a short gap with plausible motion is bridged.
    pub short_appearance: f32,
    /// Appearance distance up to which any gap is bridged.
    pub long_appearance: f32,
    /// Least plausibility (0..=1) of the motion in a short gap, beside appearance.
    pub motion_beside_appearance: f32,
    /// Least plausibility of the motion where no appearance is known.
    pub motion_alone: f32,
    /// Nobody moves faster than this many body heights (of the box) a second.
    pub max_heights_per_second: f64,
}

impl Default for StitchConfig {
    /// Limits for OSNet ×0.25 features. Between people seen together, 0.5 % of pairs are nearer than 0.15 in a
    /// crowd seen from above (14 % nearer than 0.25), 0.2 % on a street; halves of one track are nearer than
    /// 0.15 in nine of ten. Two people merged are worse than one person split.
    fn default() -> Self {
        Self {
            short_gap_seconds: 1.5,
            short_appearance: 0.30,
            long_appearance: 0.15,
            motion_beside_appearance: 0.2,
            motion_alone: 0.6,
            max_heights_per_second: 6.0,
        }
    }
}

/// Why two groups of tracklets are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// They look alike.
    Appearance,
    /// They look alike enough, and one goes on where the other ended a moment ago.
    Both,
    /// One goes on where the other ended a moment ago; nothing is known of their looks.
    Motion,
}

/// One step of the stitching.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// First track of the group that began later.
    pub from: TrackId,
    /// First track of the group that it joined.
    pub into: TrackId,
    /// 0..=1.
    pub confidence: f32,
    /// The shortest time between the two groups.
    pub gap_seconds: f64,
    /// Mean appearance distance of their tracklets; `None` where unknown.
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
    /// The joins, in the order in which they were made: the surest first.
    pub joins: Vec<Join>,
}

/// Joins tracklets into persons. The order of `tracklets` does not matter.
pub fn stitch(tracklets: &[Tracklet], config: &StitchConfig) -> Stitching {
    let (mut groups, joins) = agglomerate::agglomerate(tracklets, config);
    groups.sort_by_key(|g| (g.first_frame(), g.first_track()));
    let identity_of = (1..)
        .map_while(IdentityId::new)
        .zip(&groups)
        .flat_map(|(identity, group)| group.tracks().map(move |track| (track, identity)))
        .collect();
    Stitching { identity_of, joins }
}
