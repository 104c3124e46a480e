//! Stage `track`: the first pass. Frames are decoded once and shared by the networks (side by side, one
//! frame a caller) and the camera's motion; the tracker takes their results in the order of the frames.

use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use silhueta_results::journal::JournalWriter;
use silhueta_results::rows::{FrameTracks, TrackRow};
use silhueta_shared::geometry::{Affine, Bbox};
use silhueta_shared::notice::VideoWarning;
use silhueta_shared::track::Detection;
use silhueta_tracking::Embedding;
use silhueta_tracking::botsort::{BotSort, Config, Input, Preset};
use silhueta_tracking::tracklet::{Tracklet, Tracklets};
use silhueta_vision::camera_motion::CameraMotion;
use silhueta_vision::detector::Detector;
use silhueta_vision::frame::Frame;
use silhueta_vision::osnet::Osnet;
use silhueta_vision::video::Decoder;

use super::WorkFolder;
use super::failure::JobError;
use super::probe::Job;
use super::sampler::Sampler;
use crate::control::{Halt, Stopped};
use crate::faults::{self, Point};
use crate::order::Reorder;
use crate::report::{Reporter, StageMeter};

/// The tracker's settings.
pub(super) const PRESET: Preset = Preset::Silhueta;

/// What the first pass found out about the video.
#[derive(Debug)]
pub(super) struct Tracked {
    /// Frames that decode.
    pub(super) frames: u64,
    /// Frames that were looked at.
    pub(super) frames_looked_at: u64,
    pub(super) warnings: Vec<VideoWarning>,
}

/// What the networks say of a frame.
#[derive(Debug)]
struct Observation {
    frame: u64,
    pts: i64,
    detections: Vec<Detection>,
    embeddings: Vec<Option<Embedding>>,
}

type Numbered<T> = (u64, Result<T, JobError>);

