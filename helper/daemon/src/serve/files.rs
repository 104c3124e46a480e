//! Which files a client may name: those below folders that the user opened, and uploads.

use std::path::{Component, Path, PathBuf};
use std::time::UNIX_EPOCH;

use silhueta_shared::protocol::{Entry, EntryKind, ErrorCode, Listing, Root, RootId, SourceRef, WireError};

use super::answer::internal;
use super::spool::Spool;
use super::store::{Store, Upload};
use crate::videos::is_video;

/// Entries that one listing holds.
const MOST_ENTRIES: usize = 5000;
/// Folders of the system: nobody keeps videos there.
const SYSTEM: [&str; 12] =
    ["/proc", "/sys", "/dev", "/etc", "/boot", "/run", "/bin", "/sbin", "/lib", "/usr", "/var/lib", "C:\\Windows"];

/// What a client may name. Taken from the state, then used without it: a folder may be on a disk that hangs.
#[derive(Debug)]
pub(super) struct Reach {
    roots: Vec<Root>,
    uploads: Vec<Upload>,
    /// A page is behind it: no plain paths.
    is_browser: bool,
}

impl Reach {
    pub(super) fn of(store: &Store, is_browser: bool) -> Result<Self, WireError> {
        Ok(Self { roots: roots(store)?, uploads: store.uploads().map_err(internal)?, is_browser })
    }
}

/// The real path of a folder that may be opened.
pub(super) fn openable(path: &str) -> Result<String, WireError> {
    let wrong = |why: String| WireError::new(ErrorCode::BadValue, why).field("path");
    let given = Path::new(path.trim());
    if !given.is_absolute() {
        return Err(wrong(format!("{path} is not an absolute path")).hint("begin it with / (or a drive letter)"));
    }
    let folder = given.canonicalize().map_err(|e| wrong(format!("{path} can't be opened: {e}")))?;
    if !folder.is_dir() {
        return Err(wrong(format!("{path} is no folder")).hint("name the folder that holds the videos"));
    }
    if folder.parent().is_none() || SYSTEM.iter().any(|system| folder.starts_with(system)) {
        return Err(wrong(format!("{path} belongs to the system")).hint("open the folder that holds the videos"));
    }
    std::fs::read_dir(&folder).map_err(|e| wrong(format!("{path} can't be read: {e}")))?;
    folder.to_str().map(ToOwned::to_owned).ok_or_else(|| wrong(format!("{path} is not UTF-8: rename it")))
}

/// What is in a folder below a root.
pub(super) fn browse(reach: &Reach, root: RootId, path: &str) -> Result<Listing, WireError> {
    let folder = below(&root_of(reach, root)?, path)?;
    let unreadable = |e: std::io::Error| missing(path, &e);
    let mut entries: Vec<Entry> =
        std::fs::read_dir(&folder).map_err(unreadable)?.flatten().filter_map(|found| entry(&found)).collect();
    entries.sort_by(|a, b| {
        let key = |entry: &Entry| (entry.kind == EntryKind::Video, entry.name.to_lowercase());
        key(a).cmp(&key(b))
    });
    let cut = entries.len() > MOST_ENTRIES;
    entries.truncate(MOST_ENTRIES);
    Ok(Listing { root, path: path.to_owned(), entries, cut })
}

/// Where a video is. A plain path is for clients that are no browser.
pub(super) fn locate(reach: &Reach, spool: &Spool, source: &SourceRef) -> Result<PathBuf, WireError> {
    let path = match source {
        SourceRef::File { root, path } => below(&root_of(reach, *root)?, path)?,
        SourceRef::Upload { upload, .. } => spool.path(&reach.uploads, *upload)?,
        SourceRef::Path { path } if reach.is_browser => {
            let error = WireError::new(ErrorCode::PathNotAllowed, format!("{path} can't be named by its path"));
            return Err(error.field("sources").hint("open its folder, then choose it there"));
        }
        SourceRef::Path { path } => {
            let given = Path::new(path);
            if !given.is_absolute() {
                let error = WireError::new(ErrorCode::BadValue, format!("{path} is not an absolute path"));
                return Err(error.field("sources"));
            }
            given.canonicalize().map_err(|e| missing(path, &e))?
        }
    };
    if path.is_file() {
        Ok(path)
    } else {
        Err(WireError::new(ErrorCode::NotFound, format!("{} is no file", source.name())).field("sources"))
    }
}

