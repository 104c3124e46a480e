//! The folder of a video's results: `OUT/<stem>`, or `<stem>-2` where another video has that name.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use silhueta_results::checkpoint::{Checkpoint, read_checkpoint};
use silhueta_results::file::write_whole;
use silhueta_results::summary::read_summary;
use silhueta_results::work::WorkFolder;
use silhueta_shared::job::{Failure, FailureCode};
use silhueta_shared::protocol::Resumable;
use silhueta_shared::summary::SummaryState;

/// Where a video's results are or go.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Place {
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
pub(crate) fn place(out: &Path, video: &Path, force: bool) -> Result<Place, Failure> {
    let fail = |code, message, hint: Option<&str>| Failure { code, message, hint: hint.map(Into::into) };
    let unreadable =
        |e: std::io::Error| fail(FailureCode::SourceMissing, format!("{} can't be read: {e}", video.display()), None);
    let source = video.canonicalize().map_err(unreadable)?;
    if source.to_str().is_none() {
        let message = format!("{} has a name that is not UTF-8: rename it", video.display());
        return Err(fail(FailureCode::SourceUnreadable, message, None));
    }
    let changed = source.metadata().and_then(|meta| meta.modified()).map_err(unreadable)?;
    let stem = source.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    for n in 1u32.. {
        let folder = out.join(if n == 1 { stem.clone() } else { format!("{stem}-{n}") });
        let unwritable = |e: &dyn std::fmt::Display| {
            let message = format!("{} can't be written: {e}", folder.display());
            fail(FailureCode::OutputUnwritable, message, Some("choose another folder with --out"))
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
                tidy(&folder);
                return Ok(Place::Finished(folder));
            }
        } else if !is_ours_or_empty(&folder, &source) {
            continue;
        }
        claim(&folder, &source).map_err(|e| unwritable(&e))?;
        let folder = folder.canonicalize().map_err(|e| unwritable(&e))?;
        return Ok(Place::Free { source, folder });
    }
    Err(fail(FailureCode::OutputUnwritable, format!("{} has no free name for {stem}", out.display()), None))
}

/// Makes a task's own folder, which no other job has.
pub(crate) fn place_task(folder: &Path, video: &Path, force: bool) -> Result<Place, Failure> {
    let fail = |code, message, hint: &str| Failure { code, message, hint: Some(hint.into()) };
    let missing = |e| {
        let hint = "put the video back, then try it again";
        fail(FailureCode::SourceMissing, format!("{} can't be read: {e}", video.display()), hint)
    };
    let source = video.canonicalize().map_err(missing)?;
    let is_whole = read_summary(&folder.join("summary.json")).is_ok_and(|found| found.state == SummaryState::Completed);
    if is_whole && !force {
        return Ok(Place::Finished(folder.to_owned()));
    }
    let unwritable = |e: &dyn std::fmt::Display| {
        let message = format!("{} can't be written: {e}", folder.display());
        fail(FailureCode::OutputUnwritable, message, "start the helper with another --out")
    };
    claim(folder, &source).map_err(|e| unwritable(&e))?;
    let folder = folder.canonicalize().map_err(|e| unwritable(&e))?;
    Ok(Place::Free { source, folder })
}

/// What an unfinished job has kept in its folder.
pub(crate) fn kept(folder: &Path) -> Option<Resumable> {
    unfinished(folder).map(|Checkpoint { stage, done, total, .. }| Resumable { stage, done, total })
}

/// Throws away what an unfinished job has kept in its folder, unless another process works there; earlier results
/// stay.
pub(crate) fn discard(folder: &Path, source: &Path) -> silhueta_results::Result<()> {
    let work = WorkFolder::of(folder);
    if !work.path().is_dir() {
        return Ok(());
    }
    if let Some(lock) = work.lock()? {
        work.clear()?;
        drop(lock);
        leave(folder, source);
    }
    Ok(())
}

