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
