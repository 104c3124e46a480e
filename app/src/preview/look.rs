//! What of a preview is shown.

use serde::{Deserialize, Serialize};

/// The switches on the tile. They cost nothing: the helper sends the same whatever they say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Look {
    /// A box around each person.
    pub(crate) boxes: bool,
    /// Each person's number.
    pub(crate) names: bool,
    /// Limbs and joints.
    pub(crate) skeletons: bool,
    /// Never the picture itself: figures on a plain dark ground.
    pub(crate) privacy: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { boxes: true, names: true, skeletons: true, privacy: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_that_was_not_kept_is_as_for_a_newcomer() {
        let look: Look = serde_json::from_str(r#"{"boxes": false, "colours": 3}"#).unwrap();
        assert_eq!(look, Look { boxes: false, ..Look::default() });
        assert!(!look.privacy && look.skeletons);
    }
}
