//! Boxes and plane transforms, in pixels of the upright (rotation applied) source frame.

use serde::{Deserialize, Serialize};

/// An axis-aligned box: left, top, right, bottom in pixels; the right and bottom edges are exclusive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bbox {
    /// Left edge.
    pub x1: f32,
    /// Top edge.
    pub y1: f32,
    /// Right edge.
    pub x2: f32,
    /// Bottom edge.
    pub y2: f32,
}

impl Bbox {
    /// A box from its four edges.
    pub const fn new(x1: f32, y1: f32, x2: f32, y2: f32) -> Self {
        Self { x1, y1, x2, y2 }
    }

    /// Width in pixels; negative when the edges are crossed.
    pub fn width(&self) -> f32 {
        self.x2 - self.x1
    }

    /// Height in pixels; negative when the edges are crossed.
    pub fn height(&self) -> f32 {
        self.y2 - self.y1
    }

    /// Area in square pixels; 0 for an empty or crossed box.
    pub fn area(&self) -> f32 {
        self.width().max(0.0) * self.height().max(0.0)
    }

    /// Centre point.
    pub fn center(&self) -> (f32, f32) {
        ((self.x1 + self.x2) / 2.0, (self.y1 + self.y2) / 2.0)
    }

    /// Whether all edges are finite and the box has an area.
    pub fn is_valid(&self) -> bool {
        [self.x1, self.y1, self.x2, self.y2].iter().all(|v| v.is_finite()) && self.x2 > self.x1 && self.y2 > self.y1
    }

    /// Intersection over union, 0..=1; 0 when either box is empty.
    pub fn iou(&self, other: &Self) -> f32 {
        let w = self.x2.min(other.x2) - self.x1.max(other.x1);
        let h = self.y2.min(other.y2) - self.y1.max(other.y1);
        if w <= 0.0 || h <= 0.0 {
            return 0.0;
        }
        let inter = w * h;
        inter / (self.area() + other.area() - inter)
    }

    /// The part inside a frame of `width` × `height` pixels (may be empty).
    pub fn clipped(&self, width: u32, height: u32) -> Self {
        let (w, h) = (width as f32, height as f32);
        Self::new(self.x1.clamp(0.0, w), self.y1.clamp(0.0, h), self.x2.clamp(0.0, w), self.y2.clamp(0.0, h))
    }

    /// The box on the straight way to `other`: this one at a share of 0, `other` at 1.
    pub fn toward(&self, other: &Self, share: f64) -> Self {
        let between = |a: f32, b: f32| (f64::from(a) + (f64::from(b) - f64::from(a)) * share) as f32;
        Self::new(
            between(self.x1, other.x1),
            between(self.y1, other.y1),
            between(self.x2, other.x2),
            between(self.y2, other.y2),
        )
    }

    /// `[x1, y1, x2, y2]`.
    pub const fn to_array(self) -> [f32; 4] {
        [self.x1, self.y1, self.x2, self.y2]
    }
}

/// A 2×3 affine map `[a b tx; c d ty]`: here, how the picture moved from the previous frame to this one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Affine(pub [f64; 6]);

impl Affine {
    /// The map that moves nothing.
    pub const IDENTITY: Self = Self([1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
}

impl Default for Affine {
    fn default() -> Self {
        Self::IDENTITY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iou_of_half_shifted_boxes_is_a_third() {
        let a = Bbox::new(0.0, 0.0, 10.0, 10.0);
        let b = Bbox::new(5.0, 0.0, 15.0, 10.0);
        assert!((a.iou(&b) - 1.0 / 3.0).abs() < 1e-6);
        assert_eq!(a.iou(&Bbox::new(10.0, 0.0, 20.0, 10.0)), 0.0);
    }

    #[test]
    fn the_way_to_another_box_is_straight() {
        let (a, b) = (Bbox::new(0.0, 10.0, 20.0, 50.0), Bbox::new(40.0, 10.0, 80.0, 30.0));
        assert_eq!((a.toward(&b, 0.0), a.toward(&b, 1.0)), (a, b));
        assert_eq!(a.toward(&b, 0.25), Bbox::new(10.0, 10.0, 35.0, 45.0));
    }

    #[test]
    fn crossed_and_nan_boxes_are_not_valid() {
        assert!(!Bbox::new(5.0, 0.0, 5.0, 10.0).is_valid());
        assert!(!Bbox::new(f32::NAN, 0.0, 5.0, 10.0).is_valid());
        assert_eq!(Bbox::new(5.0, 0.0, 1.0, 10.0).area(), 0.0);
    }
}
