//! Stage `probe`: is the video readable, do the networks fit, is there room? Everything that can fail
//! early fails here, before hours of work.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use silhueta_registry::locate::sha256_unless;
use silhueta_results::boxes::{Boxes, Survey};
use silhueta_results::work::WorkFolder;
use silhueta_shared::job::{Device, JobModels, JobSpec};
use silhueta_shared::notice::{Notice, VideoFacts};
use silhueta_shared::pose::KeypointSet;
use silhueta_shared::summary::{DeviceUse, SourceInfo};
use silhueta_shared::time::TimeBase;
use silhueta_tracking::Method;
use silhueta_vision::detector::Detector;
use silhueta_vision::lifter::Lifter;
use silhueta_vision::networks;
use silhueta_vision::osnet::Osnet;
use silhueta_vision::pose::PoseNetwork;
use silhueta_vision::runtime::Runtime;
use silhueta_vision::video::{Decoder, Limits, VideoError, VideoInfo};

use super::delivery;
use super::failure::JobError;
use super::given;
use super::sampler::Sampler;
use crate::doctor::Disk;
use crate::engines::Engines;
use crate::faults::Point;
use crate::report::Reporter;
use crate::{doctor, faults, limits};

/// Decoder threads: decoding takes 1 to 4 ms a 720p frame, the networks take the rest.
const DECODER_THREADS: usize = 2;
/// Kept free on the disk beside what the job itself needs, in bytes.
const RESERVE: u64 = 64 << 20;

/// A job that can begin.
#[derive(Debug)]
pub(super) struct Job<'s> {
    pub(super) spec: &'s JobSpec,
    pub(super) runtime: Runtime,
    pub(super) device: DeviceUse,
    pub(super) source: SourceInfo,
    pub(super) info: VideoInfo,
    /// People's boxes, where they are given.
    pub(super) boxes: Option<Boxes>,
    /// One set of networks a caller; taken by the stage that runs them.
    pub(super) trackers: Vec<(Detector, Osnet)>,
    pub(super) poses: Vec<PoseNetwork>,
    /// Lifts joints into space; taken by the stage that runs it.
    pub(super) lifter: Option<Lifter>,
    /// The joints that those give.
    pub(super) keypoints: KeypointSet,
}

impl Job<'_> {
    /// Callers side by side: on the CPU one a core, on a device one to keep it fed.
    pub(super) fn callers(&self) -> usize {
        if self.device.used == Device::Cpu { self.spec.threads.max(1) } else { 1 }
    }

    /// People per run of the pose network: on the CPU more than one gains nothing and costs memory.
    pub(super) fn pose_batch(&self) -> usize {
        self.spec.pose_batch.unwrap_or(if self.device.used == Device::Cpu { 1 } else { 16 }).max(1)
    }

    /// What follows people.
    pub(super) fn tracker(&self) -> &'static str {
        if self.boxes.is_some() { given::TRACKER } else { self.method().setting() }
    }

    /// The tracker, where boxes are not given.
    pub(super) fn method(&self) -> Method {
        Method::of(self.spec.tracker, self.spec.preset)
    }

    pub(super) fn time_base(&self) -> TimeBase {
        self.info.time_base
    }

    pub(super) fn sampler(&self) -> Sampler {
        Sampler::new(self.spec.fps, self.info.time_base)
    }

    /// Frames a second that are looked at.
    pub(super) fn fps(&self) -> f64 {
        self.spec.fps.map_or(self.info.fps, |fps| fps.min(self.info.fps))
    }

    /// Frames that will be looked at, by the container's word.
    pub(super) fn expected_frames(&self) -> Option<u64> {
        self.info.frames.map(|n| ((n as f64) * (self.fps() / self.info.fps)).ceil() as u64)
    }

    pub(super) fn decoder(&self, reporter: &Reporter) -> Result<Decoder, JobError> {
        let path = Path::new(&self.spec.source);
        Ok(Decoder::open(path, &Limits::default(), DECODER_THREADS, reporter.control().stop_flag())?)
    }

    /// Opens the networks of `track` that are not open: an attempt before may have taken them.
    pub(super) fn open_trackers(&mut self) -> Result<Vec<(Detector, Osnet)>, JobError> {
        let mut trackers = std::mem::take(&mut self.trackers);
        if let JobModels { detector: Some(detector), reid: Some(reid), .. } = &self.spec.models
            && self.boxes.is_none()
        {
            while trackers.len() < self.callers() {
                let open = networks::detector(&self.runtime, self.device.used, detector)?;
                trackers.push((open, networks::reid(&self.runtime, self.device.used, reid)?));
            }
        }
        Ok(trackers)
    }

    /// Opens the lifter, where the job has one and it is not open.
    pub(super) fn open_lifter(&mut self) -> Result<Option<Lifter>, JobError> {
        let open = self.lifter.take();
        match &self.spec.models.lifter {
            Some(lifter) if open.is_none() => Ok(Some(networks::lifter(&self.runtime, self.device.used, lifter)?)),
            _ => Ok(open),
        }
    }

    /// Opens the pose networks that the stage needs beside the first.
    pub(super) fn open_poses(&mut self) -> Result<Vec<PoseNetwork>, JobError> {
        let mut poses = std::mem::take(&mut self.poses);
        while poses.len() < self.callers() {
            let (spec, device) = (self.spec, self.device.used);
            poses.push(networks::pose(&self.runtime, device, &spec.models.pose, spec.pose_channels)?);
        }
        Ok(poses)
    }
}

