//! Faults of the worker, asked for from outside: a worker built to fail, and the file that tells it how.

use std::io::Write as _;
use std::path::PathBuf;

use crate::Helper;

/// What tells the workers of one helper how to fail.
#[derive(Debug)]
pub struct Faults {
    file: PathBuf,
}

impl Faults {
    /// The file in the helper's temporary folder; no fault yet.
    pub fn new(helper: &Helper) -> Self {
        let faults = Self { file: helper.at("faults.txt") };
        faults.set("");
        faults
    }

    /// What a helper needs in its environment, for its workers to fail. `deaf`: they ignore SIGTERM as well.
    pub fn environment(&self, helper: &Helper, deaf: bool) -> Vec<(&'static str, String)> {
        let faulty = helper.binary("faulty/silhueta-worker");
        assert!(faulty.is_file(), "{} is missing: `cargo xtask test` builds it", faulty.display());
        let worker = if deaf { wrapped(helper, &faulty) } else { faulty };
        [("SILHUETA_WORKER", worker), ("SILHUETA_FAULTS", self.file.clone())]
            .map(|(name, path)| (name, path.display().to_string()))
            .into()
    }

    /// How workers that start from now on fail; nothing for not at all.
    pub fn set(&self, words: &str) {
        write(&self.file, words);
        match std::fs::remove_file(self.mark()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
            _ => {}
        }
    }

    /// Whether a fault was reached since [`Faults::set`].
    pub fn is_reached(&self) -> bool {
        self.mark().exists()
    }

    fn mark(&self) -> PathBuf {
        self.file.with_extension("reached")
    }
}

/// A worker that never hears SIGTERM: that it is ignored is inherited.
fn wrapped(helper: &Helper, worker: &std::path::Path) -> PathBuf {
    let script = helper.at("deaf-worker");
    write(&script, &format!("#!/bin/sh\ntrap '' TERM\nexec '{}' \"$@\"\n", worker.display()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).expect("it can be run");
    }
    script
}

fn write(path: &std::path::Path, text: &str) {
    let file = std::fs::File::create(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
}
