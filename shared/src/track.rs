//! Detections, tracks and identities: who is where in a frame.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

use crate::geometry::Bbox;

/// What a detector says of one person in one frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// Where, in source pixels.
    pub bbox: Bbox,
    /// Confidence, 0..=1.
    pub score: f32,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The least of them, 1.
            pub const FIRST: Self = Self(NonZeroU32::MIN);

            /// The id with this number; `None` for 0, which names nobody.
            pub const fn new(n: u32) -> Option<Self> {
                match NonZeroU32::new(n) {
                    Some(n) => Some(Self(n)),
                    None => None,
                }
            }

            /// The number, at least 1.
            pub const fn get(self) -> u32 {
                self.0.get()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// The number that the tracker gave to an unbroken run of boxes (`botsort_id` in NeuraPose's files).
    TrackId
}
id! {
    /// The number of a person over the whole video, after tracks were joined (`id_persistente`).
    IdentityId
}

/// Why tracks are one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JoinReason {
    /// They look alike.
    Appearance,
    /// They look alike enough, and one goes on where the other ended a moment ago.
    Both,
    /// One goes on where the other ended a moment ago; nothing is known of their looks.
    Motion,
    /// The tracker took them for one all along.
    Track,
    /// One begins soon after the other ended; nothing else was asked (NeuraPose's rule).
    Time,
}

impl JoinReason {
    /// The name used in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Appearance => "appearance",
            Self::Both => "both",
            Self::Motion => "motion",
            Self::Track => "track",
            Self::Time => "time",
        }
    }
}

/// Why a track is two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SplitReason {
    /// Its looks changed from one person's to another's, and stayed so.
    Appearance,
}

impl SplitReason {
    /// The name used in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Appearance => "appearance",
        }
    }
}
