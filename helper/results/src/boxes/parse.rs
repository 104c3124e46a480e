//! Frame by frame from the text: which layout it has, and what is wrong with it.

use std::io::BufRead;

use silhueta_shared::geometry::Bbox;

use super::text::{Fault, Word, Words};
use super::{MAX_EDGE, MAX_FRAMES, MAX_IN_FRAME};

/// What a box looks like, for who got it wrong.
const BOX: &str = "[x1, y1, x2, y2]";

/// A box that a frame has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Entry {
    /// The person's number as it is in the results, or one less where some person's is 0.
    pub(super) person: u32,
    pub(super) bbox: Bbox,
    pub(super) score: f32,
}

/// How boxes are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    Lists,
    Objects,
}

impl Layout {
    const fn one(self) -> &'static str {
        match self {
            Self::Lists => "a list of numbers",
            Self::Objects => "an object",
        }
    }
}

/// The frames of a file.
pub(super) struct Frames<R> {
    words: Words<R>,
    /// Frames begun.
    count: u32,
    /// The layout and the frame that showed it.
    layout: Option<(Layout, u32)>,
    ended: bool,
}

impl<R: BufRead> Frames<R> {
    pub(super) fn new(input: R) -> Self {
        Self { words: Words::new(input), count: 0, layout: None, ended: false }
    }

