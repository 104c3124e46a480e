//! `seqinfo.ini`: what a sequence says of itself.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use crate::decimal::Decimal;
use crate::file::write_whole;
use crate::{Error, Result};

const WHAT: &str = "a seqinfo.ini";

/// A sequence.
#[derive(Clone, Debug, PartialEq)]
pub struct SeqInfo {
    /// Its name.
    pub name: String,
    /// Folder of its pictures, beside the file.
    pub image_folder: String,
    /// Frames a second.
    pub frame_rate: f64,
    /// How many frames it has.
    pub length: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Ending of its pictures, with the dot.
    pub image_ending: String,
}

impl SeqInfo {
    /// Reads a file. Keys it does not know are passed over.
    ///
    /// # Errors
    /// [`Error::Read`]; [`Error::Format`], which names the key.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::read(path, source))?;
        Self::parse(&text).map_err(|why| Error::format(path, WHAT, why))
    }

    fn parse(text: &str) -> std::result::Result<Self, String> {
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with([';', '#']));
        if lines.next() != Some("[Sequence]") {
            return Err("it does not begin with [Sequence]".to_owned());
        }
        let pairs = lines.take_while(|line| !line.starts_with('[')).filter_map(|line| line.split_once('='));
        let keys = Keys(pairs.map(|(key, value)| (key.trim(), value.trim())).collect());
        Ok(Self {
            name: keys.get("name")?,
            image_folder: keys.get("imDir")?,
            frame_rate: keys.get("frameRate")?,
            length: keys.get("seqLength")?,
            width: keys.get("imWidth")?,
            height: keys.get("imHeight")?,
            image_ending: keys.get("imExt")?,
        })
    }

    /// Writes a file.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write(&self, path: &Path) -> Result<()> {
        let Self { name, image_folder, frame_rate, length, width, height, image_ending } = self;
        write_whole(path, |file| {
            writeln!(file, "[Sequence]\nname={name}\nimDir={image_folder}\nframeRate={}", Decimal(*frame_rate, 3))?;
            writeln!(file, "seqLength={length}\nimWidth={width}\nimHeight={height}\nimExt={image_ending}")
        })
    }
}

struct Keys<'a>(BTreeMap<&'a str, &'a str>);

impl Keys<'_> {
    fn get<T: std::str::FromStr>(&self, key: &str) -> std::result::Result<T, String> {
        let value = self.0.get(key).ok_or_else(|| format!("it does not say its {key}"))?;
        value.parse().map_err(|_| format!("its {key} is {value:?}"))
    }
}
