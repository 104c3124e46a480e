//! Files that others see only when whole: written beside their place, synced, then renamed.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Writes a file that is either whole under its final name, or not there at all.
///
/// `fill` gets a buffered writer to a temporary file in the same folder. When it fails, nothing is left
/// behind and an older file of that name stays as it was. Several may write the same `path`: the last wins.
///
/// # Errors
/// [`Error::Write`] with what `fill` or the system said.
pub fn write_whole<T>(path: &Path, fill: impl FnOnce(&mut BufWriter<&File>) -> io::Result<T>) -> Result<T> {
    whole(path, fill).map_err(|source| Error::write(path, source))
}

fn whole<T>(path: &Path, fill: impl FnOnce(&mut BufWriter<&File>) -> io::Result<T>) -> io::Result<T> {
    let mut name = OsString::from(".");
    name.push(path.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidFilename))?);
    name.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&name).suffix(".part");
    // The default of 0600 would hide results from the others in a lab; the umask still has its say.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let temporary = builder.tempfile_in(folder_of(path))?;

    let mut writer = BufWriter::new(temporary.as_file());
    let value = fill(&mut writer)?;
    writer.flush()?;
    drop(writer);
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|refused| refused.error)?;
    sync_folder(folder_of(path))?;
    Ok(value)
}

/// A file that somebody writes under a `.part` name and that gets its own name when it is whole.
///
/// For what is written over a long time, or by a library that wants a path (FFmpeg). The `.part` name is
/// always the same, so what a crash left is written over by the next attempt: one writer at a time, and one a job
/// with [`apart`](Self::apart). Dropped without [`commit`](Self::commit), the `.part` file is removed.
#[derive(Debug)]
pub struct Pending {
    path: PathBuf,
    part: PathBuf,
    /// Folders that were made for it, innermost first.
    made: Vec<PathBuf>,
    open: bool,
}

/// What [`Pending::apart`] writes for `path` in a job that keeps its results in the folder `job`. Where that job's
/// process was killed, this is what it left.
pub fn part_of_job(path: &Path, job: &Path) -> PathBuf {
    // Not the file's own name: with both, a long one would be too long.
    let mut name = OsString::from(".");
    name.push(job.file_name().unwrap_or(OsStr::new("job")));
    for word in [path.extension().unwrap_or(OsStr::new("file")), OsStr::new("part")] {
        name.push(".");
        name.push(word);
    }
    folder_of(path).join(name)
}

/// Takes [`part_of_job`] away where a killed process left it. What has its name stays.
///
/// # Errors
/// [`Error::Write`].
pub fn remove_part_of_job(path: &Path, job: &Path) -> Result<()> {
    match fs::remove_file(part_of_job(path, job)) {
        Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Err(Error::write(path, error))
        }
        _ => Ok(()),
    }
}