pub(super) fn track(
    job: &mut Job<'_>,
    files: &WorkFolder,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<Tracked, JobError> {
    let networks = std::mem::take(&mut job.trackers);
    let mut decoder = job.decoder(reporter)?;
    let mut sampler = job.sampler();
    let config = Config::preset(PRESET);
    let high = config.high;
    let mut sink = Sink::create(job, files, BotSort::new(config, job.fps()))?;

    // Frames between decoder and tracker: enough to keep every caller busy, few enough for memory.
    let in_flight = 2 * networks.len() + 2;
    decoder.reserve(in_flight + 1);
    let (permit, release) = bounded::<()>(in_flight);
    let (work, worker_frames) = bounded::<(u64, Arc<Frame>)>(in_flight);
    let (motion_work, motion_frames) = bounded::<(u64, Arc<Frame>)>(in_flight);
    let (observed, observations) = bounded::<Numbered<Observation>>(in_flight);
    let (moved, motions) = bounded::<Numbered<Affine>>(in_flight);

    let halt = Halt::new(reporter.control());
    let (frames_looked_at, frames) = std::thread::scope(|scope| -> Result<(u64, u64), JobError> {
        let decoding = scope.spawn(|| {
            let (permit, work, motion_work) = (permit, work, motion_work);
            let stand = || reporter.stand(&halt, &|| permit.is_empty());
            decode(&mut decoder, &mut sampler, &permit, [&work, &motion_work], stand)
        });
        for (detector, reid) in networks {
            let (frames, observed) = (worker_frames.clone(), observed.clone());
            scope.spawn(move || observe(detector, reid, high, &frames, &observed));
        }
        scope.spawn(move || follow_camera(&motion_frames, &moved));
        drop((worker_frames, observed));

        let result = collect(&mut sink, &observations, &motions, &release, meter, reporter);
        // Whoever still waits to send ends now.
        drop((observations, motions, release));
        halt.end();
        let decoded = decoding.join().unwrap_or(Err(JobError::Disconnected));
        match (result, decoded) {
            (Ok(looked_at), Ok(decoded)) => Ok((looked_at, decoded)),
            // The decoder's own error is the cause where both fail.
            (Err(error), Ok(_) | Err(JobError::Disconnected)) => Err(error),
            (_, Err(error)) => Err(error),
        }
    })?;
    sink.finish()?;
    Ok(Tracked { frames, frames_looked_at, warnings: decoder.warnings() })
}

/// Decodes and hands out the frames that are looked at; returns how many there were in all.
fn decode(
    decoder: &mut Decoder,
    sampler: &mut Sampler,
    permit: &Sender<()>,
    takers: [&Sender<(u64, Arc<Frame>)>; 2],
    stand: impl Fn() -> Result<(), Stopped>,
) -> Result<u64, JobError> {
    let (mut seq, mut decoded) = (0, 0);
    while let Some(frame) = decoder.next_frame()? {
        stand()?;
        decoded = frame.index + 1;
        faults::pass(Point::TrackDecode, frame.index);
        if !sampler.keeps(frame.pts) {
            continue;
        }
        permit.send(()).map_err(|_| JobError::Disconnected)?;
        let frame = Arc::new(frame);
        for taker in takers {
            taker.send((seq, Arc::clone(&frame))).map_err(|_| JobError::Disconnected)?;
        }
        seq += 1;
    }
    Ok(decoded)
}

/// One caller: detects, and embeds the people that the detector is sure of.
fn observe(
    mut detector: Detector,
    mut reid: Osnet,
    high: f32,
    frames: &Receiver<(u64, Arc<Frame>)>,
    observed: &Sender<Numbered<Observation>>,
) {
    for (seq, frame) in frames {
        let observation = look(&mut detector, &mut reid, high, &frame);
        if observed.send((seq, observation)).is_err() {
            return;
        }
    }
}

fn look(detector: &mut Detector, reid: &mut Osnet, high: f32, frame: &Frame) -> Result<Observation, JobError> {
    faults::pass(Point::TrackDetect, frame.index);
    let detections = detector.detect(frame)?;
    // Best first, so the ones worth an embedding are in front.
    let sure: Vec<Bbox> = detections.iter().take_while(|d| d.score >= high).map(|d| d.bbox).collect();
    let mut embeddings: Vec<_> = reid.embed(frame, &sure)?.into_iter().map(Embedding::new).collect();
    embeddings.resize(detections.len(), None);
    Ok(Observation { frame: frame.index, pts: frame.pts, detections, embeddings })
}

fn follow_camera(frames: &Receiver<(u64, Arc<Frame>)>, moved: &Sender<Numbered<Affine>>) {
    let mut camera = CameraMotion::default();
    for (seq, frame) in frames {
        let motion = camera.update(&frame).map_err(|e| JobError::Picture(e.to_string()));
        if moved.send((seq, motion)).is_err() {
            return;
        }
    }
}

/// Feeds the tracker in order; returns how many frames were looked at.
fn collect(
    sink: &mut Sink,
    observations: &Receiver<Numbered<Observation>>,
    motions: &Receiver<Numbered<Affine>>,
    release: &Receiver<()>,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<u64, JobError> {
    let mut order = Reorder::default();
    let mut looked_at = 0;
    for (seq, observation) in observations {
        order.push(seq, observation?);
        while let Some(observation) = order.pop() {
            if reporter.control().is_stopped() {
                return Err(JobError::Stopped);
            }
            // The camera's motion comes in order, one a frame.
            let (_, motion) = motions.recv().map_err(|_| JobError::Disconnected)?;
            sink.take(&observation, motion?)?;
            looked_at += 1;
            release.recv().map_err(|_| JobError::Disconnected)?;
            meter.advance();
        }
    }
    Ok(looked_at)
}

/// The tracker and the journals that its results go to.
struct Sink {
    tracker: BotSort,
    tracklets: Tracklets,
    tracks: JournalWriter<FrameTracks>,
    ended: JournalWriter<Tracklet>,
    seconds_per_tick: f64,
    /// Source frames after which a track can't come back.
    memory: u64,
    /// Where the journals are.
    folder: PathBuf,
}

impl Sink {
    fn create(job: &Job<'_>, files: &WorkFolder, tracker: BotSort) -> Result<Self, JobError> {
        let stride = (job.info.fps / job.fps()).ceil() as u64 + 1;
        Ok(Self {
            memory: (tracker.max_lost_frames() + 1) * stride,
            tracker,
            tracklets: Tracklets::new(),
            tracks: JournalWriter::create(&files.tracks())?,
            ended: JournalWriter::create(&files.tracklets())?,
            seconds_per_tick: job.time_base().seconds(1),
            folder: files.0.clone(),
        })
    }

    fn take(&mut self, seen: &Observation, motion: Affine) -> Result<(), JobError> {
        let input = Input { detections: &seen.detections, embeddings: &seen.embeddings, motion };
        let boxes = self.tracker.update(&input);
        let seconds = seen.pts as f64 * self.seconds_per_tick;
        self.tracklets.observe(seen.frame, seconds, &boxes, &seen.embeddings);
        // Ended tracklets go to disk, so that memory stays flat however long the video is.
        for tracklet in self.tracklets.drain_ended(seen.frame.saturating_sub(self.memory)) {
            self.ended.append(&tracklet)?;
        }
        let boxes = boxes.iter().map(|b| TrackRow { track: b.track, bbox: b.bbox, score: b.score }).collect();
        faults::disk(seen.frame).map_err(|e| JobError::folder(&self.folder, &e))?;
        self.tracks.append(&FrameTracks { frame: seen.frame, pts: seen.pts, boxes })?;
        Ok(())
    }

    fn finish(mut self) -> Result<(), JobError> {
        for tracklet in self.tracklets.finish() {
            self.ended.append(&tracklet)?;
        }
        self.ended.sync()?;
        self.tracks.sync()?;
        Ok(())
    }
}
