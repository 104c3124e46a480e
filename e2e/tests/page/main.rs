//! Journeys of a person through the real page in headless Chromium, against the real helper. No retries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod access;
mod ending;
mod files;
mod foreign;
mod leaving;
mod looks;
mod models;
mod precision;
mod preview;
mod queue;
mod restart;
mod task_list;
mod tasks;
mod trackers;
mod work;

use std::time::Duration;

/// A job on a short clip, on a busy machine.
const JOB: Duration = Duration::from_secs(240);
