//! Files that others see only when whole: written beside their place, synced, then renamed.

use std::ffi::OsString;
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
/// always the same, so what a crash left is written over by the next attempt: one writer at a time.
/// Dropped without [`commit`](Self::commit), the `.part` file is removed.
#[derive(Debug)]
pub struct Pending {
    path: PathBuf,
    part: PathBuf,
    open: bool,
}

impl Pending {
    /// A file that will be `path`. Creates nothing yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let mut part = path.clone().into_os_string();
        part.push(".part");
        Self { path, part: part.into(), open: true }
    }

    /// Where to write: the final path with `.part` behind it.
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
    fn a_pending_file_that_nobody_wrote_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Pending::new(folder.path().join("x")).commit(), Err(Error::Write { .. })));
        assert!(names(folder.path()).is_empty());
    }
}
