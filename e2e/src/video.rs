//! Made video and what `ffprobe` says of video. `cargo xtask test` brings both programs.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs `ffmpeg` with these words (split at spaces; `{out}` is replaced) and returns the file it made.
pub fn make(folder: &Path, name: &str, words: &str) -> PathBuf {
    let out = folder.join(name);
    make_from(&[], &out, words);
    out
}

/// The same, with `{0}`, `{1}` … replaced by `inputs`.
pub fn make_from(inputs: &[&Path], out: &Path, words: &str) {
    let args = words.split_whitespace().map(|word| {
        let numbered = inputs.iter().enumerate();
        numbered.fold(word.to_owned(), |word, (i, path)| word.replace(&format!("{{{i}}}"), &path.display().to_string()))
    });
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-y", "-nostdin"]).args(args).arg(out);
    let output = command.output().expect("ffmpeg is installed");
    assert!(output.status.success(), "ffmpeg {words}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Best-effort times of every frame in stream ticks, as `ffprobe` has them.
pub fn probe_pts(path: &Path) -> Vec<i64> {
    let text = probe(path, "frame=best_effort_timestamp");
    text.lines().filter_map(|line| line.trim_end_matches(',').parse().ok()).collect()
}

/// Best-effort times of every frame in microseconds.
pub fn probe_times(path: &Path) -> Vec<i64> {
    let text = probe(path, "frame=best_effort_timestamp_time");
    let seconds = text.lines().filter_map(|line| line.trim_end_matches(',').parse::<f64>().ok());
    seconds.map(|s| (s * 1e6).round() as i64).collect()
}

/// The first video stream's entries, comma-separated, a frame or stream a line.
pub fn probe(path: &Path, entries: &str) -> String {
    let mut command = Command::new("ffprobe");
    command.args(["-v", "error", "-select_streams", "v:0", "-show_entries", entries, "-of", "csv=p=0"]).arg(path);
    let output = command.output().expect("ffprobe is installed");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
