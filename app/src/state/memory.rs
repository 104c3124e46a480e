//! What the page Processar remembers in this browser: the user's inputs, and which run was theirs last. Kept as
//! versioned JSON under [`KEY`]; older versions are migrated, and what can't be read is set aside under
//! [`ASIDE_KEY`], so that nothing is lost to a bug or a downgrade. See [`super::merge`] for how it meets the
//! helper's truth.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use silhueta_shared::notice::{Level, VideoFacts};
use silhueta_shared::protocol::{JobSettings, RunId, SourceRef};

use super::store;
use crate::preview::Look;

const KEY: &str = "silhueta.processar";
const ASIDE_KEY: &str = "silhueta.processar.unreadable";

/// The version that is written. 1 had bare sources and no filter of the log.
const VERSION: u32 = 2;

/// Everything remembered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Memory {
    pub(crate) version: u32,
    /// The list of videos, in the user's order.
    pub(crate) sources: Vec<Remembered>,
    /// How to work through them.
    pub(crate) settings: JobSettings,
    /// Whether the preview is wanted.
    pub(crate) preview: bool,
    /// Whether what this page starts stops when it is closed.
    #[serde(default)]
    pub(crate) attached: bool,
    /// What of the preview is shown.
    #[serde(default)]
    pub(crate) look: Look,
    /// The quietest lines of the log that are shown.
    #[serde(default = "everything")]
    pub(crate) quietest: Level,
    /// The run that this page shows: the one that works, or worked last.
    #[serde(default)]
    pub(crate) last_run: Option<RunId>,
}

/// A video of the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Remembered {
    /// The video, as the helper knows it.
    pub(crate) source: SourceRef,
    /// The path of its root when it was chosen: numbers of roots may change, paths are what people mean.
    pub(crate) root: Option<String>,
    /// What it is, once the helper said so.
    pub(crate) facts: Option<VideoFacts>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            version: VERSION,
            sources: Vec::new(),
            settings: JobSettings { video: true, ..JobSettings::default() },
            preview: true,
            attached: false,
            look: Look::default(),
            quietest: Level::Info,
            last_run: None,
        }
    }
}

impl Memory {
    /// What was kept, or nothing yet.
    pub(crate) fn load() -> Self {
        let Some(text) = store::get(KEY) else { return Self::default() };
        Self::read(&text).unwrap_or_else(|| {
            store::put(ASIDE_KEY, &text);
            Self::default()
        })
    }

    /// Keeps it.
    pub(crate) fn save(&self) {
        if let Ok(text) = serde_json::to_string(self) {
            store::put(KEY, &text);
        }
    }

    /// Reads any version up to ours; none where that can't be done.
    fn read(text: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(text).ok()?;
        let value = match value.get("version")?.as_u64()? {
            1 => from_1(value)?,
            2 => value,
            _ => return None,
        };
        serde_json::from_value(value).ok()
    }
}

/// Bare sources become remembered ones; the rest has defaults.
fn from_1(mut value: Value) -> Option<Value> {
    let object = value.as_object_mut()?;
    for source in object.get_mut("sources")?.as_array_mut()? {
        *source = serde_json::json!({ "source": source.take(), "root": null, "facts": null });
    }
    object.insert("version".into(), 2.into());
    Some(value)
}

const fn everything() -> Level {
    Level::Info
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixture::{file, run_id};
    use proptest::prelude::*;

    fn full() -> Memory {
        let facts = VideoFacts { width: 2, height: 1, fps: 30.0, frames: Some(9), seconds: None, codec: "h264".into() };
        Memory {
            sources: vec![Remembered { source: file(1, "a/b.mp4"), root: Some("/v".into()), facts: Some(facts) }],
            quietest: Level::Warn,
            preview: false,
            attached: true,
            last_run: Some(run_id(3)),
            ..Memory::default()
        }
    }

    #[test]
    fn what_is_kept_is_read_back() {
        let text = serde_json::to_string(&full()).unwrap();
        assert_eq!(Memory::read(&text), Some(full()));
    }

    #[test]
    fn version_1_is_migrated() {
        let text = r#"{"version":1,"sources":[{"file":{"root":1,"path":"a/b.mp4"}}],"preview":false,
            "settings":{"device":"auto","detector":null,"reid":null,"pose":null,"fps":null,"video":true,"again":false}}"#;
        let memory = Memory::read(text).unwrap();
        assert_eq!(memory.sources, [Remembered { source: file(1, "a/b.mp4"), root: None, facts: None }]);
        assert_eq!((memory.version, memory.preview, memory.quietest), (VERSION, false, Level::Info));
    }

    #[test]
    fn what_was_kept_before_there_was_a_precision_or_a_tracker_is_read() {
        let text = serde_json::to_string(&full()).unwrap();
        let before = text.replace(r#""precision":"auto","#, "");
        let before = before.replace(r#""tracker":"botsort","preset":"silhueta","identities":"silhueta","#, "");
        assert!(!before.contains("botsort"), "{before}");
        assert_ne!(before, text);
        assert_eq!(Memory::read(&before), Some(full()));
    }

    #[test]
    fn another_version_or_shape_is_not_ours_to_read() {
        let ours = serde_json::to_string(&full()).unwrap();
        assert_eq!(Memory::read(&ours.replace("\"version\":2", "\"version\":3")), None, "a newer page's");
        for text in ["", "null", "[]", "{}", r#"{"version":2}"#, r#"{"version":1,"sources":7}"#, r#"{"version":-1}"#] {
            assert_eq!(Memory::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn damaged_text_never_panics(cut in 0usize..400, junk in "\\PC{0,8}") {
            let text = serde_json::to_string(&full()).unwrap();
            let cut = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            drop(Memory::read(&format!("{}{junk}{}", &text[..cut], &text[cut..])));
        }
    }
}
