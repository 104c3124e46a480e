//! Trackers as the command line names them.

use clap::{Args, ValueEnum};
use silhueta_shared::job::{Anchor, IdentityPreset, TrackerKind, TrackerPreset};
use silhueta_shared::track::IdentityId;

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
enum IdentitiesName {
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

/// Who is who, for each command that says so.
#[derive(Debug, Args)]
pub(crate) struct IdentityOptions {
    /// How tracks become persons
    #[arg(long, value_enum, default_value = "silhueta")]
    identities: IdentitiesName,
    /// With --identities neurapose, and as often as you like: the place in pixels that a number belongs to. Who has it
    /// farther than 150 pixels away gets another one, from 900 on
    #[arg(long = "anchor", value_name = "ID=X,Y", value_parser = parse_anchor)]
    anchors: Vec<Anchor>,
}

impl IdentityOptions {
    /// What was asked for; anchors that nothing would heed, or that contradict each other, are mistakes.
    pub(crate) fn chosen(&self) -> Result<(IdentityPreset, Vec<Anchor>), CliError> {
        let preset = IdentityPreset::from(self.identities);
        if !self.anchors.is_empty() && preset != IdentityPreset::Neurapose {
            let hint = "add --identities neurapose, or leave --anchor out";
            return Err(CliError::advised(format!("identities by {preset} know no anchors"), hint));
        }
        let twice = |(n, anchor): (usize, &Anchor)| {
            self.anchors[..n].iter().any(|other| other.identity == anchor.identity).then_some(anchor.identity)
        };
        match self.anchors.iter().enumerate().find_map(twice) {
            Some(identity) => {
                Err(CliError::advised(format!("{identity} has two places"), "give each number one --anchor"))
            }
            None => Ok((preset, self.anchors.clone())),
        }
    }
}

fn parse_anchor(text: &str) -> Result<Anchor, String> {
    let parts = || {
        let (identity, place) = text.split_once('=')?;
        let (x, y) = place.split_once(',')?;
        let pixels = |text: &str| text.trim().parse::<f32>().ok().filter(|value| value.is_finite());
        Some(Anchor { identity: IdentityId::new(identity.trim().parse().ok()?)?, x: pixels(x)?, y: pixels(y)? })
    };
    parts().ok_or_else(|| "say it like 3=640,360: the number, and the place of it in pixels".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn anchors_are_for_those_who_heed_them_one_a_number() {
        let at = |text| parse_anchor(text).map(|anchor| (anchor.identity.get(), anchor.x, anchor.y));
        assert_eq!(at("3=640, 12.5"), Ok((3, 640.0, 12.5)));
        for text in ["", "3", "3=", "3=4", "=4,5", "0=4,5", "3=4,NaN", "-1=4,5", "x=4,5"] {
            assert!(at(text).is_err(), "{text}");
        }
        let chosen = |identities, anchors: &[&str]| {
            let anchors = anchors.iter().map(|text| parse_anchor(text).unwrap()).collect();
            IdentityOptions { identities, anchors }
                .chosen()
                .map(|(_, anchors)| anchors.len())
                .map_err(|e| e.to_string())
        };
        assert_eq!(chosen(IdentitiesName::Neurapose, &["1=2,3", "2=2,3"]), Ok(2));
        assert_eq!(chosen(IdentitiesName::Silhueta, &[]), Ok(0));
        assert!(chosen(IdentitiesName::Silhueta, &["1=2,3"]).unwrap_err().contains("know no anchors"));
        assert!(chosen(IdentitiesName::Neurapose, &["1=2,3", "1=5,3"]).unwrap_err().contains("two places"));
    }

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
