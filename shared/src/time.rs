//! Time of a frame as the container says it: integer ticks of an exact time base, never float seconds.

use serde::{Deserialize, Serialize};

/// The length of one tick in seconds, as the fraction `num / den`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeBase {
    num: u32,
    den: u32,
}

impl TimeBase {
    /// A time base of `num / den` seconds a tick; `None` when either is zero.
    pub const fn new(num: u32, den: u32) -> Option<Self> {
        if num == 0 || den == 0 { None } else { Some(Self { num, den }) }
    }

    /// Numerator, at least 1.
    pub const fn num(self) -> u32 {
        self.num
    }

    /// Denominator, at least 1.
    pub const fn den(self) -> u32 {
        self.den
    }

    /// `ticks` in seconds, for display and rates only.
    pub fn seconds(self, ticks: i64) -> f64 {
        ticks as f64 * f64::from(self.num) / f64::from(self.den)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_time_base_is_refused() {
        assert_eq!(TimeBase::new(0, 30), None);
        assert_eq!(TimeBase::new(1, 0), None);
        let ntsc = TimeBase::new(1001, 30000).unwrap();
        assert!((ntsc.seconds(30) - 1.001).abs() < 1e-12);
    }
}
