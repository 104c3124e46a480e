//! The words of a JSON text, one after another, with the numbers that Python writes and JSON does not know.

use std::fmt;
use std::io::{self, BufRead};

/// Why there is no next word.
#[derive(Debug)]
pub(super) enum Fault {
    /// The disk's.
    Read(io::Error),
    /// What is wrong with the text, and where.
    Wrong(String),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

/// A word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// One of `[ ] { } , :`.
    Sign(u8),
    /// `null`, or `NaN`: nothing is there.
    Nothing,
    /// A number; infinite where the text says so, or where it is too large.
    Number(f64),
    /// `true` or `false`.
    Truth,
    /// A string, as it is written.
    Text(String),
    /// The end of the file.
    End,
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sign(sign) => write!(f, "`{}`", char::from(*sign)),
            Self::Nothing => f.write_str("null"),
            Self::Number(number) => write!(f, "the number {number}"),
            Self::Truth => f.write_str("true or false"),
            Self::Text(text) => write!(f, "the text \"{text}\""),
            Self::End => f.write_str("the end of the file"),
        }
    }
}

/// The longest word: more is no number and no name that we know.
const LONGEST: usize = 64;

/// The text and how far it was read.
pub(super) struct Words<R> {
    input: R,
    /// Bytes read.
    at: u64,
}

impl<R: BufRead> Words<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, at: 0 }
    }

    /// Bytes read so far.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The next word.
    pub(super) fn next(&mut self) -> Result<Word, Fault> {
        let first = loop {
            match self.peek()? {
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.pass(),
                // Windows puts it in front of a text.
                Some(0xef) if self.at == 0 => self.pass_mark()?,
                Some(byte) => break byte,
                None => return Ok(Word::End),
            }
        };
        match first {
            b'[' | b']' | b'{' | b'}' | b',' | b':' => {
                self.pass();
                Ok(Word::Sign(first))
            }
            b'"' => self.text(),
            _ => self.plain(),
        }
    }

    fn peek(&mut self) -> Result<Option<u8>, Fault> {
        Ok(self.input.fill_buf()?.first().copied())
    }

    fn pass(&mut self) {
        self.input.consume(1);
        self.at += 1;
    }

    fn pass_mark(&mut self) -> Result<(), Fault> {
        for expected in [0xef, 0xbb, 0xbf] {
            if self.peek()? != Some(expected) {
                return Err(self.wrong("it is no JSON text"));
            }
            self.pass();
        }
        Ok(())
    }

    fn text(&mut self) -> Result<Word, Fault> {
        let mut bytes = Vec::new();
        loop {
            self.pass();
            match self.peek()? {
                None => return Err(self.wrong("a text has no end")),
                Some(b'"') => {
                    self.pass();
                    return Ok(Word::Text(String::from_utf8_lossy(&bytes).into_owned()));
                }
                Some(_) if bytes.len() == LONGEST => return Err(self.wrong("a long text is nothing that belongs here")),
                Some(byte) => bytes.push(byte),
            }
        }
    }

    fn plain(&mut self) -> Result<Word, Fault> {
        let mut word = String::new();
        while let Some(byte @ (b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-' | b'.')) = self.peek()? {
            if word.len() == LONGEST {
                return Err(self.wrong(&format!("`{word}…` is no JSON")));
            }
            word.push(byte.into());
            self.pass();
        }
        match word.as_str() {
            "null" | "NaN" | "-NaN" => return Ok(Word::Nothing),
            "true" | "false" => return Ok(Word::Truth),
            "Infinity" => return Ok(Word::Number(f64::INFINITY)),
            "-Infinity" => return Ok(Word::Number(f64::NEG_INFINITY)),
            "" => return Err(self.wrong("it is no JSON text")),
            _ => {}
        }
        // Rust reads `inf` and `nan`, too.
        let number = word.parse().ok().filter(|_| word.starts_with(|c: char| c.is_ascii_digit() || c == '-'));
        let number: Option<f64> = number.filter(|number: &f64| !number.is_nan() && !word.contains(['i', 'n']));
        number.map(Word::Number).ok_or_else(|| self.wrong(&format!("`{word}` is no JSON")))
    }

    fn wrong(&self, why: &str) -> Fault {
        Fault::Wrong(format!("at byte {}: {why}", self.at))
    }
}
