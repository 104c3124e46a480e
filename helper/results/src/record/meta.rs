//! What a record says of itself: the key-value pairs in the file's footer.

use std::collections::BTreeMap;

use parquet::file::metadata::KeyValue;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use silhueta_shared::model::Role;
use silhueta_shared::pose::KeypointSet;
use silhueta_shared::summary::Settings;
use silhueta_shared::time::TimeBase;

/// The version of columns and facts that this code writes and reads.
pub const SCHEMA_VERSION: u32 = 1;

/// Every key begins so, which keeps them apart from what other tools add.
const PREFIX: &str = "silhueta.";

/// A network that made the record. Its path is left out: the record is the same on another machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordModel {
    /// What it did.
    pub role: Role,
    /// Its file's stem.
    pub id: String,
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
}

/// The joints of a record's poses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skeleton {
    /// What the set of joints is called, for instance `coco17`.
    pub name: String,
    /// Names of the joints, in the order of each row's pose.
    pub joints: Vec<String>,
    /// Pairs of joints, counted from 0, to draw lines between.
    pub bones: Vec<(usize, usize)>,
}

impl From<KeypointSet> for Skeleton {
    fn from(set: KeypointSet) -> Self {
        Self { name: set.name().to_owned(), joints: set.joint_names(), bones: set.bones().to_vec() }
    }
}

/// The facts of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordMeta {
    /// SHA-256 of the video, lower-case hex.
    pub source_sha256: String,
    /// Pixels across, after rotation.
    pub width: u32,
    /// Pixels down, after rotation.
    pub height: u32,
    /// Mean frames a second of the source.
    pub fps: f64,
    /// Length of a tick of `pts`.
    pub time_base: TimeBase,
    /// Frames of the source, counted.
    pub frames: u64,
    /// The joints of each row's pose.
    pub skeleton: Skeleton,
    /// The networks that ran.
    pub models: Vec<RecordModel>,
    /// What else the numbers depend on, with the version that wrote the record.
    pub settings: Settings,
}

impl RecordMeta {
    /// Sorted by key, so that the footer's bytes are settled.
    pub(super) fn to_pairs(&self) -> serde_json::Result<Vec<KeyValue>> {
        let pairs = BTreeMap::from([
            ("app_version", self.settings.app.clone()),
            ("fps", self.fps.to_string()),
            ("frames", self.frames.to_string()),
            ("height", self.height.to_string()),
            ("models", serde_json::to_string(&self.models)?),
            ("schema_version", SCHEMA_VERSION.to_string()),
            ("settings", serde_json::to_string(&self.settings)?),
            ("skeleton", serde_json::to_string(&self.skeleton.joints)?),
            ("skeleton_edges", serde_json::to_string(&self.skeleton.bones)?),
            ("skeleton_name", self.skeleton.name.clone()),
            ("source_sha256", self.source_sha256.clone()),
            ("timebase_den", self.time_base.den().to_string()),
            ("timebase_num", self.time_base.num().to_string()),
            ("width", self.width.to_string()),
        ]);
        Ok(pairs.into_iter().map(|(key, value)| KeyValue::new(format!("{PREFIX}{key}"), value)).collect())
    }

    /// The facts, or what is missing or wrong.
    pub(super) fn from_pairs(pairs: &[KeyValue]) -> Result<Self, String> {
        let facts = Facts(pairs);
        let version: u32 = facts.number("schema_version")?;
        if version != SCHEMA_VERSION {
            return Err(format!("its schema version is {version} instead of {SCHEMA_VERSION}"));
        }
        let (num, den) = (facts.number("timebase_num")?, facts.number("timebase_den")?);
        Ok(Self {
            source_sha256: facts.text("source_sha256")?.to_owned(),
            width: facts.number("width")?,
            height: facts.number("height")?,
            fps: facts.number("fps")?,
            time_base: TimeBase::new(num, den).ok_or(format!("its time base is {num}/{den}"))?,
            frames: facts.number("frames")?,
            skeleton: facts.skeleton()?,
            models: facts.json("models")?,
            settings: facts.json("settings")?,
        })
    }
}

struct Facts<'a>(&'a [KeyValue]);

impl<'a> Facts<'a> {
    fn text(&self, key: &str) -> Result<&'a str, String> {
        let named = |pair: &&KeyValue| pair.key.strip_prefix(PREFIX) == Some(key);
        let value = self.0.iter().find(named).and_then(|pair| pair.value.as_deref());
        value.ok_or_else(|| format!("it does not say its {PREFIX}{key}"))
    }

    fn number<T: std::str::FromStr>(&self, key: &str) -> Result<T, String> {
        let text = self.text(key)?;
        text.parse().map_err(|_| format!("its {PREFIX}{key} is {text:?}"))
    }

    fn skeleton(&self) -> Result<Skeleton, String> {
        let joints: Vec<String> = self.json("skeleton")?;
        let known = KeypointSet::of_count(joints.len()).filter(|set| set.joint_names() == joints);
        // The first records named the joints alone.
        if let (Some(set), Err(_)) = (known, self.text("skeleton_name")) {
            return Ok(set.into());
        }
        let bones: Vec<(usize, usize)> = self.json("skeleton_edges")?;
        let last = bones.iter().map(|(from, to)| *from.max(to)).max();
        if let Some(joint) = last.filter(|joint| *joint >= joints.len()) {
            return Err(format!("its {PREFIX}skeleton_edges have joint {joint} of {}", joints.len()));
        }
        Ok(Skeleton { name: self.text("skeleton_name")?.to_owned(), joints, bones })
    }

    fn json<T: DeserializeOwned>(&self, key: &str) -> Result<T, String> {
        serde_json::from_str(self.text(key)?).map_err(|error| format!("its {PREFIX}{key}: {error}"))
    }
}
