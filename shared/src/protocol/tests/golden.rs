//! The bytes of every sample, pinned in `golden.txt`: name, JSON form, MessagePack in hex. A change of the
//! wire shows in that file's diff. After a change that is meant, write it anew with
//! `SILHUETA_BLESS=1 cargo test -p silhueta-shared` and look at the diff.

use std::fmt::{Debug, Write as _};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::samples;
use crate::job::Device;
use crate::protocol::{JobSettings, decode, encode};

const PINNED: &str = include_str!("golden.txt");

fn render<T>(side: &str, samples: Vec<(String, T)>, text: &mut String)
where
    T: Serialize + DeserializeOwned + PartialEq + Debug,
{
    for (name, message) in samples {
        let bytes = encode(&message).unwrap();
        assert_eq!(decode::<T>(&bytes).unwrap(), message, "{name} is not read back as it was written");
        let json = serde_json::to_string(&message).unwrap();
        let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
            write!(hex, "{byte:02x}").unwrap();
            hex
        });
        writeln!(text, "{side} {name}\n  {json}\n  {hex}").unwrap();
    }
}

#[test]
fn settings_of_an_older_client_are_read() {
    let json = serde_json::json!({"device": "cpu", "detector": null, "reid": null, "pose": null, "fps": null,
                                  "video": true, "again": false});
    let read: JobSettings = decode(&encode(&json).unwrap()).unwrap();
    assert_eq!(read, JobSettings { device: Device::Cpu, video: true, ..JobSettings::default() });
}

#[test]
fn every_message_has_the_bytes_it_had() {
    let mut text = String::new();
    render("client:", samples::client(), &mut text);
    render("helper:", samples::helper(), &mut text);
    for (name, body) in samples::bodies() {
        writeln!(text, "http: {name}\n  {body}").unwrap();
    }
    if std::env::var_os("SILHUETA_BLESS").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/protocol/tests/golden.txt");
        std::io::Write::write_all(&mut std::fs::File::create(path).unwrap(), text.as_bytes()).unwrap();
        return;
    }
    let (mut now, mut before) = (text.lines(), PINNED.lines());
    let mut name = "the first sample";
    loop {
        match (now.next(), before.next()) {
            (None, None) => break,
            (a, b) => {
                if let Some(line) = a.filter(|line| !line.starts_with(' ')) {
                    name = line;
                }
                assert_eq!(a, b, "{name} is not what golden.txt pins; its first lines say how to bless a change");
            }
        }
    }
}

#[test]
fn no_two_samples_have_one_name() {
    let mut names: Vec<_> = PINNED.lines().filter(|line| !line.starts_with(' ')).collect();
    let all = names.len();
    assert!(all > 100, "{all} samples");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}
