//! Where each foot stands and when: all footfalls of a stay, worked out beforehand.
//!
//! A foot lands where the body will be while it bears it. As place and heading are known functions of time, the
//! same rule makes walks, bends, halts and turns on the spot.

use glam::Vec2;

use super::dance;
use super::path::nearest;
use super::style::Style;
use super::timeline::{Deed, Segment, Stay};
use crate::seed::ease;

/// No scene lasts as long, in seconds: what comes later needs no footfalls.
const LATEST: f32 = 4000.0;

/// A foot on the ground, from landing to lifting.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plant {
    pub(super) from: f32,
    /// Infinite for the last one.
    pub(super) to: f32,
    /// Below the ankle.
    pub(super) at: Vec2,
    /// Which way the foot points, in radians.
    pub(super) yaw: f32,
    /// How far toes are up when the heel strikes, in radians.
    pub(super) strike: f32,
    /// How far the heel is up when it leaves.
    pub(super) push: f32,
    /// How high the foot is lifted on its way here.
    pub(super) lift: f32,
}

/// The footfalls of the left and of the right foot, in order of time; never empty.
pub(super) type Footfalls = [Vec<Plant>; 2];

/// Which side a foot is on: 1 left, -1 right.
pub(super) fn side(foot: usize) -> f32 {
    if foot == 0 { 1.0 } else { -1.0 }
}

/// Works out all footfalls of a stay.
pub(super) fn plan(stay: &Stay, style: &Style) -> Footfalls {
    // Who is on the way from the first moment on has been so for a while.
    let begin = if stay.path.moves().first().is_some_and(|m| m[0] < stay.from) { stay.from - 2.5 } else { stay.from };
    let mut planner = Planner {
        stay,
        leg: style.leg,
        begin,
        style,
        feet: [Vec::new(), Vec::new()],
        landed: f32::NEG_INFINITY,
        next: 0,
    };
    for foot in 0..2 {
        let (at, yaw) = planner.home(foot, begin);
        let plant = Plant { from: f32::NEG_INFINITY, to: f32::INFINITY, at, yaw, strike: 0.0, push: 0.0, lift: 0.0 };
        planner.feet[foot].push(plant);
    }
    planner.next = usize::from(style.seed.of("first foot").chance(0.5));
    for bout in bouts(stay) {
        match bout {
            Bout::Steps([from, _]) | Bout::Dance { from, .. } if from > LATEST => break,
            Bout::Steps([from, to]) => planner.steps(from.max(begin), to.min(stay.to + 1.5).min(LATEST)),
            Bout::Dance { from, to, number } => planner.dance(from, to.min(LATEST), number),
        }
    }
    planner.feet
}

/// A time with steps.
enum Bout {
    Steps([f32; 2]),
    Dance { from: f32, to: f32, number: u64 },
}

/// All times with steps, in order.
fn bouts(stay: &Stay) -> Vec<Bout> {
    let mut spans: Vec<[f32; 2]> = stay.path.moves();
    spans.extend(stay.heading.moves());
    spans.sort_by(|a, b| a[0].total_cmp(&b[0]));
    let mut joined: Vec<[f32; 2]> = Vec::new();
    for span in spans {
        match joined.last_mut() {
            Some(last) if span[0] <= last[1] + 0.1 => last[1] = last[1].max(span[1]),
            _ => joined.push(span),
        }
    }
    // In less than a second one sways, but takes no step.
    let dance = |s: &&Segment| s.deed == Deed::Dance && s.to - s.from > 1.2;
    let dances = stay.segments.iter().filter(dance).map(|s| Bout::Dance {
        from: s.from + s.pads[0],
        to: s.to - s.pads[1],
        number: s.number,
    });
    let mut bouts: Vec<Bout> = joined.into_iter().map(Bout::Steps).chain(dances).collect();
    let start = |bout: &Bout| match bout {
        Bout::Steps([from, _]) | Bout::Dance { from, .. } => *from,
    };
    bouts.sort_by(|a, b| start(a).total_cmp(&start(b)));
    bouts
}

struct Planner<'a> {
    stay: &'a Stay,
    /// How long a leg is, in metres.
    leg: f32,
    /// Nothing is planned before.
    begin: f32,
    style: &'a Style,
    feet: Footfalls,
    /// When a foot last landed.
    landed: f32,
    /// Which foot steps next.
    next: usize,
}

