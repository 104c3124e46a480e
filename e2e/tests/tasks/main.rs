//! The task API against the real helper: what is refused at once, work beside pages' work, stops, restarts, load, and
//! the manual's own lines.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod delivery;
mod load;
mod manual;
mod records;
mod refusals;
mod tls;
mod work;

use std::time::Duration;

/// A task on a short clip, on a busy machine.
const TASK: Duration = Duration::from_secs(240);
