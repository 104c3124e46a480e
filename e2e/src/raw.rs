//! HTTP as bytes: what no library would send.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::Server;

/// An answer, or as much of it as came.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The status; 0 when the connection was closed without an answer.
    pub status: u16,
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// What followed the head.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The `code` of an error in JSON; empty without one.
    pub fn code(&self) -> String {
        let json: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        json["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Status and code, short.
    pub fn short(&self) -> String {
        match (self.status, self.code()) {
            (0, _) => "closed".to_owned(),
            (status, code) if code.is_empty() => status.to_string(),
            (status, code) => format!("{status} {code}"),
        }
    }
}

/// Sends bytes over a connection of their own and reads until the answer ends, or two seconds pass in silence.
pub fn send(server: &Server, bytes: &[u8]) -> Reply {
    let mut socket = connect(server);
    // It may answer and close before all is read.
    let _ = socket.write_all(bytes);
    read(&mut socket)
}

/// An open connection.
pub fn connect(server: &Server) -> TcpStream {
    let socket = TcpStream::connect(server.host()).expect("the port is open");
    socket.set_read_timeout(Some(Duration::from_secs(2))).expect("a time limit");
    socket
}

/// Reads an answer. A head is waited for longer than a body.
pub fn read(socket: &mut TcpStream) -> Reply {
    let (mut bytes, mut piece, mut silences) = (Vec::new(), [0; 16 << 10], 0);
    loop {
        match socket.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => bytes.extend_from_slice(piece.get(..n).unwrap_or_default()),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                silences += 1;
                if head(&bytes).is_some() || silences == 5 {
                    break;
                }
            }
            Err(_) => break,
        }
        if let Some(end) = head(&bytes) {
            let reply = parse(&bytes, end);
            let length = reply.header("content-length").and_then(|length| length.parse::<usize>().ok());
            if reply.status == 101 || length.is_some_and(|length| reply.body.len() >= length) {
                return reply;
            }
        }
    }
    head(&bytes).map(|end| parse(&bytes, end)).unwrap_or_default()
}

/// Where the head ends.
fn head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n")
}

fn parse(bytes: &[u8], end: usize) -> Reply {
    let (head, body) = bytes.split_at(end);
    let head = String::from_utf8_lossy(head);
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok()).unwrap_or_default();
    let header = |line: &str| line.split_once(':').map(|(n, v)| (n.to_lowercase(), v.trim().to_owned()));
    Reply { status, headers: lines.filter_map(header).collect(), body: body.get(4..).unwrap_or_default().to_vec() }
}

/// A request with the right host and an end, and more headers (each with its line's end).
pub fn request(server: &Server, method: &str, path: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    let host = server.host();
    format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{length}{headers}\r\n{body}").into_bytes()
}

/// What a browser sends to open the socket, with these headers beside.
pub fn upgrade(server: &Server, headers: &str) -> Vec<u8> {
    let upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let (host, path) = (server.host(), silhueta_shared::protocol::PATH);
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{upgrade}{headers}\r\n").into_bytes()
}
