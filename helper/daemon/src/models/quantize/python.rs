//! Python with what quantizing needs, installed once into a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use silhueta_results::file::write_whole;
use tokio::process::Command;

use crate::cli::note;
use crate::exit::CliError;
use crate::folders;
use crate::providers::NO_TELEMETRY;

const SCRIPT: &str = include_str!("static_int8.py");
const REQUIREMENTS: &str = include_str!("requirements.txt");

/// Who has this file has all requirements.
const READY: &str = "requirements.txt";

/// The interpreter that has the requirements; brings them if need be.
pub(super) async fn interpreter() -> Result<PathBuf, CliError> {
    let folder = folder()?;
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let is_ready = std::fs::read_to_string(folder.join(READY)).is_ok_and(|installed| installed == REQUIREMENTS);
    if is_ready && python.is_file() {
        return Ok(python);
    }
    note(&format!("installing ONNX's Python tools (about 120 MB, once) into {}", folder.display()));
    let base = if cfg!(windows) { "python" } else { "python3" };
    let place = folder.display().to_string();
    run(Command::new(base).args(["-m", "venv", "--clear", &place]), "a Python with venv is needed").await?;
    let wanted = folder.join("wanted.txt");
    write(&wanted, REQUIREMENTS)?;
    let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:", "-r"];
    run(Command::new(&python).args(pip).arg(&wanted), "the network is needed once for it").await?;
    write(&folder.join(READY), REQUIREMENTS)?;
    Ok(python)
}

/// Makes the copy.
pub(super) async fn static_int8(
    python: &Path,
    original: &Path,
    inputs: &Path,
    shape: [usize; 3],
    out: &Path,
) -> Result<(), CliError> {
    let script = inputs.with_file_name("static_int8.py");
    write(&script, SCRIPT)?;
    let shape = shape.map(|side| side.to_string()).join(",");
    let mut command = Command::new(python);
    command.arg(&script).arg(original).arg(inputs).arg(shape).arg(out).env(NO_TELEMETRY, "1");
    run(&mut command, "the network can't be quantized").await
}

fn folder() -> Result<PathBuf, CliError> {
    let cache = folders::own("XDG_CACHE_HOME", ".cache");
    let cache =
        cache.ok_or_else(|| CliError::Runtime("there is no home folder to install Python's tools in".into()))?;
    Ok(cache.join("silhueta/quantize"))
}

fn write(path: &Path, text: &str) -> Result<(), CliError> {
    use std::io::Write as _;
    write_whole(path, |out| out.write_all(text.as_bytes())).map_err(|e| CliError::Runtime(e.to_string()))
}

/// Runs a program to its end; it dies with this future. Its last words are part of the error.
async fn run(command: &mut Command, hint: &str) -> Result<(), CliError> {
    let program = command.as_std().get_program().to_string_lossy().into_owned();
    let fail = |why: String| CliError::Runtime(format!("{hint}: {program} {why}"));
    command.stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.map_err(|e| fail(format!("can't be started: {e}")))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let last: Vec<_> = words.lines().rev().filter(|line| !line.trim().is_empty()).take(4).collect();
    let last = last.into_iter().rev().collect::<Vec<_>>().join("\n  ");
    Err(fail(format!("ended with {}\n  {last}", output.status)))
}
