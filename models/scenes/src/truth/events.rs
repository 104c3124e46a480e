//! What happens over a scene: who crosses which line when, and who does what from when to when.

use glam::Vec2;
use serde::{Deserialize, Serialize};

use crate::film::Film;
use crate::motion::Action;
use crate::script::Line;

/// The way across a line, as [`Line`] defines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the left of the line to its right.
    In,
    /// From the right to the left.
    Out,
}

/// A crossing of a line, by the middle of the body: half its height above where it stands, without the sway of
/// its gait, so that who lingers on a line crosses it once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crossing {
    /// Which line.
    pub line: String,
    /// Whose identity, from 1.
    pub identity: u32,
    /// Seconds.
    pub time: f32,
    /// The first frame after it.
    pub frame: u32,
    /// Which way.
    pub direction: Direction,
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Acted {
    /// By whose identity, from 1.
    pub identity: u32,
    /// What.
    pub action: Action,
    /// Seconds.
    pub from: f32,
    /// Seconds, at most the scene's length.
    pub to: f32,
}

/// A player by number and name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Named {
    /// Identity, from 1.
    pub identity: u32,
    /// As in the script.
    pub name: String,
}

/// All that happens in a scene.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Events {
    /// What the scene is about.
    pub title: String,
    /// Who plays.
    pub people: Vec<Named>,
    /// The lines, as in the script: shares of the picture's width and height.
    pub lines: Vec<Line>,
    /// In order of time.
    pub crossings: Vec<Crossing>,
    /// In order of identities, then of time.
    pub actions: Vec<Acted>,
}

impl Events {
    /// Follows everybody through a scene.
    pub fn of(film: &Film<'_>) -> Self {
        let script = film.script();
        let end = script.seconds;
        let identity = |player: usize| player as u32 + 1;
        let people = film.players().iter().enumerate();
        let named = people.clone().map(|(n, p)| Named { identity: identity(n), name: p.name.clone() }).collect();
        let mut actions = Vec::new();
        for (n, player) in people {
            for interval in player.part.intervals().iter().filter(|i| i.from < end) {
                let (from, to) = (interval.from, interval.to.min(end));
                actions.push(Acted { identity: identity(n), action: interval.action, from, to });
            }
        }
        let mut crossings = Vec::new();
        for line in &script.lines {
            for player in 0..film.players().len() {
                let crossed = crossings_of(film, line, player);
                crossings.extend(crossed.map(|(time, frame, direction)| Crossing {
                    line: line.name.clone(),
                    identity: identity(player),
                    time,
                    frame,
                    direction,
                }));
            }
        }
        crossings.sort_by(|a, b| a.time.total_cmp(&b.time));
        Self { title: script.title.clone(), people: named, lines: script.lines.clone(), crossings, actions }
    }
}

fn crossings_of(film: &Film<'_>, line: &Line, player: usize) -> impl Iterator<Item = (f32, u32, Direction)> {
    let script = film.script();
    let size = Vec2::new(script.size[0] as f32, script.size[1] as f32);
    let (from, to) = (Vec2::from(line.from) * size, Vec2::from(line.to) * size);
    let at = move |frame: u32| {
        let time = frame as f32 / script.fps as f32;
        let camera = film.camera(time);
        let part = &film.players()[player];
        let ground = part.part.at(time, camera.at)?.ground;
        camera.project(ground.extend(part.body.height / 2.0)).map(|(pixel, _)| pixel)
    };
    let way: Vec<Option<Vec2>> = (0..script.frames()).map(at).collect();
    (1..script.frames()).filter_map(move |frame| {
        let n = frame as usize;
        let (share, direction) = crossing(from, to, way[n - 1]?, way[n]?)?;
        Some(((frame as f32 - 1.0 + share) / script.fps as f32, frame, direction))
    })
}

/// Where on the way from `a` to `b` (0..1) the line from `from` to `to` is crossed, and which way. A step that ends
/// on the line has not crossed it yet; the next one does.
fn crossing(from: Vec2, to: Vec2, a: Vec2, b: Vec2) -> Option<(f32, Direction)> {
    let along = to - from;
    // In a picture y goes down: the right-hand side has the positive cross product.
    let side = |p: Vec2| along.perp_dot(p - from);
    let (before, after) = (side(a), side(b));
    if (before > 0.0) == (after > 0.0) {
        return None;
    }
    let share = before / (before - after);
    let met = (a.lerp(b, share) - from).dot(along) / along.length_squared();
    let direction = if after > 0.0 { Direction::In } else { Direction::Out };
    (0.0..=1.0).contains(&met).then_some((share, direction))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_hand_of_a_line_that_goes_up_is_the_right_of_the_picture() {
        let (bottom, top) = (Vec2::new(50.0, 100.0), Vec2::new(50.0, 0.0));
        let (left, right) = (Vec2::new(40.0, 50.0), Vec2::new(60.0, 50.0));
        assert_eq!(crossing(bottom, top, left, right), Some((0.5, Direction::In)));
        assert_eq!(crossing(bottom, top, right, left), Some((0.5, Direction::Out)));
        assert_eq!(crossing(top, bottom, left, right), Some((0.5, Direction::Out)));
    }

    #[test]
    fn beside_its_ends_a_line_is_not_crossed() {
        let (a, b) = (Vec2::new(50.0, 40.0), Vec2::new(50.0, 60.0));
        assert_eq!(crossing(a, b, Vec2::new(40.0, 30.0), Vec2::new(60.0, 30.0)), None);
        assert_eq!(crossing(a, b, Vec2::new(40.0, 50.0), Vec2::new(49.0, 50.0)), None);
    }

    #[test]
    fn a_stop_on_the_line_is_one_crossing() {
        let (a, b) = (Vec2::new(50.0, 100.0), Vec2::new(50.0, 0.0));
        let steps = [40.0, 50.0, 50.0, 50.0, 60.0].map(|x| Vec2::new(x, 50.0));
        let crossed = steps.windows(2).filter(|pair| crossing(a, b, pair[0], pair[1]).is_some());
        assert_eq!(crossed.count(), 1);
    }

    /// What the author of the counting scenes meant, counted by hand: in and out of each.
    #[test]
    fn the_librarys_lines_are_crossed_as_its_author_meant() {
        for (name, meant) in [
            ("sample", (2, 2)),
            ("count-fast", (2, 1)),
            ("count-slow", (1, 1)),
            ("count-linger", (1, 0)),
            ("count-turn-back", (1, 1)),
            ("count-two-at-once", (2, 2)),
            ("count-occluded", (1, 1)),
            ("count-edge", (1, 2)),
            ("count-vertical", (2, 1)),
            ("count-diagonal", (2, 1)),
        ] {
            let script = crate::library::find(name).unwrap().script().unwrap();
            let crossings = Events::of(&Film::new(&script)).crossings;
            let count = |direction| crossings.iter().filter(|c| c.direction == direction).count();
            assert_eq!((count(Direction::In), count(Direction::Out)), meant, "{name}: {crossings:#?}");
            assert!(crossings.iter().all(|c| c.frame as f32 / script.fps as f32 >= c.time), "{name}");
        }
    }
}
