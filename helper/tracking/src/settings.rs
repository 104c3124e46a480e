//! From the names that people and scripts say to the trackers themselves.

use silhueta_shared::job::{TrackerKind, TrackerPreset};

use crate::Method;

impl Method {
    /// The tracker of that name; only BoT-SORT has presets, the others pass them over.
    pub const fn of(tracker: TrackerKind, preset: TrackerPreset) -> Self {
        match tracker {
            TrackerKind::Botsort => Self::BotSort(preset),
            TrackerKind::Bytetrack => Self::ByteTrack,
            TrackerKind::Deepocsort => Self::DeepOcSort,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tracker_can_be_named_and_keeps_its_name() {
        let mut named = Vec::new();
        for tracker in TrackerKind::ALL {
            for preset in TrackerPreset::ALL {
                let method = Method::of(tracker, preset);
                assert_eq!(method.name(), tracker.name());
                assert!(method.preset().is_none_or(|own| own.name() == preset.name()), "{method:?}");
                assert_eq!(method.preset().is_some(), tracker.has_presets(), "{method:?}");
                named.push(method);
            }
        }
        assert!(Method::ALL.iter().all(|method| named.contains(method)), "{named:?}");
        assert_eq!(Method::of(TrackerKind::default(), TrackerPreset::default()), Method::default());
    }
}
