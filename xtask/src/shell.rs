//! Running other programs, from the repository's root.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// The repository's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Where cargo puts what it builds; cargo runs in the root, so a relative folder is the root's.
pub(crate) fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// Our folder for what is downloaded once.
pub(crate) fn cache() -> PathBuf {
    let home = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    let cache = home("XDG_CACHE_HOME").or_else(|| home("HOME").map(|home| home.join(".cache")));
    cache.unwrap_or_else(target).join("silhueta")
}

/// A command that runs in the root.
pub(crate) fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    command
}

/// Cargo, always by its plain name: the toolchain file of this repository decides which.
pub(crate) fn cargo(args: &[&str]) -> Command {
    command("cargo", args)
}

/// Whether a quiet check succeeds; a program that isn't there is a no.
pub(crate) fn succeeds(program: &str, args: &[&str]) -> bool {
    let mut command = command(program, args);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What a program prints, trimmed.
pub(crate) fn output(program: &str, args: &[&str]) -> Result<String> {
    let output = command(program, args).output().with_context(|| format!("{program} can't be run"))?;
    if !output.status.success() {
        bail!("{program} {}: {}", args.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a command to its end; failing is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let text = format!("{command:?}").replace('"', "");
    let status = command.status().with_context(|| format!("{text} can't be run"))?;
    if !status.success() {
        bail!("{text} ended with {status}");
    }
    Ok(())
}

/// Says what is done, does it, says how long it took.
pub(crate) fn step<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("── {what}");
    let start = Instant::now();
    let done = work().with_context(|| what.to_owned())?;
    println!("   {what}: {}", seconds(start.elapsed()));
    Ok(done)
}

/// A time for people.
pub(crate) fn seconds(time: Duration) -> String {
    let s = time.as_secs_f64();
    if s < 100.0 { format!("{s:.1} s") } else { format!("{:.0} min {:.0} s", (s / 60.0).floor(), s % 60.0) }
}
