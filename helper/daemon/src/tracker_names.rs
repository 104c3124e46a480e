//! Trackers as the command line names them.

use clap::{Args, ValueEnum};
use silhueta_shared::job::{IdentityPreset, TrackerKind, TrackerPreset};

use crate::exit::CliError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TrackerName {
    /// BoT-SORT: motion, appearance and the camera's motion
    Botsort,
    /// ByteTrack: motion alone
    Bytetrack,
    /// Deep OC-SORT: what was seen before, appearance and the camera's motion
    Deepocsort,
}

impl From<TrackerName> for TrackerKind {
    fn from(name: TrackerName) -> Self {
        match name {
            TrackerName::Botsort => Self::Botsort,
            TrackerName::Bytetrack => Self::Bytetrack,
            TrackerName::Deepocsort => Self::Deepocsort,
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
    /// NeuraPose, at its last state
    Neurapose,
    /// NeuraPose, as it first was
    NeuraposeFirst,
}

impl From<PresetName> for TrackerPreset {
    fn from(name: PresetName) -> Self {
        match name {
            PresetName::Silhueta => Self::Silhueta,
            PresetName::Original => Self::Original,
            PresetName::Ultralytics => Self::Ultralytics,
            PresetName::Boxmot => Self::Boxmot,
            PresetName::Neurapose => Self::Neurapose,
            PresetName::NeuraposeFirst => Self::NeuraposeFirst,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IdentitiesName {
    /// By looks and motion over the whole video
    Silhueta,
    /// NeuraPose's filters, which delete people who stand still
    Neurapose,
    /// Every track is a person
    Off,
}

impl From<IdentitiesName> for IdentityPreset {
    fn from(name: IdentitiesName) -> Self {
        match name {
            IdentitiesName::Silhueta => Self::Silhueta,
            IdentitiesName::Neurapose => Self::Neurapose,
            IdentitiesName::Off => Self::Off,
        }
    }
}

/// Who follows people, for each command that has them followed.
#[derive(Debug, Args)]
pub(crate) struct TrackerOptions {
    /// How people are followed from frame to frame
    #[arg(long, value_enum, default_value = "botsort")]
    tracker: TrackerName,
    /// Whose settings BoT-SORT has [default: silhueta]
    #[arg(long, value_enum)]
    preset: Option<PresetName>,
}

impl TrackerOptions {
    /// What was asked for; a preset of a tracker that has none is a mistake, which nobody should find out by its
    /// results.
    pub(crate) fn chosen(&self) -> Result<(TrackerKind, TrackerPreset), CliError> {
        let kind = TrackerKind::from(self.tracker);
        if self.preset.is_some() && !kind.has_presets() {
            let hint = "leave --preset out, or take --tracker botsort";
            return Err(CliError::advised(format!("{kind} has no presets"), hint));
        }
        Ok((kind, self.preset.map_or_else(TrackerPreset::default, TrackerPreset::from)))
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
        for name in IdentitiesName::value_variants() {
            assert_eq!(said(&|| name.to_possible_value()), IdentityPreset::from(*name).name());
        }
        assert_eq!(IdentitiesName::value_variants().len(), IdentityPreset::ALL.len());
        assert_eq!(TrackerName::value_variants().len(), TrackerKind::ALL.len());
        assert_eq!(PresetName::value_variants().len(), TrackerPreset::ALL.len());
    }
}
