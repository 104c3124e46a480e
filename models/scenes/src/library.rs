//! The scripts that come with the generator.

use crate::script::{Script, ScriptError};

/// A script of the library.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

impl Entry {
    /// Reads it.
    ///
    /// # Errors
    /// Never, as the tests have it.
    pub fn script(&self) -> Result<Script, ScriptError> {
        Script::parse(self.text)
    }
}

macro_rules! entries {
    ($($name:literal),* $(,)?) => {
        &[$(Entry { name: $name, text: include_str!(concat!("../library/", $name, ".toml")) }),*]
    };
}

/// All of them. What a name begins with says what its scene tests: counting, identities, faces, actions or cameras.
pub const LIBRARY: &[Entry] = entries![
    "sample",
    "count-fast",
    "count-slow",
    "count-linger",
    "count-turn-back",
    "count-two-at-once",
    "count-occluded",
    "count-edge",
    "count-vertical",
    "count-diagonal",
    "id-reentry",
    "id-look-alikes",
    "id-long-occlusion",
    "id-crowd",
    "face-approach",
    "face-turn",
    "face-blur",
    "action-gaits",
    "action-room",
    "action-shop",
    "action-party",
    "camera-moving",
];

/// The script of this name.
pub fn find(name: &str) -> Option<&'static Entry> {
    LIBRARY.iter().find(|entry| entry.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_script_can_be_played_and_every_file_is_listed() {
        for entry in LIBRARY {
            let script = entry.script().unwrap_or_else(|error| panic!("{}: {error}", entry.name));
            assert!(script.frames() > 50 && !script.people.is_empty(), "{}", entry.name);
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/library");
        for file in std::fs::read_dir(folder).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            assert!(find(name.trim_end_matches(".toml")).is_some(), "{name} is not in LIBRARY");
        }
    }
}
