//! Archives: their one network, and nothing else.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use silhueta_registry::graph;
use tokio_util::sync::CancellationToken;
use zip::ZipArchive;
use zip::result::ZipError;

use super::error::{StoreError, mb};
use crate::disk;

/// Entries that an archive may have.
const ENTRIES: usize = 10_000;

/// What a zip file is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Not a zip file.
    Other,
    /// A PyTorch checkpoint, which is a zip file, too.
    Checkpoint,
    /// An archive that may hold a network.
    Archive,
}

/// Looks whether a file is an archive.
pub(super) fn kind(path: &Path) -> Result<Kind, StoreError> {
    let unreadable = StoreError::read(path);
    let mut start = Vec::with_capacity(4);
    File::open(path).map_err(&unreadable)?.take(4).read_to_end(&mut start).map_err(&unreadable)?;
    if start != b"PK\x03\x04" {
        return Ok(Kind::Other);
    }
    let archive = ZipArchive::new(File::open(path).map_err(&unreadable)?);
    // A damaged one is told of when it is unpacked.
    let is_checkpoint = archive.is_ok_and(|archive| archive.file_names_raw().any(|name| name.ends_with(b"data.pkl")));
    Ok(if is_checkpoint { Kind::Checkpoint } else { Kind::Archive })
}

/// Writes the one `.onnx` file of `archive` (called `name` before people) to `to`. When `member` is given, it must be
/// called so. Nothing in the archive chooses a path.
pub(super) fn unpack(
    archive: &Path,
    name: &str,
    member: Option<&str>,
    size: Option<u64>,
    to: &Path,
    stop: &CancellationToken,
) -> Result<(), StoreError> {
    let wrong = |why: String| StoreError::Archive { name: name.to_owned(), why };
    let damaged = |error: ZipError| match error {
        ZipError::Io(error) if error.kind() == io::ErrorKind::NotFound => StoreError::read(archive)(error),
        error => wrong(format!("it is damaged or of an unknown kind ({error}); fetch it again")),
    };
    let mut zip = ZipArchive::new(File::open(archive).map_err(StoreError::read(archive))?).map_err(damaged)?;
    if zip.len() > ENTRIES {
        return Err(wrong(format!("it has {} entries", zip.len())));
    }
    let mut found = Vec::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(damaged)?;
        let path = entry.name().map_err(damaged)?.into_owned();
        // Finder's shadows of files.
        if path.to_lowercase().ends_with(".onnx") && !path.starts_with("__MACOSX/") {
            let refusal = match () {
                () if entry.enclosed_name().is_none() => Some("has a path that leads out of the archive"),
                () if entry.is_symlink() || !entry.is_file() => Some("is not a plain file"),
                () if entry.encrypted() => Some("is encrypted: unpack it with its password"),
                () => None,
            };
            if let Some(refusal) = refusal {
                return Err(wrong(format!("{path:?} {refusal}")));
            }
            found.push((index, path, entry.size()));
        }
    }
    let (index, path, said) = match found.as_slice() {
        [one] => one.clone(),
        [] => return Err(wrong("there is no .onnx file in it".to_owned())),
        several => {
            let names: Vec<_> = several.iter().take(5).map(|(_, path, _)| path.as_str()).collect();
            return Err(wrong(format!("it holds several networks ({}): unpack the one you want", names.join(", "))));
        }
    };
    if let Some(member) = member.filter(|member| path.rsplit('/').next() != Some(member)) {
        return Err(wrong(format!("it holds {path:?} instead of {member}")));
    }
    let cap = size.unwrap_or(graph::MAX_BYTES);
    if said > cap || size.is_some_and(|size| size != said) {
        return Err(wrong(format!("{path:?} says that it has {said} bytes instead of {}{cap}", at_most(size))));
    }
    let folder = to.parent().unwrap_or(to);
    if let Some(free) = disk::free(folder).filter(|free| *free < said) {
        return Err(StoreError::DiskFull { path: folder.to_owned(), needed: said, free });
    }
    let mut entry = zip.by_index(index).map_err(damaged)?;
    let mut out = File::create(to).map_err(StoreError::write(to))?;
    let (mut buffer, mut written) = (vec![0; 1 << 18], 0);
    while written <= said {
        if stop.is_cancelled() {
            return Err(StoreError::Stopped { id: name.to_owned(), kept: 0 });
        }
        let read = match entry.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) => return Err(wrong(format!("{path:?} is damaged ({error}); fetch it again"))),
        };
        written += read as u64;
        out.write_all(buffer.get(..read).unwrap_or_default()).map_err(StoreError::write(to))?;
    }
    if written == said {
        return Ok(());
    }
    let more = if written > said { format!("more than {}", mb(said)) } else { format!("{written} of {said} bytes") };
    Err(wrong(format!("{path:?} unpacks to {more}: it lies about its size")))
}

fn at_most(size: Option<u64>) -> &'static str {
    if size.is_some() { "" } else { "at most " }
}
