//! How COCO's numbers are written: short, and keypoints in one flat list.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal::Decimal;
use crate::rect::Rect;

/// Decimals of a length in pixels.
const LENGTH: i32 = 3;

/// Decimals of a score, which others may sort by.
const SCORE: i32 = 6;

pub(super) fn number<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    Decimal(*number, LENGTH).serialize(serializer)
}

pub(super) fn score<S: Serializer>(score: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    Decimal(*score, SCORE).serialize(serializer)
}

pub(super) fn rect<S: Serializer>(rect: &Rect, serializer: S) -> Result<S::Ok, S::Error> {
    <[f64; 4]>::from(*rect).map(|length| Decimal(length, LENGTH)).serialize(serializer)
}

pub(super) fn some<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(|value| Decimal(value, LENGTH)).serialize(serializer)
}

pub(super) fn some_rect<S: Serializer>(value: &Option<Rect>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(|rect| <[f64; 4]>::from(rect).map(|length| Decimal(length, LENGTH))).serialize(serializer)
}

/// `[x, y, v, x, y, v…]`.
pub(super) mod flat {
    use super::*;

    pub(in super::super) fn serialize<S: Serializer>(points: &[[f64; 3]], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(points.iter().flatten().map(|&number| Decimal(number, LENGTH)))
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<[f64; 3]>, D::Error> {
        let numbers = Vec::<f64>::deserialize(deserializer)?;
        match numbers.as_chunks() {
            (points, []) => Ok(points.to_vec()),
            _ => Err(D::Error::custom(format!("{} numbers are no list of keypoints", numbers.len()))),
        }
    }
}
