//! Preview pictures with their overlay as data.

use serde::{Deserialize, Serialize};

use super::JobId;
use crate::worker::PreviewPerson;

/// Pictures that may be on their way to one client.
pub const MAX_CREDITS: u8 = 2;

/// A picture and who is in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreviewFrame {
    /// Whose.
    pub job: JobId,
    /// 1, 2, 3 … within a session; no number is left out.
    pub seq: u64,
    /// Newer pictures that replaced older ones in this client's slot, all in all.
    pub dropped: u64,
    /// 0-based position of the frame in the source.
    pub frame: u64,
    /// Its time, in ticks of the stream's time base.
    pub pts: i64,
    /// Its time in seconds, for display.
    pub seconds: f64,
    /// When its poses were ready, in microseconds since 1970.
    pub posed_at: u64,
    /// Pixels of the source, across and down: what boxes and joints are measured in.
    pub source_size: [u32; 2],
    /// Pixels of the JPEG, across and down.
    pub size: [u32; 2],
    /// Who is in it; an empty list takes the last skeletons away.
    pub people: Vec<PreviewPerson>,
    /// The JPEG.
    #[serde(with = "serde_bytes")]
    pub jpeg: Vec<u8>,
}
