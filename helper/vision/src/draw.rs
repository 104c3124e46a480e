//! Draws boxes, names and skeletons onto a frame, in colours that stay a person's own.

use opencv::core::{Point, Rect, Scalar, Size, ToInputOutputArray};
use opencv::imgproc::{
    FILLED, FONT_HERSHEY_SIMPLEX, LINE_AA, circle, get_text_size, line, put_text, rectangle, rectangle_points,
};
use opencv::prelude::*;
use silhueta_shared::colour::{self, FINGER_COLOURS};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::{DRAW_SCORE, Keypoint, KeypointSet, Part};
use silhueta_shared::track::IdentityId;

use crate::frame::Frame;
use crate::image;

/// The first joints of every set are the head's: nose, eyes and ears.
const HEAD: usize = 5;

/// One person to draw.
#[derive(Clone, Copy, Debug)]
pub struct Person<'a> {
    /// Who.
    pub identity: IdentityId,
    /// Where.
    pub bbox: Bbox,
    /// Joints of a [`KeypointSet`]; of any other number, none are drawn.
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
        let colour = bgr(colour::of(person.identity));
        let at = |x: f32, y: f32| Point::new(pixel(x * scale), pixel(y * scale));
        let Bbox { x1, y1, x2, y2 } = person.bbox;
        rectangle_points(canvas, at(x1, y1), at(x2, y2), colour, thick, LINE_AA, 0)?;
        let joints = person.keypoints;
        if let Some(set) = KeypointSet::of_count(joints.len()) {
            Figure { set, joints, scale, colour, thick }.draw(canvas)?;
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

/// One person's joints on their way into the picture.
struct Figure<'a> {
    set: KeypointSet,
    joints: &'a [Keypoint],
    scale: f32,
    colour: Scalar,
    thick: i32,
}

impl Figure<'_> {
    /// Body and feet in bold lines, the face as dots, fingers thin and in colours of their own. Face and hands
    /// that are too small for that would be a blot: they are left out, and the head is drawn as without them.
    fn draw(&self, canvas: &mut impl ToInputOutputArray) -> opencv::Result<()> {
        let thin = self.thin();
        let [face, left, right] = [Part::Face, Part::LeftHand, Part::RightHand].map(|part| self.is_legible(part));
        let is_shown = |joint: usize| match self.set.part(joint) {
            Part::Body | Part::Feet => true,
            Part::Face => face,
            Part::LeftHand => left,
            Part::RightHand => right,
        };
        // Nose, eyes and ears give way to the face's own points.
        let is_bold = |joint: usize| match self.set.part(joint) {
            Part::Body => joint >= HEAD || !face,
            Part::Feet => true,
            Part::Face | Part::LeftHand | Part::RightHand => false,
        };
        let ink = |joint: usize| self.set.finger(joint).map_or(self.colour, |finger| bgr(FINGER_COLOURS[finger]));
        for (from, to) in self.set.bones().iter().filter(|(_, to)| is_shown(*to)) {
            if let Some((a, b)) = self.seen(*from).zip(self.seen(*to)) {
                line(canvas, a, b, ink(*to), if is_bold(*to) { self.thick } else { thin }, LINE_AA, 0)?;
            }
        }
        for (joint, at) in (0..self.joints.len()).filter(|i| is_shown(*i)).filter_map(|i| Some((i, self.seen(i)?))) {
            match self.set.part(joint) {
                Part::Body if is_bold(joint) => self.knot(canvas, at)?,
                Part::Feet => circle(canvas, at, thin, Scalar::all(255.0), FILLED, LINE_AA, 0)?,
                _ => circle(canvas, at, thin, ink(joint), FILLED, LINE_AA, 0)?,
            }
        }
        Ok(())
    }

    fn knot(&self, canvas: &mut impl ToInputOutputArray, at: Point) -> opencv::Result<()> {
        circle(canvas, at, self.thick + 1, Scalar::all(255.0), FILLED, LINE_AA, 0)?;
        circle(canvas, at, self.thick + 1, self.colour, 1, LINE_AA, 0)
    }

    fn thin(&self) -> i32 {
        (self.thick / 2).max(1)
    }

    /// Whether a part is as large in the picture as its dots need: ten beside each other for a face, five for a hand.
    fn is_legible(&self, part: Part) -> bool {
        let of_part = (0..self.joints.len()).filter(|joint| self.set.part(*joint) == part);
        let Some(hull) = of_part.filter_map(|joint| self.seen(joint)).fold(None, |hull, at| {
            let (low, high) = hull.unwrap_or((at, at));
            Some((Point::new(low.x.min(at.x), low.y.min(at.y)), Point::new(high.x.max(at.x), high.y.max(at.y))))
        }) else {
            return false;
        };
        let dots = if part == Part::Face { 10 } else { 5 };
        (hull.1.x - hull.0.x).max(hull.1.y - hull.0.y) >= dots * (2 * self.thin() + 1)
    }

    /// Where a joint is in the picture, if it is sure enough to be drawn.
    fn seen(&self, joint: usize) -> Option<Point> {
        let joint = self.joints.get(joint).filter(|joint| joint.score >= DRAW_SCORE)?;
        Some(Point::new(pixel(joint.x * self.scale), pixel(joint.y * self.scale)))
    }
}

