//! Preview pictures: a frame made small and turned into JPEG, plain or with its people drawn on it.

use opencv::core::{Mat, Size, Vector};
use opencv::imgcodecs::{IMWRITE_JPEG_QUALITY, imencode};
use opencv::imgproc::{INTER_AREA, resize};
use opencv::prelude::*;

use crate::draw::{self, Person};
use crate::frame::Frame;
use crate::image;

/// Widest picture in pixels; a smaller source keeps its size.
pub const WIDTH: u32 = 960;
/// JPEG's quality of 100.
const QUALITY: i32 = 85;
/// Longest side that JPEG can hold.
const LONGEST: u32 = 65_500;

/// Which pictures of a frame are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    /// Without anything drawn on it.
    pub plain: bool,
    /// With boxes, names and skeletons.
    pub drawn: bool,
}

/// The pictures of one frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pictures {
    /// Pixels across and down.
    pub size: [u32; 2],
    /// The plain JPEG, where it was wanted.
    pub plain: Option<Vec<u8>>,
    /// The drawn JPEG, where it was wanted.
    pub drawn: Option<Vec<u8>>,
}

/// Makes preview pictures; its buffers serve one frame after another.
pub struct PreviewEncoder {
    small: Mat,
    canvas: Mat,
    jpeg: Vector<u8>,
    settings: Vector<i32>,
}

impl std::fmt::Debug for PreviewEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PreviewEncoder").finish_non_exhaustive()
    }
}

impl Default for PreviewEncoder {
    fn default() -> Self {
        let settings = Vector::from_slice(&[IMWRITE_JPEG_QUALITY, QUALITY]);
        Self { small: Mat::default(), canvas: Mat::default(), jpeg: Vector::new(), settings }
    }
}