/// A file or folder that a script named.
#[derive(Debug)]
pub(super) struct Named {
    /// As it was named: a link's own place.
    pub(super) given: PathBuf,
    /// What that leads to.
    pub(super) real: PathBuf,
}

/// A file or folder that a script names by its path, with `/` or `\` between names. A browser names only what is below
/// an open folder, and learns nothing of the rest.
pub(super) fn named(reach: &Reach, path: &str, field: &str) -> Result<Named, WireError> {
    let mut given = PathBuf::from(path);
    if !cfg!(windows) && path.contains('\\') && !given.exists() {
        given = PathBuf::from(path.replace('\\', "/"));
    }
    if !given.is_absolute() {
        let error = WireError::new(ErrorCode::BadValue, format!("{path} is not an absolute path")).field(field);
        return Err(error.hint("begin it with / (or a drive letter)"));
    }
    let is_hidden = |part: Component<'_>| part.as_os_str().as_encoded_bytes().starts_with(b".");
    let is_in_reach = |real: &Path| {
        let below =
            |root: &Root| real.strip_prefix(Path::new(&root.path).canonicalize().ok()?).ok().map(Path::to_owned);
        reach.roots.iter().filter_map(below).any(|rest| !rest.components().any(is_hidden))
    };
    let outside = || {
        let error = WireError::new(ErrorCode::OutsideRoots, format!("{path} is not below an open folder"));
        error.field(field).hint("open its folder first")
    };
    match given.canonicalize() {
        Ok(real) if !reach.is_browser || is_in_reach(&real) => Ok(Named { given, real }),
        Err(error) if !reach.is_browser => Err(missing(path, &error).field(field)),
        _ => Err(outside()),
    }
}

/// The folders that are open.
pub(super) fn roots(store: &Store) -> Result<Vec<Root>, WireError> {
    store.roots().map_err(internal)
}

fn root_of(reach: &Reach, id: RootId) -> Result<PathBuf, WireError> {
    let root = reach.roots.iter().find(|root| root.id == id);
    let none = || {
        let error = WireError::new(ErrorCode::NotFound, format!("folder {id} is not open"));
        error.field("root").hint("open the folder again")
    };
    let path = &root.ok_or_else(none)?.path;
    Path::new(path).canonicalize().map_err(|e| missing(path, &e))
}

/// The real path of `path` below `root`; links are followed and must end below it, too.
fn below(root: &Path, path: &str) -> Result<PathBuf, WireError> {
    let outside =
        || WireError::new(ErrorCode::OutsideRoots, format!("{path} is not below an open folder")).field("path");
    let is_plain = |name: &str| {
        let is_foreign = name.contains(['\0', '\\']) || (cfg!(windows) && name.contains(':'));
        !(name.is_empty() || name.starts_with('.') || is_foreign)
    };
    if !path.is_empty() && !path.split('/').all(is_plain) {
        return Err(outside());
    }
    let joined = root.join(path.split('/').collect::<PathBuf>());
    let real = joined.canonicalize().map_err(|e| missing(path, &e))?;
    // A link may lead to another place below the root, but not out of it and not into what is hidden.
    let rest = real.strip_prefix(root).map_err(|_| outside())?;
    let is_hidden = |part: Component<'_>| part.as_os_str().as_encoded_bytes().starts_with(b".");
    if rest.components().any(is_hidden) { Err(outside()) } else { Ok(real) }
}

