//! What counts as a video by its name.

use std::path::Path;

/// Endings of the files that are taken from a folder.
pub(crate) const ENDINGS: [&str; 14] =
    ["mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "mts", "m2ts", "wmv", "flv", "3gp"];

/// Whether a file's ending is one of [`ENDINGS`], in any case.
pub(crate) fn is_video(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}
