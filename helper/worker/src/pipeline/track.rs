//! Stage `track`: the first pass. Frames are decoded once and shared by the networks (side by side, one
//! frame a caller) and the camera's motion; the tracker takes their results in the order of the frames.
//!
//! A checkpoint holds the tracker and the open tracklets as they are behind a frame. To go on, the video is
//! decoded up to that frame without looking at it: this brings the decoder, the sampler and the repair of times
//! to where they were, and the frame itself tells whether these are the same pictures and is what the camera's
//! next motion is measured from.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use serde::{Deserialize, Serialize};
use silhueta_results::checkpoint::{Checkpoint, Counted, Lengths, Mark};
use silhueta_results::journal::JournalWriter;
use silhueta_results::rows::{FrameTracks, TrackRow};
use silhueta_results::work::WorkFolder;
use silhueta_shared::geometry::{Affine, Bbox};
use silhueta_shared::notice::AnewReason;
use silhueta_shared::track::Detection;
use silhueta_tracking::tracklet::{Tracklet, Tracklets};
use silhueta_tracking::views::Views;
use silhueta_tracking::{Embedding, Input, Tracker};
use silhueta_vision::camera_motion::CameraMotion;
use silhueta_vision::detector::Detector;
use silhueta_vision::frame::Frame;
use silhueta_vision::osnet::Osnet;
use silhueta_vision::video::Decoder;

use super::book::{Book, mark_of};
use super::failure::JobError;
use super::probe::Job;
use super::sampler::Sampler;
use crate::control::{Halt, Stopped};
use crate::faults::{self, Point};
use crate::order::Reorder;
use crate::report::{Reporter, StageMeter};

/// What is known of the people so far: all that the frames to come depend on.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Trackers {
    tracker: Tracker,
    tracklets: Tracklets,
}

impl Trackers {
    fn store(&self) -> Result<Vec<u8>, JobError> {
        rmp_serde::to_vec_named(self).map_err(|error| JobError::NotKept(error.to_string()))
    }

    pub(super) fn restore(state: &[u8]) -> Result<Self, rmp_serde::decode::Error> {
        rmp_serde::from_slice(state)
    }
}

/// What the networks say of a frame.
#[derive(Debug)]
struct Observation {
    frame: Arc<Frame>,
    detections: Vec<Detection>,
    embeddings: Vec<Option<Embedding>>,
}

type Numbered<T> = (u64, Result<T, JobError>);