impl Pending {
    /// A file that will be `path`. Creates nothing yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let mut part = path.clone().into_os_string();
        part.push(".part");
        Self { path, part: part.into(), made: Vec::new(), open: true }
    }

    /// A file that will be `path`, a place where other jobs may want to put theirs at the same time: each writes its
    /// own [`part_of_job`], and whoever commits last wins. A job has one such file of an ending in a folder.
    ///
    /// Creates the `.part` file, empty, and its folder where that is missing; both are gone when it is dropped
    /// without [`commit`](Self::commit).
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn apart(path: impl Into<PathBuf>, job: &Path) -> Result<Self> {
        let path = path.into();
        let mut pending = Self { part: part_of_job(&path, job), path, made: Vec::new(), open: false };
        let folder = folder_of(&pending.path);
        let mut tries = 0;
        loop {
            let missing = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists());
            let missing: Vec<_> = missing.map(Path::to_owned).collect();
            let made = fs::create_dir_all(folder).and_then(|()| File::create(&pending.part));
            match made {
                Ok(_) => {
                    (pending.made, pending.open) = (missing, true);
                    return Ok(pending);
                }
                // Another job that gave up took its empty folder away just now: after we made it, or (then it was
                // there, and is not) while we did.
                Err(error)
                    if tries < 64 && matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::AlreadyExists) =>
                {
                    tries += 1;
                }
                Err(error) => {
                    missing.iter().for_each(|folder| drop(fs::remove_dir(folder)));
                    return Err(Error::write(&pending.path, error));
                }
            }
        }
    }

    /// Where to write: in the folder of the final path, with `.part` at the end.
    pub fn part(&self) -> &Path {
        &self.part
    }

    /// The final path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Creates the `.part` file, empty.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn create(&self) -> Result<File> {
        File::create(&self.part).map_err(|source| Error::write(&self.path, source))
    }

    /// Makes what was written survive a power cut, so that a full disk is noticed before any file gets its name.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn sync(&self) -> Result<()> {
        let synced = OpenOptions::new().write(true).open(&self.part).and_then(|file| file.sync_all());
        synced.map_err(|source| Error::write(&self.path, source))
    }

    /// Syncs what was written and gives it its final name. Close (or flush) the file first.
    ///
    /// # Errors
    /// [`Error::Write`], also when nothing was written; the `.part` file is then removed.
    pub fn commit(mut self) -> Result<()> {
        seal(&self.part, &self.path).map_err(|source| Error::write(&self.path, source))?;
        self.open = false;
        sync_folder(folder_of(&self.path)).map_err(|source| Error::write(&self.path, source))
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if self.open {
            // Nobody to tell; the next attempt writes over it.
            let _ = fs::remove_file(&self.part);
            for folder in &self.made {
                // One that others use by now is not empty, and stays.
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

/// Syncs a finished file and gives it its final name, on the same disk. Close (or flush) it first.
///
/// # Errors
/// [`Error::Write`]; `part` then stays where it is, or has its name already.
pub fn settle(part: &Path, path: &Path) -> Result<()> {
    seal(part, path).and_then(|()| sync_folder(folder_of(path))).map_err(|source| Error::write(path, source))
}

fn seal(part: &Path, path: &Path) -> io::Result<()> {
    // Windows syncs only what is open for writing.
    OpenOptions::new().write(true).open(part)?.sync_all()?;
    fs::rename(part, path)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// A rename survives a power cut only once its folder is synced.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the same shape as on unix")]
pub(crate) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_whole_file_replaces_the_old_one_and_leaves_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        for text in ["old", "new"] {
            write_whole(&path, |w| w.write_all(text.as_bytes())).unwrap();
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_failing_closure_leaves_the_old_file_and_no_temporary_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        write_whole(&path, |w| w.write_all(b"old")).unwrap();
        let failed = write_whole(&path, |w| {
            w.write_all(&[b'x'; 100_000])?;
            Err::<(), _>(io::Error::other("no more"))
        });
        let said = failed.unwrap_err().to_string();
        assert!(said.contains("a.json") && said.contains("no more"), "{said}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_missing_folder_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let said = write_whole(&folder.path().join("no/such.json"), |_| Ok(())).unwrap_err().to_string();
        assert!(said.contains("such.json"), "{said}");
    }

    #[cfg(unix)]
    #[test]
    fn results_are_readable_by_others_as_the_umask_says() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (whole, plain) = (folder.path().join("whole"), folder.path().join("plain"));
        write_whole(&whole, |_| Ok(())).unwrap();
        File::create(&plain).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&whole), mode(&plain));
    }

    #[test]
    fn a_pending_file_appears_on_commit_and_vanishes_on_drop() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("overlay.mp4");
        let dropped = Pending::new(&path);
        dropped.create().unwrap().write_all(b"half").unwrap();
        assert_eq!(names(folder.path()), ["overlay.mp4.part"]);
        drop(dropped);
        assert!(names(folder.path()).is_empty());

        let kept = Pending::new(&path);
        kept.create().unwrap().write_all(b"whole").unwrap();
        kept.commit().unwrap();
        assert_eq!(names(folder.path()), ["overlay.mp4"]);
        assert_eq!(fs::read(&path).unwrap(), b"whole");
    }

    #[test]
    fn jobs_that_write_the_same_file_do_not_meet_and_who_gives_up_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("predictions/walk_rtmpose-l.json");
        let [first, second, third] = ["tasks/1f", "tasks/2e", "tasks/3d"].map(Path::new);
        drop(Pending::apart(&path, first).unwrap());
        assert!(!path.parent().unwrap().exists(), "the folder was made for nothing");

        let (mine, other) = (Pending::apart(&path, first).unwrap(), Pending::apart(&path, second).unwrap());
        let given_up = Pending::apart(&path, third).unwrap();
        assert_eq!(names(path.parent().unwrap()), [".1f.json.part", ".2e.json.part", ".3d.json.part"]);
        assert_eq!(mine.part(), part_of_job(&path, first));
        drop(given_up);
        mine.create().unwrap().write_all(b"first").unwrap();
        other.create().unwrap().write_all(b"second").unwrap();
        other.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        mine.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first");

        // Killed, and nothing was there to drop it.
        std::mem::forget(Pending::apart(&path, third).unwrap());
        remove_part_of_job(&path, second).unwrap();
        assert_eq!(names(path.parent().unwrap()), [".3d.json.part", "walk_rtmpose-l.json"]);
        remove_part_of_job(&path, third).unwrap();
        assert_eq!(names(path.parent().unwrap()), ["walk_rtmpose-l.json"]);
        remove_part_of_job(&folder.path().join("no/such.json"), third).unwrap();
    }

    #[test]
    fn jobs_that_make_and_remove_the_same_folder_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/walk.json");
        std::thread::scope(|scope| {
            for job in ["1f", "2e", "3d"].map(Path::new) {
                let path = &path;
                scope.spawn(move || (0..200).for_each(|_| drop(Pending::apart(path, job).unwrap())));
            }
        });
        // Who finds a folder leaves it: it may stay, empty.
        assert_eq!(fs::read_dir(path.parent().unwrap()).into_iter().flatten().count(), 0);
    }

    #[test]
    fn a_pending_file_that_nobody_wrote_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Pending::new(folder.path().join("x")).commit(), Err(Error::Write { .. })));
        assert!(names(folder.path()).is_empty());
    }
}
