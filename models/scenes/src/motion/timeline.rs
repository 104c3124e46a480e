//! From a script's steps to what is done when, where and facing which way.

use std::f32::consts::PI;

use glam::{Vec2, Vec3};

use super::path::{EASE, Heading, Path};
use super::style::Style;
use super::{Action, Interval};
use crate::script::{Person, Step, Target};
use crate::seed::ease;

/// How long before and after its bounds an action fades into its neighbours, in seconds.
const FADE: f32 = 0.25;

/// What is done for a while.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Deed {
    Stand,
    Walk,
    Run,
    Turn,
    Sit,
    /// And whether one gets up again at its end.
    Fall {
        rises: bool,
    },
    Wave,
    PickUp,
    /// From this height.
    Take {
        height: f32,
    },
    Dance,
}

impl Deed {
    fn action(self) -> Action {
        match self {
            Self::Stand => Action::Stand,
            Self::Walk => Action::Walk,
            Self::Run => Action::Run,
            Self::Turn => Action::Turn,
            Self::Sit => Action::Sit,
            Self::Fall { .. } => Action::Fall,
            Self::Wave => Action::Wave,
            Self::PickUp => Action::PickUp,
            Self::Take { .. } => Action::Take,
            Self::Dance => Action::Dance,
        }
    }

    /// Whether it moves over the ground or turns, so that what comes next must wait until the feet stand.
    fn moves(self) -> bool {
        matches!(self, Self::Walk | Self::Run | Self::Turn)
    }

    /// Whether two of them in a row are one long one.
    fn merges(self) -> bool {
        matches!(self, Self::Stand | Self::Wave | Self::Dance)
    }
}

/// A deed and when it is done.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) from: f32,
    /// Infinite for what nothing ends.
    pub(super) to: f32,
    pub(super) deed: Deed,
    /// Unlike that of the person's other segments.
    pub(super) number: u64,
    /// How long at its beginning and end the feet still belong to its neighbours.
    pub(super) pads: [f32; 2],
}

impl Segment {
    /// Time since its own beginning, and how long it is, both without what belongs to neighbours.
    pub(super) fn clock(&self, time: f32) -> (f32, f32) {
        let length = self.to - self.from - self.pads[0] - self.pads[1];
        ((time - self.from - self.pads[0]).clamp(0.0, length), length)
    }
}

/// From when on a head turns to something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Glance {
    pub(super) from: f32,
    pub(super) target: Target,
}

/// A time in which a person is there without a break.
#[derive(Clone, Debug)]
pub(super) struct Stay {
    pub(super) from: f32,
    pub(super) to: f32,
    pub(super) path: Path,
    pub(super) heading: Heading,
    pub(super) segments: Vec<Segment>,
    pub(super) glances: Vec<Glance>,
}

impl Stay {
    fn new(from: f32, at: Vec2, facing: f32, glance: Target) -> Self {
        Self {
            from,
            to: f32::INFINITY,
            path: Path::new(from, at, Vec2::ZERO),
            heading: Heading::new(facing),
            segments: Vec::new(),
            glances: vec![Glance { from, target: glance }],
        }
    }

