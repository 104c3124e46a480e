//! How fast an upload goes, and how long it still takes.

use std::collections::VecDeque;

/// The pace is of this many last milliseconds: shorter jumps, longer lies after a stall.
const WINDOW_MS: f64 = 4000.0;

/// Less says nothing yet.
const LEAST_MS: f64 = 400.0;

/// What was sent when.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pace {
    marks: VecDeque<(f64, u64)>,
}

impl Pace {
    /// So many bytes were sent by `now` (ms).
    pub(crate) fn mark(&mut self, now: f64, sent: u64) {
        self.marks.push_back((now, sent));
        // One mark older than the window stays: the pace is from there to here.
        while self.marks.get(1).is_some_and(|(at, _)| now - at > WINDOW_MS) {
            self.marks.pop_front();
        }
    }

    /// Bytes a second, once that can be said.
    pub(crate) fn bytes_per_second(&self) -> Option<f64> {
        let ((start, first), (end, last)) = (self.marks.front()?, self.marks.back()?);
        let time = end - start;
        (time >= LEAST_MS).then(|| last.saturating_sub(*first) as f64 * 1000.0 / time)
    }

    /// Seconds until `size` bytes are sent, once that can be said.
    pub(crate) fn seconds_left(&self, size: u64) -> Option<f64> {
        let sent = self.marks.back()?.1;
        let pace = self.bytes_per_second().filter(|pace| *pace >= 1.0)?;
        Some(size.saturating_sub(sent) as f64 / pace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(marks: &[(f64, u64)]) -> Pace {
        let mut pace = Pace::default();
        marks.iter().for_each(|(at, sent)| pace.mark(*at, *sent));
        pace
    }

    #[test]
    fn a_steady_upload_says_when_it_ends() {
        let steady = pace(&[(0.0, 0), (500.0, 500), (1000.0, 1000)]);
        assert_eq!(steady.bytes_per_second(), Some(1000.0));
        assert_eq!(steady.seconds_left(4000), Some(3.0));
        assert_eq!(steady.seconds_left(500), Some(0.0));
    }

    #[test]
    fn nothing_is_said_too_early_or_in_a_stall() {
        assert_eq!(pace(&[(0.0, 0), (300.0, 900)]).bytes_per_second(), None);
        assert_eq!(Pace::default().seconds_left(1), None);
        assert_eq!(pace(&[(0.0, 50), (9000.0, 50)]).seconds_left(100), None);
    }

    #[test]
    fn what_was_long_ago_is_forgotten() {
        let marks: Vec<_> = (0..100u32).map(|i| (f64::from(i) * 500.0, u64::from(i.max(60)) * 1000)).collect();
        let pace = pace(&marks);
        assert_eq!(pace.bytes_per_second(), Some(2000.0));
        assert!(pace.marks.len() < 12);
    }
}
