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
    Ok(sha256_unless(path, || false)?.unwrap_or_default())
}

/// The same, given up with `None` as soon as `stop` says so: an hour of video takes a while.
///
/// # Errors
/// What the system says when the file can't be read.
pub fn sha256_unless(path: &Path, stop: impl Fn() -> bool) -> io::Result<Option<String>> {
    let mut file = BufReader::with_capacity(1 << 18, File::open(path)?);
    let mut digest = Sha256::new();
    loop {
        if stop() {
            return Ok(None);
        }
        let portion = file.fill_buf()?;
        if portion.is_empty() {
            break;
        }
        digest.update(portion);
        let read = portion.len();
        file.consume(read);
    }
    Ok(Some(hex(digest)))
}

/// The same, of bytes that are here.
pub(crate) fn sha256_of(bytes: &[u8]) -> String {
    hex(Sha256::new_with_prefix(bytes))
}

fn hex(digest: Sha256) -> String {
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;
    use std::io::Write as _;

    #[test]
    fn a_stop_is_heard_between_portions() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(&[7; 1 << 20]).unwrap();
        let (asked, limit) = (Cell::new(0), Cell::new(3));
        let sum = || sha256_unless(file.path(), || asked.replace(asked.get() + 1) == limit.get()).unwrap();
        assert_eq!((sum(), asked.get()), (None, 4));
        limit.set(-1);
        assert_eq!(sum(), Some(sha256(file.path()).unwrap()));
    }
}
