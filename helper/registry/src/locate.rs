//! Finds model files: by path, by id, or the best there is for a role.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use silhueta_shared::model::{ModelFile, Role};

use crate::family::{Contract, recognise};
use crate::graph::Signature;
use crate::manifest::Manifest;

/// The folders that models are looked for in.
#[derive(Clone, Debug)]
pub struct Registry {
    folders: Vec<PathBuf>,
}

/// A file in one of the folders.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its stem.
    pub id: String,
    /// Where it is.
    pub path: PathBuf,
    /// What its graph says, or why it can't be used.
    pub contract: Result<Contract, String>,
}

/// A model that was found.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The file.
    pub model: ModelFile,
    /// What it is.
    pub contract: Contract,
    /// What a person should know of it.
    pub warnings: Vec<String>,
}

/// Why no model was found.
#[derive(Debug, thiserror::Error)]
pub enum LocateError {
    /// No file of that path or id.
    #[error("there is no {role} model {choice}: neither a file nor one of {known} in {folders}")]
    Unknown {
        /// What it is for.
        role: &'static str,
        /// What was asked for.
        choice: String,
        /// The ids there are.
        known: String,
        /// Where was looked.
        folders: String,
    },
    /// Nothing for this role.
    #[error("no {role} model was found in {folders}: put one there, set SILHUETA_MODELS to its folder, or name a \
             file with --{role}. {wanted}")]
    None {
        /// What it is for.
        role: &'static str,
        /// Where was looked.
        folders: String,
        /// Names and addresses.
        wanted: String,
    },
    /// The file is something else.
    #[error("{} can't be the {role}: {why}", path.display())]
    Unfit {
        /// The file.
        path: PathBuf,
        /// What was wanted.
        role: &'static str,
        /// What it is.
        why: String,
    },
}

impl Registry {
    /// A registry over these folders, the first the most preferred.
    pub fn new(folders: Vec<PathBuf>) -> Self {
        Self { folders }
    }

    /// Every ONNX file there is, by id.
    pub fn scan(&self) -> Vec<Found> {
        let mut found: Vec<_> = self.files().into_iter().map(|(id, path)| {
            let contract = contract(&path);
            Found { id, path, contract }
        }).collect();
        found.sort_by(|a, b| a.id.cmp(&b.id));
        found
    }

    /// The model for `role`: `choice` is a file or an id; without one, the manifest's first that is there,
    /// else the first by name that the graph says is for this role.
    ///
    /// # Errors
    /// None is there, or the chosen one doesn't fit.
    pub fn resolve(&self, role: Role, choice: Option<&str>) -> Result<Resolved, LocateError> {
        let files = self.files();
        let path = match choice {
            Some(choice) if Path::new(choice).is_file() => PathBuf::from(choice),
            Some(choice) => {
                let by_id = files.iter().find(|(id, _)| id == choice).map(|(_, path)| path.clone());
                by_id.ok_or_else(|| self.unknown(role, choice))?
            }
            None => self.preferred(role, &files).ok_or_else(|| self.none(role))?,
        };
        let unfit = |why: String| LocateError::Unfit { path: path.clone(), role: role.name(), why };
        let contract = contract(&path).map_err(unfit)?;
        if contract.role() != role {
            return Err(unfit(format!("it is {} ({})", contract.family, contract.role().name())));
        }
        let real = path.canonicalize().map_err(|e| unfit(e.to_string()))?;
        let sha256 = sha256(&real).map_err(|e| unfit(e.to_string()))?;
        let id = stem(&real);
        let pinned = Manifest::builtin().find(&id).and_then(|entry| entry.pinned());
        let warnings = pinned.filter(|pinned| *pinned != sha256).map(|pinned| {
            format!("{} is not the published {id}: its SHA-256 is {sha256}, not {pinned}", real.display())
        });
        let model = ModelFile { id, file: real.display().to_string(), sha256 };
        Ok(Resolved { model, contract, warnings: warnings.into_iter().collect() })
    }

