//! What programs of the earlier systems count on: connections that stay open, webhooks, the API's description, and
//! NeuraPose's routes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod keep_alive;
