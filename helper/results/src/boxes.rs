//! A file that says where people are, frame by frame, to be used instead of detection and tracking.
//!
//! It is a JSON array with one entry a frame of the video, from its first one. An entry is a list of boxes:
//! - `[x1, y1, x2, y2]`, in source pixels, where the place in the list is the person; or
//! - `{"bbox": [x1, y1, x2, y2], "track_id": n, "score": s}`, where `track_id` is the person and `score` may be left
//!   out, all through the file.
//!
//! `null`, `[]`, `NaN` (which Python writes) and places that a list does not have are gaps. Between two boxes of a
//! person a gap is filled in linearly; before the first and behind the last there is nobody.

mod parse;
mod text;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::TrackId;

use crate::{Error, Result};
use parse::{Entry, Frames};
use text::Fault;

/// Bytes that a file may have: an hour of ten people has about 50 MB.
pub const MAX_BYTES: u64 = 256 << 20;
/// Frames that it may have: 92 hours at 30 a second.
pub const MAX_FRAMES: u32 = 10_000_000;
/// People that a frame may have, also once gaps are filled.
pub const MAX_IN_FRAME: usize = 64;
/// People that it may have in all.
pub const MAX_PEOPLE: usize = 10_000;
/// Pixels that an edge may be away from the picture's corner.
pub const MAX_EDGE: f64 = 1e6;

const WHAT: &str = "a file of boxes";

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survey {
    /// Entries.
    pub frames: u64,
    /// People.
    pub people: u32,
    /// Whether its numbers of people begin at 0. Results have no such number: there each is one more.
    pub is_from_zero: bool,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
}

/// The boxes of a file.
#[derive(Clone, Debug)]
pub struct Boxes {
    survey: Survey,
    /// In the order of their first frames.
    people: Vec<Person>,
}

#[derive(Clone, Debug)]
struct Person {
    id: TrackId,
    /// In the order of frames; at least one.
    given: Vec<Given>,
}

#[derive(Clone, Copy, Debug)]
struct Given {
    frame: u32,
    bbox: Bbox,
    score: f32,
}

/// One person in one frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// Who.
    pub person: TrackId,
    /// Where, as the file says; it may lie outside of the picture.
    pub bbox: Bbox,
    /// How sure that is, 0..=1.
    pub score: f32,
    /// Whether it was filled in between two boxes that the file has.
    pub is_filled: bool,
}

/// Reads a file only to say what it holds, or what is wrong with it. Keeps nothing of it.
///
/// # Errors
/// [`Error::Read`], or [`Error::Format`] that says which frame and box is wrong, and what is expected.
pub fn survey(path: &Path) -> Result<Survey> {
    read(path, |_, _| ())
}

