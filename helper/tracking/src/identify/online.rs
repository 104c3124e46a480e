//! Identities while the video is still coming: a bounded memory of people, asked about every new track.
//!
//! Nothing is taken back here. So a track is looked at for a moment before it gets a name, as one view at the edge of
//! the picture tells little, and somebody is recognised only if that is more probable than all else together. The
//! evidence is that of the stitching.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::{IdentityId, TrackId};

use super::StitchConfig;
use super::evidence::{
    Portrait, appearance, appearance_log_odds, gap_seconds, is_within_reach, motion_log_odds, stranger_log_odds,
};
use crate::Embedding;
use crate::tracklet::End;

/// How much is remembered, and how long it is thought about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// At most so many people; more only while more are in the picture. Who was not seen for the longest time is
    /// forgotten first.
    pub people: usize,
    /// At most so many views of each. The view that another resembles most makes room.
    pub views: usize,
    /// A new track is named after so many seconds,
    pub think_seconds: f64,
    /// or once it has so many views
    pub sure_views: usize,
    /// and somebody is so probable.
    pub sure: f64,
    /// Whoever was not seen for so many seconds is forgotten.
    pub seconds: f64,
    /// A track that was not seen for so many seconds is over: its number means nobody any more.
    pub track_seconds: f64,
    /// What speaks for and against.
    pub evidence: StitchConfig,
}

impl Default for Config {
    /// 200 people of 12 views of OSNet: 5 MB.
    fn default() -> Self {
        Self {
            people: 200,
            views: 12,
            think_seconds: 1.0,
            sure_views: 4,
            sure: 0.9,
            seconds: 3600.0,
            track_seconds: 10.0,
            evidence: StitchConfig::default(),
        }
    }
}

/// A confirmed track in a frame.
#[derive(Clone, Debug)]
pub struct Present<'a> {
    /// Its number.
    pub track: TrackId,
    /// Where, in pixels.
    pub bbox: Bbox,
    /// What is seen of it; `None` where that was not computed, or another person is in the way.
    pub look: Option<&'a Embedding>,
}

/// Who a track is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The person.
    pub identity: IdentityId,
    /// How probable that was when the track was named, 0..=1.
    pub confidence: f32,
    /// Whether somebody was recognised: the person had another track before.
    pub is_known: bool,
}

/// The memory. It can be stored at any frame and goes on from there as if never stopped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Memory {
    config: Config,
    people: BTreeMap<IdentityId, Known>,
    tracks: BTreeMap<TrackId, Answer>,
    newcomers: BTreeMap<TrackId, Newcomer>,
    next: u32,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known {
    views: Vec<Embedding>,
    last: End,
}

/// A track that has no name yet.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Newcomer {
    first: End,
    /// What is seen of it.
    seen: Known,
    /// Who was in the picture with it, so that it is none of them.
    beside: BTreeSet<IdentityId>,
}

impl Memory {
    /// One that knows nobody.
    pub fn new(config: Config) -> Self {
        Self { config, people: BTreeMap::new(), tracks: BTreeMap::new(), newcomers: BTreeMap::new(), next: 1 }
    }

    /// How many people it knows.
    pub fn people(&self) -> usize {
        self.people.len()
    }