impl PreviewEncoder {
    /// Makes the wanted pictures of `frame`, which is only looked at.
    ///
    /// # Errors
    /// OpenCV's.
    pub fn encode(&mut self, frame: &Frame, people: &[Person<'_>], kinds: Kinds) -> opencv::Result<Pictures> {
        let whole = image::view(frame)?;
        let (scale, size) = scaled_size(frame.width, frame.height);
        let mut pictures = Pictures { size, ..Pictures::default() };
        if scale < 1.0 && kinds != Kinds::default() {
            let [w, h] = size;
            resize(&whole, &mut self.small, Size::new(image::side(w)?, image::side(h)?), 0.0, 0.0, INTER_AREA)?;
        }
        if kinds.plain {
            pictures.plain = Some(if scale < 1.0 {
                jpeg(&self.small, &mut self.jpeg, &self.settings)?
            } else {
                jpeg(&whole, &mut self.jpeg, &self.settings)?
            });
        }
        if kinds.drawn {
            let canvas = if scale < 1.0 {
                &mut self.small
            } else {
                whole.copy_to(&mut self.canvas)?;
                &mut self.canvas
            };
            draw::scaled(canvas, scale, people)?;
            pictures.drawn = Some(jpeg(canvas, &mut self.jpeg, &self.settings)?);
        }
        Ok(pictures)
    }
}

fn jpeg(
    picture: &impl opencv::core::ToInputArray,
    buffer: &mut Vector<u8>,
    settings: &Vector<i32>,
) -> opencv::Result<Vec<u8>> {
    imencode(".jpg", picture, buffer, settings)?;
    Ok(buffer.to_vec())
}

/// How much smaller the picture is than the source, and its sides; never larger.
fn scaled_size(width: u32, height: u32) -> (f32, [u32; 2]) {
    let scale = (f64::from(WIDTH) / f64::from(width)).min(f64::from(LONGEST) / f64::from(height)).min(1.0);
    let side = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).max(1);
    (scale as f32, [side(width), side(height)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencv::imgcodecs::{IMREAD_COLOR, imdecode};
    use silhueta_shared::geometry::Bbox;
    use silhueta_shared::pose::Keypoint;
    use silhueta_shared::track::IdentityId;

    const BOTH: Kinds = Kinds { plain: true, drawn: true };

    /// A grey picture, darker to the left.
    fn frame(width: u32, height: u32) -> Frame {
        let row: Vec<u8> = (0..width).flat_map(|x| [(x * 200 / width) as u8; 3]).collect();
        Frame { index: 3, pts: 9, width, height, bgr: row.repeat(height as usize).into() }
    }

    fn decoded(jpeg: &[u8]) -> (u32, u32, Vec<u8>) {
        let picture = imdecode(&Vector::<u8>::from_slice(jpeg), IMREAD_COLOR).unwrap();
        (picture.cols() as u32, picture.rows() as u32, picture.data_bytes().unwrap().to_vec())
    }

    #[test]
    fn a_picture_is_at_most_960_wide_keeps_its_shape_and_is_never_larger_than_the_source() {
        let mut encoder = PreviewEncoder::default();
        for (source, size) in [
            ((1280, 720), [960, 540]),
            ((640, 360), [640, 360]),
            ((1080, 1920), [960, 1707]),
            ((961, 3), [960, 3]),
            ((201, 359), [201, 359]),
            ((4000, 1), [960, 1]),
            ((7, 70_000), [7, 65_500]),
        ] {
            let pictures = encoder.encode(&frame(source.0, source.1), &[], BOTH).unwrap();
            assert_eq!(pictures.size, size, "{source:?}");
            for jpeg in [pictures.plain.unwrap(), pictures.drawn.unwrap()] {
                let (width, height, pixels) = decoded(&jpeg);
                assert_eq!([width, height], size, "{source:?}");
                let at = |x: u32| i32::from(pixels[((height / 2 * width + x) * 3) as usize]);
                let (left, right) = (at(width / 20), at(width - 1 - width / 20));
                assert!((left - 10).abs() < 24 && (right - 190).abs() < 24, "{source:?}: {left}..{right}");
            }
        }
    }

    #[test]
    fn people_are_drawn_where_they_are_on_one_picture_and_not_on_the_other() {
        let joints = [Keypoint { x: 1000.0, y: 500.0, score: 0.9 }; 17];
        let identity = IdentityId::new(1).unwrap();
        let person = Person { identity, bbox: Bbox::new(800.0, 200.0, 1200.0, 700.0), keypoints: &joints };
        for (width, scale) in [(1280, 0.75), (960, 1.0)] {
            let source = frame(width, 720);
            let before = source.bgr.to_vec();
            let person = Person {
                bbox: if width == 960 { Bbox::new(800.0, 200.0, 900.0, 700.0) } else { person.bbox },
                ..person
            };
            let pictures = PreviewEncoder::default().encode(&source, &[person], BOTH).unwrap();
            let pixel = |jpeg: &[u8], x: f32, y: f32| {
                let (w, _, pixels) = decoded(jpeg);
                let at = (((y * scale) as u32 * w + (x * scale) as u32) * 3) as usize;
                [pixels[at], pixels[at + 1], pixels[at + 2]]
            };
            // The left edge of the box, half way down: our first colour, which has more green than red.
            let [_, g, r] = pixel(&pictures.drawn.unwrap(), 800.0, 450.0);
            assert!(g > r + 60, "{width}: green {g}, red {r}");
            let [_, g, r] = pixel(&pictures.plain.unwrap(), 800.0, 450.0);
            assert!(g.abs_diff(r) < 12, "{width}: green {g}, red {r}");
            assert!(source.bgr.to_vec() == before, "the shared frame was written to");
        }
    }

    #[test]
    fn nothing_is_made_that_was_not_wanted() {
        let (mut encoder, source) = (PreviewEncoder::default(), frame(64, 48));
        let pictures = encoder.encode(&source, &[], Kinds::default()).unwrap();
        assert_eq!((pictures.plain, pictures.drawn), (None, None));
        let pictures = encoder.encode(&source, &[], Kinds { drawn: true, plain: false }).unwrap();
        assert!(pictures.plain.is_none() && pictures.drawn.is_some());
    }
}
