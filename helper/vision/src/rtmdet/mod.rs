//! RTMDet with its NMS inside the graph (arXiv 2212.07784): boxes come finished.

use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::Detection;

use crate::crop::Letterbox;
use crate::yolo::{LEAST_SCORE, finish};

/// Means and deviations of the BGR planes it is fed with.
pub const BGR_STATISTICS: [(f64, f64); 3] = [(103.53, 57.375), (116.28, 57.12), (123.675, 58.395)];

/// Decodes `dets` `[people, 5]` (left, top, right, bottom in canvas pixels, score) and `labels` `[people]`.
pub fn decode(dets: &[f32], labels: &[i64], letterbox: &Letterbox) -> Vec<Detection> {
    let people = dets.chunks_exact(5).zip(labels).filter_map(|(row, label)| match *row {
        [x1, y1, x2, y2, score] if score >= LEAST_SCORE && *label == 0 => {
            Some(Detection { bbox: Bbox::new(x1, y1, x2, y2), score })
        }
        _ => None,
    });
    finish(people.collect(), letterbox)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_labels_and_weak_boxes_are_dropped() {
        let letterbox = Letterbox { scale: 1.0, left: 0.0, top: 0.0, source: (100, 100) };
        let dets = [1.0, 1.0, 9.0, 9.0, 0.8, 1.0, 1.0, 9.0, 9.0, 0.8, 1.0, 1.0, 9.0, 9.0, 0.05];
        assert_eq!(decode(&dets, &[0, 1, 0], &letterbox).len(), 1);
    }

    #[test]
    fn boxes_come_in_canvas_pixels_and_leave_in_source_pixels() {
        let letterbox = Letterbox { scale: 0.5, left: 0.0, top: 0.0, source: (200, 100) };
        let dets = [-3.0, 10.0, 40.0, 60.0, 0.5, 20.5, 1.0, 30.0, 20.25, 0.75];
        let found = decode(&dets, &[0, 0], &letterbox);
        assert_eq!(found[0], Detection { bbox: Bbox::new(41.0, 2.0, 60.0, 40.5), score: 0.75 });
        assert_eq!(found[1], Detection { bbox: Bbox::new(0.0, 20.0, 80.0, 100.0), score: 0.5 });
    }
}
