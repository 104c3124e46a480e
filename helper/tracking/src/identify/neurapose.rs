//! NeuraPose's way: tracks joined by time alone, and filters that drop people. Kept for those who compare with it;
//! it joins strangers who follow one another, and drops people who stand still.
//!
//! Not here: what it no longer calls itself (ghosts, and poses given to others).

use std::collections::{BTreeMap, BTreeSet};

use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::Anchor;
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::IdentityId;

use super::{Join, Reason, Stitching};
use crate::tracklet::Tracklet;

/// NeuraPose's settings. Activity is the mean over joints of the standard deviation of their way about the middle of the
/// box, in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// A track joins another that ended less than this many seconds before (`gap_thresh`).
    pub merge_seconds: f64,
    /// People seen in fewer frames are dropped (`MIN_FRAMES_PER_ID`),
    pub min_frames: u64,
    /// and those whose last box is nearer than this to their first, in pixels between the centres,
    pub min_displacement: f64,
    /// unless they are as active as this (`MIN_MEMBER_ACTIVITY`),
    pub min_member_activity: f64,
    /// and all who are less active than this (`MIN_POSE_ACTIVITY`).
    pub min_pose_activity: f64,
    /// Nobody goes farther than this from one sight to the next, in pixels; after a second or more, one and a half times
    /// as far for each. What is farther is nobody's.
    pub velocity_gate: f64,
    /// Who has a number that belongs to a place, farther than this from it in pixels, is somebody else.
    pub anchor_radius: f64,
}

/// Where the numbers begin of those who had somebody else's.
const IMPOSTORS: u32 = 900;

impl Default for Config {
    /// The merge of its first version, the filters of its last.
    fn default() -> Self {
        Self {
            merge_seconds: 1.5,
            min_frames: 10,
            min_displacement: 50.0,
            min_member_activity: 5.0,
            min_pose_activity: 0.8,
            velocity_gate: 150.0,
            anchor_radius: 150.0,
        }
    }
}

/// Joins by time.
pub fn identities(tracklets: &[Tracklet], config: &Config) -> Stitching {
    let mut stitching = Stitching::default();
    for (identity, person) in (1..).map_while(IdentityId::new).zip(by_time(tracklets, config.merge_seconds)) {
        for tracklet in &person {
            stitching.spans.insert(tracklet.id, vec![(tracklet.first.frame, Some(identity))]);
        }
        stitching.joins.extend(person.windows(2).map(|pair| Join {
            identity,
            from: pair[1].id,
            from_frame: pair[1].first.frame,
            into: pair[0].id,
            into_frame: pair[0].last.frame,
            // Nothing was asked that could tell.
            confidence: 0.0,
            gap_seconds: pair[1].first.seconds - pair[0].last.seconds,
            appearance: None,
            motion: None,
            reason: Reason::Time,
        }));
    }
    stitching
}

/// A person as the filters know them.
#[derive(Clone, Debug, Default)]
struct Conduct {
    frames: u64,
    first: (f64, f64),
    last: (f64, f64),
    /// By joint and axis: number, mean and sum of squared differences (Welford).
    joints: Vec<[(f64, f64, f64); 2]>,
    /// Where they were last, and in which frame.
    gate: Option<(u64, (f64, f64))>,
}

/// The filters, which look at all sights of everybody once, in the order of the frames.
#[derive(Clone, Debug)]
pub struct Filters {
    config: Config,
    frame_rate: f64,
    anchors: Vec<Anchor>,
    people: BTreeMap<IdentityId, Conduct>,
    /// By the number that they had, the one that they have now.
    impostors: BTreeMap<IdentityId, IdentityId>,
    next: u32,
}

impl Filters {
    /// Filters that have seen nobody, for `frame_rate` frames a second. Numbers from `free` on are nobody's.
    pub fn new(config: Config, frame_rate: f64, anchors: Vec<Anchor>, free: u32) -> Self {
        let next = free.max(IMPOSTORS);
        Self { config, frame_rate, anchors, people: BTreeMap::new(), impostors: BTreeMap::new(), next }
    }

