//! A face in a frame: box, five landmarks, which way it looks and how blurred it is.

use glam::Vec3;
use silhueta_shared::geometry::Bbox;

use super::person::{Point, Sight, point};
use crate::figure::{Figure, Joint};
use crate::film::{Film, Frame};

/// Turned further away than this (degrees), a head shows no face.
const FURTHEST: f32 = 100.0;

/// A face in a frame.
#[derive(Clone, Debug, PartialEq)]
pub struct FaceTruth {
    /// Around it, in pixels.
    pub bbox: Bbox,
    /// The person's own left eye, right eye, tip of the nose, left and right corner of the mouth.
    pub landmarks: [Point; 5],
    /// Degrees: 0 looks into the camera, positive to the right of the picture, ±90 is a profile.
    pub yaw: f32,
    /// Degrees: positive looks up.
    pub pitch: f32,
    /// Degrees: positive is tilted clockwise in the picture.
    pub roll: f32,
    /// Blur as the standard deviation of a Gaussian in pixels: lens and motion together.
    pub blur: f32,
    /// Share of the landmarks that nothing hides, 0..=1.
    pub visibility: f32,
}

impl FaceTruth {
    /// The face of the frame's actor `n`.
    pub(super) fn of(film: &Film<'_>, frame: &Frame, n: usize) -> Option<Self> {
        let present = &frame.present[n];
        let body = &film.players()[present.player].body;
        let place = |figure: &Figure, point: Vec3| figure.carry(&body.rest, Joint::Head, point);
        let face = &body.face;

        // Axes of the head as the camera sees them along the ray to it: x right, y down, z away.
        let turn = present.figure.turns[Joint::Head as usize];
        let head = place(&present.figure, face.nose);
        let ray = (head - frame.camera.at).normalize_or(Vec3::Y);
        let right = ray.cross(Vec3::Z).normalize_or(Vec3::X);
        let down = ray.cross(right);
        let seen = |axis: Vec3| Vec3::new(axis.dot(right), axis.dot(down), axis.dot(ray));
        let (ahead, up) = (seen(turn * Vec3::X), seen(turn * Vec3::Z));
        let yaw = libm::atan2f(ahead.x, -ahead.z).to_degrees();
        let pitch = libm::asinf((-ahead.y).clamp(-1.0, 1.0)).to_degrees();
        let roll = libm::atan2f(up.x, -up.y).to_degrees();
        if yaw.abs() > FURTHEST {
            return None;
        }

        let points = [face.left_eye, face.right_eye, face.nose, face.left_mouth, face.right_mouth];
        let landmarks = points.map(|p| point(frame, n, place(&present.figure, p), 0.025));
        let mut bbox: Option<Bbox> = None;
        for at in face.edges.iter().chain(&points) {
            let (p, _) = frame.camera.project(place(&present.figure, *at))?;
            let b = bbox.unwrap_or(Bbox::new(p.x, p.y, p.x, p.y));
            bbox = Some(Bbox::new(b.x1.min(p.x), b.y1.min(p.y), b.x2.max(p.x), b.y2.max(p.y)));
        }
        let bbox = bbox?;
        let [width, height] = frame.drawing.size;
        if bbox.clipped(width, height).area() <= 0.0 {
            return None;
        }
        let unhidden = landmarks.iter().filter(|p| p.sight == Sight::Seen).count();
        let blur = Self::blur(film, frame, n, face.nose);
        Some(Self { bbox, landmarks, yaw, pitch, roll, blur, visibility: unhidden as f32 / 5.0 })
    }

    /// The lens's blur and the way of the nose while the shutter is open, as one Gaussian's deviation.
    fn blur(film: &Film<'_>, frame: &Frame, n: usize, nose: Vec3) -> f32 {
        let picture = &film.script().picture;
        let open = picture.shutter / film.script().fps as f32;
        let player = frame.present[n].player;
        let at = |time: f32| {
            let camera = film.camera(time);
            let present = film.present(time, camera.at).into_iter().find(|p| p.player == player)?;
            let nose = present.figure.carry(&film.players()[player].body.rest, Joint::Head, nose);
            camera.project(nose).map(|(pixel, _)| pixel)
        };
        // With a shutter that opens for no time nothing is on its way, and nobody need be posed again.
        let ends = (open > 0.0).then(|| (at(frame.time - open / 2.0), at(frame.time + open / 2.0)));
        let way = match ends {
            Some((Some(from), Some(to))) => (to - from).length(),
            _ => 0.0,
        };
        // An even smear over a length has that length divided by √12 as its deviation.
        (picture.blur.powi(2) + way.powi(2) / 12.0).sqrt()
    }
}
