//! Greedy non-maximum suppression.

use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::Detection;

/// How a box's side is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// Right minus left (Ultralytics, torchvision).
    Exact,
    /// Right minus left plus one pixel (YOLOX, rtmlib).
    PlusOne,
}

/// Keeps the best of boxes that overlap by more than `limit`, best first; ties keep the earlier one.
pub fn suppress(mut found: Vec<Detection>, limit: f32, overlap: Overlap) -> Vec<Detection> {
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    let mut kept: Vec<Detection> = Vec::new();
    for candidate in found {
        if kept.iter().all(|best| iou(&best.bbox, &candidate.bbox, overlap) <= limit) {
            kept.push(candidate);
        }
    }
    kept
}

fn iou(a: &Bbox, b: &Bbox, overlap: Overlap) -> f32 {
    match overlap {
        Overlap::Exact => a.iou(b),
        Overlap::PlusOne => {
            let grow = |b: &Bbox| Bbox::new(b.x1, b.y1, b.x2 + 1.0, b.y2 + 1.0);
            grow(a).iou(&grow(b))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32, score: f32) -> Detection {
        Detection { bbox: Bbox::new(x, 0.0, x + 10.0, 10.0), score }
    }

    #[test]
    fn the_best_of_an_overlapping_pair_stays() {
        let kept = suppress(vec![at(1.0, 0.5), at(0.0, 0.9), at(30.0, 0.3)], 0.7, Overlap::Exact);
        assert_eq!(kept, [at(0.0, 0.9), at(30.0, 0.3)]);
    }

    #[test]
    fn the_plus_one_convention_sees_more_overlap() {
        // Shift 4 of 10: 6/14 = 0.43 exactly, 7/15 = 0.47 with the extra pixel.
        let pair = || vec![at(0.0, 0.9), at(4.0, 0.8)];
        assert_eq!(suppress(pair(), 0.45, Overlap::Exact).len(), 2);
        assert_eq!(suppress(pair(), 0.45, Overlap::PlusOne).len(), 1);
    }
}
