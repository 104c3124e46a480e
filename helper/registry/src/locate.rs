//! From what a person asked for (a path, an id, or nothing) to the file that a job runs.

mod digest;
mod error;

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use silhueta_shared::model::{ModelFile, Role};

pub use digest::{sha256, sha256_unless};
pub use error::{ModelError, ResolveError};

use crate::family::{Contract, recognise};
use crate::graph;
use crate::manifest::Manifest;

/// A file in one of the models folders.
#[derive(Debug)]
pub struct Found {
    /// The file's stem.
    pub id: String,
    /// Where it is.
    pub path: PathBuf,
    /// What it is, or why it can't be used.
    pub contract: Result<Contract, ModelError>,
}

/// The network that a job runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The file, exactly.
    pub model: ModelFile,
    /// How it is fed and read.
    pub contract: Contract,
    /// What a person should know: another digest than the manifest's, a better file that can't be used.
    pub warnings: Vec<String>,
}

/// The models folders, seen with the manifest.
#[derive(Clone, Debug)]
pub struct Registry {
    folders: Vec<PathBuf>,
    manifest: &'static Manifest,
}

impl Registry {
    /// The models in `folders` (not in folders within them). A stem that is in two is the first one's.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders, manifest: Manifest::builtin() }
    }

    /// The same, for another manifest than the one built in.
    pub fn with_manifest(folders: Vec<PathBuf>, manifest: &'static Manifest) -> Self {
        Self { folders, manifest }
    }

    /// The models that are known of.
    pub fn manifest(&self) -> &'static Manifest {
        self.manifest
    }

    /// The file with this stem, or with another that the manifest knows for the same model.
    pub fn file(&self, id: &str) -> Option<PathBuf> {
        let files = self.files();
        let known = self.manifest.find(id).into_iter().flat_map(|entry| entry.stems());
        std::iter::once(id).chain(known).find_map(|stem| files.get(stem)).cloned()
    }

    /// The folders, in the order in which they are looked through.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// Every model file with what it is, sorted by id. Reads each file whole.
    pub fn scan(&self) -> Vec<Found> {
        let found = |(id, path): (String, PathBuf)| Found { id, contract: inspect(&path), path };
        self.files().into_iter().map(found).collect()
    }

    /// The network for `role`.
    ///
    /// `choice` is a path (it has a separator, ends like a model file, or exists) or an id: the stem of a
    /// file in the folders, or a name by which the manifest knows it. Without a choice it is the first of
    /// the manifest that is there, else the only file for `role`, else the first of those by name.
    ///
    /// # Errors
    /// [`ResolveError`]: what was looked for, where, and what to do. A named file is never replaced by
    /// another one.
    pub fn resolve(&self, role: Role, choice: Option<&str>) -> Result<Resolved, ResolveError> {
        match choice {
            Some(choice) => {
                let path = self.path_of(role, choice)?;
                self.checked(&path, role, vec![])
            }
            None => self.preferred(role),
        }
    }

    /// `.onnx` and PyTorch files by stem; ONNX goes before PyTorch, an earlier folder before a later one.
    fn files(&self) -> BTreeMap<String, PathBuf> {
        let mut files = BTreeMap::new();
        for extensions in [&["onnx"][..], &["pt", "pth"]] {
            for folder in &self.folders {
                // A folder that isn't there holds no models; errors name the folders.
                let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
                let mut paths: Vec<_> = entries.map(|entry| entry.path()).filter(|path| path.is_file()).collect();
                paths.sort();
                for path in paths.into_iter().filter(|path| has_extension(path, extensions)) {
                    let Some(stem) = path.file_stem().and_then(OsStr::to_str) else { continue };
                    files.entry(stem.to_owned()).or_insert(path);
                }
            }
        }
        files
    }

    fn path_of(&self, role: Role, choice: &str) -> Result<PathBuf, ResolveError> {
        let path = Path::new(choice);
        if path.is_file() || choice.contains(['/', '\\']) {
            return Ok(path.to_owned());
        }
        let files = self.files();
        let id = if has_extension(path, &["onnx", "pt", "pth"]) { path.file_stem() } else { Some(path.as_os_str()) };
        let id = id.and_then(OsStr::to_str).unwrap_or(choice);
        let known = self.manifest.find(id).into_iter().flat_map(|entry| entry.stems());
        if let Some(path) = std::iter::once(id).chain(known).find_map(|stem| files.get(stem)) {
            return Ok(path.clone());
        }
        Err(ResolveError::UnknownId {
            id: id.to_owned(),
            role,
            known: self.ids_of(role),
            url: self.manifest.find(id).and_then(|entry| entry.url.clone()),
            folders: self.folders.clone(),
        })
    }

    fn ids_of(&self, role: Role) -> Vec<String> {
        let fits = |found: &Found| found.contract.as_ref().is_ok_and(|contract| contract.role() == role);
        self.scan().into_iter().filter(fits).map(|found| found.id).collect()
    }

    fn preferred(&self, role: Role) -> Result<Resolved, ResolveError> {
        let files = self.files();
        let (mut warnings, mut tried) = (Vec::new(), HashSet::new());
        for stem in self.manifest.of_role(role).flat_map(|entry| entry.stems()) {
            let Some(path) = files.get(stem) else { continue };
            tried.insert(path);
            match self.checked(path, role, vec![]) {
                Ok(mut resolved) => {
                    warnings.append(&mut resolved.warnings);
                    return Ok(Resolved { warnings, ..resolved });
                }
                Err(error) => warnings.push(format!("passed over {stem}: {error}")),
            }
        }
        let fits = |path: &&PathBuf| inspect(path).is_ok_and(|contract| contract.role() == role);
        match files.values().filter(|path| !tried.contains(path)).find(fits) {
            Some(path) => self.checked(path, role, warnings),
            None => Err(ResolveError::Nothing {
                role,
                folders: self.folders.clone(),
                wanted: self.manifest.of_role(role).map(|entry| (entry.id.clone(), entry.url.clone())).collect(),
                passed_over: warnings,
            }),
        }
    }

    /// The file with its contract and digest, when it is for `role`.
    fn checked(&self, path: &Path, role: Role, mut warnings: Vec<String>) -> Result<Resolved, ResolveError> {
        let contract = inspect(path)?;
        if contract.role() != role {
            return Err(ResolveError::WrongRole { path: path.to_owned(), wanted: role, found: contract.family });
        }
        let unreadable = |source| graph::GraphError::Read { path: path.to_owned(), source };
        let absolute = std::path::absolute(path).map_err(unreadable).map_err(ModelError::from)?;
        let sha256 = sha256(path).map_err(unreadable).map_err(ModelError::from)?;
        let (Some(file), Some(id)) = (absolute.to_str(), path.file_stem().and_then(OsStr::to_str)) else {
            return Err(ResolveError::NotUnicode(path.to_owned()));
        };
        if let Some(entry) = self.manifest.find(id).filter(|entry| !entry.accepts(&sha256)) {
            warnings.push(format!(
                "{} is not the {} of the manifest: its SHA-256 is {sha256} instead of {}",
                path.display(),
                entry.id,
                entry.sha256
            ));
        }
        let model = ModelFile { id: id.to_owned(), file: file.to_owned(), sha256 };
        Ok(Resolved { model, contract, warnings })
    }
}

/// What the network in a file is.
///
/// # Errors
/// [`ModelError`], naming the file.
pub fn inspect(path: &Path) -> Result<Contract, ModelError> {
    inspect_as(path, path)
}

/// The same, for a file that people know as `name`.
///
/// # Errors
/// [`ModelError`], with that name.
pub fn inspect_as(path: &Path, name: &Path) -> Result<Contract, ModelError> {
    let signature = graph::read_as(path, name)?;
    recognise(&signature).map_err(|why| ModelError::NotRecognised { path: name.to_owned(), why })
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    path.extension().is_some_and(|ext| known.iter().any(|known| ext.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests;
