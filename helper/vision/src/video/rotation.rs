//! The rotation that a container asks the player to apply (phones film sideways).

use opencv::core::{Mat, ROTATE_90_CLOCKWISE, ROTATE_90_COUNTERCLOCKWISE, ROTATE_180, rotate};
use opencv::prelude::*;

use crate::frame::Frame;
use crate::image;

/// Quarter turns clockwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rotation {
    None,
    Clockwise,
    Half,
    Counterclockwise,
}

impl Rotation {
    /// From FFmpeg's display matrix: nine native-endian 32-bit integers, 16.16 fixed point in the first
    /// two columns. Angles between quarter turns are rounded to the nearest.
    pub(crate) fn from_display_matrix(bytes: &[u8]) -> Self {
        let at = |i: usize| {
            let chunk = bytes.get(4 * i..4 * i + 4).and_then(|b| b.try_into().ok());
            f64::from(i32::from_ne_bytes(chunk.unwrap_or_default()))
        };
        let degrees = at(1).atan2(at(0)).to_degrees();
        match ((degrees / 90.0).round() as i32).rem_euclid(4) {
            1 => Self::Clockwise,
            2 => Self::Half,
            3 => Self::Counterclockwise,
            _ => Self::None,
        }
    }

    /// Width and height after the rotation.
    pub(crate) fn size(self, width: u32, height: u32) -> (u32, u32) {
        match self {
            Self::None | Self::Half => (width, height),
            Self::Clockwise | Self::Counterclockwise => (height, width),
        }
    }

    /// Turns a frame upright.
    pub(crate) fn apply(self, frame: Frame) -> opencv::Result<Frame> {
        let code = match self {
            Self::None => return Ok(frame),
            Self::Clockwise => ROTATE_90_CLOCKWISE,
            Self::Half => ROTATE_180,
            Self::Counterclockwise => ROTATE_90_COUNTERCLOCKWISE,
        };
        let mut turned = Mat::default();
        rotate(&image::view(&frame)?, &mut turned, code)?;
        let (width, height) = self.size(frame.width, frame.height);
        Ok(Frame { width, height, bgr: turned.data_bytes()?.to_vec().into(), ..frame })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(a: i32, b: i32, c: i32, d: i32) -> Vec<u8> {
        [a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30].iter().flat_map(|v: &i32| v.to_ne_bytes()).collect()
    }

    #[test]
    fn quarter_turns_are_read_from_the_matrix() {
        assert_eq!(Rotation::from_display_matrix(&matrix(1, 0, 0, 1)), Rotation::None);
        assert_eq!(Rotation::from_display_matrix(&matrix(0, 1, -1, 0)), Rotation::Clockwise);
        assert_eq!(Rotation::from_display_matrix(&matrix(-1, 0, 0, -1)), Rotation::Half);
        assert_eq!(Rotation::from_display_matrix(&matrix(0, -1, 1, 0)), Rotation::Counterclockwise);
        assert_eq!(Rotation::from_display_matrix(&[]), Rotation::None);
    }

    #[test]
    fn a_clockwise_turn_brings_the_bottom_left_to_the_top_left() {
        // 2 wide, 1 high: left pixel 10, right pixel 20; turned clockwise: 1 wide, 2 high, 10 above 20.
        let frame = Frame { index: 0, pts: 0, width: 2, height: 1, bgr: vec![10, 10, 10, 20, 20, 20].into() };
        let turned = Rotation::Clockwise.apply(frame).unwrap();
        assert_eq!((turned.width, turned.height, turned.bgr.to_vec()), (1, 2, vec![10, 10, 10, 20, 20, 20]));
    }
}