    fn preferred(&self, role: Role, files: &[(String, PathBuf)]) -> Option<PathBuf> {
        let fits = |path: &Path| contract(path).is_ok_and(|contract| contract.role() == role);
        let known = Manifest::builtin().models.iter().filter(|entry| entry.role == role);
        let mut named = known.filter_map(|entry| files.iter().find(|(id, _)| *id == entry.id));
        let path = named.find(|(_, path)| fits(path));
        path.or_else(|| files.iter().find(|(_, path)| fits(path))).map(|(_, path)| path.clone())
    }

    /// Ids and paths of the ONNX files, by folder, then name; an id that an earlier folder has hides later ones.
    fn files(&self) -> Vec<(String, PathBuf)> {
        let mut files: Vec<(String, PathBuf)> = Vec::new();
        for folder in &self.folders {
            let Ok(entries) = std::fs::read_dir(folder) else { continue };
            let mut here: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
            here.retain(|path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("onnx")) && path.is_file());
            here.sort();
            for path in here {
                let id = stem(&path);
                if files.iter().all(|(known, _)| *known != id) {
                    files.push((id, path));
                }
            }
        }
        files
    }

    fn folders_text(&self) -> String {
        self.folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", ")
    }

    fn unknown(&self, role: Role, choice: &str) -> LocateError {
        let found = self.scan().into_iter();
        let fitting = found.filter(|f| f.contract.as_ref().is_ok_and(|contract| contract.role() == role));
        let known: Vec<_> = fitting.map(|f| f.id).collect();
        let known = if known.is_empty() { "the models there (none)".into() } else { known.join(", ") };
        LocateError::Unknown { role: role.name(), choice: choice.into(), known, folders: self.folders_text() }
    }

    fn none(&self, role: Role) -> LocateError {
        let entries = Manifest::builtin().models.iter().filter(|entry| entry.role == role && !entry.url.is_empty());
        let wanted: Vec<_> = entries.take(2).map(|entry| format!("{} from {}", entry.id, entry.url)).collect();
        let wanted = format!("For instance {}", wanted.join(", or "));
        LocateError::None { role: role.name(), folders: self.folders_text(), wanted }
    }
}

fn contract(path: &Path) -> Result<Contract, String> {
    let signature = Signature::read(path).map_err(|e| e.to_string())?;
    recognise(&signature).map_err(|e| e.to_string())
}

fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

fn sha256(path: &Path) -> std::io::Result<String> {
    let (mut file, mut hash, mut buffer) = (File::open(path)?, Sha256::new(), vec![0u8; 1 << 20]);
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            n => hash.update(buffer.get(..n).unwrap_or_default()),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn real(test: &str) -> Option<(Registry, PathBuf)> {
        let models = silhueta_e2e::data(test)?.join("models");
        Some((Registry::new(vec![models.clone()]), models))
    }

    #[test]
    fn without_a_choice_the_manifest_decides() {
        let Some((registry, _)) = real("registry: preference") else { return };
        let id = |role| registry.resolve(role, None).unwrap().model.id;
        assert_eq!(id(Role::Detector), "yolov8n");
        assert_eq!(id(Role::Reid), "osnet_x0_25_msmt17");
        assert_eq!(id(Role::Pose), "tinypose_256x192_simcc");
    }

    #[test]
    fn a_choice_is_an_id_or_a_path_and_must_fit() {
        let Some((registry, models)) = real("registry: choice") else { return };
        let by_id = registry.resolve(Role::Detector, Some("rtmdet_nano")).unwrap();
        let path = models.join("rtmdet_nano.onnx");
        let by_path = registry.resolve(Role::Detector, path.to_str()).unwrap();
        assert_eq!(by_id.model, by_path.model);
        let error = registry.resolve(Role::Detector, Some("osnet_x0_5")).unwrap_err().to_string();
        assert!(error.contains("can't be the detector") && error.contains("OSNet"), "{error}");
        let error = registry.resolve(Role::Pose, Some("nothing")).unwrap_err().to_string();
        assert!(error.contains("tinypose_256x192_simcc"), "{error}");
    }

    #[test]
    fn an_empty_folder_says_what_to_get_and_where_to_put_it() {
        let folder = tempfile::tempdir().unwrap();
        let registry = Registry::new(vec![folder.path().into()]);
        let error = registry.resolve(Role::Pose, None).unwrap_err().to_string();
        assert!(error.contains("SILHUETA_MODELS") && error.contains("rtmpose"), "{error}");
    }
}
