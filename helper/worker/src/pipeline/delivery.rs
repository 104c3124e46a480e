//! Where results go: NeuraPose's files and the annotated video beside the record, or, for a task, MMPose's
//! predictions and the annotated video where its caller looks for them.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use silhueta_results::file::Pending;
use silhueta_results::mmpose::{Instance, Joints, Predictions};
use silhueta_results::neurapose::{PoseJson, TrackingJson};
use silhueta_results::record::RecordRow;
use silhueta_shared::job::JobSpec;
use silhueta_vision::video::VideoError;

use super::failure::JobError;
use super::probe::Job;

/// The files that are made of the record's rows.
#[derive(Debug)]
pub(super) enum Files {
    /// For the page and the terminal.
    NeuraPose(PoseJson, TrackingJson),
    /// For a task.
    Mmpose(Predictions),
}

impl Files {
    pub(super) fn create(job: &Job<'_>, out: &Path) -> Result<Self, JobError> {
        if let Some(deliver) = &job.spec.deliver {
            let pending = Pending::apart(&deliver.predictions, out).map_err(JobError::Delivery)?;
            return Ok(Self::Mmpose(Predictions::create(pending).map_err(JobError::Delivery)?));
        }
        let video = Path::new(&job.spec.source).file_name().unwrap_or_default().to_string_lossy();
        let poses = PoseJson::create(&out.join("pose.json"))?;
        Ok(Self::NeuraPose(poses, TrackingJson::create(&out.join("tracking.json"), &video, job.source.frames)?))
    }

    /// Takes all rows of the next frame that was looked at.
    pub(super) fn push(&mut self, frame: u64, rows: &[RecordRow]) -> Result<(), JobError> {
        match self {
            Self::NeuraPose(poses, tracking) => rows.iter().try_for_each(|row| {
                poses.push(row)?;
                Ok(tracking.push(row)?)
            }),
            Self::Mmpose(predictions) => {
                let people = rows.iter().filter_map(|row| {
                    let (identity, pose) = (row.identity?, row.pose.as_ref()?);
                    Some(Instance { identity, bbox: row.bbox, score: row.score, joints: Joints::Plane(pose) })
                });
                predictions.push(frame, people).map_err(JobError::Delivery)
            }
        }
    }

    /// Whole, but without their names.
    pub(super) fn close(self) -> Result<Vec<Pending>, JobError> {
        match self {
            Self::NeuraPose(poses, tracking) => Ok(vec![poses.close()?, tracking.close()?]),
            Self::Mmpose(predictions) => Ok(vec![predictions.close().map_err(JobError::Delivery)?]),
        }
    }
}

/// The annotated video before it has its name.
pub(super) fn video(spec: &JobSpec, out: &Path) -> Result<Pending, JobError> {
    match &spec.deliver {
        Some(deliver) => Pending::apart(&deliver.visualization, out).map_err(JobError::Delivery),
        None => Ok(Pending::new(out.join("overlay.mp4"))),
    }
}

/// Why the annotated video can't be put together, with the way out that fits its place.
pub(super) fn unwritten(spec: &JobSpec, pending: &Pending, error: VideoError) -> JobError {
    match error {
        VideoError::Write { why, .. } if spec.deliver.is_some() => {
            // FFmpeg's words are all that is left of the system's reason.
            let kind = if why.contains("No space left") { ErrorKind::StorageFull } else { ErrorKind::Other };
            let path = pending.path().to_owned();
            JobError::Delivery(silhueta_results::Error::Write { path, source: std::io::Error::new(kind, why) })
        }
        other => other.into(),
    }
}

/// Gives a whole file its name.
pub(super) fn commit(pending: Pending, out: &Path) -> Result<(), JobError> {
    let is_here = pending.path().parent() == Some(out);
    pending.commit().map_err(if is_here { JobError::Results } else { JobError::Delivery })
}

/// Refuses a task whose results could not be put where its caller looks for them. Leaves nothing there.
pub(super) fn check(spec: &JobSpec) -> Result<(), JobError> {
    let Some(deliver) = &spec.deliver else { return Ok(()) };
    let video = spec.video.then_some(&deliver.visualization);
    for target in [Some(&deliver.predictions), video].into_iter().flatten() {
        if Path::new(target).is_dir() {
            return Err(JobError::folder(Path::new(target), &"a folder has the name that a result of this task has"));
        }
        Pending::apart(target, Path::new(&spec.out_dir)).map_err(JobError::Delivery)?;
    }
    Ok(())
}

/// Folders that get large files beside the one of the job, and how many bytes each, where the annotated video has
/// `video` and the data `data`. A folder that is yet to be made is on the disk of the one that holds it.
pub(super) fn elsewhere(spec: &JobSpec, video: u64, data: u64) -> Vec<(PathBuf, u64)> {
    let Some(deliver) = &spec.deliver else { return Vec::new() };
    let targets = [(&deliver.predictions, data), (&deliver.visualization, video)];
    let there = |file: &str| Path::new(file).ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned);
    targets.into_iter().filter_map(|(file, bytes)| Some((there(file)?, bytes))).collect()
}
