//! Paths and requests that lie: traversal in the page's files and in results, heads too large, bodies too
//! large, requests within requests.

use silhueta_e2e::raw::request;
use silhueta_e2e::{Server, raw};

use super::{assault, assert_well};

#[test]
fn no_path_leads_to_a_file_of_the_machine() {
    let Some(server) = Server::start("attacks: paths") else { return };
    let paths = [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/..%252f..%252fetc%252fpasswd",
        "//etc/passwd",
        "/etc/passwd",
        "/app.js/../../../etc/passwd",
        "/..\\..\\..\\windows\\win.ini",
        "/..%5c..%5cetc%5cpasswd",
        "/index.html%00.js",
        "/%00",
        "/./.",
        "/.git/config",
        "/Cargo.toml",
        "/%c0%ae%c0%ae/etc/passwd",
        "/%ff%fe",
        "/jobs.db",
        "/token",
        "/api/v1/jobs/1/files/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/api/v1/jobs/1/files/../../../../etc/passwd",
        "/api/v1/jobs/1/files/%2fetc%2fpasswd",
        "/api/v1/jobs/1/files/pose.json%00.mp4",
        "/api/v1/jobs/..%2f..%2f/files/pose.json",
        "/api/v1/jobs/0/files/pose.json",
        "/api/v1/jobs/-1/files/pose.json",
        "/api/v1/jobs/18446744073709551616/files/pose.json",
        "/api/v1/jobs/1e3/files/pose.json",
        "/api/v1/jobs/1/files/pose.json",
        "/api/v1/uploads/1",
        "/api/v2/socket",
    ];
    let attacks = paths.iter().map(|path| (*path, request(&server, "GET", path, "", ""), &[400, 404, 405][..]));
    assault(&server, "paths", attacks.collect());
}

#[test]
fn oversized_and_smuggled_requests_are_refused() {
    let Some(server) = Server::start("attacks: requests") else { return };
    let own = server.host().to_owned();
    let get = |headers: &str| request(&server, "GET", "/health", headers, "");
    let post = |headers: &str, body: &str| {
        let head = format!("POST /api/v1/access HTTP/1.1\r\nHost: {own}\r\nConnection: close\r\n{headers}\r\n");
        [head.as_bytes(), body.as_bytes()].concat()
    };
    let inner = format!("GET /health HTTP/1.1\r\nHost: {own}\r\n\r\n");
    let many: String = (0..500).map(|n| format!("X-{n}: 1\r\n")).collect();
    let attacks = vec![
        ("a header of 1 MiB", get(&format!("X-A: {}\r\n", "a".repeat(1 << 20))), &[431, 400, 0][..]),
        ("500 headers", get(&many), &[431, 400]),
        ("a path of 1 MiB", request(&server, "GET", &format!("/{}", "a".repeat(1 << 20)), "", ""), &[414, 431, 400, 0]),
        ("a method of 100 kB", request(&server, &"A".repeat(100_000), "/", "", ""), &[400, 405, 431, 0]),
        (
            "a body of 1 MiB for /api/v1/access",
            post(&format!("Content-Length: {}\r\n", 1 << 20), &"a".repeat(1 << 20)),
            &[401, 413, 204],
        ),
        ("a body for /health", request(&server, "POST", "/health", "", &"a".repeat(100_000)), &[405, 413]),
        ("two lengths that differ", post("Content-Length: 4\r\nContent-Length: 5\r\n", "aaaa"), &[400]),
        ("a length with a sign", post("Content-Length: +4\r\n", "aaaa"), &[400]),
        ("a length below zero", post("Content-Length: -1\r\n", "aaaa"), &[400]),
        ("a length beyond 64 bit", post("Content-Length: 18446744073709551616\r\n", "aaaa"), &[400]),
        ("two codings", post("Transfer-Encoding: chunked, identity\r\n", &inner), &[400]),
        ("a coding nobody knows", post("Transfer-Encoding: xchunked\r\n", &inner), &[400]),
        ("a blank before the colon", post("Transfer-Encoding : chunked\r\n", &inner), &[400]),
        ("a folded header", get("X-A: 1\r\n 2\r\n"), &[400]),
        ("a header without a name", get(": 1\r\n"), &[400]),
        ("a line's end within a header", get("X-A: 1\rX-B: 2\r\n"), &[400]),
        ("a NUL within a header", get("X-A: 1\x002\r\n"), &[400]),
        (
            "a chunk's length that lies",
            post("Transfer-Encoding: chunked\r\n", "ffffffffffffffff0\r\naaaa\r\n0\r\n\r\n"),
            &[400, 401, 0, 204],
        ),
        ("HTTP/2's first bytes", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[400, 421, 505, 0]),
        ("TLS's first bytes", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20), &[400, 0]),
        ("noise", (0..4000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect(), &[400, 0]),
    ];
    assault(&server, "requests", attacks);
}

/// With both a length and a coding, a proxy may see one request where we see two. Each must pass the guard on its
/// own, and the connection must not be used on.
#[test]
fn a_request_within_a_request_is_guarded_too() {
    let Some(server) = Server::start("attacks: smuggling") else { return };
    let own = server.host().to_owned();
    let inner = "GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n";
    for headers in [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", 5 + inner.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n", 5 + inner.len()),
    ] {
        let outer = format!("POST /api/v1/access HTTP/1.1\r\nHost: {own}\r\n{headers}\r\n0\r\n\r\n{inner}");
        let reply = raw::send(&server, outer.as_bytes());
        let text = reply.text();
        println!(
            "  length and coding: {} then {:?}",
            reply.short(),
            text.lines().find(|line| line.starts_with("HTTP/"))
        );
        assert!(!text.contains("\"healthy\""), "the inner request was answered: {text}");
    }
    assert_well(&server);
}
