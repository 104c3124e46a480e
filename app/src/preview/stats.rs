//! How the preview does: pictures painted, how many a second, and how old they are when they are seen.

use std::collections::VecDeque;

/// Measurements that are kept.
pub(super) const KEPT: usize = 2000;

/// The rate is of this many last milliseconds: enough for a slow machine's two pictures.
const WINDOW_MS: f64 = 5000.0;

/// Ages for the middle one: enough to be calm, few enough to follow.
const RECENT: usize = 60;

/// Clocks of one machine differ by less; a helper elsewhere is put right by its own clock.
const SAME_CLOCK_MS: i64 = 1000;

/// All that is measured.
#[derive(Debug, Default)]
pub(super) struct Stats {
    painted: u64,
    painted_at: VecDeque<f64>,
    ages: VecDeque<f64>,
}

impl Stats {
    /// A picture was painted at `now` (any clock that only goes forward, ms), `age` ms after its poses were ready.
    pub(super) fn paint(&mut self, now: f64, age: f64) {
        self.painted += 1;
        for (kept, value) in [(&mut self.painted_at, now), (&mut self.ages, age)] {
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back(value);
        }
    }

    /// Pictures painted.
    pub(super) const fn painted(&self) -> u64 {
        self.painted
    }

    /// Pictures a second over the last seconds; 0 when none came.
    pub(super) fn rate(&self, now: f64) -> f64 {
        let recent: Vec<f64> = self.painted_at.iter().copied().filter(|at| now - at <= WINDOW_MS).collect();
        match recent.first().zip(recent.last()) {
            // Between the first and the last lie one fewer intervals than there are pictures.
            Some((first, last)) if last > first => (recent.len() - 1) as f64 * 1000.0 / (last - first),
            _ => 0.0,
        }
    }

    /// The middle age of the last pictures, in ms.
    pub(super) fn age(&self) -> Option<f64> {
        let mut recent: Vec<f64> = self.ages.iter().rev().take(RECENT).copied().collect();
        recent.sort_by(f64::total_cmp);
        recent.get(recent.len() / 2).copied()
    }
}

/// Milliseconds from `posed_at` (µs since 1970 by the helper's clock) to `now` (ms by the browser's).
pub(super) fn age(now: f64, clock_offset: i64, posed_at: u64) -> f64 {
    let offset = if clock_offset.abs() < SAME_CLOCK_MS { 0 } else { clock_offset };
    (now + offset as f64 - posed_at as f64 / 1000.0).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_of_the_last_seconds_and_falls_to_nothing() {
        let mut stats = Stats::default();
        for i in 0..300 {
            stats.paint(f64::from(i) * 40.0, 10.0);
        }
        assert!((stats.rate(299.0 * 40.0) - 25.0).abs() < 1e-9);
        assert_eq!(stats.rate(299.0 * 40.0 + 5100.0), 0.0);
        let mut slow = Stats::default();
        for at in [0.0, 2000.0, 4000.0] {
            slow.paint(at, 10.0);
        }
        assert!((slow.rate(5000.0) - 0.5).abs() < 1e-9);
        assert_eq!((Stats::default().rate(0.0), Stats::default().age()), (0.0, None));
    }

    #[test]
    fn the_middle_age_ignores_one_slow_picture_and_forgets() {
        let mut stats = Stats::default();
        for age in [1000.0, 20.0, 30.0, 25.0, 24.0] {
            stats.paint(0.0, age);
        }
        assert_eq!(stats.age(), Some(25.0));
        (0..60).for_each(|_| stats.paint(0.0, 5.0));
        assert_eq!(stats.age(), Some(5.0));
        (0..KEPT).for_each(|_| stats.paint(0.0, 5.0));
        assert_eq!((stats.ages.len(), stats.painted_at.len(), stats.painted()), (KEPT, KEPT, 65 + KEPT as u64));
    }

    #[test]
    fn clocks_that_differ_by_hours_are_put_right_and_jitter_is_not() {
        assert_eq!(age(1_000_040.0, 3, 1_000_000_000), 40.0);
        assert_eq!(age(5_000_040.0, -3_600_000, 1_400_000_000), 40.0);
        assert_eq!(age(1_000.0, 0, 2_000_000), 0.0, "never before it was made");
    }
}
