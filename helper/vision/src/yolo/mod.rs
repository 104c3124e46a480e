//! The YOLO family: YOLOX's raw grid, YOLOv8/11's decoded grid, end-to-end YOLO's final boxes. Each
//! `decode` is pure: a raw output and a letterbox in, people out.

mod nms;

use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::Detection;

use crate::crop::Letterbox;
pub use nms::{Overlap, suppress};

/// Detections below this score are never looked at: BoT-SORT's second association begins here.
pub const LEAST_SCORE: f32 = 0.1;
/// People kept in a frame.
pub const MOST_PEOPLE: usize = 300;
/// COCO's class of people.
const PERSON: usize = 0;

/// Decodes YOLOX's raw grid `[cells, 5 + classes]` for a canvas of `size`: centre as an offset from the
/// cell, sides as exponents, objectness and class already through the sigmoid (Ge et al. 2021).
/// NMS at 0.45 with the +1 pixel convention, as YOLOX and rtmlib do.
pub fn decode_yolox(output: &[f32], columns: usize, size: (usize, usize), letterbox: &Letterbox) -> Vec<Detection> {
    let mut rows = output.chunks_exact(columns.max(6));
    let mut found = Vec::new();
    for stride in [8usize, 16, 32] {
        for y in 0..size.1 / stride {
            for x in 0..size.0 / stride {
                let Some([cx, cy, w, h, objectness, classes @ ..]) = rows.next() else { return found };
                let Some(score) = person_score(classes).map(|score| score * objectness) else { continue };
                if score < LEAST_SCORE {
                    continue;
                }
                let s = stride as f32;
                let (cx, cy) = ((cx + x as f32) * s, (cy + y as f32) * s);
                let (w, h) = (w.exp() * s, h.exp() * s);
                let bbox = Bbox::new(cx - w / 2.0, cy - h / 2.0, cx + w / 2.0, cy + h / 2.0);
                found.push(Detection { bbox, score });
            }
        }
    }
    finish(suppress(found, 0.45, Overlap::PlusOne), letterbox)
}

/// Decodes YOLOv8/11's `[4 + classes, cells]`: centre, sides in canvas pixels, then class scores.
/// NMS at 0.7 as Ultralytics' `track` does.
pub fn decode_yolov8(output: &[f32], cells: usize, letterbox: &Letterbox) -> Vec<Detection> {
    let planes: Vec<&[f32]> = output.chunks_exact(cells.max(1)).collect();
    let [cx, cy, w, h, person, others @ ..] = planes.as_slice() else { return Vec::new() };
    let mut found = Vec::new();
    for (i, &score) in person.iter().enumerate() {
        // `>` and not `>=`, and only where people are the best class: as Ultralytics.
        if score > LEAST_SCORE && others.iter().all(|other| other[i] <= score) {
            let (cx, cy, w, h) = (cx[i], cy[i], w[i] / 2.0, h[i] / 2.0);
            found.push(Detection { bbox: Bbox::new(cx - w, cy - h, cx + w, cy + h), score });
        }
    }
    finish(suppress(found, 0.7, Overlap::Exact), letterbox)
}

/// Decodes end-to-end YOLO's `[people, 6]`: left, top, right, bottom in canvas pixels, score, class.
pub fn decode_end_to_end(output: &[f32], letterbox: &Letterbox) -> Vec<Detection> {
    let people = output.chunks_exact(6).filter_map(|row| match *row {
        [x1, y1, x2, y2, score, class] if score >= LEAST_SCORE && class as usize == PERSON => {
            Some(Detection { bbox: Bbox::new(x1, y1, x2, y2), score })
        }
        _ => None,
    });
    finish(people.collect(), letterbox)
}

/// The person class' score, where it is the best class.
fn person_score(classes: &[f32]) -> Option<f32> {
    let (person, others) = classes.split_first()?;
    others.iter().all(|other| other <= person).then_some(*person)
}

/// Back to source pixels, best first; boxes that vanish at the frame's edge are dropped.
pub(crate) fn finish(mut found: Vec<Detection>, letterbox: &Letterbox) -> Vec<Detection> {
    found.iter_mut().for_each(|d| d.bbox = letterbox.to_source(d.bbox));
    found.retain(|d| d.bbox.is_valid() && d.score.is_finite());
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(MOST_PEOPLE);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Letterbox = Letterbox { scale: 0.5, left: 0.0, top: 0.0, source: (128, 128) };

    #[test]
    fn yolox_cells_are_offsets_and_exponents_of_their_stride() {
        // 64×64: 64 cells of stride 8, 16 of 16, 4 of 32; the second cell of stride 16 says a person.
        let mut output = vec![0.0; 84 * 7];
        output[65 * 7..66 * 7].copy_from_slice(&[0.5, 0.25, 0.0, 2f32.ln(), 0.9, 0.8, 0.1]);
        let found = decode_yolox(&output, 7, (64, 64), &PLAIN);
        assert_eq!(found.len(), 1);
        // centre (1.5, 0.25)·16 = (24, 4), sides 16 and 32 → (16, -12, 32, 20), doubled and cut.
        assert_eq!(found[0].bbox.to_array(), [32.0, 0.0, 64.0, 40.0]);
        assert!((found[0].score - 0.72).abs() < 1e-6);
        output[65 * 7 + 6] = 0.95;
        assert!(decode_yolox(&output, 7, (64, 64), &PLAIN).is_empty(), "another class is likelier");
    }

    #[test]
    fn yolov8_planes_are_read_by_column() {
        let output = [20.0, 40.0, 20.0, 40.0, 10.0, 10.0, 20.0, 20.0, 0.6, 0.1, 0.2, 0.0];
        let found = decode_yolov8(&output, 2, &PLAIN);
        assert_eq!(found.len(), 1, "a score of exactly 0.1 is not above 0.1");
        assert_eq!(found[0].bbox.to_array(), [30.0, 20.0, 50.0, 60.0]);
    }

    #[test]
    fn yolov8_keeps_neighbours_that_yolox_would_not() {
        // Boxes of 10×20: moved by 2.5 they overlap by 0.6, moved by 1 by 0.82.
        let people = |moved: f32| {
            let output = [20.0, 20.0 + moved, 20.0, 20.0, 10.0, 10.0, 20.0, 20.0, 0.9, 0.8];
            decode_yolov8(&output, 2, &PLAIN).len()
        };
        assert_eq!((people(2.5), people(1.0)), (2, 1));
    }

    #[test]
    fn end_to_end_rows_of_other_classes_are_dropped() {
        let output = [1.0, 2.0, 3.0, 4.0, 0.9, 0.0, 1.0, 2.0, 3.0, 4.0, 0.9, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(decode_end_to_end(&output, &PLAIN).len(), 1);
    }

    #[test]
    fn short_or_empty_outputs_find_nobody() {
        assert!(decode_yolox(&[], 85, (64, 64), &PLAIN).is_empty());
        assert!(decode_yolov8(&[1.0; 3], 1, &PLAIN).is_empty());
        assert!(decode_end_to_end(&[1.0; 5], &PLAIN).is_empty());
    }
}