/// What a file is by its header and its first picture, which tells more than any header.
pub(super) fn open(path: &Path, stop: &Arc<AtomicBool>) -> Result<VideoInfo, VideoError> {
    limits::within_probe_space(|| {
        let mut decoder = Decoder::open(path, &Limits::default(), 1, stop)?;
        decoder.next_frame()?;
        Ok(decoder.info().clone())
    })
}

pub(super) fn facts(info: &VideoInfo) -> VideoFacts {
    VideoFacts {
        width: info.width,
        height: info.height,
        fps: info.fps,
        frames: info.frames,
        seconds: info.frames.map(|frames| frames as f64 / info.fps),
        codec: info.codec.clone(),
    }
}

pub(super) fn probe<'s>(spec: &'s JobSpec, files: &WorkFolder, reporter: &Reporter) -> Result<Job<'s>, JobError> {
    let path = Path::new(&spec.source);
    let info = open(path, reporter.control().stop_flag())?;
    reporter.log(Notice::Opened(facts(&info)));
    let boxes = spec.boxes.as_ref().map(|file| Boxes::read(Path::new(file)).map_err(JobError::Boxes)).transpose()?;
    if boxes.is_none() && (spec.models.detector.is_none() || spec.models.reid.is_none()) {
        return Err(JobError::Blind);
    }

    faults::pass(Point::Probe, 0);
    let mut runtime = Runtime::load(&doctor::runtime_file().map_err(JobError::NoRuntime)?)?;
    runtime.set_precision(spec.precision);
    let engines = Engines::of(&runtime.info().version);
    if let Some(engines) = &engines {
        runtime.keep_engines(engines.folder());
    }
    let announce = |device, model| {
        if let Some(engines) = &engines {
            engines.announce(device, spec.precision, model, reporter);
        }
    };
    let JobModels { pose, lifter, .. } = &spec.models;
    // Nobody is looked for where it is known who is where.
    let [detector, reid] = [&spec.models.detector, &spec.models.reid].map(|m| m.as_ref().filter(|_| boxes.is_none()));
    let first = detector.unwrap_or(pose);
    let device = runtime.choose(spec.device, Path::new(&first.file), |device| announce(device, first))?;
    for passed in &device.passed_over {
        reporter.log(Notice::PassedOver { device: passed.name.clone(), why: passed.why.clone() });
    }
    reporter.log(Notice::DeviceUsed { device: device.used });
    announce(device.used, pose);
    let poses = vec![networks::pose(&runtime, device.used, pose, spec.pose_channels)?];
    let keypoints = poses[0].keypoints();
    delivery::check(spec)?;
    check_space(spec, &info, keypoints, files.size())?;
    let mut job = Job {
        spec,
        source: SourceInfo {
            path: spec.source.clone(),
            sha256: String::new(),
            width: info.width,
            height: info.height,
            fps: info.fps,
            frames: 0,
        },
        info,
        boxes,
        trackers: Vec::new(),
        lifter: None,
        keypoints,
        poses,
        device,
        runtime,
    };
    let used = job.device.used;
    if let Some(reid) = reid {
        announce(used, reid);
    }
    job.trackers = job.open_trackers()?;
    if let Some(lifter) = lifter {
        announce(used, lifter);
    }
    job.lifter = job.open_lifter()?;
    if let Some(engines) = &engines {
        engines.remember(used, spec.precision, spec.models.files());
    }
    if let (Some(file), Some(boxes)) = (&spec.boxes, &job.boxes) {
        let Survey { frames, people, is_from_zero, .. } = *boxes.survey();
        reporter.log(Notice::Boxes { file: file.clone(), frames, people, is_from_zero, pose: pose.id.clone() });
    } else if let (Some(detector), Some(reid)) = (detector, reid) {
        reporter.log(Notice::Models { detector: detector.id.clone(), reid: reid.id.clone(), pose: pose.id.clone() });
    }
    for model in spec.models.files() {
        if let Some(batch) = job.runtime.filled_batch(Path::new(&model.file)) {
            reporter.log(Notice::FixedBatch { model: model.id.clone(), batch: batch as u64 });
        }
    }
    let sum = sha256_unless(path, || reporter.control().is_stopped()).map_err(|e| JobError::source(path, &e))?;
    job.source.sha256 = sum.ok_or(JobError::Stopped)?;
    Ok(job)
}

