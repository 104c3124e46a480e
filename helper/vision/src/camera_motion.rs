//! How the camera moved between two frames, by sparse optical flow: corners, pyramidal Lucas-Kanade,
//! then a similarity transform by RANSAC (BoT-SORT, arXiv 2206.14651 §3.2; constants as Ultralytics').

use opencv::calib3d::{RANSAC, estimate_affine_partial_2d};
use opencv::core::{Mat, Point2f, Size, TermCriteria, Vector, no_array};
use opencv::imgproc::{COLOR_BGR2GRAY, INTER_LINEAR, cvt_color_def, good_features_to_track, resize};
use opencv::prelude::*;
use opencv::video::calc_optical_flow_pyr_lk;
use silhueta_shared::geometry::Affine;

use crate::frame::Frame;
use crate::image;

/// Corners looked for in a frame.
const CORNERS: i32 = 400;
/// A corner's least quality against the best one's.
const QUALITY: f64 = 0.01;
/// Fewer matched corners than this say nothing: a similarity needs two, the rest is against chance.
const LEAST_MATCHES: usize = 8;
/// Frames are shrunk by 2, and further until they are at most this wide: more corners' detail costs time
/// and adds nothing to a motion that is then averaged over all of them.
const WIDEST: u32 = 640;

/// Estimates the motion from each frame to the next.
#[derive(Debug, Default)]
pub struct CameraMotion {
    last: Option<(Mat, Vector<Point2f>)>,
}

impl CameraMotion {
    /// The map from the previous frame's pixels to this one's; identity on the first frame, after a
    /// change of size, and where too little is seen to tell.
    ///
    /// # Errors
    /// OpenCV's, on pictures it can't take.
    pub fn update(&mut self, frame: &Frame) -> opencv::Result<Affine> {
        let shrink = (f64::from(frame.width) / f64::from(WIDEST)).max(2.0);
        let mut gray = Mat::default();
        cvt_color_def(&image::view(frame)?, &mut gray, COLOR_BGR2GRAY)?;
        let size = Size::new(
            ((f64::from(frame.width) / shrink) as i32).max(1),
            ((f64::from(frame.height) / shrink) as i32).max(1),
        );
        let mut small = Mat::default();
        resize(&gray, &mut small, size, 0.0, 0.0, INTER_LINEAR)?;
        let mut corners = Vector::<Point2f>::new();
        good_features_to_track(&small, &mut corners, CORNERS, QUALITY, 1.0, &no_array(), 3, false, 0.04)?;
        let motion =
            match self.last.as_ref().filter(|(image, points)| image.size().ok() == Some(size) && !points.is_empty()) {
                Some((image, points)) => estimate(image, points, &small, shrink)?,
                None => Affine::IDENTITY,
            };
        self.last = Some((small, corners));
        Ok(motion)
    }
}

fn estimate(before: &Mat, points: &Vector<Point2f>, now: &Mat, shrink: f64) -> opencv::Result<Affine> {
    let (mut moved, mut status, mut error) = (Vector::<Point2f>::new(), Vector::<u8>::new(), Vector::<f32>::new());
    let criteria = TermCriteria::new(3, 30, 0.01)?;
    calc_optical_flow_pyr_lk(
        before,
        now,
        points,
        &mut moved,
        &mut status,
        &mut error,
        Size::new(21, 21),
        3,
        criteria,
        0,
        1e-4,
    )?;
    let (mut from, mut to) = (Vector::<Point2f>::new(), Vector::<Point2f>::new());
    for ((a, b), found) in points.iter().zip(moved.iter()).zip(status.iter()) {
        if found == 1 {
            from.push(a);
            to.push(b);
        }
    }
    if from.len() < LEAST_MATCHES {
        return Ok(Affine::IDENTITY);
    }
    let map = estimate_affine_partial_2d(&from, &to, &mut no_array(), RANSAC, 3.0, 2000, 0.99, 10)?;
    let Ok(values) = map.data_typed::<f64>() else { return Ok(Affine::IDENTITY) };
    match *values {
        [a, b, tx, c, d, ty] if values.iter().all(|v| v.is_finite()) => {
            Ok(Affine([a, b, tx * shrink, c, d, ty * shrink]))
        }
        _ => Ok(Affine::IDENTITY),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture of pseudo-random blocks, moved by (dx, dy).
    fn scene(dx: i32, dy: i32) -> Frame {
        let (width, height) = (640u32, 360u32);
        let mut bgr = Vec::new();
        for y in 0..height as i32 {
            for x in 0..width as i32 {
                let (bx, by) = ((x - dx).div_euclid(16) as u32, (y - dy).div_euclid(16) as u32);
                let v = (bx.wrapping_mul(2_654_435_761) ^ by.wrapping_mul(40_503)).wrapping_mul(2_246_822_519) >> 24;
                bgr.extend([v as u8; 3]);
            }
        }
        Frame { index: 0, pts: 0, width, height, bgr: bgr.into() }
    }

    #[test]
    fn a_shifted_picture_is_a_translation_in_source_pixels() {
        let mut motion = CameraMotion::default();
        assert_eq!(motion.update(&scene(0, 0)).unwrap(), Affine::IDENTITY);
        let Affine([a, b, tx, _, _, ty]) = motion.update(&scene(8, -4)).unwrap();
        assert!((a - 1.0).abs() < 0.01 && b.abs() < 0.01, "{a} {b}");
        assert!((tx - 8.0).abs() < 0.5 && (ty + 4.0).abs() < 0.5, "{tx} {ty}");
    }

    #[test]
    fn a_blank_picture_and_a_change_of_size_say_nothing() {
        let mut motion = CameraMotion::default();
        let blank = Frame { index: 0, pts: 0, width: 64, height: 48, bgr: vec![7; 64 * 48 * 3].into() };
        motion.update(&scene(0, 0)).unwrap();
        assert_eq!(motion.update(&blank).unwrap(), Affine::IDENTITY);
        assert_eq!(motion.update(&blank).unwrap(), Affine::IDENTITY);
        let dot = Frame { index: 0, pts: 0, width: 1, height: 1, bgr: vec![7; 3].into() };
        assert_eq!(motion.update(&dot).unwrap(), Affine::IDENTITY);
    }
}
