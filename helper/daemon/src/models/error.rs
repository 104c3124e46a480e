//! Why a model can't be brought, kept or taken away, and the way out of it.

use std::io;
use std::path::{Path, PathBuf};

use silhueta_registry::locate::ModelError;
use silhueta_shared::model::Role;

use super::store::WORK;

/// What stands in the way.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoreError {
    #[error("there is no model {id:?}; known are: {}", known.join(", "))]
    Unknown { id: String, known: Vec<String> },
    #[error("{id} has no address to fetch it from")]
    NoAddress { id: String },
    #[error("{id} is being fetched or imported by another silhueta right now")]
    Busy { id: String },
    #[error("no network: {host} can't be reached ({why})")]
    Offline { host: String, why: String },
    #[error("{0}")]
    Address(String),
    #[error("no address gave {id}:{}", list(reasons))]
    NoneGave { id: String, reasons: Vec<(String, String)> },
    #[error(
        "{id} is not what it should be: its SHA-256 is {found} instead of {wanted}{}; the file was thrown away",
        said(from)
    )]
    WrongDigest { id: String, found: String, wanted: String, from: Option<String> },
    #[error("{} needs {} of disk space, {} are free", plain(path), mb(*needed), mb(*free))]
    DiskFull { path: PathBuf, needed: u64, free: u64 },
    #[error("stopped; {} of {id} are kept", mb(*kept))]
    Stopped { id: String, kept: u64 },
    #[error("{} can't be read: {source}", plain(path))]
    Read { path: PathBuf, source: io::Error },
    #[error("{} can't be written: {source}", plain(path))]
    Write { path: PathBuf, source: io::Error },
    #[error("the archive {name} can't be used: {why}")]
    Archive { name: String, why: String },
    #[error("what came for {id} can't be used: {source}")]
    Unfit { id: String, source: ModelError },
    #[error(transparent)]
    Refused(ModelError),
    #[error("what came for {id} is a network for another task: {} instead of {}", found.name(), wanted.name())]
    WrongRole { id: String, found: Role, wanted: Role },
    #[error("there is another file of that name: {}", path.display())]
    NameTaken { path: PathBuf },
    #[error("{name:?} is no name for a model: use letters, digits, - and _")]
    BadName { name: String },
    #[error("there is no file of {id} in {}", folder.display())]
    NotThere { id: String, folder: PathBuf },
    #[error("{id} is built in: it is always there, and can't be fetched, checked or taken away")]
    BuiltIn { id: String },
    #[error("{id} is in use by a running job")]
    InUse { id: String },
    #[error("{id} can't be brought back: {why}")]
    NotInTrash { id: String, why: String },
    #[error("{0}")]
    Internal(String),
}

impl StoreError {
    /// What a person can do about it.
    pub(crate) fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Unknown { .. } => "`silhueta models list` tells what there is".to_owned(),
            Self::NoAddress { id } => format!("bring its file: `silhueta models import {id}.onnx`"),
            Self::Offline { .. } => "bring the file with `silhueta models import FILE`".to_owned(),
            Self::NoneGave { .. } => "try again later, or bring the file with `silhueta models import FILE`".to_owned(),
            Self::WrongDigest { from: Some(_), id, .. } => {
                format!("if its publisher really replaced the file: `silhueta models fetch --renew {id}`")
            }
            Self::Write { source, .. } if source.kind() == io::ErrorKind::StorageFull => {
                "make room; what came so far is kept".to_owned()
            }
            Self::DiskFull { .. } => "make room, or name another folder in SILHUETA_MODELS".to_owned(),
            Self::Stopped { id, kept } if *kept > 0 => format!("`silhueta models fetch {id}` goes on from there"),
            Self::NameTaken { .. } => "choose another name with --name, or remove that file first".to_owned(),
            Self::BadName { .. } => "choose another name with --name".to_owned(),
            Self::InUse { .. } => "stop the job, or wait for its end".to_owned(),
            _ => return None,
        })
    }

    /// Whether the file that a person brought is at fault.
    pub(crate) fn is_of_input(&self) -> bool {
        matches!(self, Self::Read { .. } | Self::Archive { .. } | Self::Refused(_))
    }

    /// Whether another address could do better.
    pub(super) fn is_of_address(&self) -> bool {
        matches!(
            self,
            Self::Offline { .. }
                | Self::Address(_)
                | Self::WrongDigest { .. }
                | Self::Archive { .. }
                | Self::Unfit { .. }
                | Self::WrongRole { .. }
        )
    }

    pub(super) fn read(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Read { path: path.clone(), source }
    }

    pub(super) fn write(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Write { path: path.clone(), source }
    }
}

impl From<silhueta_results::Error> for StoreError {
    fn from(error: silhueta_results::Error) -> Self {
        Self::Internal(error.to_string())
    }
}

/// Bytes as people say them.
pub(crate) fn mb(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}

/// A path before people: for what is on its way through the folder for work, the model and the models folder.
fn plain(path: &Path) -> String {
    if path.file_name().is_some_and(|name| name == WORK) {
        return path.parent().unwrap_or(path).display().to_string();
    }
    let Some(folder) = path.parent().filter(|folder| folder.file_name().is_some_and(|name| name == WORK)) else {
        return path.display().to_string();
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let ends = [".unpacked.part", ".import.part", ".part.json", ".part", ".lock"];
    let model = ends.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    format!("{model} (on its way into {})", folder.parent().unwrap_or(folder).display())
}

fn list(reasons: &[(String, String)]) -> String {
    reasons.iter().map(|(address, why)| format!("\n  {address}: {why}")).collect()
}

fn said(from: &Option<String>) -> String {
    from.as_ref().map_or(String::new(), |from| format!(", {from}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_of_a_file_on_its_way_is_shown() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        for (file, shown) in [
            ("/m/.fetch/yolox_s.part", "yolox_s (on its way into /m)"),
            ("/m/.fetch/yolox_s.unpacked.part", "yolox_s (on its way into /m)"),
            ("/m/.fetch/mine.import.part", "mine (on its way into /m)"),
            ("/m/.fetch/yolox_s.part.json", "yolox_s (on its way into /m)"),
            ("/m/.fetch", "/m"),
            ("/m/yolox_s.onnx", "/m/yolox_s.onnx"),
        ] {
            let path = Path::new(file);
            let said = [StoreError::read(path)(full()).to_string(), StoreError::write(path)(full()).to_string()];
            assert!(said.iter().all(|said| said.starts_with(&format!("{shown} can't be "))), "{said:?}");
        }
    }
}
