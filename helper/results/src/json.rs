//! JSON that is written piece by piece, so that memory is flat however long the video is, and its numbers: short,
//! always with a point, never anything but a number.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::Path;

use silhueta_shared::geometry::Bbox;

use crate::file::Pending;
use crate::{Error, Result};

/// A JSON file under way.
#[derive(Debug)]
pub(crate) struct JsonFile {
    // Before `pending`: an open file can't be removed on Windows.
    writer: BufWriter<File>,
    pending: Pending,
}

impl JsonFile {
    /// Begins the file.
    pub(crate) fn create(pending: Pending) -> Result<Self> {
        Ok(Self { writer: BufWriter::with_capacity(1 << 16, pending.create()?), pending })
    }

    /// Adds to it.
    pub(crate) fn put(&mut self, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
        write(&mut self.writer).map_err(|source| Error::write(self.pending.path(), source))
    }

    /// The file in its final place.
    pub(crate) fn path(&self) -> &Path {
        self.pending.path()
    }

    /// Ends it; it has yet to get its name.
    pub(crate) fn close(mut self) -> Result<Pending> {
        self.put(|w| w.flush())?;
        drop(self.writer);
        self.pending.sync()?;
        Ok(self.pending)
    }
}

/// `value` to a number of decimals; adding 0 turns -0 into 0.
pub(crate) fn decimal(value: f32, decimals: i32) -> f64 {
    let unit = 10f64.powi(decimals);
    let rounded = (f64::from(value) * unit).round() / unit + 0.0;
    if rounded.is_finite() { rounded } else { 0.0 }
}

/// A score, to four decimals.
pub(crate) struct Score(pub(crate) f32);

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", decimal(self.0, 4))
    }
}

/// `[x1,y1,x2,y2]`, to two decimals.
pub(crate) struct Edges<'a>(pub(crate) &'a Bbox);

impl fmt::Display for Edges<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [x1, y1, x2, y2] = self.0.to_array().map(|edge| decimal(edge, 2));
        write!(f, "[{x1:?},{y1:?},{x2:?},{y2:?}]")
    }
}
