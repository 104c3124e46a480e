//! A pinhole camera: where a point of the world is in the picture.

use glam::{Mat3, Vec2, Vec3};

use crate::script;
use crate::seed::{Seed, ease};

/// A camera at one moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// Where it is.
    pub at: Vec3,
    /// From the world's axes to its own: x to the right, y down, z ahead.
    pub axes: Mat3,
    /// Pixels of one unit across at distance 1.
    pub focal: f32,
    /// The picture's middle, in pixels.
    pub middle: Vec2,
}

impl Camera {
    /// Looks from `at` to `look`, with this angle of view across the picture (radians).
    pub fn new(at: Vec3, look: Vec3, view: f32, size: [u32; 2]) -> Self {
        let ahead = (look - at).normalize_or(Vec3::Y);
        let right = ahead.cross(Vec3::Z).normalize_or(Vec3::X);
        let down = ahead.cross(right);
        let middle = Vec2::new(size[0] as f32, size[1] as f32) / 2.0;
        let axes = Mat3::from_cols(right, down, ahead).transpose();
        Self { at, axes, focal: middle.x / libm::tanf(view / 2.0), middle }
    }

    /// The camera of a script at `time`.
    pub fn of(script: &script::Camera, size: [u32; 2], seed: Seed, time: f32) -> Self {
        let (mut at, mut look, view) = between(&script.keys, time);
        if script.shake > 0.0 {
            let seed = seed.of("shake");
            let sway = |n: u64, rate: f32| script.shake * seed.at(n).fractal(time * rate, 0.0, 3);
            let reach = (look - at).length();
            at += Vec3::new(sway(0, 1.1), sway(1, 1.3), sway(2, 1.7)) * 0.04;
            look += Vec3::new(sway(3, 1.9), sway(4, 1.6), sway(5, 2.3)) * 0.02 * reach;
        }
        Self::new(at, look, view.to_radians(), size)
    }

    /// A point in the camera's own axes.
    pub fn view(&self, point: Vec3) -> Vec3 {
        self.axes * (point - self.at)
    }

    /// Where a point is in the picture, in pixels, and how far ahead; `None` when it isn't ahead.
    pub fn project(&self, point: Vec3) -> Option<(Vec2, f32)> {
        let seen = self.view(point);
        (seen.z > 0.01).then(|| (self.middle + Vec2::new(seen.x, seen.y) * (self.focal / seen.z), seen.z))
    }
}

/// Place, aim and angle of view at a time: held before the first key and after the last.
fn between(keys: &[script::Key], time: f32) -> (Vec3, Vec3, f32) {
    let of = |key: &script::Key| (Vec3::from(key.at), Vec3::from(key.look), key.view);
    let next = keys.partition_point(|key| key.time <= time);
    match (next.checked_sub(1).and_then(|n| keys.get(n)), keys.get(next)) {
        (Some(a), Some(b)) => {
            let share = ease((time - a.time) / (b.time - a.time));
            let ((at, look, view), (at2, look2, view2)) = (of(a), of(b));
            (at.lerp(at2, share), look.lerp(look2, share), view + (view2 - view) * share)
        }
        (Some(key), None) | (None, Some(key)) => of(key),
        (None, None) => (Vec3::new(0.0, -8.0, 1.6), Vec3::new(0.0, 0.0, 1.0), 60.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_is_right_and_up_is_up() {
        let camera = Camera::new(Vec3::new(0.0, -8.0, 1.0), Vec3::new(0.0, 0.0, 1.0), 1.0, [1280, 720]);
        let (middle, depth) = camera.project(Vec3::new(0.0, 0.0, 1.0)).unwrap();
        assert!((middle - Vec2::new(640.0, 360.0)).length() < 1e-3 && (depth - 8.0).abs() < 1e-5);
        let (right, _) = camera.project(Vec3::new(1.0, 0.0, 2.0)).unwrap();
        assert!(right.x > 640.0 && right.y < 360.0, "{right}");
        assert_eq!(camera.project(Vec3::new(0.0, -9.0, 1.0)), None);
    }

    #[test]
    fn the_angle_of_view_is_the_pictures_width() {
        let camera = Camera::new(Vec3::ZERO, Vec3::Y, 90f32.to_radians(), [1000, 500]);
        let (edge, _) = camera.project(Vec3::new(2.0, 2.0, 0.0)).unwrap();
        assert!((edge.x - 1000.0).abs() < 1e-2, "{edge}");
    }

    #[test]
    fn between_keys_it_moves_and_beyond_them_it_stays() {
        let key = |time, x| script::Key { time, at: [x, -8.0, 2.0], look: [x, 0.0, 1.0], view: 60.0 };
        let script = script::Camera { keys: vec![key(1.0, 0.0), key(3.0, 4.0)], shake: 0.0 };
        let at = |time| Camera::of(&script, [1280, 720], Seed::new(1), time).at.x;
        assert_eq!([at(0.0), at(1.0), at(2.0), at(3.0), at(9.0)], [0.0, 0.0, 2.0, 4.0, 4.0]);
        assert!(at(1.1) < 0.1, "it starts softly");
    }
}