    /// The segments that matter at `time` with their weights, which are 1 together.
    pub(super) fn weights(&self, time: f32) -> impl Iterator<Item = (&Segment, f32)> + '_ {
        let first = self.segments.partition_point(|s| s.to <= time - FADE).min(self.segments.len().saturating_sub(1));
        let began = move |n: usize, from: f32| if n == 0 { 1.0 } else { ease((time - from) / (2.0 * FADE) + 0.5) };
        let last = self.segments.len() - 1;
        (first..=last)
            .map(move |n| {
                let s = &self.segments[n];
                let ended = if n == last { 0.0 } else { began(n + 1, s.to) };
                (s, began(n, s.from) - ended)
            })
            .take_while(move |(s, _)| s.from <= time + FADE)
            .filter(|(_, weight)| *weight > 0.0)
    }

    /// What is done at `time`.
    pub(super) fn action(&self, time: f32) -> Action {
        let n = self.segments.partition_point(|s| s.to <= time).min(self.segments.len() - 1);
        self.segments[n].deed.action()
    }

    /// Speed, and how much of a run the gait is (0 a walk, 1 a run).
    pub(super) fn gait(&self, time: f32) -> (f32, f32) {
        let speed = self.path.velocity(time).length();
        let run: f32 = self.weights(time).filter(|(s, _)| s.deed == Deed::Run).map(|(_, weight)| weight).sum();
        let (jog, fast) = (ease((speed - 1.0) / 0.8), ease((speed - 2.1) / 0.5));
        (speed, run * jog + (1.0 - run) * fast)
    }

    fn end(&self) -> f32 {
        self.segments.last().map_or(self.from, |s| s.to)
    }

    fn add(&mut self, deed: Deed, seconds: f32) {
        let from = self.end();
        if seconds <= 0.0 {
            return;
        }
        let number = self.segments.len() as u64;
        match self.segments.last_mut() {
            Some(last) if last.deed == deed && deed.merges() => last.to = from + seconds,
            _ => self.segments.push(Segment { from, to: from + seconds, deed, number, pads: [0.0; 2] }),
        }
    }

    /// Goes straight to `to`.
    fn go(&mut self, deed: Deed, at: &mut Vec2, to: Vec2, speed: f32) {
        let (from, way) = (self.end(), to - *at);
        let length = way.length();
        if length < 1e-3 {
            return;
        }
        let facing = libm::atan2f(way.y, way.x);
        let velocity = way / length * speed;
        if self.segments.is_empty() {
            // Who comes into being on the way is already at it.
            self.path = Path::new(from, *at, velocity);
            self.heading = Heading::new(facing);
        } else {
            self.path.push(from, *at, velocity);
            if length > 0.1 {
                let half = 0.3 + 0.25 * self.heading.left_to(facing).abs() / PI;
                // Who stands turns before going; who is on the way turns while going.
                let stood = !self.segments.last().is_some_and(|s| matches!(s.deed, Deed::Walk | Deed::Run));
                let middle = if stood { from - 0.4 * half } else { from };
                self.heading.turn((middle - half).max(self.from), middle + half, facing);
            }
        }
        self.add(deed, length / speed);
        *at = to;
    }

    /// Stands still from now on, if not yet.
    fn halt(&mut self, at: Vec2) {
        if self.segments.last().is_some_and(|s| matches!(s.deed, Deed::Walk | Deed::Run)) {
            self.path.push(self.end(), at, Vec2::ZERO);
        }
    }

    /// Ends it: at once, or never.
    fn close(mut self, leaves: bool, at: Vec2) -> Option<Self> {
        if leaves {
            self.to = self.end();
        } else {
            match self.segments.last_mut() {
                Some(last) if matches!(last.deed, Deed::Fall { .. }) => last.to = f32::INFINITY,
                _ => {
                    self.halt(at);
                    self.add(Deed::Stand, f32::INFINITY);
                }
            }
        }
        for n in 0..self.segments.len() {
            let moves = |n: Option<usize>| n.and_then(|n| self.segments.get(n)).is_some_and(|s| s.deed.moves());
            let around = [moves(n.checked_sub(1)), moves(Some(n + 1))];
            let followed = n + 1 < self.segments.len();
            let s = &mut self.segments[n];
            let most = 0.22 * (s.to - s.from);
            s.pads = around.map(|moves| if moves { EASE.min(most) } else { 0.0 });
            if let Deed::Fall { rises } = &mut s.deed {
                *rises = followed;
            }
        }
        (self.to > self.from).then_some(self)
    }
}

