//! How long to wait before the next try to connect.

/// Seconds before the first, second … try; the last one goes on for ever.
const WAITS: [f64; 5] = [0.3, 0.6, 1.2, 2.5, 5.0];

/// Seconds before try number `attempt` (0-based), spread by `random` in 0..1 so that many tabs don't knock at once.
pub(super) fn wait(attempt: u32, random: f64) -> f64 {
    let last = WAITS.len() - 1;
    let base = usize::try_from(attempt).map_or(WAITS[last], |attempt| WAITS[attempt.min(last)]);
    base * (0.85 + 0.3 * random.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_seconds_and_stay_there() {
        let middle: Vec<f64> = [0, 1, 2, 3, 4, 5, u32::MAX].map(|n| wait(n, 0.5)).to_vec();
        assert_eq!(middle, [0.3, 0.6, 1.2, 2.5, 5.0, 5.0, 5.0]);
    }

    #[test]
    fn jitter_stays_within_a_seventh() {
        assert!((wait(4, 0.0) - 4.25).abs() < 1e-9 && (wait(4, 1.0) - 5.75).abs() < 1e-9);
        assert!(wait(0, f64::MAX) < 0.35, "whatever random says");
    }
}
