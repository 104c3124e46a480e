//! The harness of every test that needs more than its own crate: real data, made video, reference
//! numbers, and the real binaries in a temporary folder. What can't be had is said aloud and listed.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a harness of tests: a failure here is a failed test"
)]

pub mod browser;
pub mod client;
pub mod depot;
pub mod faults;
pub mod files;
mod helper;
pub mod models;
pub mod onnx;
mod processar;
pub mod raw;
mod reference;
pub mod server;
mod skip;
pub mod stand_in;
pub mod tab;
pub mod tasks;
pub mod video;
pub mod worker;

pub use browser::Browser;
pub use client::Client;
pub use helper::{Finished, Helper};
pub use processar::{Processar, row};
pub use reference::reference;
pub use server::Server;
pub use skip::{data, runtime, skip};
pub use stand_in::StandIn;
pub use tab::Tab;