/// All the times in which a person is there.
pub(super) fn stays(person: &Person, style: &Style) -> Vec<Stay> {
    let mut stays = Vec::new();
    let mut at = Vec2::from(person.at);
    let (mut glance, mut gone_at) = (Target::Ahead, person.from);
    let mut stay = Some(Stay::new(person.from, at, person.facing.to_radians(), glance));
    for step in &person.steps {
        if let Step::LookAt { target } = *step {
            glance = target;
            if let Some(stay) = &mut stay {
                stay.glances.push(Glance { from: stay.end(), target });
            }
            continue;
        }
        if let Step::Appear { at: there, facing } = *step {
            let now = stay.as_ref().map_or(gone_at, Stay::end);
            stays.extend(stay.take().and_then(|stay| stay.close(true, at)));
            at = there.into();
            stay = Some(Stay::new(now, at, facing.to_radians(), glance));
            continue;
        }
        let Some(here) = &mut stay else {
            gone_at += absent(step, &mut at, style);
            continue;
        };
        if !matches!(step, Step::Walk { .. } | Step::Run { .. } | Step::Leave) {
            here.halt(at);
        }
        match *step {
            Step::Walk { to, speed } => here.go(Deed::Walk, &mut at, to.into(), speed.unwrap_or(style.walk)),
            Step::Run { to, speed } => here.go(Deed::Run, &mut at, to.into(), speed.unwrap_or(style.run)),
            Step::Stand { seconds } => here.add(Deed::Stand, seconds),
            Step::Turn { to, seconds } => {
                let from = here.end();
                here.heading.turn(from, from + seconds, to.to_radians());
                here.add(Deed::Turn, seconds);
            }
            Step::Sit { seconds } => here.add(Deed::Sit, seconds),
            Step::Fall { seconds } => match here.segments.last_mut() {
                Some(last) if matches!(last.deed, Deed::Fall { .. }) => last.to += seconds,
                _ => here.add(Deed::Fall { rises: false }, seconds),
            },
            Step::Wave { seconds } => here.add(Deed::Wave, seconds),
            Step::PickUp { seconds } => here.add(Deed::PickUp, seconds),
            Step::Take { height, seconds } => here.add(Deed::Take { height }, seconds),
            Step::Dance { seconds } => here.add(Deed::Dance, seconds),
            Step::Wait { seconds } => match here.segments.last_mut() {
                Some(last) if matches!(last.deed, Deed::Sit | Deed::Fall { .. }) => last.to += seconds,
                _ => here.add(Deed::Stand, seconds),
            },
            Step::Leave => {
                gone_at = here.end();
                stays.extend(stay.take().and_then(|stay| stay.close(true, at)));
            }
            Step::LookAt { .. } | Step::Appear { .. } => {}
        }
    }
    stays.extend(stay.and_then(|stay| stay.close(false, at)));
    stays
}

/// How long a step of one who isn't there takes.
fn absent(step: &Step, at: &mut Vec2, style: &Style) -> f32 {
    match *step {
        Step::Walk { to, speed } | Step::Run { to, speed } => {
            let usual = if matches!(step, Step::Run { .. }) { style.run } else { style.walk };
            let length = (Vec2::from(to) - *at).length();
            *at = to.into();
            length / speed.unwrap_or(usual)
        }
        Step::Stand { seconds }
        | Step::Turn { seconds, .. }
        | Step::Sit { seconds }
        | Step::Fall { seconds }
        | Step::Wave { seconds }
        | Step::PickUp { seconds }
        | Step::Take { seconds, .. }
        | Step::Dance { seconds }
        | Step::Wait { seconds } => seconds,
        Step::LookAt { .. } | Step::Leave | Step::Appear { .. } => 0.0,
    }
}

/// The actions of all stays, those that are alike and touch made one.
pub(super) fn intervals(stays: &[Stay]) -> Vec<Interval> {
    let mut intervals: Vec<Interval> = Vec::new();
    for segment in stays.iter().flat_map(|stay| &stay.segments) {
        let action = segment.deed.action();
        match intervals.last_mut() {
            Some(last) if last.action == action && last.to == segment.from => last.to = segment.to,
            _ => intervals.push(Interval { action, from: segment.from, to: segment.to }),
        }
    }
    intervals
}

/// Where a glance goes, in the world; `None` is ahead.
pub(super) fn aim(target: Target, camera: Vec3) -> Option<Vec3> {
    match target {
        Target::Ahead => None,
        Target::Camera => Some(camera),
        Target::Point(point) => Some(point.into()),
    }
}
