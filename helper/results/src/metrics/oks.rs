//! Object keypoint similarity as COCO defines it, number for number that of pycocotools.

/// COCO's spread of each of the 17 keypoints, as a share of the person's scale.
pub const SIGMAS: [f64; 17] = [
    0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089,
    0.089,
];

/// An annotated person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PersonTruth {
    /// `[x, y, v]` of each keypoint in pixels; it counts where the visibility `v` is above 0.
    pub keypoints: [[f64; 3]; 17],
    /// Area of the person's outline (not of the box) in square pixels.
    pub area: f64,
    /// `[left, top, width, height]` in pixels; matters only when no keypoint counts.
    pub bbox: [f64; 4],
}

/// Similarity of predicted keypoints (`[x, y]` in pixels) to the truth, 0..=1.
///
/// When the truth has no visible keypoint, each predicted one is compared with the annotated box grown by
/// its own size on every side: 1 inside of it, falling with the distance from it.
pub fn oks(predicted: &[[f64; 2]; 17], truth: &PersonTruth) -> f64 {
    let any_visible = truth.keypoints.iter().any(|&[_, _, v]| v > 0.0);
    let [left, top, width, height] = truth.bbox;
    let (mut sum, mut counted) = (0.0, 0u32);
    for ((&[x, y], &[xt, yt, v]), &sigma) in predicted.iter().zip(&truth.keypoints).zip(&SIGMAS) {
        let (dx, dy) = if any_visible {
            if v <= 0.0 {
                continue;
            }
            (x - xt, y - yt)
        } else {
            (outside(x, left - width, left + 2.0 * width), outside(y, top - height, top + 2.0 * height))
        };
        let variance = (2.0 * sigma).powi(2);
        sum += (-(dx * dx + dy * dy) / variance / (truth.area + f64::EPSILON) / 2.0).exp();
        counted += 1;
    }
    sum / f64::from(counted)
}

/// How far `value` is outside of `low..=high`.
fn outside(value: f64, low: f64, high: f64) -> f64 {
    (low - value).max(0.0) + (value - high).max(0.0)
}
