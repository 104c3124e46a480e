//! The real `silhueta` with its real worker, in a temporary folder.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// A `silhueta` to run: its binaries, runtime, models and a folder of its own.
#[derive(Debug)]
pub struct Helper {
    /// Gone with the helper.
    pub folder: tempfile::TempDir,
    /// The test data, or a folder that isn't there.
    pub data: PathBuf,
    binaries: PathBuf,
    runtime: PathBuf,
}

/// How a run ended.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; `None` after a signal.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl Helper {
    /// `None`, said aloud, where data, runtime or binaries are missing.
    pub fn new(test: &str) -> Option<Self> {
        let data = crate::data(test)?;
        Some(Self { data, ..Self::bare(test)? })
    }

    /// The same without data: there are no models but those that are built in.
    pub fn bare(test: &str) -> Option<Self> {
        let runtime = crate::runtime(test)?;
        let Some(binaries) = std::env::var_os("SILHUETA_BIN_DIR").map(PathBuf::from) else {
            crate::skip(test, "SILHUETA_BIN_DIR is not set: `cargo xtask test` sets it");
            return None;
        };
        let folder = tempfile::tempdir().expect("a temporary folder");
        Some(Self { data: folder.path().join("no data"), folder, binaries, runtime })
    }

    /// A path in the helper's folder.
    pub fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// One of the programs under test.
    pub fn binary(&self, name: &str) -> PathBuf {
        self.binaries.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// ONNX Runtime's library.
    pub fn runtime(&self) -> &Path {
        &self.runtime
    }

    /// `silhueta ARGS…`, in its folder, with the test data's models.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.binary("silhueta"));
        command.args(args).current_dir(self.folder.path());
        command.env("SILHUETA_MODELS", self.data.join("models")).env("SILHUETA_ONNXRUNTIME", &self.runtime);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs to the end.
    pub fn run(&self, args: &[&str]) -> Finished {
        let output = self.command(args).output().expect("silhueta starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Finished { code: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) }
    }

    /// Starts without waiting.
    pub fn start(&self, args: &[&str]) -> Child {
        self.command(args).spawn().expect("silhueta starts")
    }

    /// Runs `silhueta run VIDEO --out OUT ARGS…`, which must succeed; returns the video's results folder.
    pub fn work(&self, video: &Path, out: &str, args: &[&str]) -> PathBuf {
        let (video_text, out_path) = (video.display().to_string(), self.at(out));
        let mut all = vec!["run", &video_text, "--out", out];
        all.extend(args);
        let done = self.run(&all);
        assert_eq!(done.code, Some(0), "{}\n{}", done.stdout, done.stderr);
        out_path.join(video.file_stem().expect("a file name"))
    }

    /// A JSON file of results.
    pub fn json(&self, path: &Path) -> Value {
        let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    }
}
