//! Names of things on the wire.

use std::fmt;
use std::num::NonZeroU64;

use serde::{Deserialize, Serialize};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(NonZeroU64);

        impl $name {
            /// The one with this number; `None` for 0, which names nothing.
            pub const fn new(n: u64) -> Option<Self> {
                match NonZeroU64::new(n) {
                    Some(n) => Some(Self(n)),
                    None => None,
                }
            }

            /// The number, at least 1.
            pub const fn get(self) -> u64 {
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

number! {
    /// One video's work.
    JobId
}
number! {
    /// What one press of start began: one job or more.
    RunId
}
number! {
    /// A connected client. Not a secret: others see it as the owner of a lock.
    SessionId
}
number! {
    /// A folder that the user opened.
    RootId
}
number! {
    /// A video that was sent to the helper.
    UploadId
}
