//! The seam to swscale: converts pictures between pixel formats and sizes, on any one thread at a time.
#![allow(unsafe_code, reason = "ffmpeg-next leaves its scaler without Send; see below")]

use ff::software::scaling::{Context, Flags, context::Definition};
use ffmpeg_next as ff;

/// A conversion between two definitions.
pub(super) struct Scaler {
    context: Context,
    /// What came out last: its memory serves the next picture.
    converted: ff::frame::Video,
}

// SAFETY: an SwsContext owns all its memory, is bound to no thread and has no shared state; it must only
// not be used by two threads at once, which `&mut self` below rules out (libswscale's documentation).
unsafe impl Send for Scaler {}

impl Scaler {
    pub(super) fn new(from: Definition, to: Definition) -> Result<Self, ff::Error> {
        let (Definition { format, width, height }, flags) = (from, Flags::BICUBIC);
        let context = Context::get(format, width, height, to.format, to.width, to.height, flags)?;
        Ok(Self { context, converted: ff::frame::Video::empty() })
    }

    pub(super) fn takes(&self, from: Definition) -> bool {
        *self.context.input() == from
    }

    /// Converts into this scaler's own picture, which the next call overwrites.
    pub(super) fn convert(&mut self, picture: &ff::frame::Video) -> Result<&ff::frame::Video, ff::Error> {
        self.context.run(picture, &mut self.converted)?;
        Ok(&self.converted)
    }
}
