//! Journeys of a person through the real page in headless Chromium, against the real helper. No retries.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod access;
mod files;
mod foreign;
mod looks;
mod preview;
mod restart;
mod work;

use std::path::PathBuf;
use std::time::Duration;

use silhueta_e2e::{Server, video};

/// A job on a short clip, on a busy machine.
const JOB: Duration = Duration::from_secs(240);

/// The first frames of a real clip in the open folder.
fn clip(server: &Server, source: &str, name: &str, frames: u32) -> PathBuf {
    let out = server.videos().join(name);
    let source = server.helper.data.join("clips").join(source);
    let words = format!("-i {{0}} -frames:v {frames} -c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv420p -an");
    video::make_from(&[&source], &out, &words);
    out
}
