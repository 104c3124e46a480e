//! Numbers in text files: no more digits than they mean, no `.0` behind whole ones.

use std::fmt;

use serde::{Serialize, Serializer};

/// A number to so many decimals. What is not finite is written as 0: no text format here has a word for it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Decimal(pub(crate) f64, pub(crate) i32);

/// Above this, `f64` has no halves.
const ALL_WHOLE: f64 = 9_007_199_254_740_992.0;

impl Decimal {
    fn rounded(self) -> f64 {
        let unit = 10f64.powi(self.1);
        let rounded = if self.0.abs() < ALL_WHOLE / unit { (self.0 * unit).round() / unit } else { self.0 };
        // Adding 0 turns -0 into 0.
        if rounded.is_finite() { rounded + 0.0 } else { 0.0 }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rounded().fmt(f)
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = self.rounded();
        if number.fract() == 0.0 && number.abs() < ALL_WHOLE {
            serializer.serialize_i64(number as i64)
        } else {
            serializer.serialize_f64(number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_always_numbers() {
        let numbers = [12.0, 0.1 + 0.2, -0.000_4, 1_234.567_89, f64::NAN, f64::INFINITY, 1e300];
        let text = numbers.map(|number| serde_json::to_string(&Decimal(number, 3)).unwrap());
        assert_eq!(text, ["12", "0.3", "0", "1234.568", "0", "0", "1e+300"]);
        assert_eq!([f64::from(0.1f32), -0.000_04].map(|number| Decimal(number, 4).to_string()), ["0.1", "0"]);
    }
}
