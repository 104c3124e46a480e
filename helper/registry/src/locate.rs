//! From what a person asked for (a path, an id, or nothing) to the file that a job runs.

mod digest;
mod error;

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use silhueta_shared::model::{ModelFile, Role};

pub(crate) use digest::sha256_of;
pub use digest::{sha256, sha256_unless};
pub use error::{ModelError, ResolveError};

use crate::builtin::Builtin;
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
    /// Where networks that are built in are laid out, if they may run.
    builtin: Option<PathBuf>,
}

impl Registry {
    /// The models in `folders` (not in folders within them). A stem that is in two is the first one's.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self::with_manifest(folders, Manifest::builtin())
    }

    /// The same, for another manifest than the one built in.
    pub fn with_manifest(folders: Vec<PathBuf>, manifest: &'static Manifest) -> Self {
        Self { folders, manifest, builtin: None }
    }

    /// The same, which falls back on the networks that are built in. They are laid out in `folder` when asked for.
    #[must_use]
    pub fn with_builtin(self, folder: PathBuf) -> Self {
        Self { builtin: Some(folder), ..self }
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

    /// The file of the network of this name that is built in, laid out; `None` where there is none, or those may not run.
    ///
    /// # Errors
    /// [`ResolveError::NotLaidOut`].
    pub fn built_in(&self, id: &str) -> Result<Option<PathBuf>, ResolveError> {
        Builtin::find(id).and_then(|network| self.laid_out(network)).transpose()
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
    /// file in the folders, a name by which the manifest knows it, or that of one that is built in. Without a choice
    /// it is the first of the manifest that is there, else the only file for `role`, else the first of those by name,
    /// else the one that is built in.
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
        if let Some(path) = self.built_in(id)? {
            return Ok(path);
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
        let builtin = Builtin::of(role).filter(|_| self.builtin.is_some()).map(|network| network.id.to_owned());
        self.scan().into_iter().filter(fits).map(|found| found.id).chain(builtin).collect()
    }

    /// The file of one that is built in; `None` where those may not run.
    fn laid_out(&self, network: &Builtin) -> Option<Result<PathBuf, ResolveError>> {
        let folder = self.builtin.as_ref()?;
        let unwritable = |source| ResolveError::NotLaidOut { id: network.id, folder: folder.clone(), source };
        Some(network.lay_out(folder).map_err(unwritable))
    }

    fn preferred(&self, role: Role) -> Result<Resolved, ResolveError> {
        let files = self.files();
        let (mut warnings, mut unusable, mut tried) = (Vec::new(), Vec::new(), HashSet::new());
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
        for path in files.values().filter(|path| !tried.contains(path)) {
            match inspect(path) {
                Ok(contract) if contract.role() == role && !is_copy_of_builtin(path) => {
                    return self.checked(path, role, warnings);
                }
                Ok(_) => {}
                Err(error) => unusable.extend(self.passed_over(path, &error)),
            }
        }
        if let Some(path) = Builtin::of(role).and_then(|network| self.laid_out(network)) {
            // Any of them may have been meant for this role.
            warnings.extend(unusable);
            let instead = |why| format!("a small built-in network runs; {why}");
            return self.checked(&path?, role, warnings.into_iter().map(instead).collect());
        }
        Err(ResolveError::Nothing {
            role,
            folders: self.folders.clone(),
            wanted: self.manifest.of_role(role).map(|entry| (entry.id.clone(), entry.url.clone())).collect(),
            passed_over: warnings,
        })
    }

    /// What is said of a file that can't be used, unless the manifest knows that it is for something else.
    fn passed_over(&self, path: &Path, error: &ModelError) -> Option<String> {
        let stem = path.file_stem()?.to_string_lossy();
        self.manifest.find(&stem).is_none().then(|| format!("passed over {stem}: {error}"))
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
        // Also where somebody has brought it under another name.
        let builtin = Builtin::of(role).is_some_and(|network| network.sha256() == sha256);
        let model = ModelFile { id: id.to_owned(), file: file.to_owned(), sha256, builtin };
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
    recognised(&graph::read_as(path, name)?, name)
}

/// The same, for a file's bytes.
pub(crate) fn inspect_bytes(bytes: &[u8], name: &Path) -> Result<Contract, ModelError> {
    recognised(&graph::of_bytes(bytes, name)?, name)
}

fn recognised(signature: &graph::Signature, name: &Path) -> Result<Contract, ModelError> {
    recognise(signature).map_err(|why| ModelError::NotRecognised { path: name.to_owned(), why })
}

/// An int8 copy of a network that is built in runs only where it is asked for: it is no better than that one.
fn is_copy_of_builtin(path: &Path) -> bool {
    path.file_stem().and_then(OsStr::to_str).is_some_and(Builtin::is_copy)
}

fn has_extension(path: &Path, known: &[&str]) -> bool {
    path.extension().is_some_and(|ext| known.iter().any(|known| ext.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests;
