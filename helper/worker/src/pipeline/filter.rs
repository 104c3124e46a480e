//! NeuraPose's filters, where they were asked for: they judge people by their poses, so they come behind `pose`.

use silhueta_results::work::WorkFolder;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::IdentityPreset;
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::IdentityId;
use silhueta_tracking::identify::neurapose::{Config, Filters};

use super::failure::JobError;
use super::identify::Identities;
use super::people;
use super::probe::Job;
use crate::report::Reporter;

/// Goes through all rows once and leaves only the people whom the filters keep.
pub(super) fn people(
    job: &Job<'_>,
    files: &WorkFolder,
    identities: Identities,
    reporter: &Reporter,
) -> Result<Identities, JobError> {
    let Some(mut gate) = Gate::new(job, &identities) else { return Ok(identities) };
    for frame in people::posed(job, files, &identities)? {
        if reporter.control().is_stopped() {
            return Err(JobError::Stopped);
        }
        let (frame, poses) = frame?;
        for (row, pose) in frame.boxes.iter().zip(&poses) {
            gate.owner(row.identity, frame.frame, &row.bbox, pose.as_deref());
        }
    }
    let mut identities = identities;
    identities.keep(gate.0.kept());
    Ok(identities)
}

/// Whose a row is, in the order of the frames; nobody's, where its person can't be there that soon, and another's where
/// their number belongs to a place elsewhere.
pub(super) struct Gate(Filters);

impl Gate {
    /// `None` where these filters were not asked for.
    pub(super) fn new(job: &Job<'_>, identities: &Identities) -> Option<Self> {
        let asked = job.spec.identities == IdentityPreset::Neurapose && job.boxes.is_none();
        asked.then(|| Self(Filters::new(Config::default(), job.fps(), job.spec.anchors.clone(), identities.free())))
    }

    /// The person, if the row is theirs.
    pub(super) fn owner(
        &mut self,
        identity: Option<IdentityId>,
        frame: u64,
        bbox: &Bbox,
        pose: Option<&[Keypoint]>,
    ) -> Option<IdentityId> {
        self.0.see(identity?, frame, bbox, pose.unwrap_or_default())
    }
}
