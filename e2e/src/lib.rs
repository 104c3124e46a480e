//! The harness of tests that need more than their own crate: where the real data is, how a skip is
//! said aloud, made video.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder with real weights, clips and ground truth: `$SILHUETA_TEST_DATA`, else `../shared/data`
/// beside the project. `None`, said aloud, when it isn't there: the test that asked is skipped.
pub fn data(test: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = match std::env::var_os("SILHUETA_TEST_DATA") {
        Some(folder) => PathBuf::from(folder),
        None => root.join("../shared/data"),
    };
    if folder.join("models").is_dir() {
        return folder.canonicalize().ok();
    }
    skip(test, &format!("no test data in {} (set SILHUETA_TEST_DATA)", folder.display()));
    None
}

/// Says that `test` was skipped and why: on stderr, and to the list that `cargo xtask test` ends with.
pub fn skip(test: &str, why: &str) {
    eprintln!("SKIPPED {test}: {why}");
    if let Some(list) = std::env::var_os("SILHUETA_SKIP_LIST") {
        let line = format!("{test}: {why}\n");
        let file = std::fs::OpenOptions::new().create(true).append(true).open(&list);
        file.and_then(|mut f| f.write_all(line.as_bytes())).expect("the list of skipped tests can be written");
    }
}
