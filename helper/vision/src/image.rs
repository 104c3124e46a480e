//! The seam to OpenCV: a [`Frame`]'s bytes as a `Mat`, without a copy.

use opencv::boxed_ref::{BoxedRef, BoxedRefMut};
use opencv::core::{Mat, Vec3b};

use crate::frame::Frame;

/// Borrows a frame as an 8-bit, 3-channel `Mat`.
pub(crate) fn view(frame: &Frame) -> opencv::Result<BoxedRef<'_, Mat>> {
    Mat::new_rows_cols_with_bytes::<Vec3b>(side(frame.height)?, side(frame.width)?, &frame.bgr)
}

/// Borrows a frame to draw on it.
pub(crate) fn view_mut(frame: &mut Frame) -> opencv::Result<BoxedRefMut<'_, Mat>> {
    let (rows, cols) = (side(frame.height)?, side(frame.width)?);
    Mat::new_rows_cols_with_bytes_mut::<Vec3b>(rows, cols, &mut frame.bgr)
}

/// A side in pixels as OpenCV counts it.
pub(crate) fn side(pixels: u32) -> opencv::Result<i32> {
    Ok(i32::try_from(pixels)?)
}
