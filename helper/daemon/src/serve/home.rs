//! The helper's own folder: job store, uploads, token, and the mark that one helper uses it.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use super::store::Store;
use crate::exit::CliError;
use crate::folders;

/// The folder, held as long as this lives.
#[derive(Debug)]
pub(super) struct Home {
    folder: PathBuf,
    /// Locked by the system, which lets go however we end.
    mark: File,
}

impl Home {
    /// Takes `$XDG_STATE_HOME/silhueta` (or what the system has for that), unless another helper has it.
    pub(super) fn open() -> Result<Self, CliError> {
        Self::at(folder()?)
    }

    fn at(folder: PathBuf) -> Result<Self, CliError> {
        let fail = |e: std::io::Error| CliError::Runtime(format!("{} can't be used: {e}", folder.display()));
        std::fs::create_dir_all(&folder).map_err(fail)?;
        let path = folder.join("serving");
        let mut mark = File::options().create(true).read(true).write(true).truncate(false).open(path).map_err(fail)?;
        match mark.try_lock() {
            Ok(()) => {
                private(&folder).map_err(fail)?;
                // Where the last one was is of no use to anybody.
                mark.set_len(0).map_err(fail)?;
                Ok(Self { folder, mark })
            }
            Err(std::fs::TryLockError::WouldBlock) => {
                let mut where_at = String::new();
                let read = mark.read_to_string(&mut where_at);
                let place = if read.is_ok() && !where_at.is_empty() {
                    format!(" at {}", where_at.trim())
                } else {
                    String::new()
                };
                Err(CliError::Runtime(format!("silhueta already serves{place}: use that one, or end it first")))
            }
            Err(std::fs::TryLockError::Error(error)) => Err(fail(error)),
        }
    }

    /// Tells whoever comes next where this one is.
    pub(super) fn announce(&self, address: &str) {
        let mut mark = &self.mark;
        let told = mark.set_len(0).and_then(|()| mark.rewind()).and_then(|()| writeln!(mark, "{address}"));
        if let Err(error) = told {
            tracing::warn!("the address can't be written down: {error}");
        }
    }

    pub(super) fn jobs(&self) -> PathBuf {
        self.folder.join("jobs.db")
    }

    pub(super) fn uploads(&self) -> PathBuf {
        self.folder.join("uploads")
    }

    pub(super) fn token(&self) -> PathBuf {
        self.folder.join("token")
    }

    pub(super) fn webhook_secret(&self) -> PathBuf {
        self.folder.join("webhook.secret")
    }
}

/// A helper that serves on this machine.
#[derive(Debug)]
pub(crate) struct Serving {
    /// Scheme, host and port.
    pub(crate) address: String,
    /// What it wants to be shown, if anything.
    pub(crate) token: Option<String>,
}

/// Finds the helper that serves, which holds the lock of this user's folder.
pub(crate) fn serving() -> Result<Serving, CliError> {
    serving_in(&folder()?)
}

fn serving_in(folder: &Path) -> Result<Serving, CliError> {
    let none = || CliError::Runtime("no helper serves on this machine: start one with `silhueta serve`".to_owned());
    let mut mark = File::open(folder.join("serving")).map_err(|_| none())?;
    // Left behind by one that is gone, it can be locked.
    if mark.try_lock().is_ok() {
        return Err(none());
    }
    let mut address = String::new();
    mark.read_to_string(&mut address).map_err(|_| none())?;
    let address = address.trim().to_owned();
    if address.is_empty() {
        return Err(CliError::Runtime("the helper is just starting: try again in a moment".to_owned()));
    }
    let token = std::fs::read_to_string(folder.join("token")).ok().map(|token| token.trim().to_owned());
    Ok(Serving { address, token })
}

/// Videos and names of others' videos are nobody else's business.
fn private(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn folder() -> Result<PathBuf, CliError> {
    let base = folders::own("XDG_STATE_HOME", ".local/state");
    let base = base.ok_or_else(|| CliError::Runtime("no folder for the job store: set HOME".to_owned()))?;
    Ok(base.join("silhueta"))
}

/// The folders that are open when nobody has opened or closed one yet: where it was started, and the videos.
pub(super) fn first_roots(store: &Store) -> Vec<String> {
    if store.roots().map_or(true, |roots| !roots.is_empty()) {
        return vec![];
    }
    let videos = std::env::var_os("XDG_VIDEOS_DIR").map(PathBuf::from);
    let videos = videos.or_else(|| {
        let home = std::env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from)?;
        ["Videos", "Vídeos", "Видео", "Movies"].iter().map(|name| home.join(name)).find(|folder| folder.is_dir())
    });
    let here = std::env::current_dir().ok();
    here.into_iter().chain(videos).filter_map(|folder| folder.into_os_string().into_string().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_helper_is_told_where_the_first_one_is() {
        let folder = tempfile::tempdir().unwrap();
        let first = Home::at(folder.path().join("state")).unwrap();
        first.announce("http://127.0.0.1:8000");
        let error = Home::at(folder.path().join("state")).unwrap_err().to_string();
        assert!(error.contains("http://127.0.0.1:8000"), "{error}");
        assert_eq!(serving_in(&folder.path().join("state")).unwrap().address, "http://127.0.0.1:8000");
        drop(first);
        assert!(serving_in(&folder.path().join("state")).is_err(), "a mark that nobody holds is no helper");
        assert!(Home::at(folder.path().join("state")).is_ok());
    }
}
