//! One decoded picture.

/// A picture as 8-bit BGR, rows packed without padding, upright (the container's rotation applied).
#[derive(Clone, Debug)]
pub struct Frame {
    /// 0-based position in the source, counting every frame that decodes.
    pub index: u64,
    /// Presentation time in ticks of the stream's time base; strictly rising.
    pub pts: i64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// `height × width × 3` bytes.
    pub bgr: Vec<u8>,
}
