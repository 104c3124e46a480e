//! What must be refused: fields nobody knows, bytes left over, lengths and depths that lie.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;

use super::samples;
use crate::protocol::{Ask, ClientMessage, DecodeError, HelperMessage, MAX_CLIENT_MESSAGE, decode, encode};

/// Every copy of `value` with one unknown field in one of its maps.
fn with_a_surprise(value: &Value) -> Vec<Value> {
    let mut copies = Vec::new();
    match value {
        Value::Object(map) => {
            let mut more = map.clone();
            more.insert("surprise".to_owned(), Value::from(1));
            copies.push(Value::Object(more));
            for (key, inner) in map {
                for changed in with_a_surprise(inner) {
                    let mut map = map.clone();
                    map.insert(key.clone(), changed);
                    copies.push(Value::Object(map));
                }
            }
        }
        Value::Array(list) => {
            for (i, inner) in list.iter().enumerate() {
                for changed in with_a_surprise(inner) {
                    let mut list = list.clone();
                    list[i] = changed;
                    copies.push(Value::Array(list));
                }
            }
        }
        _ => {}
    }
    copies
}

#[test]
fn a_field_that_nobody_knows_is_refused_wherever_it_is() {
    let mut tried = 0;
    for (name, message) in samples::client() {
        let json = serde_json::to_value(&message).unwrap();
        assert_eq!(decode::<ClientMessage>(&encode(&json).unwrap()).unwrap(), message, "{name}: the JSON form is it");
        for changed in with_a_surprise(&json) {
            let read = decode::<ClientMessage>(&encode(&changed).unwrap());
            assert!(read.is_err(), "{name} with a surprise was taken: {changed}");
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn every_client_sample_fits_the_limit_and_nothing_may_follow_it() {
    for (name, message) in samples::client() {
        let mut bytes = encode(&message).unwrap();
        assert!(bytes.len() <= MAX_CLIENT_MESSAGE, "{name}");
        bytes.push(0xc0);
        assert!(matches!(decode::<ClientMessage>(&bytes), Err(DecodeError::LeftOver(1))), "{name}");
        bytes.truncate(bytes.len() - 2);
        assert!(decode::<ClientMessage>(&bytes).is_err(), "{name} cut short was taken");
    }
}

#[test]
fn a_name_of_zero_is_refused() {
    let bytes = encode(&Ask::Stop { job: samples::job_id() }).unwrap();
    let zero: Vec<u8> = bytes.iter().map(|byte| if *byte == 7 { 0 } else { *byte }).collect();
    assert!(decode::<Ask>(&bytes).is_ok() && decode::<Ask>(&zero).is_err());
}

/// Lists, maps, texts and bytes that claim 2³²−1 elements, and nesting of 10,000, at each place of a message
/// where one may stand.
#[test]
fn lengths_and_depths_that_lie_are_errors_at_once() {
    let lies: [&[u8]; 5] = [
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xc9\xff\xff\xff\xff\x01",
    ];
    let deep = [&[0x91; 10_000][..], &b"\x81\xa1x".repeat(10_000)].map(<[u8]>::to_vec);
    let mut attacks: Vec<Vec<u8>> = lies.iter().map(|lie| lie.to_vec()).chain(deep).collect();
    attacks.extend(lies.iter().map(|lie| [&[0x91; 500][..], lie].concat()));
    let places: [&[u8]; 6] = [
        b"",
        b"\x81\xa5hello\x82\xa8protocol\x01\xa6resume",
        b"\x81\xa3ask\x82\xa2id\x01\xa3ask",
        b"\x81\xa3ask\x82\xa2id\x01\xa3ask\x81\xa5start\x82\xa4page\xa9processar\xa7sources",
        b"\x81\xa3ask\x82\xa2id\x01\xa3ask\x81\xa9open_root\x81\xa4path",
        b"\x81\xa8surprise",
    ];
    let (began, before) = (Instant::now(), peak_memory());
    for place in places {
        for attack in &attacks {
            let bytes = [place, attack].concat();
            assert!(decode::<ClientMessage>(&bytes).is_err());
            assert!(decode::<HelperMessage>(&bytes).is_err());
        }
    }
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    if let (Some(before), Some(after)) = (before, peak_memory()) {
        assert!(after - before < 200 << 10, "{} kB were taken for messages of a few bytes", after - before);
    }
}

/// The most address space this process ever had, in kB, where the system says so.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmPeak:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

proptest! {
    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode::<ClientMessage>(&bytes);
        let _ = decode::<HelperMessage>(&bytes);
    }

    /// Nearer to the real thing than noise: a message with some bytes changed and its end cut off.
    #[test]
    fn no_damaged_message_panics(
        which in any::<prop::sample::Index>(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let samples = samples::client();
        let mut bytes = encode(&which.get(&samples).1).unwrap();
        for (place, byte) in damage {
            let i = place.index(bytes.len());
            bytes[i] = byte;
        }
        if let Ok(message) = decode::<ClientMessage>(&bytes) {
            // What is taken is a message: it can be written and read again.
            let again = encode(&message).unwrap();
            // A rate that is no number is equal to nothing, so the bytes are compared.
            prop_assert_eq!(encode(&decode::<ClientMessage>(&again).unwrap()).unwrap(), again);
        }
        bytes.truncate(cut.index(bytes.len()));
        let _ = decode::<ClientMessage>(&bytes);
    }
}
