//! The models folder: what is in it, what could be, and whether it is as it came.

use std::path::{Path, PathBuf};

use serde::Serialize;
use silhueta_registry::locate::{inspect, sha256_unless};
use silhueta_registry::manifest::{Entry, Manifest, Profile};
use silhueta_registry::{Builtin, Contract, Family, Found, Registry, builtin};
use silhueta_shared::model::Role;
use silhueta_shared::pose::KeypointSet;
use tokio_util::sync::CancellationToken;

use super::error::StoreError;
use super::ledger::Ledger;
use super::part::{Part, remove};
use crate::folders;

/// The folder for what is not a model yet: downloads, locks.
pub(super) const WORK: &str = ".fetch";

/// One user's models, seen with the manifest. Nothing in here prints; all of it may be asked from any thread.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    folder: PathBuf,
    manifest: &'static Manifest,
}

/// A model that is there or could be.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Item {
    /// The stem of its file.
    pub(crate) id: String,
    /// What it is for; none where its file can't be used.
    pub(crate) role: Option<Role>,
    pub(crate) profile: Option<Profile>,
    /// The joints of a pose network.
    pub(crate) keypoints: Option<String>,
    /// Bytes, where known.
    pub(crate) size: Option<u64>,
    pub(crate) licence: Option<String>,
    pub(crate) state: ItemState,
    /// Bytes of an unfinished download.
    pub(crate) partial: u64,
}

/// Whether it can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "what")]
pub(crate) enum ItemState {
    /// It is there; what its graph says it is.
    There(String),
    /// It is there and can't be used; why.
    Unusable(String),
    /// It is part of the program; what its graph says it is.
    BuiltIn(String),
    /// It can be fetched; from where.
    Fetchable(String),
    /// It has to be brought.
    BringYourOwn,
}

/// A file held to what is known of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Check {
    pub(crate) id: String,
    pub(crate) sha256: Option<String>,
    pub(crate) verdict: Verdict,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "what")]
pub(crate) enum Verdict {
    /// It has the digest of the manifest.
    Pinned,
    /// It is as it came; from where.
    AsItCame(String),
    /// Nobody knows its digest.
    Unknown,
    /// It has another digest than this one.
    Changed(String),
    /// It can't be used; why.
    Unusable(String),
}

impl Check {
    /// Whether the file may be trusted as far as anybody can tell.
    pub(crate) fn is_good(&self) -> bool {
        !matches!(self.verdict, Verdict::Changed(_) | Verdict::Unusable(_))
    }
}

impl Store {
    pub(crate) fn new(folder: PathBuf, manifest: &'static Manifest) -> Self {
        Self { folder, manifest }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn work(&self) -> PathBuf {
        self.folder.join(WORK)
    }

    pub(super) fn ledger(&self) -> Ledger {
        Ledger::new(&self.folder, &self.work())
    }

    pub(super) fn registry(&self) -> Registry {
        let cache = folders::own("XDG_CACHE_HOME", ".cache").unwrap_or_default();
        Registry::with_manifest(vec![self.folder.clone()], self.manifest).with_builtin(cache.join("silhueta/builtin"))
    }

    pub(super) fn entry(&self, id: &str) -> Result<&'static Entry, StoreError> {
        let known = || self.manifest.models().iter().map(|entry| entry.id.clone()).collect();
        let unknown = || StoreError::Unknown { id: id.to_owned(), known: known() };
        self.manifest.find(stem(id)).ok_or_else(|| built_in(id).unwrap_or_else(unknown))
    }

