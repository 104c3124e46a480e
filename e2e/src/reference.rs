//! Numbers from the field's own Python libraries, to hold ours against.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::skip;

/// Runs `reference/reference.py` with the Python that `cargo xtask test` made. `None`, said aloud,
/// without it.
pub fn reference(test: &str, args: &[&str]) -> Option<Value> {
    let Some(python) = std::env::var_os("SILHUETA_REFERENCE_PYTHON") else {
        skip(test, "SILHUETA_REFERENCE_PYTHON is not set: `cargo xtask test` makes it");
        return None;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference/reference.py");
    let output = Command::new(python).arg(script).args(args).output().expect("the reference Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).expect("reference.py prints JSON"))
}