    /// Takes in the confirmed tracks of a frame and tells who they are, in their order: `None` for who has no name yet, or
    /// where the numbers of people are used up. Frames come in order; a track is there at most once. A name that was
    /// told stays, for the frames before it, too.
    pub fn observe(&mut self, frame: u64, seconds: f64, present: &[Present<'_>]) -> Vec<Option<Answer>> {
        self.forget(seconds);
        let mut order: Vec<&Present<'_>> = present.iter().collect();
        order.sort_by_key(|p| p.track);
        let mut taken: BTreeSet<IdentityId> =
            order.iter().filter_map(|p| self.tracks.get(&p.track).map(|answer| answer.identity)).collect();
        for p in &order {
            self.remember(p, End { frame, seconds, bbox: p.bbox, velocity: [0.0; 2] }, &taken);
        }
        self.name(&order, seconds, &mut taken);
        self.make_room(frame);
        present.iter().map(|p| self.tracks.get(&p.track).copied()).collect()
    }

    /// Names those who have been looked at for long enough: of all who may be recognised the most probable first, each
    /// once.
    fn name(&mut self, order: &[&Present<'_>], seconds: f64, taken: &mut BTreeSet<IdentityId>) {
        let Config { think_seconds, sure_views, sure, .. } = self.config;
        let mut best: Vec<(f64, TrackId, IdentityId)> = Vec::new();
        let mut strangers: Vec<(TrackId, f64)> = Vec::new();
        for p in order {
            let Some(new) = self.newcomers.get(&p.track) else { continue };
            let is_due = seconds - new.first.seconds >= think_seconds;
            if !is_due && new.seen.views.len() < sure_views {
                continue;
            }
            let odds = self.candidates(new, taken);
            let all = 1.0 + odds.iter().map(|(_, odds)| odds).sum::<f64>();
            let least = if is_due { 0.5 } else { sure };
            let enough = odds.iter().filter(|(_, odds)| odds / all > least);
            best.extend(enough.map(|&(identity, odds)| (odds / all, p.track, identity)));
            if is_due {
                strangers.push((p.track, 1.0 / all));
            }
        }
        best.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        for (probability, track, identity) in best {
            if !self.tracks.contains_key(&track) && taken.insert(identity) {
                // A track of before that comes back is somebody else.
                self.tracks.retain(|_, answer| answer.identity != identity);
                self.introduce(track, Answer { identity, confidence: probability as f32, is_known: true });
            }
        }
        for (track, probability) in strangers {
            if self.tracks.contains_key(&track) {
                continue;
            }
            let Some(identity) = IdentityId::new(self.next) else { continue };
            self.next = self.next.wrapping_add(1);
            taken.insert(identity);
            self.introduce(track, Answer { identity, confidence: probability as f32, is_known: false });
        }
        for p in order {
            if let Some(newcomer) = self.newcomers.get_mut(&p.track) {
                newcomer.beside.extend(taken.iter());
            }
        }
    }

    /// Who of those not in the picture a new track may be, with the odds of each against a stranger.
    fn candidates(&self, new: &Newcomer, taken: &BTreeSet<IdentityId>) -> Vec<(IdentityId, f64)> {
        let config = &self.config.evidence;
        let look = Portrait::of(new.seen.views.iter().collect());
        let odds = |known: &Known| {
            if !is_within_reach(&known.last, &new.first, config.max_heights_per_second) {
                return None;
            }
            let views = look.len().min(known.views.len());
            let looks = appearance(&look, &Portrait::of(known.views.iter().collect()));
            let looks = looks.map_or(0.0, |distance| appearance_log_odds(distance, views, config));
            let motion = motion_log_odds(&known.last, &new.first, views > 0, config).unwrap_or(0.0);
            let stranger = stranger_log_odds(gap_seconds(&known.last, &new.first), config);
            Some((stranger + looks + motion).exp())
        };
        let is_absent = |identity: &IdentityId| !taken.contains(identity) && !new.beside.contains(identity);
        let absent = self.people.iter().filter(|(identity, _)| is_absent(identity));
        absent.filter_map(|(identity, known)| Some((*identity, odds(known)?))).collect()
    }

    /// Gives a new track its name; what was seen of it is remembered.
    fn introduce(&mut self, track: TrackId, answer: Answer) {
        self.tracks.insert(track, answer);
        let Some(Newcomer { seen, .. }) = self.newcomers.remove(&track) else { return };
        let known = self.people.entry(answer.identity).or_insert(Known { views: Vec::new(), last: seen.last });
        known.last = seen.last;
        seen.views.into_iter().for_each(|view| known.learn(view, self.config.views));
    }

    /// Remembers a sight of somebody, or of who has no name yet, beside those who are `there`.
    fn remember(&mut self, present: &Present<'_>, now: End, there: &BTreeSet<IdentityId>) {
        let nobody = || Known { views: Vec::new(), last: now };
        let known = match self.tracks.get(&present.track) {
            Some(answer) => self.people.entry(answer.identity).or_insert_with(nobody),
            None => {
                let new = || Newcomer { first: now, seen: nobody(), beside: BTreeSet::new() };
                let newcomer = self.newcomers.entry(present.track).or_insert_with(new);
                newcomer.beside.extend(there);
                &mut newcomer.seen
            }
        };
        known.last = End { velocity: smoothed(&known.last, &now), ..now };
        if let Some(look) = present.look {
            known.learn(look.clone(), self.config.views);
        }
    }

    /// Forgets people and tracks that were not seen for too long.
    fn forget(&mut self, now: f64) {
        let config = &self.config;
        self.people.retain(|_, known| now - known.last.seconds <= config.seconds);
        let people = &self.people;
        let is_on = |known: &Known| now - known.last.seconds <= config.track_seconds;
        self.tracks.retain(|_, answer| people.get(&answer.identity).is_some_and(is_on));
        self.newcomers.retain(|_, newcomer| is_on(&newcomer.seen));
    }

    /// Forgets who was not seen for the longest time, of those the lowest number.
    fn make_room(&mut self, frame: u64) {
        while self.people.len() > self.config.people {
            let absent = self.people.iter().filter(|(_, known)| known.last.frame < frame);
            let oldest = absent.min_by_key(|(identity, known)| (known.last.frame, **identity)).map(|(id, _)| *id);
            let Some(oldest) = oldest else { return };
            self.people.remove(&oldest);
            self.tracks.retain(|_, answer| answer.identity != oldest);
        }
    }
}

impl Known {
    /// Takes in a look; of more than `most`, the one goes that another resembles most.
    fn learn(&mut self, look: Embedding, most: usize) {
        self.views.push(look);
        if self.views.len() > most {
            let n = most_alike(&self.views);
            self.views.remove(n);
        }
    }
}

/// Pixels a second, smoothed over about half a second.
fn smoothed(last: &End, now: &End) -> [f32; 2] {
    let seconds = (now.seconds - last.seconds) as f32;
    if !(seconds > 0.0 && seconds < 1.0) {
        return [0.0; 2];
    }
    let ((x0, y0), (x1, y1)) = (last.bbox.center(), now.bbox.center());
    let share = (seconds / 0.5).min(1.0);
    let mix = |old: f32, moved: f32| old + share * (moved / seconds - old);
    [mix(last.velocity[0], x1 - x0), mix(last.velocity[1], y1 - y0)]
}

/// The older of the two views that are nearest to one another.
fn most_alike(views: &[Embedding]) -> usize {
    let pairs = (0..views.len()).flat_map(|j| (0..j).map(move |i| (i, j)));
    let distance = |&(i, j): &(usize, usize)| views[i].cosine_distance(&views[j]);
    pairs.min_by(|a, b| distance(a).total_cmp(&distance(b)).then(Reverse(b).cmp(&Reverse(a)))).map_or(0, |(i, _)| i)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn look(angle: f32) -> Embedding {
        Embedding::new(vec![angle.to_radians().cos(), angle.to_radians().sin()]).unwrap()
    }

    /// A frame at 10 fps of (track, left edge, look).
    fn see(memory: &mut Memory, frame: u64, people: &[(u32, f32, Option<f32>)]) -> Vec<Option<Answer>> {
        let looks: Vec<_> = people.iter().map(|(.., angle)| angle.map(look)).collect();
        let present: Vec<_> = people
            .iter()
            .zip(&looks)
            .map(|(&(track, x, _), look)| Present {
                track: TrackId::new(track).unwrap(),
                bbox: Bbox::new(x, 0.0, x + 50.0, 100.0),
                look: look.as_ref(),
            })
            .collect();
        memory.observe(frame, frame as f64 / 10.0, &present)
    }

    /// The same people for a second and a half, by which time they have names.
    fn stay(memory: &mut Memory, frame: u64, people: &[(u32, f32, Option<f32>)]) -> Vec<Answer> {
        let last = (frame..frame + 15).map(|frame| see(memory, frame, people)).last();
        last.unwrap().into_iter().map(Option::unwrap).collect()
    }

    fn ids(answers: &[Answer]) -> Vec<u32> {
        answers.iter().map(|answer| answer.identity.get()).collect()
    }

    #[test]
    fn who_comes_back_is_recognised_by_looks_and_never_beside_themselves() {
        let mut memory = Memory::new(Config::default());
        let (anna, berta) = (Some(0.0), Some(90.0));
        assert_eq!(ids(&stay(&mut memory, 0, &[(1, 0.0, anna), (2, 300.0, berta)])), [1, 2]);
        // Half a minute later, elsewhere, under another number; and her twin, while she is there.
        let answers = stay(&mut memory, 320, &[(7, 500.0, Some(5.0)), (8, 100.0, Some(45.0))]);
        assert_eq!((ids(&answers), answers[0].is_known, answers[1].is_known), (vec![1, 3], true, false));
        assert!(answers[0].confidence > 0.5, "{answers:?}");
        assert_eq!(ids(&stay(&mut memory, 335, &[(9, 200.0, anna), (7, 500.0, anna)])), [4, 1]);
        // Her old track means nobody any more, and who stood beside her for a moment is not she.
        assert!(see(&mut memory, 350, &[(1, 0.0, anna), (7, 500.0, anna)])[0].is_none());
        assert_eq!(ids(&stay(&mut memory, 351, &[(1, 0.0, anna)])), [5]);
    }

    #[test]
    fn a_name_is_told_when_it_is_sure_or_after_a_second_and_stays() {
        let mut memory = Memory::new(Config::default());
        stay(&mut memory, 0, &[(1, 0.0, Some(0.0))]);
        // At 10 fps: views are enough after four frames, a second is over in the eleventh.
        let first =
            |memory: &mut Memory, from: u64, person| (1..20u64).find(|n| see(memory, from + n, &[person])[0].is_some());
        assert_eq!(first(&mut memory, 100, (2, 500.0, Some(1.0))), Some(4));
        assert_eq!(first(&mut memory, 200, (3, 500.0, Some(70.0))), Some(11));
        assert_eq!(first(&mut memory, 300, (4, 500.0, None)), Some(11));
        // One bad look changes nothing any more.
        assert_eq!(see(&mut memory, 320, &[(4, 500.0, Some(0.0))])[0].unwrap().identity.get(), 3);
    }

    #[test]
    fn between_two_who_look_the_same_nobody_is_recognised_unless_motion_tells() {
        let scene = |born: (u32, f32, Option<f32>), frame| {
            let mut memory = Memory::new(Config::default());
            stay(&mut memory, 0, &[(1, 0.0, Some(0.0)), (2, 300.0, Some(6.0))]);
            ids(&stay(&mut memory, frame, &[born]))[0]
        };
        assert_eq!(scene((3, 150.0, Some(3.0)), 600), 3);
        assert_eq!(scene((3, 302.0, Some(3.0)), 19), 2);
        // Without looks, motion alone; and not from out of reach.
        assert_eq!(scene((3, 302.0, None), 19), 2);
        assert_eq!(scene((3, 3000.0, Some(6.0)), 19), 3);
    }

    #[test]
    fn memory_is_bounded_and_who_was_not_seen_for_longest_goes_first() {
        let mut memory = Memory::new(Config { people: 3, views: 4, ..Config::default() });
        for n in 0..6u32 {
            for step in 0..20 {
                let angle = 60.0 * n as f32 + step as f32 / 2.0;
                see(&mut memory, u64::from(n) * 1000 + step, &[(n + 1, 0.0, Some(angle))]);
            }
            assert!(memory.people() <= 3 && memory.people.values().all(|known| known.views.len() <= 4));
        }
        let left: Vec<u32> = memory.people.keys().map(|identity| identity.get()).collect();
        assert_eq!(left, [4, 5, 6]);
        let crowd: Vec<_> = (10..15).map(|n| (n, 100.0 * n as f32, None)).collect();
        assert_eq!(ids(&stay(&mut memory, 9_000, &crowd)), [7, 8, 9, 10, 11]);
        assert_eq!(memory.people(), 5, "nobody in the picture is forgotten");
        see(&mut memory, 9_100, &[(20, 0.0, None)]);
        // An hour and a day.
        see(&mut memory, 900_000, &[]);
        assert_eq!((memory.people(), memory.tracks.len(), memory.newcomers.len()), (0, 0, 0));
    }

    proptest! {
        #[test]
        fn two_in_the_picture_are_two_whatever_the_order_and_wherever_it_was_stored(
            film in prop::collection::vec(
                prop::collection::btree_map(1u32..7, (0u16..600, prop::option::of(0u8..90)), 0..5), 1..60),
            stored in 0usize..60, people in 2usize..6,
        ) {
            let config = Config { people, ..Config::default() };
            let (mut memory, mut other) = (Memory::new(config.clone()), Memory::new(config));
            for (n, frame) in film.iter().enumerate() {
                let mut shown: Vec<_> =
                    frame.iter().map(|(id, (x, angle))| (*id, f32::from(*x), angle.map(f32::from))).collect();
                let at = 4 * n as u64;
                let answers = see(&mut memory, at, &shown);
                let named: Vec<_> = answers.iter().flatten().map(|answer| answer.identity).collect();
                prop_assert_eq!(named.iter().collect::<BTreeSet<_>>().len(), named.len());
                prop_assert!(memory.people() <= people.max(shown.len()));
                shown.reverse();
                let mut again = see(&mut other, at, &shown);
                again.reverse();
                prop_assert_eq!(answers, again);
                if n == stored {
                    other = serde_json::from_str(&serde_json::to_string(&other).unwrap()).unwrap();
                }
            }
        }
    }
}
