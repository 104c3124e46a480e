//! Trackers as the command line names them.

use clap::ValueEnum;
use silhueta_shared::job::{TrackerKind, TrackerPreset};

use crate::exit::CliError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrackerName {
    /// BoT-SORT: motion, appearance and the camera's motion
    Botsort,
    /// ByteTrack: motion alone
    Bytetrack,
}

impl From<TrackerName> for TrackerKind {
    fn from(name: TrackerName) -> Self {
        match name {
            TrackerName::Botsort => Self::Botsort,
            TrackerName::Bytetrack => Self::Bytetrack,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PresetName {
    /// Ours
    Silhueta,
    /// The authors' own code
    Original,
    /// Ultralytics 8.4
    Ultralytics,
    /// boxmot 25
    Boxmot,
}

impl From<PresetName> for TrackerPreset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::Silhueta => Self::Silhueta,
            PresetName::Original => Self::Original,
            PresetName::Ultralytics => Self::Ultralytics,
            PresetName::Boxmot => Self::Boxmot,
        }
    }
}

/// What was asked for; a preset of a tracker that has none is a mistake, which nobody should find out by its results.
pub(crate) fn tracker(name: TrackerName, preset: Option<PresetName>) -> Result<(TrackerKind, TrackerPreset), CliError> {
    let kind = TrackerKind::from(name);
    match preset {
        Some(_) if !kind.has_presets() => {
            Err(CliError::advised(format!("{kind} has no presets"), "leave --preset out, or take --tracker botsort"))
        }
        preset => Ok((kind, preset.map_or_else(TrackerPreset::default, TrackerPreset::from))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_names_all_trackers_as_files_do() {
        let said = |name: &dyn Fn() -> Option<clap::builder::PossibleValue>| name().unwrap().get_name().to_owned();
        for name in TrackerName::value_variants() {
            assert_eq!(said(&|| name.to_possible_value()), TrackerKind::from(*name).name());
        }
        for name in PresetName::value_variants() {
            assert_eq!(said(&|| name.to_possible_value()), TrackerPreset::from(*name).name());
        }
        assert_eq!(TrackerName::value_variants().len(), TrackerKind::ALL.len());
        assert_eq!(PresetName::value_variants().len(), TrackerPreset::ALL.len());
    }
}