impl Boxes {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Read`], or [`Error::Format`] that says which frame and box is wrong, and what is expected.
    pub fn read(path: &Path) -> Result<Self> {
        let mut people = BTreeMap::<u32, Vec<Given>>::new();
        let survey = read(path, |frame, Entry { person, bbox, score }| {
            people.entry(person).or_default().push(Given { frame, bbox, score });
        })?;
        let more = u32::from(survey.is_from_zero);
        let people = people.into_iter().filter_map(|(id, given)| Some(Person { id: TrackId::new(id + more)?, given }));
        let mut people: Vec<_> = people.collect();
        people.sort_by_key(|person| person.given.first().map(|first| first.frame));
        Ok(Self { survey, people })
    }

    /// What the file holds.
    pub fn survey(&self) -> &Survey {
        &self.survey
    }

    /// Goes through the frames, beginning with any.
    pub fn walk(&self) -> Walk<'_> {
        Walk { waiting: &self.people, here: Vec::new() }
    }
}

/// Goes through the frames of a file, forwards.
#[derive(Debug)]
pub struct Walk<'b> {
    /// Who has yet to come.
    waiting: &'b [Person],
    /// Who has come and not gone, with the boxes from the last one that is not ahead.
    here: Vec<(TrackId, &'b [Given])>,
}

impl Walk<'_> {
    /// Who is in a frame, in the order of their numbers. No frame may be asked for after a later one.
    pub fn at(&mut self, frame: u64) -> Vec<Place> {
        let is_past = |given: &Given| u64::from(given.frame) <= frame;
        while let Some((person, rest)) = self.waiting.split_first()
            && person.given.first().is_some_and(is_past)
        {
            self.here.push((person.id, &person.given));
            self.waiting = rest;
        }
        for (_, given) in &mut self.here {
            *given = &given[given.iter().take_while(|given| is_past(given)).count().saturating_sub(1)..];
        }
        self.here.retain(|(_, given)| given.len() > 1 || given.iter().any(|last| u64::from(last.frame) == frame));
        let mut places: Vec<_> = self.here.iter().filter_map(|(id, given)| place(*id, given, frame)).collect();
        places.sort_by_key(|place| place.person);
        places
    }
}

fn place(person: TrackId, given: &[Given], frame: u64) -> Option<Place> {
    let (last, next) = (given.first()?, given.get(1));
    let since = frame.checked_sub(last.frame.into())?;
    let Some(next) = next.filter(|_| since > 0) else {
        return Some(Place { person, bbox: last.bbox, score: last.score, is_filled: false });
    };
    let share = since as f64 / f64::from(next.frame - last.frame);
    let score = f64::from(last.score) + (f64::from(next.score) - f64::from(last.score)) * share;
    Some(Place { person, bbox: last.bbox.toward(&next.bbox, share), score: score as f32, is_filled: true })
}

/// Reads a file through, frame by frame.
fn read(path: &Path, mut each: impl FnMut(u32, Entry)) -> Result<Survey> {
    let fail = |source| Error::read(path, source);
    let wrong = |why: String| Error::format(path, WHAT, why);
    // A pipe would be waited for, and has no end.
    let meta = path.metadata().map_err(fail)?;
    if !meta.is_file() {
        return Err(wrong(if meta.is_dir() { "it is a folder".into() } else { "it is no plain file".into() }));
    }
    let too_large = || wrong(format!("it has more than {} MB", MAX_BYTES >> 20));
    if meta.len() > MAX_BYTES {
        return Err(too_large());
    }
    let mut bytes = Hashed { file: File::open(path).map_err(fail)?.take(MAX_BYTES + 1), hash: Sha256::new() };
    let mut frames = Frames::new(BufReader::with_capacity(1 << 16, &mut bytes));
    let mut spans = BTreeMap::<u32, (u32, u32)>::new();
    loop {
        let entries = match frames.next() {
            Ok(Some(entries)) => entries,
            Ok(None) => break,
            Err(Fault::Read(source)) => return Err(fail(source)),
            Err(Fault::Wrong(why)) => return Err(wrong(why)),
        };
        let frame = frames.count() - 1;
        for entry in entries {
            spans.entry(entry.person).or_insert((frame, frame)).1 = frame;
            each(frame, entry);
        }
        if spans.len() > MAX_PEOPLE {
            return Err(wrong(format!(
                "frame {frame}: more than {MAX_PEOPLE} people up to here: is track_id the person?"
            )));
        }
    }
    let count = frames.count();
    drop(frames);
    if bytes.file.limit() == 0 {
        return Err(too_large());
    }
    if count == 0 {
        return Err(wrong("it has no frames".into()));
    }
    if let Some(frame) = crowded(spans.values()) {
        let why =
            format!("frame {frame}: more than {MAX_IN_FRAME} people once gaps are filled: is track_id the person?");
        return Err(wrong(why));
    }
    Ok(Survey {
        frames: count.into(),
        people: spans.len() as u32,
        is_from_zero: spans.contains_key(&0),
        sha256: bytes.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// The first frame in which more people are than there may be, when each is there from its first to its last box.
fn crowded<'s>(spans: impl Iterator<Item = &'s (u32, u32)>) -> Option<u32> {
    let mut changes: Vec<_> = spans.flat_map(|(first, last)| [(*first, 1), (last + 1, -1)]).collect();
    // Who goes makes room before somebody comes.
    changes.sort_unstable();
    let mut here = 0i64;
    changes.into_iter().find_map(|(frame, change)| {
        here += change;
        (here > MAX_IN_FRAME as i64).then_some(frame)
    })
}

/// A file that is hashed as it is read.
struct Hashed {
    file: io::Take<File>,
    hash: Sha256,
}

impl Read for &mut Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.hash.update(&buffer[..read]);
        Ok(read)
    }
}

#[cfg(test)]
mod tests;
