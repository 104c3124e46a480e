//! What a test needs and may not find: then it is skipped, aloud.

use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The folder with real weights, clips and ground truth: `$SILHUETA_TEST_DATA`, else `../shared/data`
/// beside the project. `None`, said aloud, when it isn't there: the test that asked is skipped.
pub fn data(test: &str) -> Option<PathBuf> {
    let folder = match std::env::var_os("SILHUETA_TEST_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data"),
    };
    if folder.join("models").is_dir() {
        return folder.canonicalize().ok();
    }
    skip(test, "there is no test data: set SILHUETA_TEST_DATA to its folder");
    None
}

/// ONNX Runtime's library as `cargo xtask test` names it. `None`, said aloud, without it.
pub fn runtime(test: &str) -> Option<PathBuf> {
    let library = std::env::var_os("SILHUETA_ONNXRUNTIME").map(PathBuf::from).filter(|file| file.is_file());
    if library.is_none() {
        skip(test, "SILHUETA_ONNXRUNTIME is not set: `cargo xtask test` sets it");
    }
    library
}

/// Says that `test` was skipped and why: on stderr, and to the list that `cargo xtask test` ends with.
pub fn skip(test: &str, why: &str) {
    eprintln!("SKIPPED {test}: {why}");
    if let Some(list) = std::env::var_os("SILHUETA_SKIP_LIST") {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&list);
        let line = format!("{test}: {why}\n");
        file.and_then(|mut f| f.write_all(line.as_bytes())).expect("the list of skipped tests can be written");
    }
}