impl Planner<'_> {
    /// Where a foot belongs when the body is where it is at `time`.
    fn home(&self, foot: usize, time: f32) -> (Vec2, f32) {
        let (at, heading) = (self.stay.path.at(time), self.stay.heading.at(time));
        let (speed, run) = self.stay.gait(time);
        let narrow = self.style.stance * (1.0 - (0.45 + 0.25 * run) * ease(speed / 1.0));
        let out = side(foot);
        let turnout = self.style.turnout * (1.0 - 0.5 * ease(speed / 1.5));
        (at + Vec2::from_angle(heading).perp() * out * narrow, heading + out * turnout)
    }

    /// Seconds from one step to the next around `time`.
    fn pace(&self, time: f32) -> f32 {
        let (speed, run) = self.stay.gait(time);
        // Starting and halting steps are about as quick as those between.
        let speed = speed.max(0.75 * self.stay.path.cruise(time));
        let walk = (1.83 * libm::powf(speed / 1.3, 0.58)).max(1.15);
        let jog = 2.65 + 0.11 * (speed - 3.0);
        let turning = self.stay.heading.rate(time).abs() / 0.7;
        let rate = (walk + (jog - walk) * run) * self.style.cadence * libm::sqrtf(0.9 / self.leg);
        1.0 / if speed < 0.15 { turning.clamp(1.5, 3.0) } else { rate.max(turning.min(3.0)) }
    }

    /// Steps from `from` on until both feet stand where the body is at `to`.
    fn steps(&mut self, from: f32, to: f32) {
        let turn = nearest(self.stay.heading.at((from + 1.0).min(to)) - self.stay.heading.at(from));
        if turn.abs() > 0.5 && from > self.stay.from {
            self.next = usize::from(turn < 0.0);
        }
        let mut land = from.max(self.landed) + 0.06;
        let mut still = 0;
        while still < 2 {
            let pace = self.pace(land + 0.5 * self.pace(land));
            // The foot has to be down for a moment, and then takes a while to get there.
            land = (land + pace).max(self.feet[self.next].last().map_or(land, |plant| plant.from) + 0.36);
            let (speed, run) = self.stay.gait(land);
            // No leg is long enough for a slow stance at speed.
            let most = (0.95 - 0.15 * run) * self.leg / 0.9 / speed.max(0.1);
            let stance = (pace * (1.26 - 0.56 * run)).min(most);
            let swing = (2.0 * pace - stance).min(0.55);
            let path = &self.stay.path;
            // No leg reaches farther ahead, however fast the body gets.
            let near = |time: f32| path.at(time).distance(path.at(land)) < 0.4 * self.leg;
            // Who leaves on the way never comes to a halt: they are gone by then.
            let last = land >= to - 0.3 && near(to) || land > to + 1.0;
            let mut ahead = land + 0.45 * stance;
            while ahead > land && !near(ahead) {
                ahead -= 0.01;
            }
            still += usize::from(last);
            let foot = self.next;
            self.next = 1 - foot;
            let target = self.home(foot, if last { to.max(land) } else { ahead });
            self.step(foot, [land - swing, land], target, speed, run);
        }
    }

    /// Dances: steps on the beat, and at the end back to where one stands.
    fn dance(&mut self, from: f32, to: f32, number: u64) {
        let dance = dance::Dance::new(self.style, number);
        let mut beat = 0;
        loop {
            let land = from + (beat as f32 + 1.0) * dance.beat;
            let home = land + 2.0 * dance.beat > to;
            if home && land + 2.0 * dance.beat > to + 1.5 * dance.beat || land > to {
                break;
            }
            let ready = land > self.landed + 0.3;
            if let Some((foot, offset, turn)) = dance.step(beat).filter(|_| ready) {
                let (at, yaw) = self.home(foot, land);
                let offset = if home { Vec2::ZERO } else { offset };
                let at = at + Vec2::from_angle(self.stay.heading.at(land)).rotate(offset);
                let turn = if home { 0.0 } else { turn };
                self.step(foot, [land - 0.8 * dance.beat.min(0.5), land], (at, yaw + turn), 0.5, 0.0);
            }
            beat += 1;
        }
        for foot in 0..2 {
            let target = self.home(foot, to);
            let land = self.landed.max(to - 0.8) + 0.4;
            self.step(foot, [land - 0.38, land], target, 0.3, 0.0);
        }
    }

    /// Lifts a foot and sets it down, if that brings it anywhere.
    fn step(&mut self, foot: usize, [lift, land]: [f32; 2], (at, yaw): (Vec2, f32), speed: f32, run: f32) {
        let Some(last) = self.feet[foot].last_mut() else { return };
        let way = at - last.at;
        if way.length() < 0.015 && nearest(yaw - last.yaw).abs() < 0.07 {
            return;
        }
        // A dance may begin before the steps that lead to it have ended: their feet land first.
        if land < last.from + 0.3 {
            return;
        }
        // No foot stays where the body has left it too far behind.
        let (path, far) = (&self.stay.path, 0.62 * self.leg);
        let (mut lift, earliest) = (lift, last.from.max(self.begin) + 0.1);
        while lift > earliest && path.at(lift).distance(last.at) > far {
            lift -= 0.02;
        }
        let lift = lift.max(last.from + 0.06).min(land - 0.1);
        // Only a stride ahead is rolled over; one to the side or back is set down flat.
        let ahead = way.dot(Vec2::from_angle(yaw)) / 1.25;
        let roll = ease(ahead);
        last.to = lift;
        last.push = 0.1 + (0.85 + 0.1 * run) * ease(ahead * 1.3);
        let strike = roll * (0.38 - 0.22 * run) * ease(speed / 1.0);
        let height = 0.035 + 0.02 * roll + run * 0.22 * ease(speed / 4.5);
        let plant = Plant { from: land, to: f32::INFINITY, at, yaw, strike, push: 0.0, lift: height };
        self.feet[foot].push(plant);
        self.landed = land;
    }
}
