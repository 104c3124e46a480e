//! Lines of numbers between commas, to rows and back.

use std::fmt;
use std::io::Write;
use std::path::Path;

use super::{MotDetection, MotTrack, MotTruth};
use crate::decimal::Decimal;
use crate::file::write_whole;
use crate::rect::Rect;
use crate::{Error, Result};

const WHAT: &str = "a MOTChallenge file";

/// Reads `gt.txt`. A line without a visibility is wholly visible, as in MOT15 and 16.
///
/// # Errors
/// [`Error::Read`]; [`Error::Format`], which names line and field.
pub fn read_truth(path: &Path) -> Result<Vec<MotTruth>> {
    read(path, |line| {
        Ok(MotTruth {
            frame: line.frame()?,
            id: line.whole(1, "id", 0)?,
            bbox: line.bbox()?,
            counts: line.number(6, "conf")? != 0.0,
            class: line.whole(7, "class", 0)?,
            visibility: if line.has(8) { line.number(8, "visibility")? } else { 1.0 },
        })
    })
}

/// Reads a tracker's file. What is behind the score (`-1,-1,-1`) is passed over.
///
/// # Errors
/// [`Error::Read`]; [`Error::Format`], which names line and field.
pub fn read_tracks(path: &Path) -> Result<Vec<MotTrack>> {
    read(path, |line| {
        let score = if line.has(6) { line.number(6, "score")? } else { 1.0 };
        Ok(MotTrack { frame: line.frame()?, id: line.whole(1, "id", 0)?, bbox: line.bbox()?, score })
    })
}

/// Reads `det.txt`, whose ids (-1) say nothing.
///
/// # Errors
/// [`Error::Read`]; [`Error::Format`], which names line and field.
pub fn read_detections(path: &Path) -> Result<Vec<MotDetection>> {
    read(path, |line| Ok(MotDetection { frame: line.frame()?, bbox: line.bbox()?, score: line.number(6, "score")? }))
}

/// The lines (from 1) of a file that speak of `frame`, and of `id` where one is given: for a complaint about rows that
/// were read before.
///
/// # Errors
/// [`Error::Read`]; [`Error::Format`], which names line and field.
pub fn lines_of(path: &Path, frame: u32, id: Option<u32>) -> Result<Vec<usize>> {
    let speaks = |line: &Line<'_>| Ok(line.frame()? == frame && id.is_none_or(|id| line.whole(1, "id", 0) == Ok(id)));
    let lines = read_numbered(path, speaks)?;
    Ok(lines.into_iter().filter(|&(_, speaks)| speaks).map(|(number, _)| number).collect())
}

/// Writes `gt.txt`, rows in the order given, lengths to a thousandth of a pixel.
///
/// # Errors
/// [`Error::Write`].
pub fn write_truth(path: &Path, rows: &[MotTruth]) -> Result<()> {
    write(path, rows, |row| {
        let &MotTruth { frame, id, bbox, counts, class, visibility } = row;
        format!("{frame},{id},{},{},{class},{}", Edges(bbox), u8::from(counts), Decimal(visibility, 3))
    })
}

/// Writes a tracker's file, rows in the order given, lengths to a thousandth of a pixel. The last three
/// columns (a place in the world) are -1, as the challenge wants them for plane boxes.
///
/// # Errors
/// [`Error::Write`].
pub fn write_tracks(path: &Path, rows: &[MotTrack]) -> Result<()> {
    write(path, rows, |&MotTrack { frame, id, bbox, score }| {
        format!("{frame},{id},{},{},-1,-1,-1", Edges(bbox), Decimal(score, 4))
    })
}

/// Writes `det.txt`, rows in the order given, lengths to a thousandth of a pixel.
///
/// # Errors
/// [`Error::Write`].
pub fn write_detections(path: &Path, rows: &[MotDetection]) -> Result<()> {
    write(path, rows, |&MotDetection { frame, bbox, score }| {
        format!("{frame},-1,{},{}", Edges(bbox), Decimal(score, 4))
    })
}

fn write<T>(path: &Path, rows: &[T], line: impl Fn(&T) -> String) -> Result<()> {
    write_whole(path, |file| rows.iter().try_for_each(|row| writeln!(file, "{}", line(row))))
}

struct Edges(Rect);

impl fmt::Display for Edges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [left, top, width, height] = <[f64; 4]>::from(self.0).map(|length| Decimal(length, 3));
        write!(f, "{left},{top},{width},{height}")
    }
}

fn read<T>(path: &Path, row: impl Fn(&Line<'_>) -> std::result::Result<T, String>) -> Result<Vec<T>> {
    Ok(read_numbered(path, row)?.into_iter().map(|(_, row)| row).collect())
}

/// Rows with the numbers of their lines.
fn read_numbered<T>(path: &Path, row: impl Fn(&Line<'_>) -> std::result::Result<T, String>) -> Result<Vec<(usize, T)>> {
    let text = std::fs::read_to_string(path).map_err(|source| Error::read(path, source))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let parse = |(index, line): (usize, &str)| {
        let line = Line(line.split(',').map(str::trim).collect());
        let row = row(&line).map_err(|why| Error::format(path, WHAT, format!("line {}: {why}", index + 1)))?;
        Ok((index + 1, row))
    };
    lines.map(parse).collect()
}

/// The fields of one line.
struct Line<'a>(Vec<&'a str>);

impl Line<'_> {
    fn has(&self, index: usize) -> bool {
        self.0.get(index).is_some_and(|field| !field.is_empty())
    }

    fn number(&self, index: usize, name: &str) -> std::result::Result<f64, String> {
        let field = self.0.get(index).ok_or_else(|| format!("there is no {name}"))?;
        let number = field.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| format!("its {name} is {field:?}"))
    }

    /// A whole number of at least `least`; some trackers write it as `12.0`.
    fn whole(&self, index: usize, name: &str, least: u32) -> std::result::Result<u32, String> {
        let number = self.number(index, name)?;
        if number.fract() == 0.0 && (f64::from(least)..=f64::from(u32::MAX)).contains(&number) {
            return Ok(number as u32);
        }
        Err(format!("its {name} is {number} instead of a whole number from {least}"))
    }

    fn frame(&self) -> std::result::Result<u32, String> {
        self.whole(0, "frame", 1)
    }

    fn bbox(&self) -> std::result::Result<Rect, String> {
        let [left, top] = [self.number(2, "left")?, self.number(3, "top")?];
        Ok(Rect::new(left, top, self.number(4, "width")?, self.number(5, "height")?))
    }
}
