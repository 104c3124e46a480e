//! Which videos were meant: files as they are, folders by what is in them.

use std::path::PathBuf;

use silhueta_shared::protocol::VIDEO_ENDINGS;

use crate::exit::CliError;
use crate::videos::is_video;

/// Files stay, folders become their videos in order of their names.
pub(super) fn expand(given: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut videos = Vec::new();
    for path in given {
        if !path.is_dir() {
            videos.push(path.clone());
            continue;
        }
        let unreadable = |e: std::io::Error| CliError::Input(format!("{} can't be read: {e}", path.display()));
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            if file.is_file() && is_video(&file) {
                inside.push(file);
            }
        }
        if inside.is_empty() {
            let endings = VIDEO_ENDINGS.join(", ");
            return Err(CliError::Input(format!("{} holds no video (looked for {endings})", path.display())));
        }
        inside.sort();
        videos.append(&mut inside);
    }
    Ok(videos)
}
