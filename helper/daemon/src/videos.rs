//! What counts as a video by its name.

use std::path::Path;

use silhueta_shared::protocol::VIDEO_ENDINGS;

/// Whether a file's ending is one of [`VIDEO_ENDINGS`], in any case.
pub(crate) fn is_video(path: &Path) -> bool {
    let ending = path.extension().map(|e| e.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| VIDEO_ENDINGS.contains(&ending.as_str()))
}
