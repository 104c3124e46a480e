//! A webhook from the real helper: signed, tried again, and not lost when the helper is killed in between.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use silhueta_e2e::{Helper, Server};

use super::{ask, wait_for};

/// A job on a short clip, on a busy machine.
const JOB: Duration = Duration::from_secs(240);
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Base64 and HMAC as their RFCs write them down, so that the helper's libraries are not held to themselves.
fn base64(bytes: &[u8]) -> String {
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for n in 0..4 {
            let is_there = n <= three.len();
            text.push(if is_there { char::from(LETTERS[(bits >> (18 - 6 * n)) as usize & 63]) } else { '=' });
        }
    }
    text
}

fn from_base64(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        bits = bits << 6 | LETTERS.iter().position(|known| *known == letter).unwrap() as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    block[..key.len()].copy_from_slice(key);
    let keyed = |pad: u8| Sha256::new().chain_update(block.map(|byte| byte ^ pad));
    let inner = keyed(0x36).chain_update(text).finalize();
    keyed(0x5c).chain_update(inner).finalize().to_vec()
}

/// Takes one message: its head and its body.
fn take(receiver: &TcpListener) -> (String, String) {
    let (mut socket, _) = receiver.accept().unwrap();
    let (mut bytes, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = header(head, "content-length").parse::<usize>().unwrap();
            if body.len() >= length {
                socket.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
                return (head.to_owned(), body.to_owned());
            }
        }
        let n = socket.read(&mut piece).unwrap();
        assert!(n > 0, "it broke off: {text}");
        bytes.extend_from_slice(&piece[..n]);
    }
}

fn header(head: &str, name: &str) -> String {
    let mut pairs = head.lines().filter_map(|line| line.split_once(": "));
    pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned()).unwrap_or_default()
}

#[test]
fn an_end_is_told_though_nobody_listened_and_the_helper_was_killed() {
    assert_eq!(
        (base64(b"any carnal pleas"), from_base64("YW55IGNhcm5hbCBwbGVhcw==")),
        ("YW55IGNhcm5hbCBwbGVhcw==".into(), b"any carnal pleas".to_vec())
    );
    let Some(helper) = Helper::new("compat: webhook") else { return };
    let models = helper.data.join("models");
    let mut server = Server::with_variables(helper, models, &[], &[("SILHUETA_WEBHOOK_BACKOFF", "0.2")]);
    let clip = server.clip("street_720p.mp4", "street.mp4", 5);
    // A port where nobody listens yet.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://user:word@{address}/told?key=hidden");
    let body = json!({ "video_filename": clip, "visualization": false, "webhook_url": url }).to_string();
    let (status, accepted) = ask(&server, "POST", "/process", &body);
    assert_eq!(status, 200, "{accepted}");
    let path = format!("/status/{}", accepted["task_id"].as_str().unwrap());
    let ended = wait_for(&server, &path, JOB, |task| task["webhook"]["tries"].as_u64() > Some(0));
    assert_eq!((&ended["status"], &ended["webhook"]["state"]), (&json!("completed"), &json!("waiting")), "{ended}");
    assert_eq!(ended["webhook"]["url"], format!("http://{address}/told"));
    server.kill();
    let receiver = TcpListener::bind(address).unwrap();
    server.restart();
    let (head, told) = take(&receiver);
    let done = wait_for(&server, &path, JOB, |task| task["webhook"]["state"] == "delivered");
    assert_eq!(done["webhook"]["error"], Value::Null, "{done}");

    assert!(head.starts_with("POST /told?key=hidden HTTP/1.1"), "{head}");
    let of = |name: &str| header(&head, name);
    assert_eq!(of("content-type"), "application/json");
    let text = std::fs::read_to_string(server.state().join("webhook.secret")).unwrap();
    let secret = from_base64(text.trim().strip_prefix("whsec_").unwrap());
    let signed = format!("{}.{}.{told}", of("webhook-id"), of("webhook-timestamp"));
    assert_eq!(of("webhook-signature"), format!("v1,{}", base64(&hmac(&secret, signed.as_bytes()))));
    let without_webhook = |mut task: Value| {
        task.as_object_mut().unwrap().remove("webhook");
        task
    };
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(without_webhook(told), without_webhook(done), "another body than GET {path}");
    let jobs = ask(&server, "GET", "/api/v1/jobs", "").1.to_string();
    for secret in ["hidden", "word@"] {
        assert!(!server.complaints().contains(secret) && !jobs.contains(secret), "{secret} is told");
    }
}