    /// Takes in a sight of a person; `joints` are COCO's 17 first. Whose it is: another's, where their number belongs to a
    /// place that is elsewhere; nobody's, where it is too far from the last: nobody moves that fast.
    pub fn see(&mut self, identity: IdentityId, frame: u64, bbox: &Bbox, joints: &[Keypoint]) -> Option<IdentityId> {
        let centre = bbox.center();
        let centre = (f64::from(centre.0), f64::from(centre.1));
        let identity = if self.is_elsewhere(identity, centre) { self.impostor(identity)? } else { identity };
        let person = self.people.entry(identity).or_default();
        let here = hips(joints).unwrap_or(centre);
        if let Some((then, there)) = person.gate {
            let seconds = frame.saturating_sub(then) as f64 / self.frame_rate;
            let limit = self.config.velocity_gate * if seconds >= 1.0 { 1.5 * seconds } else { 1.0 };
            if (here.0 - there.0).hypot(here.1 - there.1) > limit {
                return None;
            }
        }
        person.gate = Some((frame, here));
        if person.frames == 0 {
            person.first = centre;
        }
        person.frames += 1;
        person.last = centre;
        person.joints.resize(person.joints.len().max(joints.len().min(17)), Default::default());
        for (spread, joint) in person.joints.iter_mut().zip(joints) {
            for (axis, value) in spread.iter_mut().zip([f64::from(joint.x) - centre.0, f64::from(joint.y) - centre.1]) {
                let (n, mean, squares) = *axis;
                let next = mean + (value - mean) / (n + 1.0);
                *axis = (n + 1.0, next, squares + (value - mean) * (value - next));
            }
        }
        Some(identity)
    }

    fn is_elsewhere(&self, identity: IdentityId, (x, y): (f64, f64)) -> bool {
        let anchor = self.anchors.iter().find(|anchor| anchor.identity == identity);
        anchor.is_some_and(|at| (x - f64::from(at.x)).hypot(y - f64::from(at.y)) > self.config.anchor_radius)
    }

    /// The number of who has somebody else's; `None` where numbers are used up.
    fn impostor(&mut self, had: IdentityId) -> Option<IdentityId> {
        if let Some(known) = self.impostors.get(&had) {
            return Some(*known);
        }
        let fresh = IdentityId::new(self.next)?;
        self.next = self.next.wrapping_add(1);
        self.impostors.insert(had, fresh);
        Some(fresh)
    }

    /// Who stays.
    pub fn kept(&self) -> BTreeSet<IdentityId> {
        self.people.iter().filter(|(_, person)| self.keeps(person)).map(|(identity, _)| *identity).collect()
    }

    fn keeps(&self, person: &Conduct) -> bool {
        let Config { min_frames, min_displacement, min_member_activity, min_pose_activity, .. } = self.config;
        let way = (person.last.0 - person.first.0).hypot(person.last.1 - person.first.1);
        let activity = activity(&person.joints);
        person.frames >= min_frames
            && (way >= min_displacement || activity >= min_member_activity)
            && activity >= min_pose_activity
    }
}

/// The middle of the hips, where both are sure.
fn hips(joints: &[Keypoint]) -> Option<(f64, f64)> {
    let [left, right] = [joints.get(11)?, joints.get(12)?];
    let middle = |a: f32, b: f32| f64::from(a + b) / 2.0;
    (left.score > 0.5 && right.score > 0.5).then(|| (middle(left.x, right.x), middle(left.y, right.y)))
}

/// See [`Config`]; 0 for fewer than five sights.
fn activity(joints: &[[(f64, f64, f64); 2]]) -> f64 {
    let deviations = joints.iter().flatten().map(|&(n, _, squares)| if n < 5.0 { 0.0 } else { (squares / n).sqrt() });
    deviations.sum::<f64>() / (2 * joints.len().max(1)) as f64
}

/// By start, each track joins the first person whose last track ended before it by less than the limit.
fn by_time(tracklets: &[Tracklet], limit: f64) -> Vec<Vec<&Tracklet>> {
    let mut sorted: Vec<&Tracklet> = tracklets.iter().collect();
    sorted.sort_by_key(|t| (t.first.frame, t.last.frame, t.id));
    let mut people: Vec<Vec<&Tracklet>> = Vec::new();
    for tracklet in sorted {
        let follows = |person: &&mut Vec<&Tracklet>| {
            let gap = person.last().map_or(0.0, |last| tracklet.first.seconds - last.last.seconds);
            gap > 0.0 && gap < limit
        };
        match people.iter_mut().find(follows) {
            Some(person) => person.push(tracklet),
            None => people.push(vec![tracklet]),
        }
    }
    people
}

#[cfg(test)]
mod tests {
    use silhueta_shared::track::TrackId;

    use super::*;
    use crate::tracklet::End;