fn entry(entry: &std::fs::DirEntry) -> Option<Entry> {
    let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
    // Follows links; one that leads nowhere is left out, one that leads out is refused when it is opened.
    let meta = std::fs::metadata(entry.path()).ok()?;
    let kind = match (meta.is_dir(), meta.is_file() && is_video(&entry.path())) {
        (true, _) => EntryKind::Folder,
        (_, true) => EntryKind::Video,
        _ => return None,
    };
    let changed = meta.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let changed = changed.map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX));
    Some(Entry { name, kind, size: if kind == EntryKind::Video { meta.len() } else { 0 }, changed })
}

fn missing(path: &str, error: &std::io::Error) -> WireError {
    WireError::new(ErrorCode::NotFound, format!("{path} can't be opened: {error}")).field("path")
}

#[cfg(test)]
mod tests {
    use super::*;
    use silhueta_results::file::write_whole;
    use std::io::Write as _;

    fn code<T: std::fmt::Debug>(result: Result<T, WireError>) -> ErrorCode {
        result.unwrap_err().code
    }

    #[test]
    fn nothing_leads_out_of_an_open_folder() {
        let base = tempfile::tempdir().unwrap();
        let (root, out) = (base.path().join("videos"), base.path().join("secret"));
        for folder in [&root.join("trip"), &root.join(".hidden"), &out] {
            std::fs::create_dir_all(folder).unwrap();
        }
        for file in [root.join("trip/a.mp4"), root.join(".hidden/b.mp4"), root.join("notes.txt"), out.join("c.mp4")] {
            write_whole(&file, |out| out.write_all(b"x")).unwrap();
        }
        let root = root.canonicalize().unwrap();
        assert!(below(&root, "trip/a.mp4").is_ok() && below(&root, "").is_ok());
        for bad in [
            "../secret/c.mp4",
            "trip/../../secret/c.mp4",
            "/etc/passwd",
            "trip//a.mp4",
            ".",
            "..",
            ".hidden/b.mp4",
            "trip/",
            "a\0.mp4",
            "trip\\a.mp4",
        ] {
            assert_eq!(code(below(&root, bad)), ErrorCode::OutsideRoots, "{bad:?}");
        }
        #[cfg(unix)]
        for (link, target) in [("way_out", &out), ("in_hidden", &root.join(".hidden"))] {
            std::os::unix::fs::symlink(target, root.join(link)).unwrap();
            assert_eq!(code(below(&root, link)), ErrorCode::OutsideRoots);
            assert_eq!(
                code(below(&root, &format!("{link}/c.mp4"))),
                if link == "way_out" { ErrorCode::OutsideRoots } else { ErrorCode::NotFound }
            );
        }
        assert_eq!(code(below(&root, "gone.mp4")), ErrorCode::NotFound);
    }

    #[test]
    fn a_listing_holds_folders_and_videos_and_nothing_hidden() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("z")).unwrap();
        for name in ["b.MP4", "a.mkv", "notes.txt", ".c.mp4"] {
            write_whole(&folder.path().join(name), |out| out.write_all(b"xy")).unwrap();
        }
        let store = Store::in_memory();
        store.open_root(&openable(folder.path().to_str().unwrap()).unwrap()).unwrap();
        let root = store.roots().unwrap()[0].id;
        let listing = browse(&Reach::of(&store, true).unwrap(), root, "").unwrap();
        let names: Vec<_> = listing.entries.iter().map(|e| (e.name.as_str(), e.size)).collect();
        assert_eq!(names, [("z", 0), ("a.mkv", 2), ("b.MP4", 2)]);
    }

    #[test]
    fn only_folders_of_people_are_opened() {
        for bad in ["relative", "/", "/etc", "/proc/self", "/no/such/folder", ""] {
            assert_eq!(code(openable(bad)), ErrorCode::BadValue, "{bad:?}");
        }
        let nothing = Reach::of(&Store::in_memory(), true).unwrap();
        assert_eq!(code(browse(&nothing, RootId::new(9).unwrap(), "")), ErrorCode::NotFound);
    }
}
