//! Keeps the checkpoint of the running job, and finds the one that an earlier run left.

use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use silhueta_results::Error;
use silhueta_results::checkpoint::{Checkpoint, Counted, JobKey, Lengths, Mark, read_checkpoint, write_checkpoint};
use silhueta_results::journal::{JournalReader, records_within};
use silhueta_results::rows::{FramePoses, FrameTracks};
use silhueta_results::work::WorkFolder;
use silhueta_shared::job::{JobSpec, Stage};
use silhueta_shared::model::{ModelFile, Role};
use silhueta_shared::notice::AnewReason;
use silhueta_shared::summary::StageTiming;
use silhueta_tracking::tracklet::Tracklet;
use silhueta_vision::frame::Frame;

use super::failure::JobError;
use super::probe::Job;
use super::track::Trackers;
use crate::doctor;
use crate::report::StageMeter;

/// Seconds of work that a power cut may cost, unless `SILHUETA_CHECKPOINT` says another number.
const EVERY: f64 = 5.0;

/// Writes checkpoints.
#[derive(Debug)]
pub(super) struct Book<'j> {
    files: &'j WorkFolder,
    spec: &'j JobSpec,
    key: JobKey,
    every: Duration,
    last: Instant,
    mark: Option<Mark>,
    counted: Option<Counted>,
    ended: Vec<StageTiming>,
    lengths: Lengths,
}

/// What an earlier run left and this one goes on with.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) checkpoint: Checkpoint,
    /// The tracker's state, where `track` is the stage and a tracker is at work.
    pub(super) trackers: Option<Trackers>,
}

impl<'j> Book<'j> {
    pub(super) fn new(files: &'j WorkFolder, spec: &'j JobSpec, key: JobKey, found: Option<&Checkpoint>) -> Self {
        let every = std::env::var("SILHUETA_CHECKPOINT").ok().and_then(|text| text.parse::<f64>().ok());
        let every = every.filter(|seconds| (0.0..=3600.0).contains(seconds)).unwrap_or(EVERY);
        Self {
            files,
            spec,
            key,
            every: Duration::from_secs_f64(every),
            last: Instant::now(),
            mark: found.and_then(|found| found.mark),
            counted: found.and_then(|found| found.counted.clone()),
            ended: Vec::new(),
            lengths: found.map_or_else(Lengths::default, |found| found.lengths),
        }
    }

    /// The lengths last written down.
    pub(super) fn lengths(&self) -> Lengths {
        self.lengths
    }

    /// The stages that have ended, in all runs.
    pub(super) fn ended(&mut self) -> &mut Vec<StageTiming> {
        &mut self.ended
    }

    /// What the first pass found out, once it is over.
    pub(super) fn counted(&self) -> Option<&Counted> {
        self.counted.as_ref()
    }

    pub(super) fn count(&mut self, counted: Counted) -> &Counted {
        self.counted.insert(counted)
    }

    /// Whether the next checkpoint should be written.
    pub(super) fn is_due(&self) -> bool {
        self.last.elapsed() >= self.every
    }

    /// A frame that is done, for the next run to know the video by.
    pub(super) fn mark(&mut self, frame: &Frame) {
        self.mark = Some(mark_of(frame));
    }

    /// Writes down that `done` frames of a stage are done. `lengths` are synced; `state` is all that it needs to
    /// go on behind them.
    pub(super) fn write(
        &mut self,
        meter: &StageMeter<'_>,
        done: u64,
        lengths: Lengths,
        state: &[u8],
    ) -> Result<(), JobError> {
        let running = meter.so_far();
        self.put(running.name, done, meter.total(), lengths, Some(running), state)
    }

    /// Writes down that a stage is next of which nothing is done.
    pub(super) fn turn(&mut self, stage: Stage, total: u64, lengths: Lengths) -> Result<(), JobError> {
        self.put(stage, 0, Some(total), lengths, None, &[])
    }

    fn put(
        &mut self,
        stage: Stage,
        done: u64,
        total: Option<u64>,
        lengths: Lengths,
        running: Option<StageTiming>,
        state: &[u8],
    ) -> Result<(), JobError> {
        let checkpoint = Checkpoint {
            key: self.key.clone(),
            spec: JobSpec { anew: false, ..self.spec.clone() },
            stage,
            done,
            total,
            mark: self.mark,
            lengths,
            counted: self.counted.clone(),
            stages: self.ended.iter().cloned().chain(running).collect(),
        };
        write_checkpoint(&self.files.checkpoint(), &checkpoint, state)?;
        (self.last, self.lengths) = (Instant::now(), lengths);
        Ok(())
    }
}