    /// What to fetch for a role that has nothing but what is built in; a model to bring where none can be fetched.
    pub(crate) fn better(&self, role: Role) -> Option<&'static Entry> {
        let mut of_role = self.manifest.of_role(role);
        of_role.find(|entry| entry.url.is_some()).or_else(|| self.manifest.of_role(role).next())
    }

    /// The name by which a model is fetched, if it can be.
    pub(crate) fn fetchable(&self, id: &str) -> Result<&'static str, StoreError> {
        let entry = self.entry(id)?;
        let no_address = || StoreError::NoAddress { id: entry.id.clone() };
        entry.addresses().next().map(|_| entry.id.as_str()).ok_or_else(no_address)
    }

    /// The file of an entry, under any of its names.
    pub(super) fn place_of(&self, entry: &Entry) -> Option<PathBuf> {
        entry.stems().map(|stem| self.folder.join(format!("{stem}.onnx"))).find(|path| path.exists())
    }

    /// The file of an id, which is in the folder itself.
    pub(super) fn file_of(&self, id: &str) -> Result<PathBuf, StoreError> {
        let not_there = || StoreError::NotThere { id: id.to_owned(), folder: self.folder.clone() };
        self.registry().file(stem(id)).ok_or_else(|| built_in(id).unwrap_or_else(not_there))
    }

    /// Bytes of an unfinished download.
    pub(crate) fn kept(&self, id: &str) -> u64 {
        self.manifest.find(stem(id)).map_or(0, |entry| Part::new(&self.work(), &entry.id).len())
    }

    pub(crate) fn manifest(&self) -> &'static Manifest {
        self.manifest
    }

    /// Throws away what came of a model that nobody fetches now.
    pub(crate) fn drop_partial(&self, id: &str) -> Result<(), StoreError> {
        let entry = self.entry(id)?;
        let _lock = self.claim(&entry.id)?;
        remove(&self.unpacked(&entry.id))?;
        Part::new(&self.work(), &entry.id).clear()
    }

    /// Where the network of an archive goes until it is looked at.
    pub(super) fn unpacked(&self, id: &str) -> PathBuf {
        self.work().join(format!("{id}.unpacked.part"))
    }

    /// All that is there, what is built in, then all that could be. Reads each file whole.
    pub(crate) fn list(&self) -> Vec<Item> {
        let mut items: Vec<_> = self.registry().scan().into_iter().map(|found| self.item_there(found)).collect();
        let is_taken = |id: &str| items.iter().any(|item| item.id == id);
        let builtin: Vec<_> =
            Builtin::all().iter().filter(|network| !is_taken(network.id)).map(item_built_in).collect();
        items.extend(builtin);
        let is_there = |entry: &Entry| entry.stems().any(|stem| items.iter().any(|item| item.id == stem));
        let absent: Vec<_> = self.manifest.models().iter().filter(|entry| !is_there(entry)).collect();
        items.extend(absent.into_iter().map(|entry| Item {
            id: entry.id.clone(),
            role: Some(entry.role),
            profile: entry.profile,
            keypoints: entry.keypoints.clone(),
            size: entry.size,
            licence: Some(entry.licence.clone()),
            state: entry.addresses().next().map_or(ItemState::BringYourOwn, |a| ItemState::Fetchable(a.to_owned())),
            partial: self.kept(&entry.id),
        }));
        items
    }

    fn item_there(&self, found: Found) -> Item {
        let entry = self.manifest.find(&found.id);
        let (role, state) = match &found.contract {
            Ok(contract) => (Some(contract.role()), ItemState::There(contract.family.to_string())),
            Err(error) => (None, ItemState::Unusable(error.to_string())),
        };
        Item {
            size: found.path.metadata().ok().map(|meta| meta.len()),
            profile: entry.and_then(|entry| entry.profile),
            keypoints: entry
                .and_then(|entry| entry.keypoints.clone())
                .or_else(|| keypoints(found.contract.as_ref().ok()?)),
            licence: entry.map(|entry| entry.licence.clone()),
            id: found.id,
            role,
            state,
            partial: 0,
        }
    }

    /// Holds files to the manifest and to what was recorded; all of them when no `id` is named. `None`: stopped.
    pub(crate) fn verify(&self, ids: &[String], stop: &CancellationToken) -> Result<Option<Vec<Check>>, StoreError> {
        let files: Vec<PathBuf> = match ids {
            [] => self.registry().scan().into_iter().map(|found| found.path).collect(),
            ids => ids.iter().map(|id| self.file_of(id)).collect::<Result<_, _>>()?,
        };
        let records = self.ledger().all()?;
        let mut checks = Vec::new();
        for file in files {
            let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let sum = sha256_unless(&file, || stop.is_cancelled()).map_err(StoreError::read(&file))?;
            let Some(sha256) = sum else { return Ok(None) };
            let entry = self.manifest.find(&id);
            let record = records.get(&id);
            let verdict = match (entry.and_then(Entry::pinned), record) {
                _ if entry.is_some_and(|entry| entry.also.contains(&sha256)) => Verdict::Pinned,
                (Some(pinned), _) if pinned == sha256 => Verdict::Pinned,
                (Some(pinned), _) => Verdict::Changed(pinned.to_owned()),
                (None, Some(record)) if record.sha256 == sha256 => Verdict::AsItCame(record.from.clone()),
                (None, Some(record)) => Verdict::Changed(record.sha256.clone()),
                (None, None) => Verdict::Unknown,
            };
            let verdict = match inspect(&file) {
                Err(error) if !matches!(verdict, Verdict::Changed(_)) => Verdict::Unusable(error.to_string()),
                _ => verdict,
            };
            checks.push(Check { id, sha256: Some(sha256), verdict });
        }
        Ok(Some(checks))
    }
}

fn item_built_in(network: &Builtin) -> Item {
    let (keypoints, state) = match network.contract() {
        Ok(contract) => (keypoints(&contract), ItemState::BuiltIn(contract.family.to_string())),
        Err(error) => (None, ItemState::Unusable(error.to_string())),
    };
    Item {
        id: network.id.to_owned(),
        role: Some(network.role),
        profile: Some(Profile::Fast),
        keypoints,
        size: Some(network.size()),
        licence: Some(builtin::LICENCE.to_owned()),
        state,
        partial: 0,
    }
}

/// Why nothing is done with a model of this name that is no file.
fn built_in(id: &str) -> Option<StoreError> {
    Builtin::find(stem(id)).map(|_| StoreError::BuiltIn { id: id.to_owned() })
}

/// The joints that a pose network finds, by its graph.
fn keypoints(contract: &Contract) -> Option<String> {
    match contract.family {
        Family::Simcc { keypoints, .. } | Family::Heatmap { keypoints, .. } => {
            KeypointSet::of_count(keypoints).map(|set| set.name().to_owned())
        }
        _ => None,
    }
}

/// An id, also of somebody who types the file's name.
pub(super) fn stem(id: &str) -> &str {
    id.strip_suffix(".onnx").unwrap_or(id)
}
