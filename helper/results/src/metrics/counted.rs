//! Identities against people who were counted by eye: nobody has to draw every box of a video to tell whether two
//! people became one or one became two.
//!
//! The annotation names each person and says, for a few frames, roughly where they are ([`Counted`]). Choose frames
//! in which they can be seen well, some before and some after each moment that might confuse. The box of the results
//! that fits best says under which identity they were found there ([`Verdict`]).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;

use super::sequence::{Labelled, iou};
use crate::rect::Rect;

/// Boxes by eye are rough: one that fits so much is meant.
const ENOUGH: f64 = 0.4;

/// What somebody saw in a video.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// What was counted and what was not.
    pub about: String,
    /// Those who were counted.
    pub people: Vec<Person>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// By what they are known.
    pub name: String,
    /// Where they are, now and then.
    pub seen: Vec<Sighting>,
}

/// A person in one frame: `[frame, left, top, width, height]`.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(from = "(u32, f64, f64, f64, f64)")]
pub struct Sighting {
    /// The frame, from 0.
    pub frame: u32,
    /// Roughly where, in pixels.
    pub bbox: Rect,
}

impl From<(u32, f64, f64, f64, f64)> for Sighting {
    fn from((frame, left, top, width, height): (u32, f64, f64, f64, f64)) -> Self {
        Self { frame, bbox: Rect::new(left, top, width, height) }
    }
}

/// People by eye and identities, each held against the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Under which identities each person was found, and at how many of their sightings.
    pub people: BTreeMap<String, BTreeMap<u32, u32>>,
    /// Sightings at which nobody was found.
    pub unseen: u32,
    /// Identities that are at nobody's sighting, and how many boxes they have: people who weren't counted, people
    /// between two of their sightings, and what is no person.
    pub others: BTreeMap<u32, u32>,
}

impl Verdict {
    /// Of results, frame by frame ([`Recorded::tracks`](super::recorded::Recorded::tracks), or a tracker's file).
    pub fn of(counted: &Counted, tracks: &[Vec<Labelled>]) -> Self {
        let mut verdict = Self::default();
        let mut sightings: BTreeMap<u32, Vec<(&str, Labelled)>> = BTreeMap::new();
        for person in &counted.people {
            verdict.people.entry(person.name.clone()).or_default();
            for seen in &person.seen {
                sightings.entry(seen.frame).or_default().push((&person.name, Labelled { id: 0, bbox: seen.bbox }));
            }
        }
        for (frame, people) in sightings {
            let there = tracks.get(frame as usize).map_or(&[][..], Vec::as_slice);
            let (names, rough): (Vec<&str>, Vec<Labelled>) = people.into_iter().unzip();
            let fit = iou(&rough, there);
            let mut found = 0;
            for (who, which) in fit.best_pairs().into_iter().filter(|&(who, which)| fit.at(who, which) >= ENOUGH) {
                let identities = verdict.people.entry(names[who].to_owned()).or_default();
                *identities.entry(there[which].id).or_default() += 1;
                found += 1;
            }
            verdict.unseen += names.len() as u32 - found;
        }
        let known: BTreeSet<u32> = verdict.people.values().flat_map(BTreeMap::keys).copied().collect();
        for seen in tracks.iter().flatten().filter(|seen| !known.contains(&seen.id)) {
            *verdict.others.entry(seen.id).or_default() += 1;
        }
        verdict
    }

    /// Identities that are on counted people.
    pub fn identities(&self) -> usize {
        self.people.values().flat_map(BTreeMap::keys).collect::<BTreeSet<_>>().len()
    }

    /// Those who were never found.
    pub fn missed(&self) -> Vec<&str> {
        self.people.iter().filter(|(_, found)| found.is_empty()).map(|(name, _)| name.as_str()).collect()
    }

    /// Those who have more than one identity.
    pub fn split(&self) -> Vec<&str> {
        self.people.iter().filter(|(_, found)| found.len() > 1).map(|(name, _)| name.as_str()).collect()
    }

    /// Pairs of people who share an identity.
    pub fn merged(&self) -> Vec<(&str, &str)> {
        let people: Vec<_> = self.people.iter().collect();
        let shared = |a: &BTreeMap<u32, u32>, b: &BTreeMap<u32, u32>| a.keys().any(|id| b.contains_key(id));
        let pairs = people.iter().enumerate().flat_map(|(n, a)| people[..n].iter().map(move |b| (b, a)));
        pairs.filter(|(a, b)| shared(a.1, b.1)).map(|(a, b)| (a.0.as_str(), b.0.as_str())).collect()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} people by eye, {} identities on them: {} split, {} pairs merged, {} missed; {} identities elsewhere",
            self.people.len(),
            self.identities(),
            self.split().len(),
            self.merged().len(),
            self.missed().len(),
            self.others.len()
        )?;
        for (name, found) in &self.people {
            let found: Vec<String> = found.iter().map(|(id, times)| format!("{id} ×{times}")).collect();
            writeln!(f, "  {name}: {}", if found.is_empty() { "nowhere".into() } else { found.join(", ") })?;
        }
        for (a, b) in self.merged() {
            writeln!(f, "  merged: {a} and {b}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(id: u32, left: f64) -> Labelled {
        Labelled { id, bbox: Rect::new(left, 0.0, 10.0, 20.0) }
    }

    fn person(name: &str, seen: &[(u32, f64)]) -> Person {
        let seen = seen.iter().map(|&(frame, left)| Sighting::from((frame, left, 1.0, 11.0, 19.0))).collect();
        Person { name: name.into(), seen }
    }

    #[test]
    fn who_was_split_merged_missed_or_not_counted_is_told() {
        let people = vec![
            person("ana", &[(0, 0.0), (1, 2.0), (3, 4.0)]),
            person("bruno", &[(0, 50.0), (2, 52.0)]),
            person("carla", &[(3, 90.0)]),
            person("davi", &[(2, 200.0), (9, 0.0)]),
        ];
        let counted = Counted { about: String::new(), people };
        let tracks = vec![
            vec![at(2, 51.0), at(1, 1.0)],
            vec![at(1, 2.0), at(7, 300.0)],
            vec![at(5, 52.0), at(7, 302.0)],
            // Two fit Ana, and the better one is meant.
            vec![at(2, 89.0), at(9, 9.0), at(5, 4.0)],
        ];
        let verdict = Verdict::of(&counted, &tracks);
        assert_eq!(verdict.split(), ["ana", "bruno"]);
        assert_eq!(verdict.merged(), [("ana", "bruno"), ("bruno", "carla")]);
        assert_eq!((verdict.missed(), verdict.unseen), (vec!["davi"], 2));
        assert_eq!((verdict.identities(), verdict.others), (3, BTreeMap::from([(7, 2), (9, 1)])));
        assert_eq!(verdict.people["ana"], BTreeMap::from([(1, 2), (5, 1)]));
    }
}
