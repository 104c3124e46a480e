//! What programs of the earlier systems count on: connections that stay open, webhooks, the API's description, and
//! NeuraPose's routes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod docs;
mod keep_alive;
mod neurapose;
mod webhooks;

use std::time::{Duration, Instant};

use serde_json::Value;
use silhueta_e2e::Server;
use silhueta_e2e::raw::{self, Reply};

/// A request with a JSON body, or none; the answer's status and JSON.
fn ask(server: &Server, method: &str, path: &str, body: &str) -> (u16, Value) {
    let reply = ask_as(server, method, path, "", body);
    (reply.status, serde_json::from_slice(&reply.body).unwrap_or_default())
}

/// The same with more headers, each with its line's end.
fn ask_as(server: &Server, method: &str, path: &str, headers: &str, body: &str) -> Reply {
    let headers = format!("Content-Type: application/json\r\n{headers}");
    raw::send(server, &raw::request(server, method, path, &headers, body))
}

/// Asks until the answer is as wished.
fn wait_for(server: &Server, path: &str, limit: Duration, wished: impl Fn(&Value) -> bool) -> Value {
    let end = Instant::now() + limit;
    loop {
        let (_, answer) = ask(server, "GET", path, "");
        if wished(&answer) {
            return answer;
        }
        assert!(Instant::now() < end, "GET {path} stays {answer}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
