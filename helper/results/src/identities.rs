//! `identities.json`: who was seen when, and why it was taken for one person.
//!
//! Written beside the record since version 1 of this file; results made before have none, and [`Watch`] tells from
//! their record who was seen when.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use silhueta_shared::track::{IdentityId, JoinReason, SplitReason, TrackId};

use crate::file::Pending;
use crate::json::JsonFile;
use crate::record::{RecordRow, flag};
use crate::{Error, Result};

/// The version of the layout that this code writes and reads.
pub const IDENTITIES_VERSION: u32 = 1;
/// Its name in a folder of results.
pub const FILE_NAME: &str = "identities.json";

const WHAT: &str = "a list of identities";

/// The whole file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Identities {
    /// [`IDENTITIES_VERSION`].
    pub version: u32,
    /// Everybody who was seen, by number.
    pub people: Vec<Person>,
    /// Every track that was given to a person who had one before, by person and time.
    pub joins: Vec<Join>,
    /// Every track that was cut, by track and frame.
    pub splits: Vec<Split>,
}

/// One person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Their number.
    pub identity: IdentityId,
    /// Frames with a box of theirs.
    pub frames: u64,
    /// How many of those boxes were filled in between two that were found.
    pub filled: u64,
    /// When they were there, in order; a short absence ends no span.
    pub spans: Vec<Span>,
    /// Their tracks, in order; again where it changed back.
    pub tracks: Vec<TrackSpan>,
}

/// A stretch of the video.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// First frame of the source, counted from 0.
    pub first_frame: u64,
    /// Last frame, inclusive.
    pub last_frame: u64,
    /// Time of the first frame, in seconds of the video.
    pub first_seconds: f64,
    /// Time of the last.
    pub last_seconds: f64,
}

/// A person's boxes of one track.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackSpan {
    /// The tracker's number.
    pub track: TrackId,
    /// First frame.
    pub first_frame: u64,
    /// Last frame, inclusive.
    pub last_frame: u64,
    /// Frames with a box.
    pub frames: u64,
}

/// One end of a track, or a place within it where it was cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The track.
    pub track: TrackId,
    /// The frame.
    pub frame: u64,
}

/// A track that was given to a person who had one before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Join {
    /// The person.
    pub identity: IdentityId,
    /// Where their track before it ended.
    pub into: Place,
    /// Where it begins.
    pub from: Place,
    /// The time between the two, in seconds; 0 where they overlap.
    pub gap_seconds: f64,
    /// Mean appearance distance to all that the person had before, 0..=2; `None` where unknown.
    pub appearance: Option<f64>,
    /// Plausibility of the motion over the gap, 0..=1; `None` where the gap is long.
    pub motion: Option<f64>,
    /// What decided.
    pub reason: JoinReason,
    /// 0..=1.
    pub confidence: f64,
}

/// A place where a track goes from one person to another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Split {
    /// The track and its first frame of the other person.
    pub at: Place,
    /// Its time, in seconds of the video.
    pub seconds: f64,
    /// Appearance distance between before and after, 0..=2.
    pub appearance: f64,
    /// What decided.
    pub reason: SplitReason,
    /// 0..=1.
    pub confidence: f64,
}