/// Runs the stage, from its beginning or from where a checkpoint left it; returns how long its journals are.
pub(super) fn track(
    job: &mut Job<'_>,
    files: &WorkFolder,
    book: &mut Book<'_>,
    from: Option<(&Checkpoint, Trackers)>,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<Lengths, JobError> {
    let mut decoder = job.decoder(reporter)?;
    let (mut sampler, mut camera) = (job.sampler(), CameraMotion::default());
    let fresh = Tracker::new(job.method(), job.fps());
    let looks = Looks { views: Views::new(job.fps()), high: fresh.sure_score() };
    let halt = Halt::new(reporter.control());
    let mut sink = match from {
        None => Sink::create(job, files, fresh)?,
        Some((checkpoint, trackers)) => {
            let mark = checkpoint.mark.ok_or(JobError::Unfit(AnewReason::Damaged))?;
            let last = go_to(&mut decoder, &mut sampler, mark, |frame| {
                reporter.on_the_way(frame);
                reporter.stand(&halt, &|| true)
            })?;
            // How the camera came here is in the tracker already.
            camera.update(&last).map_err(|e| JobError::Picture(e.to_string()))?;
            Sink::reopen(job, files, trackers, checkpoint)?
        }
    };
    let networks = job.open_trackers()?;
    let before = sink.looked_at;

    // Frames between decoder and tracker: enough to keep every caller busy, few enough for memory.
    let in_flight = 2 * networks.len() + 2;
    // Beside those: one being decoded, and the last that is done.
    decoder.reserve(in_flight + 2);
    let (permit, release) = bounded::<()>(in_flight);
    let (work, worker_frames) = bounded::<(u64, Arc<Frame>)>(in_flight);
    let (motion_work, motion_frames) = bounded::<(u64, Arc<Frame>)>(in_flight);
    let (observed, observations) = bounded::<Numbered<Observation>>(in_flight);
    let (moved, motions) = bounded::<Numbered<Affine>>(in_flight);

    let frames = std::thread::scope(|scope| -> Result<u64, JobError> {
        let decoding = scope.spawn(|| {
            let (permit, work, motion_work) = (permit, work, motion_work);
            let stand = || reporter.stand(&halt, &|| permit.is_empty());
            decode(&mut decoder, &mut sampler, &permit, [&work, &motion_work], stand)
        });
        for (detector, reid) in networks {
            let (frames, observed) = (worker_frames.clone(), observed.clone());
            scope.spawn(move || observe(detector, reid, looks, before, &frames, &observed));
        }
        scope.spawn(move || follow_camera(camera, &motion_frames, &moved));
        drop((worker_frames, observed));

        let result = collect(&mut sink, book, &observations, &motions, &release, meter, reporter);
        if result.is_err() {
            sink.keep(book, meter);
        }
        // Whoever still waits to send ends now.
        drop((observations, motions, release));
        halt.end();
        let decoded = decoding.join().unwrap_or(Err(JobError::Disconnected));
        match (result, decoded) {
            (Ok(()), Ok(decoded)) => Ok(decoded),
            // The decoder's own error is the cause where both fail.
            (Err(error), Ok(_) | Err(JobError::Disconnected)) => Err(error),
            (_, Err(error)) => Err(error),
        }
    })?;
    let (looked_at, lengths) = sink.finish()?;
    book.count(Counted { frames, looked_at, warnings: decoder.warnings() });
    Ok(lengths)
}

/// Decodes up to and with the marked frame, which must be the one it was.
pub(super) fn go_to(
    decoder: &mut Decoder,
    sampler: &mut Sampler,
    mark: Mark,
    stand: impl Fn(u64) -> Result<(), Stopped>,
) -> Result<Frame, JobError> {
    let other = || JobError::Unfit(AnewReason::Pictures);
    while decoder.position() < mark.frame {
        stand(decoder.position())?;
        let pts = decoder.pass()?.ok_or_else(other)?;
        sampler.keeps(pts);
    }
    let frame = decoder.next_frame()?.ok_or_else(other)?;
    if sampler.keeps(frame.pts) && mark_of(&frame) == mark { Ok(frame) } else { Err(other()) }
}

/// Decodes and hands out the frames that are looked at; returns how many there were in all.
fn decode(
    decoder: &mut Decoder,
    sampler: &mut Sampler,
    permit: &Sender<()>,
    takers: [&Sender<(u64, Arc<Frame>)>; 2],
    stand: impl Fn() -> Result<(), Stopped>,
) -> Result<u64, JobError> {
    let (mut seq, mut decoded) = (0, decoder.position());
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

/// Who is worth an embedding.
#[derive(Clone, Copy, Debug)]
struct Looks {
    views: Views,
    high: f32,
}

/// One caller: detects, and embeds people that the detector is sure of, where that can matter. `before` frames were
/// looked at by an earlier run.
fn observe(
    mut detector: Detector,
    mut reid: Osnet,
    looks: Looks,
    before: u64,
    frames: &Receiver<(u64, Arc<Frame>)>,
    observed: &Sender<Numbered<Observation>>,
) {
    for (seq, frame) in frames {
        let observation = look(&mut detector, &mut reid, looks, before + seq, &frame);
        if observed.send((seq, observation)).is_err() {
            return;
        }
    }
}

fn look(
    detector: &mut Detector,
    reid: &mut Osnet,
    looks: Looks,
    number: u64,
    frame: &Arc<Frame>,
) -> Result<Observation, JobError> {
    faults::pass(Point::TrackDetect, frame.index);
    let detections = detector.detect(frame)?;
    let wanted = looks.views.wanted(number, &detections, looks.high);
    let boxes: Vec<Bbox> = wanted.iter().map(|&i| detections[i].bbox).collect();
    let mut embeddings = vec![None; detections.len()];
    for (i, embedding) in wanted.into_iter().zip(reid.embed(frame, &boxes)?) {
        embeddings[i] = Embedding::new(embedding);
    }
    Ok(Observation { frame: Arc::clone(frame), detections, embeddings })
}

fn follow_camera(mut camera: CameraMotion, frames: &Receiver<(u64, Arc<Frame>)>, moved: &Sender<Numbered<Affine>>) {
    for (seq, frame) in frames {
        let motion = camera.update(&frame).map_err(|e| JobError::Picture(e.to_string()));
        if moved.send((seq, motion)).is_err() {
            return;
        }
    }
}

/// Feeds the tracker in order.
fn collect(
    sink: &mut Sink,
    book: &mut Book<'_>,
    observations: &Receiver<Numbered<Observation>>,
    motions: &Receiver<Numbered<Affine>>,
    release: &Receiver<()>,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<(), JobError> {
    let mut order = Reorder::default();
    for (seq, observation) in observations {
        order.push(seq, observation?);
        while let Some(observation) = order.pop() {
            if reporter.control().is_stopped() {
                return Err(JobError::Stopped);
            }
            // The camera's motion comes in order, one a frame.
            let (_, motion) = motions.recv().map_err(|_| JobError::Disconnected)?;
            sink.take(&observation, motion?)?;
            release.recv().map_err(|_| JobError::Disconnected)?;
            meter.advance();
            if book.is_due() {
                sink.checkpoint(book, meter)?;
            }
        }
    }
    Ok(())
}

/// The tracker and the journals that its results go to.
struct Sink {
    people: Trackers,
    tracks: JournalWriter<FrameTracks>,
    ended: JournalWriter<Tracklet>,
    seconds_per_tick: f64,
    /// Source frames after which a track can't come back.
    memory: u64,
    looked_at: u64,
    /// The last frame that all of this is of; `None` before the first, and when a frame was left half done.
    last: Option<Arc<Frame>>,
}

impl Sink {
    fn create(job: &Job<'_>, files: &WorkFolder, tracker: Tracker) -> Result<Self, JobError> {
        let people = Trackers { tracker, tracklets: Tracklets::new() };
        let (tracks, ended) = (JournalWriter::create(&files.tracks())?, JournalWriter::create(&files.tracklets())?);
        Ok(Self::with(job, people, tracks, ended, 0))
    }

    /// Goes on where a checkpoint was written.
    fn reopen(job: &Job<'_>, files: &WorkFolder, people: Trackers, at: &Checkpoint) -> Result<Self, JobError> {
        let tracks = JournalWriter::open_at(&files.tracks(), at.lengths.tracks)?;
        let ended = JournalWriter::open_at(&files.tracklets(), at.lengths.tracklets)?;
        Ok(Self::with(job, people, tracks, ended, at.done))
    }

    fn with(
        job: &Job<'_>,
        people: Trackers,
        tracks: JournalWriter<FrameTracks>,
        ended: JournalWriter<Tracklet>,
        looked_at: u64,
    ) -> Self {
        let stride = (job.info.fps / job.fps()).ceil() as u64 + 1;
        let memory = (people.tracker.max_lost_frames() + 1) * stride;
        let seconds_per_tick = job.time_base().seconds(1);
        Self { people, tracks, ended, seconds_per_tick, memory, looked_at, last: None }
    }

    fn take(&mut self, seen: &Observation, motion: Affine) -> Result<(), JobError> {
        self.last = None;
        let input = Input { detections: &seen.detections, embeddings: &seen.embeddings, motion: Some(motion) };
        let boxes = self.people.tracker.update(&input);
        let (frame, pts) = (seen.frame.index, seen.frame.pts);
        let seconds = pts as f64 * self.seconds_per_tick;
        self.people.tracklets.observe(frame, seconds, &boxes, &seen.embeddings);
        // Ended tracklets go to disk, so that memory stays flat however long the video is.
        for tracklet in self.people.tracklets.drain_ended(frame.saturating_sub(self.memory)) {
            self.ended.append(&tracklet)?;
        }
        let boxes = boxes.iter().map(|b| TrackRow { track: b.track, bbox: b.bbox, score: b.score }).collect();
        faults::disk(frame)?;
        self.tracks.append(&FrameTracks { frame, pts, boxes })?;
        self.looked_at += 1;
        self.last = Some(Arc::clone(&seen.frame));
        Ok(())
    }

    /// Writes down all that is needed to go on behind the last frame.
    fn checkpoint(&mut self, book: &mut Book<'_>, meter: &StageMeter<'_>) -> Result<(), JobError> {
        let Some(last) = &self.last else { return Ok(()) };
        book.mark(last);
        let lengths = Lengths { tracks: self.tracks.sync()?, tracklets: self.ended.sync()?, poses: 0 };
        book.write(meter, self.looked_at, lengths, &self.people.store()?)
    }

    /// The same for a stage that ends early; where it can't be, the checkpoint before it serves.
    fn keep(&mut self, book: &mut Book<'_>, meter: &StageMeter<'_>) {
        if let Err(error) = self.checkpoint(book, meter) {
            tracing::warn!("the last frames will have to be worked through again: {error}");
        }
    }

    /// Ends all tracks; returns the number of frames looked at and how long the journals are.
    fn finish(mut self) -> Result<(u64, Lengths), JobError> {
        for tracklet in self.people.tracklets.finish() {
            self.ended.append(&tracklet)?;
        }
        let lengths = Lengths { tracks: self.tracks.sync()?, tracklets: self.ended.sync()?, poses: 0 };
        Ok((self.looked_at, lengths))
    }
}
