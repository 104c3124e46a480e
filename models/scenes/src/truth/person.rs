//! A person in a frame: boxes, joints and how much of them is seen.

use glam::Vec3;
use silhueta_shared::geometry::Bbox;

use super::FaceTruth;
use crate::body::Body;
use crate::figure::{Figure, Joint};
use crate::film::{Film, Frame};
use crate::motion::Action;
use crate::render::SAMPLES;

/// How a point is seen, with COCO's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// Outside of the picture (0).
    Outside = 0,
    /// Something is before it, or the person's own body (1).
    Hidden = 1,
    /// Nothing is before it (2).
    Seen = 2,
}

/// A point of the body in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Pixels from the left.
    pub x: f32,
    /// Pixels from the top.
    pub y: f32,
    /// Whether it is seen.
    pub sight: Sight,
}

impl Point {
    /// COCO's `[x, y, v]`, which leaves out where a point outside of the picture would be.
    pub fn coco(self) -> [f64; 3] {
        match self.sight {
            Sight::Outside => [0.0; 3],
            sight => [f64::from(self.x), f64::from(self.y), f64::from(sight as u8)],
        }
    }
}

/// A person in a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct PersonTruth {
    /// Index of the player; the identity is one more.
    pub player: usize,
    /// Around the whole body in pixels, also where it is hidden or outside of the picture.
    pub full: Bbox,
    /// Around what is seen of it; `None` when nothing is.
    pub visible: Option<Bbox>,
    /// The seen share of the body, 0..=1; what is outside of the picture is not seen.
    pub visibility: f32,
    /// Area of what is seen, in square pixels.
    pub area: f32,
    /// COCO's 17 joints, in its order.
    pub joints: [Point; 17],
    /// The face; `None` when it is turned away or outside of the picture.
    pub face: Option<FaceTruth>,
    /// What they do.
    pub action: Action,
}

/// Everybody in a frame of whom any part lies within the picture, seen or not.
pub fn of_frame(film: &Film<'_>, frame: &Frame) -> Vec<PersonTruth> {
    let people = frame.present.iter().enumerate().filter_map(|(n, present)| {
        let cover = &frame.drawing.covers[n];
        let (alone, full) = (cover.alone.as_ref()?, cover.full?);
        let [width, height] = frame.drawing.size;
        let (whole, _) = alone.extent(|_, _| true);
        let own = |x, y| frame.drawing.samples.at(x, y).is_some_and(|(seen, _)| seen.object == n + 1);
        let (seen, bounds) = alone.extent(own);
        if whole == 0 {
            return None;
        }
        let inside = full.clipped(width, height).area() / full.area().max(1e-6);
        let to_pixels = |side: i32| side as f32 / SAMPLES as f32;
        let body = &film.players()[present.player].body;
        Some(PersonTruth {
            player: present.player,
            full,
            visible: bounds.map(|[l, t, r, b]| Bbox::new(to_pixels(l), to_pixels(t), to_pixels(r), to_pixels(b))),
            visibility: (seen as f32 / whole as f32 * inside).min(1.0),
            area: seen as f32 / (SAMPLES * SAMPLES) as f32,
            joints: joints(body, &present.figure).map(|(at, depth)| point(frame, n, at, depth)),
            face: FaceTruth::of(film, frame, n),
            action: present.moment.action,
        })
    });
    people.collect()
}

/// Where COCO's joints are in the world, each with how deep in the flesh it may lie, in metres.
pub fn joints(body: &Body, figure: &Figure) -> [(Vec3, f32); 17] {
    let face = |point: Vec3| (figure.carry(&body.rest, Joint::Head, point), 0.03);
    let joint = |joint: Joint, depth: f32| (figure.position(joint), depth);
    [
        face(body.face.nose),
        face(body.face.left_eye),
        face(body.face.right_eye),
        face(body.face.left_ear),
        face(body.face.right_ear),
        joint(Joint::LeftShoulder, 0.13),
        joint(Joint::RightShoulder, 0.13),
        joint(Joint::LeftElbow, 0.09),
        joint(Joint::RightElbow, 0.09),
        joint(Joint::LeftWrist, 0.07),
        joint(Joint::RightWrist, 0.07),
        joint(Joint::LeftHip, 0.17),
        joint(Joint::RightHip, 0.17),
        joint(Joint::LeftKnee, 0.1),
        joint(Joint::RightKnee, 0.1),
        joint(Joint::LeftAnkle, 0.09),
        joint(Joint::RightAnkle, 0.09),
    ]
}

/// Where a point of actor `n` is in the picture, and whether anything is before it. The body's own surface may be
/// `flesh` metres nearer, that of others may not.
pub(super) fn point(frame: &Frame, n: usize, at: Vec3, flesh: f32) -> Point {
    let Some((pixel, depth)) = frame.camera.project(at) else {
        return Point { x: 0.0, y: 0.0, sight: Sight::Outside };
    };
    let [width, height] = frame.drawing.size.map(|side| side as f32);
    let inside = (0.0..width).contains(&pixel.x) && (0.0..height).contains(&pixel.y);
    let sample = (pixel * SAMPLES as f32).floor();
    let sight = match frame.drawing.samples.at(sample.x as i32, sample.y as i32) {
        _ if !inside => Sight::Outside,
        Some((seen, nearest)) => {
            let room = if seen.object == n + 1 { flesh } else { 0.01 };
            if nearest < depth - room { Sight::Hidden } else { Sight::Seen }
        }
        None => Sight::Seen,
    };
    Point { x: pixel.x, y: pixel.y, sight }
}
