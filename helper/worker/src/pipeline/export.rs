//! Stage `export`: the record and the files derived from it, written in one pass over the journals.

use std::path::Path;

use silhueta_results::boxes::Boxes;
use silhueta_results::file::Pending;
use silhueta_results::identities::{self, Sighting, Watch};
use silhueta_results::record::{RecordMeta, RecordModel, RecordRow, RecordWriter, flag};
use silhueta_results::work::WorkFolder;
use silhueta_shared::model::{ModelFile, Role};
use silhueta_shared::summary::Settings;
use silhueta_shared::track::TrackId;

use super::delivery;
use super::failure::JobError;
use super::filter::Gate;
use super::identify::Identities;
use super::people;
use super::probe::Job;
use crate::control::Halt;
use crate::faults::{self, Point};
use crate::report::{Reporter, StageMeter};

/// Writes them all; they have yet to get their names.
pub(super) fn export(
    job: &mut Job<'_>,
    settings: &Settings,
    files: &WorkFolder,
    identities: &Identities,
    out: &Path,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<Vec<Pending>, JobError> {
    let mut record = RecordWriter::create(&out.join("record.parquet"), &meta(job, settings))?;
    let mut derived = delivery::Files::create(job, out)?;

    let mut given = job.boxes.as_ref().map(Boxes::walk);
    let mut gate = Gate::new(job, identities);
    let halt = Halt::new(reporter.control());
    let mut written = || {
        meter.advance();
        reporter.stand(&halt, &|| true)?;
        if reporter.control().is_stopped() { Err(JobError::Stopped) } else { Ok(()) }
    };
    let seconds_per_tick = job.time_base().seconds(1);
    let mut watch = Watch::of_video(job.fps());
    for posed in people::posed(job, files, identities)? {
        reporter.stand(&halt, &|| true)?;
        if reporter.control().is_stopped() {
            return Err(JobError::Stopped);
        }
        let (tracks, poses) = posed?;
        faults::pass(Point::Export, tracks.frame);
        let frame = u32::try_from(tracks.frame).map_err(|e| JobError::source(&job.spec.source, &e))?;
        let places = given.as_mut().map(|walk| walk.at(tracks.frame)).unwrap_or_default();
        let is_filled =
            |track: Option<TrackId>| places.iter().any(|place| Some(place.person) == track && place.is_filled);
        let rows = tracks.boxes.iter().zip(poses).map(|(row, pose)| {
            let identity = match &mut gate {
                Some(gate) => {
                    let owner = gate.owner(row.identity, tracks.frame, &row.bbox, pose.as_deref());
                    owner.filter(|owner| identities.is_kept(*owner))
                }
                None => row.identity,
            };
            RecordRow {
                frame,
                pts: tracks.pts,
                track: row.track,
                identity,
                bbox: row.bbox,
                score: row.score,
                pose,
                flags: if row.is_filled || is_filled(row.track) { flag::INTERPOLATED } else { 0 },
            }
        });
        let rows: Vec<_> = rows.collect();
        rows.iter().try_for_each(|row| record.push(row))?;
        let seen = rows.iter().filter_map(|row| Sighting::of(row, row.pts as f64 * seconds_per_tick));
        seen.for_each(|seen| watch.see(seen));
        derived.push(tracks.frame, &rows, &mut written)?;
    }
    let mut whole = derived.close(&mut written)?;
    whole.push(record.close()?);
    whole.push(identities.file(watch.end()).close(&out.join(identities::FILE_NAME))?);
    Ok(whole)
}

fn meta(job: &Job<'_>, settings: &Settings) -> RecordMeta {
    let model = |role: Role, file: &ModelFile| RecordModel { role, id: file.id.clone(), sha256: file.sha256.clone() };
    let models = &job.spec.models;
    RecordMeta {
        source_sha256: job.source.sha256.clone(),
        width: job.source.width,
        height: job.source.height,
        fps: job.source.fps,
        time_base: job.time_base(),
        frames: job.source.frames,
        skeleton: job.keypoints.into(),
        models: [Role::Detector, Role::Reid, Role::Pose]
            .into_iter()
            .filter_map(|role| models.of(role).map(|file| model(role, file)))
            .collect(),
        settings: settings.clone(),
    }
}