fn bgr([r, g, b]: [u8; 3]) -> Scalar {
    Scalar::new(b.into(), g.into(), r.into(), 0.0)
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

    /// Someone who stands and spreads their fingers, `tall` pixels tall, in the order of COCO-WholeBody.
    fn standing(left: f32, top: f32, tall: f32) -> Vec<Keypoint> {
        let body = [(50, 12), (53, 9), (47, 9), (57, 11), (43, 11), (62, 30), (38, 30), (72, 48), (28, 48), (84, 62)];
        let legs = [(16, 62), (58, 75), (42, 75), (60, 105), (40, 105), (61, 135), (39, 135)];
        let feet = [(66, 143), (69, 140), (60, 141), (34, 143), (31, 140), (40, 141)];
        let mut points: Vec<(f32, f32)> =
            [&body[..], &legs, &feet].concat().iter().map(|&(x, y)| (x as f32, y as f32)).collect();
        // Rings for jaw, brows, eyes and lips; a row for the nose.
        let rings = [(17, 10.0, 7.0, 9.0), (10, 7.0, 6.0, 3.0), (9, 12.0, 1.0, 3.0), (12, 9.0, 5.0, 1.0)];
        for (count, y, across, down) in rings.into_iter().chain([(20, 17.0, 3.0, 1.5)]) {
            points.extend((0..count).map(|i| {
                let turn = i as f32 / count as f32 * std::f32::consts::TAU;
                (50.0 + across * turn.cos(), y + down * turn.sin())
            }));
        }
        for (side, root) in [(1.0, (85.0, 63.0)), (-1.0, (15.0, 63.0))] {
            points.push(root);
            for finger in 0..5 {
                let turn = 0.2 + 0.32 * finger as f32;
                let along = |joint: i32| 1.5 + 2.0 * joint as f32;
                points.extend((1..5).map(|j| (root.0 + side * along(j) * turn.cos(), root.1 + along(j) * turn.sin())));
            }
        }
        let unit = tall / 150.0;
        points.iter().map(|&(x, y)| Keypoint { x: left + x * unit, y: top + y * unit, score: 0.9 }).collect()
    }

    fn drawn(joints: &[Keypoint], width: u32, height: u32) -> Frame {
        let mut frame = Frame { index: 0, pts: 0, width, height, bgr: vec![90; (width * height * 3) as usize].into() };
        let identity = IdentityId::new(1).unwrap();
        people(&mut frame, &[Person { identity, bbox: Bbox::new(0.0, 0.0, 5.0, 5.0), keypoints: joints }]).unwrap();
        frame
    }

    #[test]
    fn a_whole_body_has_bold_feet_dots_in_the_face_and_fingers_of_their_own_colours() {
        let joints = standing(200.0, 20.0, 660.0);
        let set = KeypointSet::of_count(joints.len()).unwrap();
        let frame = drawn(&joints, 1280, 720);
        // A thin line's own pixel may be mixed with its neighbours: one of the nine around has the colour.
        let has = |x: f32, y: f32, colour: [u8; 3]| {
            let near = |n: u32| (x.round() as u32 - 1 + n % 3, y.round() as u32 - 1 + n / 3);
            (0..9).map(near).map(|(x, y)| ((y * 1280 + x) * 3) as usize).any(|i| {
                let found = [frame.bgr[i + 2], frame.bgr[i + 1], frame.bgr[i]];
                found.iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 45)
            })
        };
        let own = colour::of(IdentityId::new(1).unwrap());
        for (from, to) in set.bones().iter().filter(|(_, to)| *to >= HEAD) {
            let expected = set.finger(*to).map_or(own, |finger| FINGER_COLOURS[finger]);
            let (a, b) = (joints[*from], joints[*to]);
            assert!(has((a.x + b.x) / 2.0, (a.y + b.y) / 2.0, expected), "bone {from}–{to}");
        }
        for (joint, place) in joints.iter().enumerate().skip(HEAD) {
            let expected = match set.part(joint) {
                Part::Body | Part::Feet => [255; 3],
                _ => set.finger(joint).map_or(own, |finger| FINGER_COLOURS[finger]),
            };
            assert!(has(place.x, place.y, expected), "joint {joint}");
        }
        // A dot is small: four pixels below the chin there is none of it.
        assert!(has(joints[27].x, joints[27].y + 4.0, [90; 3]));
    }

    #[test]
    fn far_away_face_and_hands_are_left_out_and_the_rest_is_as_without_them() {
        for tall in [60.0, 100.0] {
            let whole = standing(20.0, 20.0, tall);
            let mut without = whole.clone();
            without[23..].iter_mut().for_each(|joint| joint.score = 0.0);
            assert!(drawn(&whole, 320, 180).bgr[..] == drawn(&without, 320, 180).bgr[..], "{tall} pixels tall");
        }
        let near = standing(20.0, 20.0, 600.0);
        let mut faceless = near.clone();
        faceless[23..91].iter_mut().for_each(|joint| joint.score = 0.0);
        assert!(drawn(&near, 640, 640).bgr[..] != drawn(&faceless, 640, 640).bgr[..]);
    }
}
