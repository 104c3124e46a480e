//! The canonical record: one Parquet file per video, one row per frame and person. Everything else is
//! derived from it and can be made again without a network.
//!
//! The same rows and facts give the same bytes: nothing here takes a time, a path or a default that
//! another version of the Parquet crate may change.

mod columns;
mod meta;
mod read;
mod write;

pub use meta::{RecordMeta, RecordModel, SCHEMA_VERSION, Skeleton};
pub use read::RecordReader;
pub use write::RecordWriter;

use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::{IdentityId, TrackId};

/// Bits of [`RecordRow::flags`].
pub mod flag {
    /// The box was filled in between two detections.
    pub const INTERPOLATED: u8 = 1;
    /// A person changed the row.
    pub const EDITED: u8 = 2;
    /// The box is the tracker's guess, with no detection behind it.
    pub const PREDICTED: u8 = 4;
}

/// One person in one frame.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordRow {
    /// Frame of the source, from 0.
    pub frame: u32,
    /// Its time, in ticks of [`RecordMeta::time_base`].
    pub pts: i64,
    /// The tracker's number; `None` while unconfirmed.
    pub track: Option<TrackId>,
    /// The person; `None` when the track was joined to nobody.
    pub identity: Option<IdentityId>,
    /// Where, in source pixels.
    pub bbox: Bbox,
    /// The detector's confidence, 0..=1.
    pub score: f32,
    /// The joints of [`RecordMeta::skeleton`], in its order; `None` where no pose was looked for.
    pub pose: Option<Vec<Keypoint>>,
    /// Bits of [`flag`].
    pub flags: u8,
}

/// A name for error messages.
const WHAT: &str = "a Silhueta record";

#[cfg(test)]
mod tests;
