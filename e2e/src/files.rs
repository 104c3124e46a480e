//! What tests look at in files and folders.

use std::path::Path;

use sha2::{Digest as _, Sha256};

/// A digest, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Names of files, sorted; none where there is no folder.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().filter(|entry| entry.path().is_file());
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().into_string().expect("a name in UTF-8")).collect();
    names.sort();
    names
}
