//! Secrets: made from the system's randomness, compared without telling by time, kept where only their owner reads.

use std::path::Path;

/// 256 random bits in hex.
pub(super) fn token() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether two texts are the same; takes as long for a near miss as for a far one.
pub(super) fn same(ours: &str, theirs: &str) -> bool {
    let differing = ours.bytes().zip(theirs.bytes()).fold(0u8, |all, (a, b)| all | (a ^ b));
    std::hint::black_box(differing) == 0 && ours.len() == theirs.len()
}

/// Writes a file that only its owner may read.
pub(super) fn write_private(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    // A file of another mode is replaced, never written into.
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = options.open(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_only_the_whole_one_is_the_same() {
        let (a, b) = (token().unwrap(), token().unwrap());
        assert!(a.len() == 64 && a != b);
        assert!(same(&a, &a.clone()) && !same(&a, &b) && !same(&a, &a[..63]) && !same(&a, ""));
    }
}
