//! A box as annotation files have it: left, top, width, height, in `f64`.

use serde::{Deserialize, Serialize};
use silhueta_shared::geometry::Bbox;

/// A box in pixels. Unlike [`Bbox`] it holds what a text file said to the last digit, so that figures
/// computed from it are those of the field's own programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f64; 4]", into = "[f64; 4]")]
pub struct Rect {
    /// Left edge.
    pub left: f64,
    /// Top edge.
    pub top: f64,
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
}

impl Rect {
    /// A box from its left and top edge and its size.
    pub const fn new(left: f64, top: f64, width: f64, height: f64) -> Self {
        Self { left, top, width, height }
    }

    /// Intersection over union, 0..=1; 0 when either box has no area. Step for step as TrackEval computes it.
    pub fn iou(&self, other: &Self) -> f64 {
        let [right, bottom] = [self.left + self.width, self.top + self.height];
        let [other_right, other_bottom] = [other.left + other.width, other.top + other.height];
        let width = (right.min(other_right) - self.left.max(other.left)).max(0.0);
        let height = (bottom.min(other_bottom) - self.top.max(other.top)).max(0.0);
        let area = (right - self.left) * (bottom - self.top);
        let other_area = (other_right - other.left) * (other_bottom - other.top);
        let shared = width * height;
        let union = area + other_area - shared;
        if area <= f64::EPSILON || other_area <= f64::EPSILON || union <= f64::EPSILON { 0.0 } else { shared / union }
    }
}

impl From<Bbox> for Rect {
    fn from(bbox: Bbox) -> Self {
        let [x1, y1, x2, y2] = bbox.to_array().map(f64::from);
        Self::new(x1, y1, x2 - x1, y2 - y1)
    }
}

impl From<[f64; 4]> for Rect {
    fn from([left, top, width, height]: [f64; 4]) -> Self {
        Self::new(left, top, width, height)
    }
}

impl From<Rect> for [f64; 4] {
    fn from(rect: Rect) -> Self {
        [rect.left, rect.top, rect.width, rect.height]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn iou_knows_thirds_touching_edges_and_empty_boxes() {
        let a = Rect::new(0.0, 0.0, 10.0, 10.0);
        assert_eq!(a.iou(&a), 1.0);
        assert_eq!(a.iou(&Rect::new(5.0, 0.0, 10.0, 10.0)), 50.0 / 150.0);
        assert_eq!(a.iou(&Rect::new(10.0, 0.0, 10.0, 10.0)), 0.0);
        assert_eq!(a.iou(&Rect::new(2.0, 2.0, -1.0, -1.0)), 0.0);
        assert_eq!(a.iou(&Rect::from(Bbox::new(0.0, 0.0, 10.0, 5.0))), 0.5);
    }
}
