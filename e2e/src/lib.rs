//! The harness of every test that needs more than its own crate: real data, made video, reference
//! numbers, and the real binaries in a temporary folder. What can't be had is said aloud and listed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a harness of tests: a failure here is a failed test"
)]

mod helper;
mod reference;
mod skip;
pub mod video;
pub mod worker;

pub use helper::{Finished, Helper};
pub use reference::reference;
pub use skip::{data, runtime, skip};
