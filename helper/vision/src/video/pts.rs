//! Repairs presentation times so that they are there, exact and strictly rising.

/// Gives each decoded frame its time in stream ticks.
#[derive(Debug)]
pub(crate) struct PtsRepair {
    /// Ticks between frames at the stream's mean rate, at least 1.
    step: i64,
    /// The container stores no presentation times and the codec reorders: what the decoder guesses from
    /// decoding times is wrong by the reordering delay, so frames are counted instead (AVI with B-frames).
    count: bool,
    last: Option<i64>,
    /// Frames whose time was made up.
    pub(crate) repaired: u64,
}

impl PtsRepair {
    pub(crate) fn new(step: i64, count: bool) -> Self {
        Self { step: step.max(1), count, last: None, repaired: 0 }
    }

    /// The time of the next frame in presentation order, given the decoder's best estimate.
    pub(crate) fn next(&mut self, estimate: Option<i64>) -> i64 {
        let expected = self.last.map_or(0, |last| last.saturating_add(self.step));
        let pts = match (estimate, self.last) {
            _ if self.count => expected,
            (Some(t), None) => t,
            (Some(t), Some(last)) if t > last => t,
            _ => {
                self.repaired += 1;
                expected
            }
        };
        self.last = Some(pts);
        pts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_times_pass_untouched_and_gaps_are_filled_at_the_mean_rate() {
        let mut pts = PtsRepair::new(512, false);
        let given = [Some(1024), Some(1536), None, Some(2048), Some(9000)];
        let got: Vec<_> = given.iter().map(|t| pts.next(*t)).collect();
        assert_eq!(got, [1024, 1536, 2048, 2560, 9000]);
        assert_eq!(pts.repaired, 2);
    }

    #[test]
    fn frames_without_any_stored_time_are_counted() {
        let mut pts = PtsRepair::new(1, true);
        let got: Vec<_> = [Some(2), Some(2), None].iter().map(|t| pts.next(*t)).collect();
        assert_eq!((got, pts.repaired), (vec![0, 1, 2], 0));
    }
}
