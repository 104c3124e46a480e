//! The folder of a video's results: `OUT/<stem>`, or `<stem>-2` where another video has that name.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use silhueta_results::file::write_whole;
use silhueta_results::summary::read_summary;
use silhueta_shared::summary::SummaryState;

use crate::exit::CliError;

/// Where a video's results are or go.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// They are there already.
    Finished(PathBuf),
    /// They can go there. Both paths are absolute.
    Free {
        /// The video.
        source: PathBuf,
        /// The folder, made.
        folder: PathBuf,
    },
}

/// Finds or makes the folder for `video` under `out`.
pub(super) fn place(out: &Path, video: &Path, force: bool) -> Result<Place, CliError> {
    let unreadable = |e: std::io::Error| CliError::Input(format!("{} can't be read: {e}", video.display()));
    let source = video.canonicalize().map_err(unreadable)?;
    if source.to_str().is_none() {
        return Err(CliError::Input(format!("{} has a name that is not UTF-8: rename it", video.display())));
    }
    let changed = source.metadata().and_then(|meta| meta.modified()).map_err(unreadable)?;
    let stem = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for n in 1u32.. {
        let folder = out.join(if n == 1 { stem.clone() } else { format!("{stem}-{n}") });
        let unwritable = |e: &dyn std::fmt::Display| {
            CliError::Runtime(format!("{} can't be written: {e}; choose another folder with --out", folder.display()))
        };
        let summary = folder.join("summary.json");
        if let Ok(found) = read_summary(&summary) {
            if Path::new(&found.source.path) != source {
                continue;
            }
            // A video newer than its results has been replaced since.
            let written = summary.metadata().and_then(|meta| meta.modified());
            let is_current = written.is_ok_and(|written| written >= changed);
            if found.state == SummaryState::Completed && is_current && !force {
                return Ok(Place::Finished(folder));
            }
        } else if !is_ours_or_empty(&folder, &source) {
            continue;
        }
        std::fs::create_dir_all(folder.join(".work")).map_err(|e| unwritable(&e))?;
        let text = source.display().to_string();
        write_whole(&folder.join(CLAIM), |file| file.write_all(text.as_bytes())).map_err(|e| unwritable(&e))?;
        let folder = folder.canonicalize().map_err(|e| unwritable(&e))?;
        return Ok(Place::Free { source, folder });
    }
    Err(CliError::Runtime(format!("{} has no free name for {stem}", out.display())))
}

/// Removes what a job that did not finish leaves behind; earlier results stay.
pub(super) fn leave(folder: &Path) {
    let work = folder.join(".work");
    if work.exists()
        && let Err(error) = std::fs::remove_dir_all(&work)
    {
        tracing::warn!("{} can't be removed: {error}", work.display());
    }
    // A killed worker had no time to.
    let _may_not_be_there = std::fs::remove_file(folder.join("overlay.mp4.part"));
    let _only_an_empty_folder_goes = std::fs::remove_dir(folder);
}

/// Says whose an unfinished folder is.
const CLAIM: &str = ".work/source";

fn is_ours_or_empty(folder: &Path, source: &Path) -> bool {
    match std::fs::read_to_string(folder.join(CLAIM)) {
        Ok(claim) => Path::new(&claim) == source,
        Err(_) => std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none()),
    }
}