impl Identities {
    /// Begins the file that will be at `path`, and writes it; it has yet to get its name. Numbers are rounded to what
    /// a reader can use, and those that are none are written as 0.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn close(&self, path: &Path) -> Result<Pending> {
        let mut file = JsonFile::create(Pending::new(path))?;
        let rounded = self.clone().rounded();
        file.put(|w| {
            serde_json::to_writer_pretty(&mut *w, &rounded)?;
            w.write_all(b"\n")
        })?;
        file.close()
    }

    /// Reads it; `None` where there is no such file, as in results made before it was written.
    ///
    /// # Errors
    /// [`Error::Read`], or [`Error::Format`] when it is not one or of another version.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let file = match File::open(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            file => file.map_err(|source| Error::read(path, source))?,
        };
        let broken = |why: serde_json::Error| Error::format(path, WHAT, why.to_string());
        let whole: serde_json::Value = serde_json::from_reader(BufReader::new(file)).map_err(broken)?;
        // Asked for first: another version may look different.
        match whole.get("version").and_then(serde_json::Value::as_u64) {
            Some(version) if version == u64::from(IDENTITIES_VERSION) => {}
            Some(version) => {
                return Err(Error::format(path, WHAT, format!("version {version} instead of {IDENTITIES_VERSION}")));
            }
            None => return Err(Error::format(path, WHAT, "it does not say its version".to_owned())),
        }
        serde_json::from_value(whole).map(Some).map_err(broken)
    }

    fn rounded(mut self) -> Self {
        for span in self.people.iter_mut().flat_map(|person| &mut person.spans) {
            (span.first_seconds, span.last_seconds) = (round(span.first_seconds), round(span.last_seconds));
        }
        for join in &mut self.joins {
            join.gap_seconds = round(join.gap_seconds);
            join.confidence = round(join.confidence);
            join.appearance = join.appearance.map(round);
            join.motion = join.motion.map(round);
        }
        for split in &mut self.splits {
            split.seconds = round(split.seconds);
            split.appearance = round(split.appearance);
            split.confidence = round(split.confidence);
        }
        self
    }
}

/// To four decimals.
fn round(value: f64) -> f64 {
    let rounded = (value * 1e4).round() / 1e4 + 0.0;
    if rounded.is_finite() { rounded } else { 0.0 }
}

/// One box of somebody.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sighting {
    /// Frame of the source, from 0.
    pub frame: u64,
    /// Its time, in seconds of the video.
    pub seconds: f64,
    /// Whose it is.
    pub identity: IdentityId,
    /// Of which track.
    pub track: Option<TrackId>,
    /// Whether it was filled in.
    pub is_filled: bool,
}

impl Sighting {
    /// Who is seen in a row of the record, at `seconds` of the video; nobody where it is nobody's.
    pub fn of(row: &RecordRow, seconds: f64) -> Option<Self> {
        let (identity, is_filled) = (row.identity?, row.flags & flag::INTERPOLATED != 0);
        Some(Self { frame: row.frame.into(), seconds, identity, track: row.track, is_filled })
    }
}

/// Shorter absences, in seconds, are not told.
const ABSENCE: f64 = 1.0;

/// Tells from all boxes, in the order of their frames, who was seen when. Memory grows with people, their absences
/// and tracks, not with frames.
#[derive(Clone, Debug)]
pub struct Watch {
    absence: f64,
    people: BTreeMap<IdentityId, Person>,
}

impl Watch {
    /// An absence of more than this many seconds ends a span.
    pub fn new(absence: f64) -> Self {
        Self { absence, people: BTreeMap::new() }
    }

    /// Where so many frames a second are looked at: an absence between two of them is none.
    pub fn of_video(frame_rate: f64) -> Self {
        Self::new((2.0 / frame_rate).max(ABSENCE))
    }

    /// Takes in the next box.
    pub fn see(&mut self, seen: Sighting) {
        let Sighting { frame, seconds, identity, track, is_filled } = seen;
        let nobody = || Person { identity, frames: 0, filled: 0, spans: Vec::new(), tracks: Vec::new() };
        let person = self.people.entry(identity).or_insert_with(nobody);
        person.frames += 1;
        person.filled += u64::from(is_filled);
        match person.spans.last_mut().filter(|span| seconds - span.last_seconds <= self.absence) {
            Some(span) => (span.last_frame, span.last_seconds) = (frame, seconds),
            None => person.spans.push(Span {
                first_frame: frame,
                last_frame: frame,
                first_seconds: seconds,
                last_seconds: seconds,
            }),
        }
        let Some(track) = track else { return };
        match person.tracks.last_mut().filter(|span| span.track == track) {
            Some(span) => (span.last_frame, span.frames) = (frame, span.frames + 1),
            None => person.tracks.push(TrackSpan { track, first_frame: frame, last_frame: frame, frames: 1 }),
        }
    }