/// Removes what a job that did not finish leaves behind, but what the next run can go on with; earlier results
/// stay, and stay this video's. Returns how far it is where it can go on.
pub(crate) fn leave(folder: &Path, source: &Path) -> Option<Checkpoint> {
    let work = WorkFolder::of(folder);
    let lock = match work.lock() {
        Ok(Some(lock)) => lock,
        // Another process works on it: nothing in it is ours.
        Ok(None) => return None,
        Err(error) => {
            tracing::warn!("{error}");
            return None;
        }
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    // A killed worker had no time to take its unfinished files away.
    for part in entries.filter(|path| path.extension().is_some_and(|ending| ending == "part")) {
        if let Err(error) = std::fs::remove_file(&part) {
            tracing::warn!("{} can't be removed: {error}", part.display());
        }
    }
    if work.checkpoint().exists() {
        return read_checkpoint(&work.checkpoint()).ok().map(|(checkpoint, _)| checkpoint);
    }
    if let Err(error) = work.remove(lock) {
        tracing::warn!("{error}");
    }
    let is_left = std::fs::remove_dir(folder).is_err() && folder.exists();
    if is_left
        && !folder.join("summary.json").exists()
        && let Err(error) = claim(folder, source)
    {
        tracing::warn!("{} can't be kept for {}: {error}", folder.display(), source.display());
    }
    None
}

/// How far unfinished work in a results folder is; `None` where there is none, or none that can be read.
pub(crate) fn unfinished(folder: &Path) -> Option<Checkpoint> {
    read_checkpoint(&WorkFolder::of(folder).checkpoint()).ok().map(|(checkpoint, _)| checkpoint)
}

/// Takes away what a run that was cut off behind its last act had no time to take away itself. Work that is newer
/// than the results is another run's.
fn tidy(folder: &Path) {
    let work = WorkFolder::of(folder);
    let written = |path: PathBuf| path.metadata().and_then(|meta| meta.modified()).ok();
    if !work.path().exists() || written(work.checkpoint()) > written(folder.join("summary.json")) {
        return;
    }
    let removed = work.lock().and_then(|lock| lock.map_or(Ok(()), |lock| work.remove(lock)));
    if let Err(error) = removed {
        tracing::warn!("{error}");
    }
}

/// Makes the folder this video's until there is a summary.
fn claim(folder: &Path, source: &Path) -> silhueta_results::Result<()> {
    let file = WorkFolder::of(folder).claim();
    std::fs::create_dir_all(folder.join(".work"))
        .map_err(|source| silhueta_results::Error::Write { path: file.clone(), source })?;
    write_whole(&file, |out| out.write_all(source.display().to_string().as_bytes()))
}

fn is_ours_or_empty(folder: &Path, source: &Path) -> bool {
    match std::fs::read_to_string(WorkFolder::of(folder).claim()) {
        Ok(claim) => Path::new(&claim) == source,
        Err(_) => std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_folder_stays_its_videos_and_an_empty_one_goes() {
        let root = tempfile::tempdir().unwrap();
        let (out, video) = (root.path().join("out"), root.path().join("a.mp4"));
        std::fs::File::create(&video).unwrap();
        let place_of = |video: &Path| match place(&out, video, false).unwrap() {
            Place::Free { source, folder } => (source, folder),
            Place::Finished(folder) => panic!("{} is not finished", folder.display()),
        };
        let (source, folder) = place_of(&video);
        assert!(leave(&folder, &source).is_none());
        assert!(!folder.exists());

        // While another process works in it, nothing is taken away.
        let (source, folder) = place_of(&video);
        let held = WorkFolder::of(&folder).lock().unwrap().unwrap();
        std::fs::File::create(folder.join("record.parquet.part")).unwrap();
        assert!(leave(&folder, &source).is_none());
        assert!(folder.join("record.parquet.part").exists() && folder.join(".work/source").exists());
        drop(held);

        // Killed while it replaced earlier results: they are there, their summary is gone.
        let (source, folder) = place_of(&video);
        for name in ["pose.json", "record.parquet.part"] {
            std::fs::File::create(folder.join(name)).unwrap();
        }
        leave(&folder, &source);
        assert!(folder.join("pose.json").exists() && !folder.join("record.parquet.part").exists());
        assert_eq!(place_of(&video).1, folder);

        // Another video of that name doesn't take it.
        let other = root.path().join("b/a.mp4");
        std::fs::create_dir(root.path().join("b")).unwrap();
        std::fs::File::create(&other).unwrap();
        assert!(place_of(&other).1.ends_with("a-2"));
    }
}
