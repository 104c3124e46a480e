//! Where on the ground a person is and which way they face, as smooth functions of time.
//!
//! A script says straight lines at a steady speed. Between two of them a body passes over smoothly, from a little
//! before to a little after, so that walks take the time that their speed says.

use std::f32::consts::{PI, TAU};

use glam::Vec2;

use crate::seed::ease;

/// How long before and after a change of speed the body takes part in it, in seconds.
pub(super) const EASE: f32 = 0.4;

/// A place on the ground over time: straight lines, with rounded corners.
#[derive(Clone, Debug)]
pub(super) struct Path {
    lines: Vec<Line>,
}

/// From `from` on, `at` and further with `velocity`.
#[derive(Clone, Copy, Debug)]
struct Line {
    from: f32,
    at: Vec2,
    velocity: Vec2,
}

impl Path {
    /// Begins with this line, which is thought to have come from as far as one looks back.
    pub(super) fn new(from: f32, at: Vec2, velocity: Vec2) -> Self {
        Self { lines: vec![Line { from, at, velocity }] }
    }

    /// Goes on with another one.
    pub(super) fn push(&mut self, from: f32, at: Vec2, velocity: Vec2) {
        self.lines.push(Line { from, at, velocity });
    }

    /// Where one is.
    pub(super) fn at(&self, time: f32) -> Vec2 {
        let line = self.lines[self.index(time)];
        self.corners(time).fold(line.at + line.velocity * (time - line.from), |at, (change, since)| {
            let rest = EASE - since.abs();
            at + change * (rest * rest * rest / (6.0 * EASE * EASE))
        })
    }

    /// How fast and where to, in metres a second.
    pub(super) fn velocity(&self, time: f32) -> Vec2 {
        self.corners(time).fold(self.lines[self.index(time)].velocity, |velocity, (change, since)| {
            let rest = EASE - since.abs();
            let share = rest * rest / (2.0 * EASE * EASE);
            if since < 0.0 { velocity + change * share } else { velocity - change * share }
        })
    }

    /// The speed that the script says for about now: the highest of the lines that the body takes part in.
    pub(super) fn cruise(&self, time: f32) -> f32 {
        let (first, last) = (self.index(time - EASE), self.index(time + EASE));
        self.lines[first..=last].iter().map(|line| line.velocity.length()).fold(0.0, f32::max)
    }

    /// From when to when one is not at rest, in order; without an end where the last line has none.
    pub(super) fn moves(&self) -> Vec<[f32; 2]> {
        let moving = |line: &Line| line.velocity.length_squared() > 0.0;
        let span = |(n, line): (usize, &Line)| {
            let from = if n == 0 { f32::NEG_INFINITY } else { line.from - EASE };
            let to = self.lines.get(n + 1).map_or(f32::INFINITY, |next| next.from + EASE);
            moving(line).then_some([from, to])
        };
        self.lines.iter().enumerate().filter_map(span).collect()
    }

    fn index(&self, time: f32) -> usize {
        self.lines.partition_point(|line| line.from <= time).saturating_sub(1)
    }

    /// The changes of velocity that reach until `time`, and how long ago each was.
    fn corners(&self, time: f32) -> impl Iterator<Item = (Vec2, f32)> + '_ {
        let first = self.lines.partition_point(|line| line.from <= time - EASE).max(1);
        let last = self.lines.partition_point(|line| line.from < time + EASE).max(first);
        (first..last).map(move |n| (self.lines[n].velocity - self.lines[n - 1].velocity, time - self.lines[n].from))
    }
}

/// Which way a body faces over time, in radians; not brought back into a circle, so that it never jumps.
#[derive(Clone, Debug)]
pub(super) struct Heading {
    start: f32,
    turns: Vec<Turn>,
}

#[derive(Clone, Copy, Debug)]
struct Turn {
    from: f32,
    to: f32,
    by: f32,
}

impl Heading {
    /// Faces `start` until told otherwise.
    pub(super) fn new(start: f32) -> Self {
        Self { start, turns: Vec::new() }
    }

    /// Turns the short way to `goal` between these times.
    pub(super) fn turn(&mut self, from: f32, to: f32, goal: f32) {
        let by = nearest(goal - self.end());
        if by.abs() > 1e-4 {
            self.turns.push(Turn { from, to: to.max(from + 0.05), by });
        }
    }

    /// How far it is from where it faces at the end to `goal`.
    pub(super) fn left_to(&self, goal: f32) -> f32 {
        nearest(goal - self.end())
    }

    /// Which way it faces.
    pub(super) fn at(&self, time: f32) -> f32 {
        self.turns.iter().fold(self.start, |angle, t| angle + t.by * ease((time - t.from) / (t.to - t.from)))
    }

    /// How fast it turns, in radians a second.
    pub(super) fn rate(&self, time: f32) -> f32 {
        (self.at(time + 0.02) - self.at(time - 0.02)) / 0.04
    }

    /// When it turns.
    pub(super) fn moves(&self) -> impl Iterator<Item = [f32; 2]> + '_ {
        self.turns.iter().map(|turn| [turn.from, turn.to])
    }

    fn end(&self) -> f32 {
        self.turns.iter().map(|turn| turn.by).sum::<f32>() + self.start
    }
}

/// The same angle within ±π.
pub(super) fn nearest(angle: f32) -> f32 {
    let turned = angle - TAU * (angle / TAU).round();
    if turned <= -PI + 1e-4 { turned + TAU } else { turned }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_arrives_when_its_speed_says_and_never_jumps() {
        let mut path = Path::new(0.0, Vec2::ZERO, Vec2::ZERO);
        path.push(1.0, Vec2::ZERO, Vec2::X);
        path.push(4.0, Vec2::X * 3.0, Vec2::Y * 2.0);
        path.push(6.0, Vec2::new(3.0, 4.0), Vec2::ZERO);
        assert_eq!(path.at(0.5), Vec2::ZERO);
        assert!((path.at(2.5) - Vec2::X * 1.5).length() < 1e-5);
        assert!((path.at(6.0 + EASE) - Vec2::new(3.0, 4.0)).length() < 1e-5);
        for n in 0..800 {
            let time = n as f32 * 0.01;
            let (step, velocity) = (path.at(time + 0.01) - path.at(time), path.velocity(time + 0.005));
            assert!((step / 0.01 - velocity).length() < 0.02, "{time}");
            assert!((path.velocity(time + 0.01) - path.velocity(time)).length() < 0.08, "{time}");
        }
    }

    #[test]
    fn turns_go_the_short_way() {
        let mut heading = Heading::new(3.0);
        heading.turn(1.0, 2.0, -3.0);
        assert!((heading.at(2.0) - (TAU - 3.0)).abs() < 1e-5);
        assert_eq!(heading.at(0.9), 3.0);
    }
}
