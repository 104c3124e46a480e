//! `PROTOCOL.md` against the types: every key and every word that travels is in it, and no word of its tables
//! is unknown here.

use std::collections::BTreeSet;

use serde_json::Value;

use super::samples;

const MANUAL: &str = include_str!("../../../../PROTOCOL.md");

/// Whether it is written as words of the protocol are.
fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn collect(value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if is_word(text) => {
            words.insert(text.clone());
        }
        Value::Array(list) => list.iter().for_each(|inner| collect(inner, words)),
        Value::Object(map) => {
            for (key, inner) in map {
                words.insert(key.clone());
                collect(inner, words);
            }
        }
        _ => {}
    }
}

/// Every key and every enum's word of the samples.
fn of_the_types() -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    let json = |value: serde_json::Result<Value>| value.unwrap();
    samples::client().into_iter().for_each(|(_, m)| collect(&json(serde_json::to_value(m)), &mut words));
    samples::helper().into_iter().for_each(|(_, m)| collect(&json(serde_json::to_value(m)), &mut words));
    samples::bodies().into_iter().for_each(|(_, body)| collect(&body, &mut words));
    words
}

/// What stands in backticks on a line.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

#[test]
fn every_word_that_travels_is_in_the_manual() {
    let told: BTreeSet<_> = MANUAL.lines().flat_map(quoted).collect();
    let missing: Vec<_> = of_the_types().into_iter().filter(|word| !told.contains(word.as_str())).collect();
    assert!(missing.is_empty(), "PROTOCOL.md doesn't tell of {missing:?}");
}

#[test]
fn every_word_in_the_manuals_tables_travels() {
    let there = of_the_types();
    let rows = MANUAL.lines().filter(|line| line.starts_with('|'));
    let words: BTreeSet<_> = rows.flat_map(quoted).filter(|word| is_word(word)).collect();
    let unknown: Vec<_> = words.into_iter().filter(|word| !there.contains(*word)).collect();
    assert!(unknown.is_empty(), "PROTOCOL.md tells of {unknown:?}, which no message has");
}

#[test]
fn the_worked_example_is_made_of_real_bytes() {
    let unhex = |hex: &str| -> Vec<u8> {
        let digits: Vec<_> = hex.split_whitespace().collect();
        digits.iter().map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    };
    // Blocks fenced as `hex client` and `hex helper`, each with its JSON form in the block before.
    let (mut tried, mut json) = (0, Value::Null);
    let mut blocks = MANUAL.split("```");
    blocks.next();
    for block in blocks.step_by(2) {
        let (head, body) = block.split_once('\n').unwrap();
        match head.trim() {
            "json" => json = serde_json::from_str(body).unwrap_or_else(|e| panic!("{e} in {body}")),
            "hex client" => {
                let message: crate::protocol::ClientMessage = crate::protocol::decode(&unhex(body)).unwrap();
                assert_eq!(serde_json::to_value(&message).unwrap(), json);
                assert_eq!(crate::protocol::encode(&message).unwrap(), unhex(body));
                tried += 1;
            }
            "hex helper" => {
                let message: crate::protocol::HelperMessage = crate::protocol::decode(&unhex(body)).unwrap();
                assert_eq!(serde_json::to_value(&message).unwrap(), json);
                assert_eq!(crate::protocol::encode(&message).unwrap(), unhex(body));
                tried += 1;
            }
            _ => {}
        }
    }
    assert!(tried >= 6, "{tried} examples");
}
