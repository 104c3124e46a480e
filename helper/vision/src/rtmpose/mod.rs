//! RTMPose (arXiv 2303.07399): joints by classifying x and y of each (SimCC). Outputs to input pixels: pure.

use silhueta_shared::pose::Keypoint;

/// Decodes one person's `x` `[keypoints, width·split]` and `y` `[keypoints, height·split]`: the first
/// largest bin of each axis, score the mean of both maxima (raw, no softmax). A joint whose score isn't
/// above 0 is at bin −1 of both, as in MMPose and rtmlib.
pub fn decode_simcc(x: &[f32], y: &[f32], keypoints: usize, split_ratio: f32) -> Vec<Keypoint> {
    let bins = |values: &[f32]| (values.len() / keypoints.max(1)).max(1);
    let rows = x.chunks_exact(bins(x)).zip(y.chunks_exact(bins(y)));
    rows.take(keypoints)
        .map(|(x, y)| {
            let ((x, best_x), (y, best_y)) = (first_largest(x), first_largest(y));
            let score = 0.5 * (best_x + best_y);
            let (x, y) = if score > 0.0 { (x as f32, y as f32) } else { (-1.0, -1.0) };
            Keypoint { x: x / split_ratio, y: y / split_ratio, score }
        })
        .collect()
}

/// Place and value of the largest; of equals the first.
pub(crate) fn first_largest(values: &[f32]) -> (usize, f32) {
    let first = (0, values.first().copied().unwrap_or(f32::NEG_INFINITY));
    values.iter().enumerate().fold(first, |best, (i, v)| if *v > best.1 { (i, *v) } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_bins_wins_and_is_scaled_by_the_split() {
        let joints = decode_simcc(&[0.0, 0.75, 0.75, 0.5], &[0.25, 0.25, 0.75, 0.0], 1, 2.0);
        assert_eq!(joints, [Keypoint { x: 0.5, y: 1.0, score: 0.75 }]);
    }

    #[test]
    fn a_joint_without_a_positive_score_is_out_of_the_picture() {
        let joints = decode_simcc(&[-0.5, -0.1], &[-0.3, -0.2], 1, 2.0);
        assert_eq!((joints[0].x, joints[0].y), (-0.5, -0.5));
        assert!(joints[0].score < 0.0);
        assert!(decode_simcc(&[], &[], 17, 2.0).is_empty());
    }
}
