//! SHA-256 of a file.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use sha2::{Digest, Sha256};

/// SHA-256 of a file's bytes in lower-case hex, read in small portions.
///
/// # Errors
/// What the system says when the file can't be read.
pub fn sha256(path: &Path) -> io::Result<String> {
    let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
    let mut digest = Sha256::new();
    loop {
        let portion = file.fill_buf()?;
        if portion.is_empty() {
            break;
        }
        digest.update(portion);
        let read = portion.len();
        file.consume(read);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
