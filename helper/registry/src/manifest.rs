//! The models that the project knows of: `models/manifest.toml`, built into the program.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;
use silhueta_shared::model::Role;

pub use silhueta_shared::model::Profile;

/// One model of the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The stem of its file in the models folder.
    pub id: String,
    /// Stems under which others keep the same network.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// One of [`Family::NAMES`](crate::Family::NAMES).
    pub family: String,
    /// What it is for.
    pub role: Role,
    /// Width and height of its picture in pixels; `None` when free.
    pub input: Option<[usize; 2]>,
    /// What it is good for, among those of its role.
    pub profile: Option<Profile>,
    /// Where to get it; `None`: bring your own.
    pub url: Option<String>,
    /// Further addresses of the same file or archive.
    #[serde(default)]
    pub mirror: Vec<String>,
    /// The one file wanted, when `url` is a zip.
    pub member: Option<String>,
    /// Bytes of the model itself (not of its archive), where known.
    pub size: Option<u64>,
    /// SHA-256 of the file in lower-case hex, or `unpinned`; see [`pinned`](Self::pinned).
    pub sha256: String,
    /// Digests of the same network in another form.
    #[serde(default)]
    pub also: Vec<String>,
    /// Its licence, as its source states it.
    pub licence: String,
    /// The skeleton of a pose network: `coco17`, `halpe26`, `wholebody133`.
    pub keypoints: Option<String>,
}

impl Entry {
    /// Where it can be got, in the order in which to try.
    pub fn addresses(&self) -> impl Iterator<Item = &str> {
        self.url.iter().chain(&self.mirror).map(String::as_str)
    }

    /// The digest that its file must have, where it is known.
    pub fn pinned(&self) -> Option<&str> {
        (self.sha256 != "unpinned").then_some(self.sha256.as_str())
    }

    /// Whether a file with this digest may be it.
    pub fn accepts(&self, sha256: &str) -> bool {
        self.pinned().is_none_or(|pinned| pinned == sha256) || self.also.iter().any(|known| known == sha256)
    }

    /// Its id and its aliases: all stems that its file may have, the preferred one first.
    pub fn stems(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.id).chain(&self.aliases).map(String::as_str)
    }
}

/// A manifest that can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// It is not TOML of the right shape.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// A model is described in a way that can't be.
    #[error("model {id:?}: {why}")]
    Entry {
        /// Which one.
        id: String,
        /// What is wrong.
        why: String,
    },
}

/// The whole list; within a role, the earlier is preferred.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    #[serde(rename = "model")]
    models: Vec<Entry>,
}