/// Says what a frame is known by.
pub(super) fn mark_of(frame: &Frame) -> Mark {
    Mark { frame: frame.index, pts: frame.pts, crc: crc32c::crc32c(&frame.bgr) }
}

/// What the bytes of a job's results depend on.
pub(super) fn key_of(job: &Job<'_>) -> JobKey {
    let model = |file: &ModelFile| (file.id.clone(), file.sha256.clone());
    let models = [Role::Detector, Role::Reid, Role::Pose, Role::Lifter];
    let models = models.into_iter().filter_map(|role| job.spec.models.of(role));
    JobKey {
        source: job.source.sha256.clone(),
        models: models.map(model).collect(),
        boxes: job.boxes.as_ref().map(|boxes| boxes.survey().sha256.clone()),
        fps: job.spec.fps,
        video: job.spec.video,
        precision: job.spec.precision,
        pose_channels: job.spec.pose_channels,
        pose_batch: job.pose_batch() as u64,
        tracker: job.tracker().into(),
        identities: job.spec.identities,
        anchors: job.spec.anchors.clone(),
        device: job.device.used,
        runtime: job.runtime.info().version.clone(),
        ffmpeg: silhueta_vision::video::version(),
        cpu: doctor::cpu(),
        app: env!("CARGO_PKG_VERSION").into(),
    }
}

/// Finds what an earlier run left; `Ok(None)` where there is nothing. What can't be used is an error
/// [`JobError::Unfit`].
pub(super) fn find(files: &WorkFolder, key: &JobKey) -> Result<Option<Found>, JobError> {
    let (mut checkpoint, state) = match read_checkpoint(&files.checkpoint()) {
        Ok(read) => read,
        Err(Error::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(damaged(&error)),
    };
    if let Some(why) = key.misfit(&checkpoint.key) {
        return Err(JobError::Unfit(why));
    }
    let tracked = match (checkpoint.stage, &checkpoint.counted) {
        (Stage::Track, _) => checkpoint.done,
        (_, Some(counted)) => counted.looked_at,
        (stage, None) => return Err(damaged(&format!("stage {stage} without a first pass"))),
    };
    let Lengths { tracks, tracklets, poses } = checkpoint.lengths;
    whole::<FrameTracks>(&files.tracks(), tracks, Some(tracked))?;
    whole::<Tracklet>(&files.tracklets(), tracklets, None)?;
    let trackers = match checkpoint.stage {
        Stage::Track if key.boxes.is_none() => Some(Trackers::restore(&state).map_err(|error| damaged(&error))?),
        _ => None,
    };
    if checkpoint.stage != Stage::Track {
        // Any whole beginning of the poses is as good as all of it.
        (checkpoint.done, checkpoint.lengths.poses) = beginning(files, poses)?;
    }
    Ok(Some(Found { checkpoint, trackers }))
}

/// Whether the first `length` bytes of a journal are whole records, and as many as expected.
fn whole<T: DeserializeOwned>(path: &std::path::Path, length: u64, expected: Option<u64>) -> Result<(), JobError> {
    match records_within::<T>(path, length) {
        Ok(Some(records)) if expected.is_none_or(|expected| records == expected) => Ok(()),
        Ok(records) => Err(damaged(&format!("{}: {records:?} records of {expected:?}", path.display()))),
        Err(error) => Err(damaged(&error)),
    }
}

/// Frames at the beginning of the journal of poses that are whole, and where they end; at most `length` bytes.
fn beginning(files: &WorkFolder, length: u64) -> Result<(u64, u64), JobError> {
    if length == 0 {
        return Ok((0, 0));
    }
    let mut poses = JournalReader::<FramePoses>::open(&files.poses()).map_err(|error| damaged(&error))?;
    let (mut frames, mut end) = (0, poses.position());
    while poses.position() < length {
        match poses.next() {
            Some(row) => row?,
            None => break,
        };
        if poses.position() <= length {
            (frames, end) = (frames + 1, poses.position());
        }
    }
    Ok((frames, end))
}

fn damaged(why: &dyn std::fmt::Display) -> JobError {
    tracing::warn!("the checkpoint can't be used: {why}");
    JobError::Unfit(AnewReason::Damaged)
}
