//! Which people of a frame are worth an embedding.
//!
//! An embedding decides where boxes of sure detections come so near each other that a track may take either: everybody
//! there gets one. Whoever is alone is followed by motion, and is looked at only so often that their track's appearance
//! and gallery are known before somebody comes near. The answer depends on the frame's detections and its number
//! alone, so frames can be looked at side by side, and again after a stop, with the same results.

use silhueta_shared::geometry::Bbox;
use silhueta_shared::track::Detection;

/// People alone are looked at so often. On four generated scenes and four real clips, with two detectors, no more people
/// are split or merged than with everybody in every frame. Single scenes move by many points of IDF1 on a few events, so
/// that is no harm seen, not a gain.
const TIMES_A_SECOND: f64 = 10.0;
/// Boxes are near when they touch after each has grown by this share of its width and height to every side.
const MARGIN: f32 = 0.1;

/// When people are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Views {
    every: u64,
}

impl Views {
    /// For video of which so many frames a second are looked at (each of them, where that is not positive).
    pub fn new(frame_rate: f64) -> Self {
        // The cast saturates, and turns what is no number into 0.
        Self { every: ((frame_rate / TIMES_A_SECOND).round() as u64).max(1) }
    }

    /// The indices of those who are worth an embedding in the `number`th frame that is looked at (from 0). Only
    /// detections with a score of `high` or more are ever matched by appearance.
    pub fn wanted(self, number: u64, detections: &[Detection], high: f32) -> Vec<usize> {
        let due = number.is_multiple_of(self.every);
        let sure: Vec<usize> = (0..detections.len()).filter(|&i| detections[i].score >= high).collect();
        let grown: Vec<Bbox> = sure.iter().map(|&i| grow(&detections[i].bbox)).collect();
        let near = |at: usize| (0..grown.len()).any(|other| other != at && touch(&grown[at], &grown[other]));
        (0..sure.len()).filter(|&at| due || near(at)).map(|at| sure[at]).collect()
    }
}

fn grow(bbox: &Bbox) -> Bbox {
    let (x, y) = (MARGIN * bbox.width(), MARGIN * bbox.height());
    Bbox::new(bbox.x1 - x, bbox.y1 - y, bbox.x2 + x, bbox.y2 + y)
}

/// False where an edge is no number.
fn touch(a: &Bbox, b: &Bbox) -> bool {
    a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(left: f32, score: f32) -> Detection {
        Detection { bbox: Bbox::new(left, 0.0, left + 100.0, 200.0), score }
    }

    #[test]
    fn who_is_near_somebody_always_and_who_is_alone_now_and_then() {
        let people = [at(0.0, 0.9), at(115.0, 0.8), at(240.0, 0.7), at(400.0, 0.6), at(410.0, 0.4)];
        let wanted = |number| Views::new(30.0).wanted(number, &people, 0.5);
        // 0 and 1 touch when they have grown, 2 stays apart from both; who hides 3 is not sure to be there.
        assert_eq!(wanted(1), [0, 1]);
        assert_eq!(wanted(3), [0, 1, 2, 3]);
        assert_eq!((1..=30).filter(|&number| wanted(number).contains(&3)).count(), 10);
    }

    #[test]
    fn slow_video_and_unknown_rates_leave_nobody_out() {
        for rate in [5.0, 0.0, -1.0, f64::NAN] {
            assert_eq!(Views::new(rate).wanted(7, &[at(0.0, 0.5)], 0.5), [0], "{rate}");
        }
        // What has no area is near nobody.
        let nothing = Detection { bbox: Bbox::new(f32::NAN, 0.0, 1.0, 1.0), score: 0.9 };
        assert_eq!(Views::new(60.0).wanted(3, &[nothing, at(0.0, 0.9)], 0.5), [0usize; 0]);
    }
}
