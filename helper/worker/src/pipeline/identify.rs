//! Stage `identify`: which tracks are one person.

use std::collections::BTreeMap;

use silhueta_results::journal::JournalReader;
use silhueta_results::rows::FrameTracks;
use silhueta_results::work::WorkFolder;
use silhueta_shared::track::{IdentityId, TrackId};
use silhueta_tracking::identify::{StitchConfig, stitch};
use silhueta_tracking::tracklet::Tracklet;

use super::failure::JobError;
use crate::faults::{self, Point};
use crate::report::Reporter;

/// Who each track is.
#[derive(Clone, Debug)]
pub(crate) struct Identities(pub(crate) BTreeMap<TrackId, IdentityId>);

impl Identities {
    /// Number of tracks.
    pub(crate) fn tracks(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// Number of people.
    pub(crate) fn people(&self) -> u32 {
        let people: std::collections::BTreeSet<_> = self.0.values().collect();
        u32::try_from(people.len()).unwrap_or(u32::MAX)
    }
}

pub(super) fn identify(files: &WorkFolder, reporter: &Reporter) -> Result<Identities, JobError> {
    faults::pass(Point::Identify, 0);
    let mut tracklets = Vec::new();
    for tracklet in JournalReader::<Tracklet>::open(&files.tracklets())? {
        if reporter.control().is_stopped() {
            return Err(JobError::Stopped);
        }
        tracklets.push(tracklet?);
    }
    tracklets.sort_by_key(|tracklet| tracklet.id);
    Ok(Identities(stitch(&tracklets, &StitchConfig::default()).identity_of))
}

/// Everybody who was given is a person of their own, with their own number.
pub(super) fn as_given(files: &WorkFolder, reporter: &Reporter) -> Result<Identities, JobError> {
    faults::pass(Point::Identify, 0);
    let mut people = BTreeMap::new();
    for frame in JournalReader::<FrameTracks>::open(&files.tracks())? {
        if reporter.control().is_stopped() {
            return Err(JobError::Stopped);
        }
        let tracks = frame?.boxes.into_iter().filter_map(|row| row.track);
        people.extend(tracks.filter_map(|track| Some((track, IdentityId::new(track.get())?))));
    }
    Ok(Identities(people))
}
