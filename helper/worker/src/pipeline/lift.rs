//! Joints into space on their way into a task's predictions: a window of frames about each, with bounded memory.
//!
//! A window is made of the frames that are looked at, in their order. Where the person is not in one of them, the
//! frame next to it, on the side of the middle, stands for it: gaps are held, ends are repeated. So a frame waits for
//! half a window of frames and no longer, and what comes out depends on nothing but the frames.

use std::collections::VecDeque;

use silhueta_results::record::RecordRow;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::IdentityId;
use silhueta_vision::lifter::{self, Flat, Lifter, Spatial};

use super::failure::JobError;

/// A person of a frame.
#[derive(Clone, Debug)]
pub(super) struct Person {
    pub(super) identity: IdentityId,
    pub(super) bbox: Bbox,
    pub(super) score: f32,
    /// Human3.6M's joints in the picture.
    pub(super) flat: Flat,
}

impl Person {
    /// Those of the record's rows that have a name and joints.
    fn of(row: &RecordRow) -> Option<Self> {
        let flat = lifter::h36m(row.pose.as_ref()?)?;
        Some(Self { identity: row.identity?, bbox: row.bbox, score: row.score, flat })
    }
}

/// A frame that is looked at.
#[derive(Debug)]
struct Held {
    frame: u64,
    people: Vec<Person>,
}

/// The frames that windows are made of.
#[derive(Debug)]
struct Windows {
    /// Frames before a window's middle and behind it.
    before: usize,
    after: usize,
    held: VecDeque<Held>,
    /// Which of those is lifted next.
    middle: usize,
}

impl Windows {
    fn new(frames: usize) -> Self {
        let before = frames / 2;
        Self { before, after: frames.saturating_sub(before + 1), held: VecDeque::new(), middle: 0 }
    }

    /// Whether the next frame has all that it needs.
    fn is_ready(&self, is_end: bool) -> bool {
        self.held.len() > if is_end { self.middle } else { self.middle + self.after }
    }

    /// The joints of a person of the middle frame, through the window.
    fn window<'w>(&'w self, person: &'w Person) -> Vec<&'w Flat> {
        let frame = |n: usize| {
            let mut people = self.held.get(n)?.people.iter();
            people.find(|other| other.identity == person.identity).map(|other| &other.flat)
        };
        let back = (1..=self.before).map(|n| frame(self.middle.checked_sub(n)?));
        let ahead = (1..=self.after).map(|n| frame(self.middle + n));
        let mut window: Vec<_> = hold(&person.flat, back).collect();
        window.reverse();
        window.push(&person.flat);
        window.extend(hold(&person.flat, ahead));
        window
    }

    /// Goes on to the next frame, and forgets what no window needs.
    fn advance(&mut self) {
        self.middle += 1;
        while self.middle > self.before {
            self.held.pop_front();
            self.middle -= 1;
        }
    }
}

/// What is found from the middle outwards, the last before it where there is nothing.
fn hold<'w>(middle: &'w Flat, found: impl Iterator<Item = Option<&'w Flat>>) -> impl Iterator<Item = &'w Flat> {
    found.scan(middle, |last, found| {
        *last = found.unwrap_or(last);
        Some(*last)
    })
}

/// Lifts frame after frame.
#[derive(Debug)]
pub(super) struct Lift {
    lifter: Lifter,
    size: (u32, u32),
    windows: Windows,
}

/// A frame with its people, each with their joints in space, standing on the ground as MMPose has them.
pub(super) type Lifted = (u64, Vec<(Person, Spatial)>);

impl Lift {
    /// For pictures of this size.
    pub(super) fn new(lifter: Lifter, size: (u32, u32)) -> Self {
        let windows = Windows::new(lifter.frames());
        Self { lifter, size, windows }
    }

    /// Takes the next frame that is looked at.
    pub(super) fn take(&mut self, frame: u64, rows: &[RecordRow]) {
        self.windows.held.push_back(Held { frame, people: rows.iter().filter_map(Person::of).collect() });
    }