/// Refuses a job that would fill a disk: the annotated video is about as large as the source (its quality is
/// fixed, so allow for more) and is there twice while it is put together; the data are about 2 KB a frame with
/// COCO's joints and more with more of them. What an earlier run left is part of it.
fn check_space(spec: &JobSpec, info: &VideoInfo, keypoints: KeypointSet, have: u64) -> Result<(), JobError> {
    let source = std::fs::metadata(&spec.source).map_or(0, |meta| meta.len());
    let video = if spec.video { source.saturating_mul(3) / 2 } else { 0 };
    let frame = 2048 * keypoints.count().div_ceil(KeypointSet::Coco17.count()) as u64;
    let data = info.frames.unwrap_or(0).saturating_mul(frame);
    let here = video.saturating_mul(if spec.deliver.is_some() { 1 } else { 2 }).saturating_add(data);
    let mut asked = vec![(PathBuf::from(&spec.out_dir), RESERVE.saturating_add(here).saturating_sub(have))];
    asked.extend(delivery::elsewhere(spec, video, data));

    // Several folders may be on one disk, which keeps one reserve.
    let mut disks = BTreeMap::<u64, (PathBuf, u64, u64)>::new();
    for (i, (folder, bytes)) in asked.into_iter().enumerate() {
        let Disk { device, free } = doctor::disk_of(&folder).map_err(|e| JobError::folder(&folder, &e))?;
        let (_, needed, _) = disks.entry(device).or_insert((folder, if i == 0 { 0 } else { RESERVE }, free));
        *needed = needed.saturating_add(bytes);
    }
    match disks.into_values().find(|(_, needed, free)| free < needed) {
        Some((path, needed, free)) => Err(JobError::Space { path, free: free >> 20, needed: needed >> 20 }),
        None => Ok(()),
    }
}
