//! One decoded picture, and the pool that its bytes come from and go back to.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex};

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
    pub bgr: Pixels,
}

/// Buffers kept for the next frames: more than are ever in flight would only hold memory.
const KEPT: usize = 32;

/// Buffers of frames that are done. A new one for each frame costs page faults (a quarter of the speed when
/// they are given back to the system) or fragments the heap (which then grows for thousands of frames).
#[derive(Clone, Debug, Default)]
pub(crate) struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    /// Takes the memory of `frames` frames of `bytes` now, so that it is the same however the work goes.
    pub(crate) fn reserve(&self, frames: usize, bytes: usize) {
        if let Ok(mut free) = self.0.lock() {
            free.resize_with(frames.min(KEPT), || vec![1; bytes]);
        }
    }

    /// An empty buffer with room for `bytes`.
    pub(crate) fn take(&self, bytes: usize) -> Pixels {
        let kept = self.0.lock().ok().and_then(|mut free| free.pop());
        let mut bytes_of_frame = kept.unwrap_or_default();
        bytes_of_frame.clear();
        bytes_of_frame.reserve_exact(bytes);
        Pixels { bytes: bytes_of_frame, pool: Some(self.clone()) }
    }
}

/// The bytes of a picture. A clone has bytes of its own, out of the same pool.
#[derive(Debug, Default)]
pub struct Pixels {
    bytes: Vec<u8>,
    pool: Option<Pool>,
}

impl Pixels {
    /// Appends a row.
    pub(crate) fn extend(&mut self, row: &[u8]) {
        self.bytes.extend_from_slice(row);
    }
}

impl From<Vec<u8>> for Pixels {
    fn from(bytes: Vec<u8>) -> Self {
        Self { bytes, pool: None }
    }
}

impl Clone for Pixels {
    fn clone(&self) -> Self {
        let Some(pool) = &self.pool else { return self.bytes.clone().into() };
        let mut copy = pool.take(self.bytes.len());
        copy.extend(&self.bytes);
        copy
    }
}

impl Deref for Pixels {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl DerefMut for Pixels {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl Drop for Pixels {
    fn drop(&mut self) {
        let Some(pool) = self.pool.take() else { return };
        if let Ok(mut free) = pool.0.lock()
            && free.len() < KEPT
        {
            free.push(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_frames_bytes_serve_the_next_one() {
        let pool = Pool::default();
        let mut first = pool.take(6);
        first.extend(&[1, 2, 3]);
        let place = first.as_ptr();
        let copy = first.clone();
        drop(first);
        let mut second = pool.take(6);
        assert!(second.is_empty(), "nothing of the old picture is left");
        second.extend(&[9; 6]);
        assert_eq!((second.as_ptr(), &copy[..]), (place, &[1, 2, 3][..]));
        assert_ne!(pool.take(6).as_ptr(), place, "one buffer is never two frames'");
    }
}
