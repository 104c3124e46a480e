//! Stage `export`: the record and the files derived from it, written in one pass over the journals.

use std::path::Path;

use silhueta_results::file::Pending;
use silhueta_results::journal::JournalReader;
use silhueta_results::record::{RecordMeta, RecordModel, RecordRow, RecordWriter};
use silhueta_results::rows::{FramePoses, FrameTracks};
use silhueta_results::work::WorkFolder;
use silhueta_shared::model::{ModelFile, Role};
use silhueta_shared::summary::Settings;

use super::delivery;
use super::failure::JobError;
use super::identify::Identities;
use super::probe::Job;
use crate::control::Halt;
use crate::faults::{self, Point};
use crate::report::{Reporter, StageMeter};

/// Writes them all; they have yet to get their names.
pub(super) fn export(
    job: &Job<'_>,
    settings: &Settings,
    files: &WorkFolder,
    identities: &Identities,
    out: &Path,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<Vec<Pending>, JobError> {
    let mut record = RecordWriter::create(&out.join("record.parquet"), &meta(job, settings))?;
    let mut derived = delivery::Files::create(job, out)?;

    let mut poses = JournalReader::<FramePoses>::open(&files.poses())?;
    let halt = Halt::new(reporter.control());
    for tracks in JournalReader::<FrameTracks>::open(&files.tracks())? {
        reporter.stand(&halt, &|| true)?;
        if reporter.control().is_stopped() {
            return Err(JobError::Stopped);
        }
        let tracks = tracks?;
        faults::pass(Point::Export, tracks.frame);
        let posed = poses.next().ok_or(JobError::Disconnected)??;
        let mut posed = posed.poses.into_iter();
        let frame = u32::try_from(tracks.frame).map_err(|e| JobError::source(&job.spec.source, &e))?;
        let rows = tracks.boxes.iter().map(|row| RecordRow {
            frame,
            pts: tracks.pts,
            track: row.track,
            identity: row.track.and_then(|track| identities.0.get(&track).copied()),
            bbox: row.bbox,
            score: row.score,
            pose: row.track.and_then(|_| posed.next()),
            flags: Default::default(),
        });
        let rows: Vec<_> = rows.collect();
        rows.iter().try_for_each(|row| record.push(row))?;
        derived.push(tracks.frame, &rows)?;
        meter.advance();
    }
    let mut whole = derived.close()?;
    whole.push(record.close()?);
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
