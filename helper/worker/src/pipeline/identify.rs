//! Stage `identify`: which tracks are one person.

use std::collections::BTreeSet;

use silhueta_results::identities::{IDENTITIES_VERSION, Identities as File, Join, Person, Place, Split};
use silhueta_results::journal::JournalReader;
use silhueta_results::rows::FrameTracks;
use silhueta_results::work::WorkFolder;
use silhueta_shared::job::IdentityPreset;
use silhueta_shared::track::{IdentityId, SplitReason, TrackId};
use silhueta_tracking::gaps::LONGEST;
use silhueta_tracking::identify::{StitchConfig, Stitching, neurapose, stitch};
use silhueta_tracking::tracklet::Tracklet;

use super::failure::JobError;
use crate::faults::{self, Point};
use crate::report::Reporter;

/// Who each track is.
#[derive(Clone, Debug)]
pub(crate) struct Identities {
    stitching: Stitching,
    /// The longest gap in the sight of a person that is filled.
    pub(super) fill_seconds: f64,
    /// Whom the filters left, where they were asked for.
    kept: Option<BTreeSet<IdentityId>>,
}

impl Identities {
    pub(super) fn new(stitching: Stitching, fill_seconds: f64) -> Self {
        Self { stitching, fill_seconds, kept: None }
    }

    /// Whose the box of a track is in a frame.
    pub(super) fn at(&self, track: TrackId, frame: u64) -> Option<IdentityId> {
        self.stitching.at(track, frame)
    }

    /// Number of tracks.
    pub(crate) fn tracks(&self) -> u32 {
        u32::try_from(self.stitching.spans.len()).unwrap_or(u32::MAX)
    }

    /// Number of people.
    pub(crate) fn people(&self) -> u32 {
        u32::try_from(self.kept.as_ref().map_or_else(|| self.stitching.persons(), BTreeSet::len)).unwrap_or(u32::MAX)
    }

    /// Leaves these people; what the others have is nobody's.
    pub(super) fn keep(&mut self, kept: BTreeSet<IdentityId>) {
        self.kept = Some(kept);
    }

    /// Whether a person is left.
    pub(super) fn is_kept(&self, identity: IdentityId) -> bool {
        self.kept.as_ref().is_none_or(|kept| kept.contains(&identity))
    }

    /// The first number that nobody was given.
    pub(super) fn free(&self) -> u32 {
        let given = self.stitching.spans.values().flatten().filter_map(|(_, identity)| *identity);
        given.max().map_or(1, |last| last.get().saturating_add(1))
    }

    /// What is kept of them, with who was seen when.
    pub(super) fn file(&self, people: Vec<Person>) -> File {
        let join = |join: &silhueta_tracking::identify::Join| Join {
            identity: join.identity,
            into: Place { track: join.into, frame: join.into_frame },
            from: Place { track: join.from, frame: join.from_frame },
            gap_seconds: join.gap_seconds,
            appearance: join.appearance.map(f64::from),
            motion: join.motion.map(f64::from),
            reason: join.reason,
            confidence: join.confidence.into(),
        };
        let split = |split: &silhueta_tracking::identify::Split| Split {
            at: Place { track: split.track, frame: split.frame },
            seconds: split.seconds,
            appearance: split.appearance.into(),
            reason: SplitReason::Appearance,
            confidence: split.confidence.into(),
        };
        let (joins, splits) = (&self.stitching.joins, &self.stitching.splits);
        File {
            version: IDENTITIES_VERSION,
            people,
            joins: joins.iter().filter(|join| self.is_kept(join.identity)).map(join).collect(),
            splits: splits.iter().map(split).collect(),
        }
    }
}

pub(super) fn identify(
    files: &WorkFolder,
    preset: IdentityPreset,
    reporter: &Reporter,
) -> Result<Identities, JobError> {
    faults::pass(Point::Identify, 0);
    let mut tracklets = Vec::new();
    for tracklet in JournalReader::<Tracklet>::open(&files.tracklets())? {
        if reporter.control().is_stopped() {
            return Err(JobError::Stopped);
        }
        tracklets.push(tracklet?);
    }
    Ok(match preset {
        IdentityPreset::Silhueta => Identities::new(stitch(&tracklets, &StitchConfig::default()), LONGEST),
        IdentityPreset::Neurapose => {
            Identities::new(neurapose::identities(&tracklets, &neurapose::Config::default()), 0.0)
        }
        IdentityPreset::Off => Identities::new(Stitching::of_tracks(tracklets.iter().map(|t| t.id)), 0.0),
    })
}

/// Everybody who was given is a person of their own, with their own number.
pub(super) fn as_given(files: &WorkFolder, reporter: &Reporter) -> Result<Identities, JobError> {
    faults::pass(Point::Identify, 0);
    let mut people = BTreeSet::new();
    for frame in JournalReader::<FrameTracks>::open(&files.tracks())? {
        if reporter.control().is_stopped() {
            return Err(JobError::Stopped);
        }
        people.extend(frame?.boxes.into_iter().filter_map(|row| row.track));
    }
    Ok(Identities::new(Stitching::of_tracks(people), 0.0))
}
