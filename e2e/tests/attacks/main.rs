//! Attacks on the open port, against the real helper. `cargo test … --test attacks -- --nocapture` prints the
//! table of each: attack, answer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod access;
mod endurance;
mod files;
mod origin;
mod paths;
mod socket;
mod uploads;

use silhueta_e2e::Server;
use silhueta_e2e::raw::{self, Reply};

/// Sends each attack and holds its answer against those that are right; prints the table. In the end the helper
/// must be as well as before.
fn assault(server: &Server, what: &str, attacks: Vec<(&str, Vec<u8>, &[u16])>) {
    let mut wrong = Vec::new();
    println!("── {what}");
    for (name, bytes, wanted) in attacks {
        let reply = raw::send(server, &bytes);
        println!("  {name:<64} {}", reply.short());
        if !wanted.contains(&reply.status) {
            wrong.push(format!("{name}: {} is none of {wanted:?}: {}", reply.short(), reply.text()));
        }
        wrong.extend(careless(&reply).into_iter().map(|why| format!("{name}: {why}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_well(server);
}

/// What an answer gives away or leaves open.
fn careless(reply: &Reply) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some((name, value)) = reply.headers.iter().find(|(name, _)| name.starts_with("access-control-")) {
        faults.push(format!("CORS header {name}: {value}"));
    }
    if reply.text().contains("root:x:0") || reply.text().contains("TOP SECRET") {
        faults.push("it gives away a file".to_owned());
    }
    if reply.text().contains("panicked") || reply.status == 500 {
        faults.push(format!("it broke something: {}", reply.text()));
    }
    // The HTTP library's own refusals (400, 431) have no body and no headers.
    if reply.status != 0 && reply.status != 101 && !reply.body.is_empty() {
        for (name, value) in [
            ("content-security-policy", "default-src 'self'"),
            ("content-security-policy", "frame-ancestors 'none'"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            if !reply.header(name).is_some_and(|given| given.contains(value)) {
                faults.push(format!("{name} without {value}"));
            }
        }
    }
    faults
}

/// Panics unless the helper still answers as it should.
fn assert_well(server: &Server) {
    let reply = raw::send(server, &raw::request(server, "GET", "/health", "", ""));
    assert_eq!(reply.status, 200, "the helper is not well: {}\n{}", reply.text(), server.complaints());
    assert!(!server.complaints().contains("panicked"), "{}", server.complaints());
}
