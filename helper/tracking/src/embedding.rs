//! Appearance features: unit vectors compared by cosine distance.

use serde::{Deserialize, Serialize};

/// What a person looks like: an L2-normalised feature vector of a re-identification network (OSNet: 512 values).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Embedding(Vec<f32>);

/// Vectors shorter than this have no direction worth comparing.
const EPSILON: f32 = 1e-12;

impl Embedding {
    /// `values` scaled to length 1; `None` where they have no direction (empty, all zero, NaN or infinite).
    pub fn new(mut values: Vec<f32>) -> Option<Self> {
        let norm = dot(&values, &values).sqrt();
        if !norm.is_finite() || norm <= EPSILON {
            return None;
        }
        values.iter_mut().for_each(|v| *v /= norm);
        Some(Self(values))
    }

    /// The values, of length 1 together.
    pub fn as_slice(&self) -> &[f32] {
        &self.0
    }

    /// Cosine distance, 0 (same direction) ..= 2 (opposite); 2 also for vectors of different networks (lengths).
    pub fn cosine_distance(&self, other: &Self) -> f32 {
        if self.0.len() != other.0.len() {
            return 2.0;
        }
        (1.0 - dot(&self.0, &other.0)).clamp(0.0, 2.0)
    }

    /// Moves this embedding towards `newest`: an exponential moving average that keeps `alpha` of the old.
    pub(crate) fn smooth(&mut self, newest: &Self, alpha: f32) {
        let mixed = self.0.iter().zip(&newest.0).map(|(old, new)| alpha * old + (1.0 - alpha) * new).collect();
        // Another length means another network: its features replace the old ones.
        *self = match Self::new(mixed) {
            Some(mixed) if self.0.len() == newest.0.len() => mixed,
            _ => newest.clone(),
        };
    }
}

/// Dot product in 16 lanes, which the compiler turns into vector instructions without reordering what we wrote.
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0f32; 16];
    let (a_chunks, b_chunks) = (a.chunks_exact(16), b.chunks_exact(16));
    let tail: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a_chunks.zip(b_chunks) {
        for ((lane, x), y) in lanes.iter_mut().zip(x).zip(y) {
            *lane += x * y;
        }
    }
    lanes.iter().sum::<f32>() + tail
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises_and_measures_angles() {
        let a = Embedding::new(vec![3.0, 4.0]).unwrap();
        assert_eq!(a.as_slice(), [0.6, 0.8]);
        assert!(a.cosine_distance(&a) < 1e-6);
        let b = Embedding::new(vec![-4.0, 3.0]).unwrap();
        assert!((a.cosine_distance(&b) - 1.0).abs() < 1e-6);
        assert_eq!(a.cosine_distance(&Embedding::new(vec![1.0]).unwrap()), 2.0);
    }

    #[test]
    fn vectors_without_direction_are_refused() {
        for values in [vec![], vec![0.0; 8], vec![f32::NAN, 1.0], vec![f32::INFINITY, 1.0], vec![f32::MAX; 4]] {
            assert_eq!(Embedding::new(values), None);
        }
    }

    #[test]
    fn dot_handles_any_length() {
        for n in [1, 15, 16, 17, 33, 512] {
            let a: Vec<f32> = (0..n).map(|i| i as f32 * 0.25).collect();
            let expected: f32 = a.iter().map(|v| v * v).sum();
            assert!((dot(&a, &a) - expected).abs() <= expected * 1e-5);
        }
    }

    #[test]
    fn smoothing_keeps_alpha_of_the_old_and_stays_on_the_sphere() {
        let mut a = Embedding::new(vec![1.0, 0.0]).unwrap();
        a.smooth(&Embedding::new(vec![0.0, 1.0]).unwrap(), 0.9);
        // (0.9, 0.1) / sqrt(0.82)
        assert!((a.as_slice()[0] - 0.993_883_7).abs() < 1e-6 && (a.as_slice()[1] - 0.110_431_5).abs() < 1e-6);
    }
}