    /// Everybody who was seen, by number.
    pub fn end(self) -> Vec<Person> {
        self.people.into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(n: u32) -> TrackId {
        TrackId::new(n).unwrap()
    }

    fn identities() -> Identities {
        let mut watch = Watch::new(1.0);
        let identity = IdentityId::new(3).unwrap();
        let mut see = |frame: u64, n, is_filled| {
            watch.see(Sighting { frame, seconds: frame as f64 / 10.0, identity, track: Some(track(n)), is_filled });
        };
        (5..8).for_each(|frame| see(frame, 1, false));
        (8..10).for_each(|frame| see(frame, 1, true));
        see(19, 4, false);
        see(40, 1, false);
        let join = Join {
            identity,
            into: Place { track: track(1), frame: 7 },
            from: Place { track: track(4), frame: 19 },
            gap_seconds: 1.2,
            appearance: Some(0.1),
            motion: None,
            reason: JoinReason::Both,
            confidence: 0.875,
        };
        let split = Split {
            at: Place { track: track(1), frame: 40 },
            seconds: 4.0,
            appearance: 0.5,
            reason: SplitReason::Appearance,
            confidence: 0.9,
        };
        Identities { version: IDENTITIES_VERSION, people: watch.end(), joins: vec![join], splits: vec![split] }
    }

    #[test]
    fn who_was_seen_when_is_told_from_the_boxes() {
        let all = identities();
        let [person] = all.people.as_slice() else { panic!("{all:?}") };
        assert_eq!((person.identity.get(), person.frames, person.filled), (3, 7, 2));
        let spans: Vec<_> = person.spans.iter().map(|span| (span.first_frame, span.last_frame)).collect();
        assert_eq!(spans, [(5, 19), (40, 40)]);
        let tracks = person.tracks.iter().map(|t| (t.track.get(), t.first_frame, t.last_frame, t.frames));
        assert_eq!(tracks.collect::<Vec<_>>(), [(1, 5, 9, 5), (4, 19, 19, 1), (1, 40, 40, 1)]);
    }

    #[test]
    fn the_file_comes_back_as_it_was_and_is_read_by_others_by_these_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        assert_eq!(Identities::read(&path).unwrap(), None);
        let mut odd = identities();
        odd.joins[0].gap_seconds = f64::NAN;
        odd.splits[0].confidence = 0.123_456_78;
        let pending = odd.close(&path).unwrap();
        assert!(!path.exists());
        pending.commit().unwrap();
        (odd.joins[0].gap_seconds, odd.splits[0].confidence) = (0.0, 0.1235);
        assert_eq!(Identities::read(&path).unwrap(), Some(odd));

        let json: serde_json::Value = serde_json::from_reader(File::open(&path).unwrap()).unwrap();
        assert_eq!(json["people"][0]["spans"][0]["first_seconds"], 0.5);
        assert_eq!(json["joins"][0]["from"], serde_json::json!({"track": 4, "frame": 19}));
        assert_eq!((&json["joins"][0]["reason"], &json["joins"][0]["motion"]), (&"both".into(), &().into()));
        assert_eq!(json["splits"][0]["reason"], "appearance");
    }

    #[test]
    fn another_version_or_a_cut_file_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE_NAME);
        for (text, told) in [("{\"version\": 9, \"all\": 1}", "version 9"), ("{}", "version"), ("{\"version\": 1,", "")]
        {
            crate::file::write_whole(&path, |w| w.write_all(text.as_bytes())).unwrap();
            let said = Identities::read(&path).unwrap_err().to_string();
            assert!(said.contains("identities.json") && said.contains(told), "{said}");
        }
    }
}