    /// The next frame that can be lifted; `is_end`: no other will come.
    pub(super) fn next(&mut self, is_end: bool) -> Result<Option<Lifted>, JobError> {
        if !self.windows.is_ready(is_end) {
            return Ok(None);
        }
        let Some(Held { frame, people }) = self.windows.held.get(self.windows.middle) else { return Ok(None) };
        let windows: Vec<_> = people.iter().map(|person| self.windows.window(person)).collect();
        let lifted = self.lifter.lift(&windows, self.size)?;
        let people = people.iter().cloned().zip(lifted.iter().map(lifter::stand)).collect();
        let lifted = (*frame, people);
        self.windows.advance();
        Ok(Some(lifted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(identity: u32, x: f32) -> Person {
        let joint = silhueta_shared::pose::Keypoint { x, ..Default::default() };
        let identity = IdentityId::new(identity).unwrap();
        Person { identity, bbox: Bbox::new(0.0, 0.0, 1.0, 1.0), score: 1.0, flat: [joint; lifter::JOINTS] }
    }

    /// Plays frames of who is there and where, and says each person's windows, frame by frame, and how many frames
    /// were held at most.
    fn windows(frames: usize, film: &[&[(u32, f32)]]) -> (Vec<Vec<Vec<f32>>>, usize) {
        let mut windows = Windows::new(frames);
        let (mut said, mut most) = (Vec::new(), 0);
        let mut film = film.iter();
        loop {
            let next = film.next();
            if let Some(people) = next {
                let people = people.iter().map(|(identity, x)| person(*identity, *x)).collect();
                windows.held.push_back(Held { frame: 0, people });
            }
            most = most.max(windows.held.len());
            while windows.is_ready(next.is_none()) {
                let people = &windows.held[windows.middle].people;
                let x = |person: &Person| windows.window(person).iter().map(|flat| flat[0].x).collect();
                said.push(people.iter().map(x).collect());
                windows.advance();
            }
            if next.is_none() {
                return (said, most);
            }
        }
    }

    #[test]
    fn ends_are_repeated_gaps_are_held_and_no_more_frames_than_a_window_are_kept() {
        let film: [&[(u32, f32)]; 6] =
            [&[(1, 10.0)], &[(2, 0.5), (1, 11.0)], &[(2, 1.5)], &[(2, 2.5), (1, 13.0)], &[], &[(1, 15.0)]];
        let (said, most) = windows(5, &film);
        let expected: [&[[f32; 5]]; 6] = [
            &[[10.0, 10.0, 10.0, 11.0, 11.0]],
            &[[0.5, 0.5, 0.5, 1.5, 2.5], [10.0, 10.0, 11.0, 11.0, 13.0]],
            &[[0.5, 0.5, 1.5, 2.5, 2.5]],
            &[[0.5, 1.5, 2.5, 2.5, 2.5], [11.0, 13.0, 13.0, 13.0, 15.0]],
            &[],
            &[[13.0, 15.0, 15.0, 15.0, 15.0]],
        ];
        assert_eq!(said, expected);
        assert_eq!(most, 5);
    }

    #[test]
    fn windows_of_one_frame_and_of_an_even_number_have_a_middle_too() {
        let film: [&[(u32, f32)]; 4] = [&[(1, 0.0)], &[(1, 1.0)], &[(1, 2.0)], &[(1, 3.0)]];
        assert_eq!(windows(1, &film).0, [[[0.0]], [[1.0]], [[2.0]], [[3.0]]]);
        let four = [[[0.0, 0.0, 0.0, 1.0]], [[0.0, 0.0, 1.0, 2.0]], [[0.0, 1.0, 2.0, 3.0]], [[1.0, 2.0, 3.0, 3.0]]];
        assert_eq!(windows(4, &film).0, four);
        assert_eq!(windows(9, &[]), (Vec::new(), 0));
    }
}
