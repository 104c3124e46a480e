//! The models we know by name: `models/manifest.toml`. Its order is the order of preference in a role.

use std::sync::OnceLock;

use serde::Deserialize;
use silhueta_shared::model::Role;

/// The list.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its entries.
    #[serde(rename = "model")]
    pub models: Vec<Entry>,
}

/// One model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The stem of its file.
    pub id: String,
    /// What it is for.
    pub role: Role,
    /// Family, for people: the graph decides.
    pub family: String,
    /// Input width and height.
    pub input: [usize; 2],
    /// Where it is published; empty where it is not.
    #[serde(default)]
    pub url: String,
    /// The member to take where the address is a zip.
    #[serde(default)]
    pub member: Option<String>,
    /// Bytes of the ONNX file, where known.
    #[serde(default)]
    pub size: Option<u64>,
    /// SHA-256 of the ONNX file, or `unpinned`.
    pub sha256: String,
    /// Licence of the weights.
    pub licence: String,
    /// Keypoint set of a pose network.
    #[serde(default)]
    pub keypoints: Option<String>,
}

impl Entry {
    /// The pinned hash, if there is one.
    pub fn pinned(&self) -> Option<&str> {
        (self.sha256 != "unpinned").then_some(self.sha256.as_str())
    }
}

impl Manifest {
    /// The list that this version was built with.
    pub fn builtin() -> &'static Self {
        static BUILTIN: OnceLock<Manifest> = OnceLock::new();
        // A test parses the same text, so a mistake in it never gets this far.
        BUILTIN.get_or_init(|| toml::from_str(TEXT).unwrap_or(Self { models: Vec::new() }))
    }

    /// The entry of that id.
    pub fn find(&self, id: &str) -> Option<&Entry> {
        self.models.iter().find(|entry| entry.id == id)
    }
}

const TEXT: &str = include_str!("../../../models/manifest.toml");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_parses_and_its_ids_are_unique() {
        let manifest: Manifest = toml::from_str(TEXT).unwrap();
        let ids: std::collections::BTreeSet<_> = manifest.models.iter().map(|entry| &entry.id).collect();
        assert_eq!(ids.len(), manifest.models.len());
        for entry in &manifest.models {
            assert!(entry.pinned().is_none_or(|hash| hash.len() == 64), "{}", entry.id);
            assert!(!entry.url.ends_with(".zip") || entry.member.is_some(), "{}", entry.id);
        }
        for role in [Role::Detector, Role::Reid, Role::Pose] {
            assert!(manifest.models.iter().any(|entry| entry.role == role));
        }
    }
}
