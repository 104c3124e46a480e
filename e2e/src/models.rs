//! Folders of models for tests that need others than the test data's.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::Helper;

/// Networks that do the main job fast, with two detectors to choose from.
const SMALL: [&str; 4] = ["rtmdet_nano", "yolox_nano", "osnet_x0_5", "tinypose_256x192_simcc"];

/// A folder with copies of these networks of the test data, to be changed at will.
pub fn folder(helper: &Helper, ids: &[&str]) -> PathBuf {
    let folder = helper.at("models");
    std::fs::create_dir(&folder).expect("a folder for models");
    for id in ids {
        copy(&helper.data.join(format!("models/{id}.onnx")), &folder.join(format!("{id}.onnx")));
    }
    folder
}

/// A folder with the small networks and an "int8 copy" of the detector: its very bytes with the report that makes them
/// count as a copy. It shows which file runs; what int8 does to numbers is for the tests of `models quantize`.
pub fn with_a_copy(helper: &Helper) -> PathBuf {
    let folder = folder(helper, &SMALL);
    let original = folder.join("rtmdet_nano.onnx");
    copy(&original, &folder.join("rtmdet_nano-int8.onnx"));
    let report = serde_json::json!({ "original": { "sha256": sha256(&original) } });
    let mut file = std::fs::File::create(folder.join("rtmdet_nano-int8.json")).expect("a report");
    std::io::Write::write_all(&mut file, report.to_string().as_bytes()).expect("the report is written");
    folder
}

/// The SHA-256 of a file, in lower-case hex.
fn sha256(file: &Path) -> String {
    let sum = Sha256::digest(std::fs::read(file).expect("a file to hash"));
    sum.iter().fold(String::new(), |mut hex, byte| {
        // A String takes everything.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The bytes alone: the test data may be read-only.
pub(crate) fn copy(from: &Path, to: &Path) {
    let bytes = std::fs::read(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    let mut file = std::fs::File::create(to).expect("a file for a model");
    std::io::Write::write_all(&mut file, &bytes).expect("the model is written");
}