    /// A tracklet at 10 fps.
    fn tracklet(id: u32, from: u64, to: u64) -> Tracklet {
        let bbox = Bbox::new(0.0, 0.0, 50.0, 100.0);
        let end = |frame: u64| End { frame, seconds: frame as f64 / 10.0, bbox, velocity: [0.0; 2] };
        let (first, last) = (end(from), end(to));
        Tracklet { id: TrackId::new(id).unwrap(), first, last, boxes: to - from + 1, gallery: Vec::new() }
    }

    #[test]
    fn time_alone_joins() {
        // 1.4 s later; 1.5 s later; while the first is there.
        let all = [tracklet(1, 0, 40), tracklet(2, 54, 100), tracklet(3, 115, 160), tracklet(4, 20, 60)];
        let stitching = identities(&all, &Config::default());
        let of = |n: usize| stitching.at(all[n].id, all[n].first.frame).map(IdentityId::get);
        assert_eq!((0..4).map(of).collect::<Vec<_>>(), [Some(1), Some(1), Some(3), Some(2)]);
        let [join] = stitching.joins.as_slice() else { panic!("{:?}", stitching.joins) };
        assert_eq!((join.from.get(), join.into.get(), join.reason), (2, 1, Reason::Time));
    }

    const WHO: IdentityId = IdentityId::new(1).unwrap();

    fn seen_by(anchors: &[Anchor]) -> Filters {
        Filters::new(Config::default(), 10.0, anchors.to_vec(), 1)
    }

    #[test]
    fn a_number_belongs_to_its_place_and_who_has_it_elsewhere_is_another() {
        let mut filters = seen_by(&[Anchor { identity: WHO, x: 100.0, y: 50.0 }]);
        let mut see = |identity, frame, x: f32| {
            filters.see(identity, frame, &Bbox::new(x - 25.0, 0.0, x + 25.0, 100.0), &[]).map(IdentityId::get)
        };
        assert_eq!((see(WHO, 0, 250.0), see(WHO, 1, 251.0), see(WHO, 2, 300.0)), (Some(1), Some(900), Some(900)));
        // Each has a gate of their own.
        assert_eq!((see(WHO, 3, 249.0), see(WHO, 4, 600.0), see(WHO, 5, 310.0)), (Some(1), None, Some(900)));
        let other = IdentityId::new(2).unwrap();
        assert_eq!(see(other, 5, 900.0), Some(2));
        assert_eq!(Filters::new(Config::default(), 10.0, vec![], 2000).next, 2000);
    }

    /// Somebody seen in so many frames at 10 fps who goes `by` pixels a frame and swings joints by `swing`.
    fn kept(frames: u64, by: f32, swing: f32) -> bool {
        let mut filters = seen_by(&[]);
        for frame in 0..frames {
            let x = by * frame as f32;
            let away = if frame % 2 == 0 { swing } else { -swing };
            let joints = vec![Keypoint { x: x + 25.0 + away, y: 50.0, score: 0.9 }; 17];
            // The hips swing, too; nobody is too fast.
            assert_eq!(filters.see(WHO, frame, &Bbox::new(x, 0.0, x + 50.0, 100.0), &joints), Some(WHO));
        }
        filters.kept().contains(&WHO)
    }

    #[test]
    fn who_is_seen_too_little_or_neither_goes_nor_moves_is_dropped() {
        // Frames: 10 are enough.
        assert!(kept(10, 10.0, 2.0) && !kept(9, 10.0, 2.0));
        // On the spot, the deviation of joints counts: it is the swing on one of two axes.
        assert!(kept(40, 0.0, 10.5) && !kept(40, 0.0, 9.5) && kept(40, 1.5, 2.0) && !kept(40, 1.0, 2.0));
        // What goes without moving at all is no person.
        assert!(!kept(40, 5.0, 1.5));
        assert!(seen_by(&[]).kept().is_empty());
    }

    #[test]
    fn the_velocity_gate_widens_after_a_second_and_what_is_beyond_it_leaves_no_trace() {
        let gate = |pixels: f32, frames| {
            let mut filters = seen_by(&[]);
            let at = |x: f32| Bbox::new(x, 0.0, x + 50.0, 100.0);
            let mut see = |frame, x| filters.see(WHO, frame, &at(x), &[]).is_some();
            assert!(see(0, 0.0));
            let passes = see(frames, pixels);
            assert!(see(frames + 1, if passes { pixels } else { 0.0 }));
            passes
        };
        assert!(gate(150.0, 1) && gate(150.0, 9) && !gate(151.0, 9));
        assert!(gate(225.0, 10) && !gate(226.0, 10) && gate(450.0, 20));
    }
}