impl Manifest {
    /// The manifest that this program was built with.
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Manifest> = LazyLock::new(|| {
            #[expect(clippy::expect_used, reason = "the text is part of the program, and a test parses it")]
            Manifest::parse(include_str!("../../../models/manifest.toml")).expect("models/manifest.toml is valid")
        });
        &BUILTIN
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// What is wrong, and in which line or model.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text)?;
        let mut stems = HashSet::new();
        for entry in &manifest.models {
            let wrong = |why: String| Err(ManifestError::Entry { id: entry.id.clone(), why });
            for stem in entry.stems() {
                // Stems become names of files.
                let plain = |c: char| c.is_ascii_alphanumeric() || "-_+".contains(c);
                if stem.is_empty() || stem.len() > 128 || !stem.chars().all(plain) {
                    return wrong(format!("{stem:?} is no name for a file: use letters, digits, - and _"));
                }
                if !stems.insert(stem.to_lowercase()) {
                    return wrong(format!("the name {stem} is there twice"));
                }
            }
            for digest in entry.pinned().into_iter().chain(entry.also.iter().map(String::as_str)) {
                if digest.len() != 64 || !digest.bytes().all(|b| b"0123456789abcdef".contains(&b)) {
                    return wrong(format!("{digest:?} is no SHA-256: 64 digits of 0-9 and a-f, or \"unpinned\""));
                }
            }
        }
        Ok(manifest)
    }

    /// All models, in file order.
    pub fn models(&self) -> &[Entry] {
        &self.models
    }

    /// The models for `role`, the preferred first.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = &Entry> {
        self.models.iter().filter(move |entry| entry.role == role)
    }

    /// The model whose file may have this stem.
    pub fn find(&self, stem: &str) -> Option<&Entry> {
        self.models.iter().find(|entry| entry.stems().any(|known| known == stem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Family;
    use silhueta_shared::pose::KeypointSet;
    use std::collections::HashSet;

    #[test]
    fn the_builtin_manifest_is_sound() {
        let mut addresses = HashSet::new();
        for entry in Manifest::builtin().models() {
            let id = &entry.id;
            assert!(Family::NAMES.contains(&entry.family.as_str()), "{id}: {}", entry.family);
            assert!(entry.profile.is_some(), "{id} is good for nothing");
            for url in entry.addresses() {
                assert_eq!(url.ends_with(".zip"), entry.member.is_some(), "{id}: a zip needs its member named");
                assert!(url.starts_with("https://") && url.is_ascii(), "{id}: {url}");
                assert!(addresses.insert(url), "{url} is of two models");
            }
            assert_eq!(entry.keypoints.is_some(), matches!(entry.role, Role::Pose | Role::Landmarks), "{id}");
            let of_pose = entry.keypoints.as_deref().filter(|_| entry.role == Role::Pose);
            let is_known = |name: &str| KeypointSet::ALL.iter().any(|set| set.name() == name);
            assert!(of_pose.is_none_or(is_known), "{id}: {of_pose:?} is no keypoint set");
        }
    }

    #[test]
    fn the_order_of_preference_is_the_one_agreed() {
        let ids = |role| Manifest::builtin().of_role(role).map(|entry| entry.id.as_str()).collect::<Vec<_>>();
        let detectors = ["yolox_m", "yolox_s", "yolov8n", "yolo26n_int8", "yolox_tiny", "yolox_nano", "rtmdet_nano"];
        assert_eq!(ids(Role::Detector)[..7], detectors);
        assert_eq!(ids(Role::Detector)[7..], ["yolox_tiny_humanart", "yolox_m_humanart"]);
        assert_eq!(ids(Role::Reid), ["osnet_x1_0", "osnet_x0_25_msmt17", "osnet_x0_5"]);
        assert_eq!(ids(Role::Pose)[..4], ["rtmpose-l", "rtmpose-m", "rtmpose-s", "tinypose_256x192_simcc"]);
    }

    #[test]
    fn a_misspelt_field_is_an_error() {
        let text = "[[model]]\nid='a'\nfamily='yolox'\nrole='detector'\nsha265='unpinned'\nlicence='MIT'\n";
        assert!(Manifest::parse(text).unwrap_err().to_string().contains("sha265"));
    }

    #[test]
    fn a_name_that_leaves_the_folder_and_a_digest_cut_short_are_errors() {
        let with = |id: &str, sha: &str| {
            let text =
                format!("[[model]]\nid='{id}'\nfamily='yolox'\nrole='detector'\nsha256='{sha}'\nlicence='MIT'\n");
            Manifest::parse(&text).map_err(|error| error.to_string())
        };
        assert!(with("a", "unpinned").is_ok());
        for id in ["../a", "a/b", "a\\b", "", ".", "a.onnx", "C:a"] {
            assert!(with(id, "unpinned").unwrap_err().contains("no name for a file"), "{id}");
        }
        assert!(with("a", "abc").unwrap_err().contains("SHA-256"));
    }

    #[test]
    fn a_file_is_known_by_an_alias_and_by_either_digest() {
        let rtmpose = Manifest::builtin().find("rtmpose-l_simcc-body7_pt-body7_420e-256x192-4dba18fc_20230504");
        assert_eq!(rtmpose.map(|entry| entry.id.as_str()), Some("rtmpose-l"));
        let osnet = Manifest::builtin().find("osnet_x0_25_msmt17").unwrap();
        assert!(osnet.accepts(&osnet.sha256) && osnet.accepts(&osnet.also[0]) && !osnet.accepts("00"));
        assert!(rtmpose.unwrap().accepts("00"), "nothing is pinned, nothing is wrong");
    }
}