    /// Frames read so far.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The boxes of the next frame, without its gaps; `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<Vec<Entry>>, Fault> {
        if self.ended {
            return Ok(None);
        }
        let first = if self.count == 0 {
            match self.word()? {
                Word::Sign(b'[') => {}
                other => return Err(Fault::Wrong(format!("it begins with {other}, not with the list of all frames"))),
            }
            match self.word()? {
                Word::Sign(b']') => return self.end(),
                word => word,
            }
        } else {
            match self.word()? {
                Word::Sign(b']') => return self.end(),
                Word::Sign(b',') => self.word()?,
                other => return Err(self.unexpected(&other, "a comma or the end of the list of all frames")),
            }
        };
        if self.count == MAX_FRAMES {
            return Err(Fault::Wrong(format!("it has more than {MAX_FRAMES} frames")));
        }
        self.count += 1;
        match first {
            Word::Nothing => Ok(Some(Vec::new())),
            Word::Sign(b'[') => self.frame().map(Some),
            other => Err(self.unexpected(&other, "the frame's list of boxes, or null")),
        }
    }

    fn word(&mut self) -> Result<Word, Fault> {
        self.words.next().map_err(|fault| match fault {
            Fault::Wrong(why) => Fault::Wrong(format!("frame {}, {why}", self.count.saturating_sub(1))),
            fault => fault,
        })
    }

    fn end(&mut self) -> Result<Option<Vec<Entry>>, Fault> {
        self.ended = true;
        match self.word()? {
            Word::End => Ok(None),
            other => Err(Fault::Wrong(format!("{other} comes behind the list of all frames"))),
        }
    }

    /// The rest of a frame's list.
    fn frame(&mut self) -> Result<Vec<Entry>, Fault> {
        let mut entries = Vec::<Entry>::new();
        for place in 0.. {
            let word = match (self.word()?, place) {
                (Word::Sign(b']'), _) => break,
                (Word::Sign(b','), 1..) => self.word()?,
                (word, 0) => word,
                (other, _) => return Err(self.unexpected(&other, "a comma or the end of the frame's list")),
            };
            if place as usize == MAX_IN_FRAME {
                let why = format!("frame {}: more than {MAX_IN_FRAME} boxes", self.count - 1);
                return Err(Fault::Wrong(why));
            }
            let entry = match word {
                Word::Nothing => None,
                Word::Sign(b'[') => self.list(place)?,
                Word::Sign(b'{') => self.object(place)?,
                Word::Number(number) => {
                    let why =
                        format!("the number {number} where a box should be: a frame is a list of boxes, [{BOX}, …]");
                    return Err(self.wrong(place, &why));
                }
                other => return Err(self.wrong(place, &format!("{other} where a box should be: {BOX}"))),
            };
            let Some(entry) = entry else { continue };
            if entries.iter().any(|other| other.person == entry.person) {
                return Err(self.wrong(place, &format!("track_id {} is in this frame already", entry.person)));
            }
            entries.push(entry);
        }
        Ok(entries)
    }

    /// The rest of a box that is a list; its place is the person.
    fn list(&mut self, place: u32) -> Result<Option<Entry>, Fault> {
        let bbox = self.bbox(place)?;
        let Some(bbox) = bbox else { return Ok(None) };
        self.is(Layout::Lists, place)?;
        Ok(Some(Entry { person: place + 1, bbox, score: 1.0 }))
    }

    /// The rest of a box that is an object.
    fn object(&mut self, place: u32) -> Result<Option<Entry>, Fault> {
        self.is(Layout::Objects, place)?;
        let (mut bbox, mut person, mut score) = (None, None, None);
        for field in 0.. {
            let word = match (self.word()?, field) {
                (Word::Sign(b'}'), _) => break,
                (Word::Sign(b','), 1..) => self.word()?,
                (word, 0) => word,
                (other, _) => return Err(self.wrong(place, &format!("{other} where a comma or the end should be"))),
            };
            let name = match word {
                Word::Text(name) => name,
                other => return Err(self.wrong(place, &format!("{other} where the name of a field should be"))),
            };
            match self.word()? {
                Word::Sign(b':') => {}
                other => return Err(self.wrong(place, &format!("{other} where a colon behind \"{name}\" should be"))),
            }
            let is_new = match name.as_str() {
                "bbox" => bbox.replace(self.field_bbox(place)?).is_none(),
                "track_id" => person.replace(self.field_person(place)?).is_none(),
                "score" => score.replace(self.field_score(place)?).is_none(),
                other => {
                    let why = format!("it has a field \"{other}\": bbox, track_id and score are known");
                    return Err(self.wrong(place, &why));
                }
            };
            if !is_new {
                return Err(self.wrong(place, &format!("it has \"{name}\" twice")));
            }
        }
        let person = person.ok_or_else(|| self.wrong(place, "it has no track_id, which says who it is"))?;
        let bbox = bbox.ok_or_else(|| self.wrong(place, &format!("it has no bbox: \"bbox\": {BOX}, or null")))?;
        Ok(bbox.map(|bbox| Entry { person, bbox, score: score.unwrap_or(1.0) }))
    }

    fn field_bbox(&mut self, place: u32) -> Result<Option<Bbox>, Fault> {
        match self.word()? {
            Word::Sign(b'[') => self.bbox(place),
            Word::Nothing => Ok(None),
            other => Err(self.wrong(place, &format!("its bbox is {other}: {BOX} is expected, or null"))),
        }
    }

    fn field_person(&mut self, place: u32) -> Result<u32, Fault> {
        match self.word()? {
            // One is kept free for files that begin at 0.
            Word::Number(id) if id.fract() == 0.0 && (0.0..f64::from(u32::MAX)).contains(&id) => Ok(id as u32),
            other => Err(self.wrong(place, &format!("its track_id is {other}: a whole number from 0 on is expected"))),
        }
    }

    fn field_score(&mut self, place: u32) -> Result<f32, Fault> {
        match self.word()? {
            Word::Number(score) if (0.0..=1.0).contains(&score) => Ok(score as f32),
            Word::Nothing => Ok(1.0),
            other => Err(self.wrong(place, &format!("its score is {other}: a number from 0 to 1 is expected"))),
        }
    }

    /// The rest of four numbers; `None` for a gap.
    fn bbox(&mut self, place: u32) -> Result<Option<Bbox>, Fault> {
        let (mut edges, mut count, mut is_gap) = ([0.0; 4], 0usize, false);
        loop {
            let word = match (self.word()?, count) {
                (Word::Sign(b']'), _) => break,
                (Word::Sign(b','), 1..) => self.word()?,
                (word, 0) => word,
                (other, _) => return Err(self.wrong(place, &format!("{other} inside {BOX}"))),
            };
            let edge = match word {
                Word::Number(edge) if edge.is_finite() && edge.abs() <= MAX_EDGE => Some(edge),
                Word::Nothing => None,
                Word::Number(edge) => {
                    let why = format!("{edge} is no place in a picture: {MAX_EDGE} pixels are the limit");
                    return Err(self.wrong(place, &why));
                }
                other => return Err(self.wrong(place, &format!("{other} inside {BOX}, where a number should be"))),
            };
            is_gap |= edge.is_none();
            if let Some(slot) = edges.get_mut(count) {
                *slot = edge.unwrap_or_default();
            }
            count += 1;
        }
        if count != 4 && count != 0 {
            return Err(self.wrong(place, &format!("it has {count} numbers: {BOX} is expected")));
        }
        if is_gap || count == 0 {
            return Ok(None);
        }
        let [x1, y1, x2, y2] = edges;
        for (low, high, names) in [(x1, x2, ["x1", "x2"]), (y1, y2, ["y1", "y2"])] {
            if high < low {
                let [first, second] = names;
                let why = format!("{second} ({high}) is less than {first} ({low}): {BOX} has left, top, right, bottom");
                return Err(self.wrong(place, &why));
            }
        }
        let [x1, y1, x2, y2] = edges.map(|edge| edge as f32);
        Ok(Some(Bbox::new(x1, y1, x2, y2)))
    }

    /// A file has one layout.
    fn is(&mut self, layout: Layout, place: u32) -> Result<(), Fault> {
        let (first, at) = *self.layout.get_or_insert((layout, self.count - 1));
        if first == layout {
            return Ok(());
        }
        let why = format!("it is {}, but frame {at} has {}: a file has one layout", layout.one(), first.one());
        Err(self.wrong(place, &why))
    }

    fn wrong(&self, place: u32, why: &str) -> Fault {
        Fault::Wrong(format!("frame {}, box {place}: {why}", self.count - 1))
    }

    fn unexpected(&self, word: &Word, expected: &str) -> Fault {
        let frame = self.count.saturating_sub(1);
        Fault::Wrong(format!("frame {frame}, at byte {}: {word}, where {expected} should be", self.words.at()))
    }
}
