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

#[cfg(test)]
mod tests {
    use super::*;

    fn truth(visibility: fn(usize) -> u8, area: f64) -> PersonTruth {
        let point = |i: usize| [100.0 + 7.0 * i as f64, 50.0 + 11.0 * i as f64, f64::from(visibility(i))];
        PersonTruth { keypoints: std::array::from_fn(point), area, bbox: [90.0, 40.0, 130.0, 190.0] }
    }

    fn near() -> [[f64; 2]; 17] {
        let [dx, dy] = [|i: usize| (i % 5) as f64 - 1.5, |i: usize| (i % 3) as f64 * 2.25];
        std::array::from_fn(|i| [100.0 + 7.0 * i as f64 + dx(i), 50.0 + 11.0 * i as f64 + dy(i)])
    }

    fn far() -> [[f64; 2]; 17] {
        let [dx, dy] = [|i: usize| 30.0 * (i % 4) as f64, |i: usize| -40.0 * (i % 3) as f64];
        std::array::from_fn(|i| [100.0 + 7.0 * i as f64 + dx(i), 50.0 + 11.0 * i as f64 + dy(i)])
    }

    /// The numbers on the right were computed with `COCOeval.computeOks` of pycocotools 2.0.11.
    #[test]
    fn it_says_what_pycocotools_says() {
        let scattered = far().map(|[x, y]| [3.0 * x, 3.0 * y]);
        for (predicted, truth, expected) in [
            (near(), truth(|_| 2, 5000.5), 0.908_291_796_714_895_6),
            (near(), truth(|i| (i % 3) as u8, 5000.5), 0.874_011_055_305_084),
            (near(), truth(|_| 0, 5000.5), 1.0),
            (scattered, truth(|_| 0, 5000.5), 0.058_823_529_415_112_59),
            (far(), truth(|_| 2, 900.0), 0.117_647_058_823_568_37),
        ] {
            let got = oks(&predicted, &truth);
            assert!((got - expected).abs() < 1e-14, "{got} instead of {expected}");
        }
    }
}
