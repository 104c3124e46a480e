//! Draws boxes, names and skeletons onto a frame, in colours that stay a person's own.

use opencv::core::{Point, Rect, Scalar, Size, ToInputOutputArray};
use opencv::imgproc::{
    FILLED, FONT_HERSHEY_SIMPLEX, LINE_AA, circle, get_text_size, line, put_text, rectangle, rectangle_points,
};
use opencv::prelude::*;
use silhueta_shared::colour;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::{COCO17_BONES, DRAW_SCORE, Keypoint};
use silhueta_shared::track::IdentityId;

use crate::frame::Frame;
use crate::image;

/// One person to draw.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// Who.
    pub identity: IdentityId,
    /// Where.
    pub bbox: Bbox,
    /// COCO-17 joints; others are drawn as points alone.
    pub keypoints: &'a [Keypoint],
}

/// Draws `people` onto `frame`. Line width and letters follow the picture's size.
///
/// # Errors
/// OpenCV's.
pub fn people(frame: &mut Frame, people: &[Person<'_>]) -> opencv::Result<()> {
    scaled(&mut image::view_mut(frame)?, 1.0, people)
}

/// Draws `people`, who are measured in source pixels, onto a picture of the source at `scale`.
pub(crate) fn scaled(
    canvas: &mut (impl ToInputOutputArray + MatTraitConst),
    scale: f32,
    people: &[Person<'_>],
) -> opencv::Result<()> {
    let Size { width, height } = canvas.size()?;
    let short = f64::from(width.min(height));
    let thick = ((short / 360.0).round() as i32).clamp(1, 6);
    for person in people {
        let [r, g, b] = colour::of(person.identity).map(f64::from);
        let colour = Scalar::new(b, g, r, 0.0);
        let at = |x: f32, y: f32| Point::new(pixel(x * scale), pixel(y * scale));
        let Bbox { x1, y1, x2, y2 } = person.bbox;
        rectangle_points(canvas, at(x1, y1), at(x2, y2), colour, thick, LINE_AA, 0)?;
        let seen = |i: usize| person.keypoints.get(i).filter(|joint| joint.score >= DRAW_SCORE);
        if person.keypoints.len() == 17 {
            for (from, to) in COCO17_BONES {
                if let (Some(a), Some(b)) = (seen(from), seen(to)) {
                    line(canvas, at(a.x, a.y), at(b.x, b.y), colour, thick, LINE_AA, 0)?;
                }
            }
        }
        for joint in (0..person.keypoints.len()).filter_map(seen) {
            circle(canvas, at(joint.x, joint.y), thick + 1, Scalar::all(255.0), FILLED, LINE_AA, 0)?;
            circle(canvas, at(joint.x, joint.y), thick + 1, colour, 1, LINE_AA, 0)?;
        }
        let name = person.identity.to_string();
        let font = (short / 720.0).clamp(0.4, 3.0);
        let mut below = 0;
        let Size { width: w, height: h } = get_text_size(&name, FONT_HERSHEY_SIMPLEX, font, thick, &mut below)?;
        let pad = 2 + thick;
        let (label_w, label_h) = (w + 2 * pad, h + 2 * pad);
        let corner = at(x1, y1);
        let left = corner.x.clamp(0, (width - label_w).max(0));
        let top = (corner.y - label_h).clamp(0, (height - label_h).max(0));
        rectangle(canvas, Rect::new(left, top, label_w, label_h), colour, FILLED, LINE_AA, 0)?;
        let foot = Point::new(left + pad, top + pad + h);
        put_text(canvas, &name, foot, FONT_HERSHEY_SIMPLEX, font, Scalar::all(20.0), thick, LINE_AA, false)?;
    }
    Ok(())
}

/// A coordinate OpenCV can draw at, whatever the network said.
fn pixel(v: f32) -> i32 {
    (v.clamp(-32_000.0, 32_000.0)).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_at_the_edge_with_wild_joints_is_drawn_without_a_panic() {
        let mut frame = Frame { index: 0, pts: 0, width: 64, height: 48, bgr: vec![0; 64 * 48 * 3].into() };
        let mut joints = vec![Keypoint { x: f32::NAN, y: 1e30, score: 1.0 }; 17];
        joints[5] = Keypoint { x: 10.0, y: 10.0, score: 0.9 };
        let identity = IdentityId::new(13).unwrap();
        let person = Person { identity, bbox: Bbox::new(-5.0, -5.0, 30.0, 60.0), keypoints: &joints };
        people(&mut frame, &[person]).unwrap();
        assert!(frame.bgr.iter().any(|v| *v > 0));
    }
}
