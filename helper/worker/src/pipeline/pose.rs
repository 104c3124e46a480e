//! Stage `pose`: the second pass. People are cropped and posed in batches across people and frames; the
//! finished frames are drawn and encoded in order.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use silhueta_results::file::Pending;
use silhueta_results::journal::{JournalReader, JournalWriter};
use silhueta_results::rows::{FramePoses, FrameTracks};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::TrackId;
use silhueta_vision::draw::{self, Person};
use silhueta_vision::frame::Frame;
use silhueta_vision::pose::PoseNetwork;
use silhueta_vision::video::{Coding, Decoder, Encoder};

use super::WorkFolder;
use super::failure::JobError;
use super::identify::Identities;
use super::probe::Job;
use super::sampler::Sampler;
use crate::control::{Halt, Stopped};
use crate::faults::{self, Point};
use crate::preview::{Gate, Seen};
use crate::report::{Reporter, StageMeter};

/// A frame and the tracked people in it.
#[derive(Debug)]
struct Scene {
    frame: Arc<Frame>,
    people: Vec<(TrackId, Bbox)>,
}

/// One person to pose: the frame's number, the person's place in it, and where to look.
#[derive(Debug)]
struct Crop {
    seq: u64,
    person: usize,
    frame: Arc<Frame>,
    bbox: Bbox,
}

/// A frame with its finished poses, to be drawn.
type Drawing = (Scene, Vec<Vec<Keypoint>>);

type Posed = Result<Vec<(u64, usize, Vec<Keypoint>)>, JobError>;

/// What the stage leaves.
#[derive(Debug)]
pub(super) struct Posing {
    /// The annotated video, to be committed.
    pub(super) overlay: Option<Pending>,
    /// Preview pictures that were encoded.
    pub(super) pictures: u64,
}

/// Runs the stage.
pub(super) fn pose(
    job: &mut Job<'_>,
    files: &WorkFolder,
    identities: &Identities,
    out: &Path,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<Posing, JobError> {
    let networks = job.open_poses()?;
    let mut decoder = job.decoder(reporter)?;
    let mut sampler = job.sampler();
    let batch = job.pose_batch();
    let tracks = JournalReader::<FrameTracks>::open(&files.tracks())?;
    let mut poses = JournalWriter::<FramePoses>::create(&files.poses())?;
    let overlay = job.spec.video.then(|| Pending::new(out.join("overlay.mp4")));
    let size = (job.info.width, job.info.height);
    let encoder = match &overlay {
        Some(overlay) => {
            let coding = Coding::fine(job.spec.threads);
            Some(Encoder::create(overlay.part(), size, job.time_base(), job.fps(), coding)?)
        }
        None => None,
    };

    // A batch may wait for people of the next `batch` frames, so that many are in flight at least.
    let in_flight = 2 * networks.len() + batch + 2;
    // Beside those: one being decoded, two waiting to be drawn, one being drawn and its copy, and two in the
    // preview's hands.
    decoder.reserve(in_flight + 7);
    let (permit, release) = bounded::<()>(in_flight);
    let (scene_sender, scenes) = bounded::<Scene>(in_flight);
    let (crop_sender, crops) = bounded::<Vec<Crop>>(2 * networks.len());
    let (posed_sender, posed) = bounded::<Posed>(2 * networks.len());
    let (draw_sender, drawings) = bounded::<Drawing>(2);

    let (time_base, halt) = (job.time_base(), Halt::new(reporter.control()));
    let pictures = std::thread::scope(|scope| -> Result<u64, JobError> {
        let mut gate = Gate::open(scope, reporter, time_base);
        let feeding = scope.spawn(|| {
            let feeder = Feeder { permit, scenes: scene_sender, crops: crop_sender, batch, waiting: VecDeque::new() };
            feeder.feed(&mut decoder, &mut sampler, tracks, |is_still| reporter.stand(&halt, is_still))
        });
        for network in networks {
            let (crops, posed) = (crops.clone(), posed_sender.clone());
            scope.spawn(move || estimate(network, &crops, &posed));
        }
        let drawing = encoder.map(|encoder| scope.spawn(move || draw(encoder, identities, &drawings)));
        drop((crops, posed_sender));

        let draw_sender = drawing.is_some().then_some(draw_sender);
        let mut finished =
            Finished { journal: &mut poses, draw: draw_sender.as_ref(), gate: &mut gate, identities, out };
        let result = collect(&scenes, &posed, &release, &mut finished, meter, reporter);
        // Whoever still waits to send or to draw ends now.
        drop((scenes, posed, release, draw_sender));
        halt.end();
        let pictures = gate.close();
        let fed = feeding.join().unwrap_or(Err(JobError::Disconnected));
        let drawn = drawing.map_or(Ok(()), |d| d.join().unwrap_or(Err(JobError::Disconnected)));
        // The first real cause, not who noticed the broken channel.
        let mut causes = [result, fed, drawn].into_iter().filter_map(Result::err);
        let first = causes.next();
        match causes.find(|e| !matches!(e, JobError::Disconnected)) {
            Some(cause) if matches!(first, Some(JobError::Disconnected)) => Err(cause),
            _ => first.map_or(Ok(pictures), Err),
        }
    })?;
    poses.sync()?;
    Ok(Posing { overlay, pictures })
}

/// Decodes the video again beside the journal of its tracks and cuts the people into batches.
struct Feeder {
    permit: Sender<()>,
    scenes: Sender<Scene>,
    crops: Sender<Vec<Crop>>,
    batch: usize,
    waiting: VecDeque<Crop>,
}

impl Feeder {
    fn feed(
        mut self,
        decoder: &mut Decoder,
        sampler: &mut Sampler,
        tracks: JournalReader<FrameTracks>,
        stand: impl Fn(&dyn Fn() -> bool) -> Result<(), Stopped>,
    ) -> Result<(), JobError> {
        for (seq, row) in (0u64..).zip(tracks) {
            let row = row?;
            // Frames from the first whose people still wait for a full batch can't get through meanwhile.
            let held = self.waiting.front().map_or(0, |crop| seq - crop.seq);
            stand(&|| self.permit.len() as u64 <= held)?;
            let frame = loop {
                match decoder.next_frame()? {
                    Some(frame) if sampler.keeps(frame.pts) => break frame,
                    Some(_) => {}
                    None => return Err(changed(&row)),
                }
            };
            if (frame.index, frame.pts) != (row.frame, row.pts) {
                return Err(changed(&row));
            }
            faults::pass(Point::PoseDecode, frame.index);
            self.permit.send(()).map_err(|_| JobError::Disconnected)?;
            let frame = Arc::new(frame);
            let people: Vec<_> = row.boxes.iter().filter_map(|b| Some((b.track?, b.bbox))).collect();
            let crops = people.iter().enumerate();
            self.waiting.extend(crops.map(|(person, (_, bbox))| Crop {
                seq,
                person,
                frame: Arc::clone(&frame),
                bbox: *bbox,
            }));
            self.scenes.send(Scene { frame, people }).map_err(|_| JobError::Disconnected)?;
            while self.waiting.len() >= self.batch {
                self.send_batch()?;
            }
            // What goes into a batch is decided by the video alone: a crop waits for at most `batch` frames.
            if self.waiting.front().is_some_and(|crop| seq - crop.seq >= self.batch as u64) {
                self.send_batch()?;
            }
        }
        if self.waiting.is_empty() { Ok(()) } else { self.send_batch() }
    }

    fn send_batch(&mut self) -> Result<(), JobError> {
        let count = self.waiting.len().min(self.batch);
        self.crops.send(self.waiting.drain(..count).collect()).map_err(|_| JobError::Disconnected)
    }
}

fn changed(row: &FrameTracks) -> JobError {
    JobError::Changed { frame: row.frame }
}

/// One caller of the pose network.
fn estimate(mut network: PoseNetwork, crops: &Receiver<Vec<Crop>>, posed: &Sender<Posed>) {
    for batch in crops {
        faults::pass(Point::PoseEstimate, batch.first().map_or(0, |crop| crop.frame.index));
        let people: Vec<_> = batch.iter().map(|crop| (Arc::clone(&crop.frame), crop.bbox)).collect();
        let joints = network.estimate(&people).map_err(JobError::from);
        let joints = joints.map(|j| batch.iter().zip(j).map(|(crop, j)| (crop.seq, crop.person, j)).collect());
        if posed.send(joints).is_err() {
            return;
        }
    }
}

/// Where finished frames go.
struct Finished<'a, 'r, 'scope> {
    journal: &'a mut JournalWriter<FramePoses>,
    draw: Option<&'a Sender<Drawing>>,
    gate: &'a mut Gate<'r, 'scope>,
    identities: &'a Identities,
    out: &'a Path,
}

impl Finished<'_, '_, '_> {
    fn take(&mut self, scene: Scene, poses: Vec<Vec<Keypoint>>) -> Result<(), JobError> {
        let row = FramePoses { frame: scene.frame.index, poses };
        faults::disk(row.frame).map_err(|e| JobError::folder(self.out, &e))?;
        self.journal.append(&row)?;
        self.gate.offer(&scene.frame, || {
            let people = persons(&scene.people, &row.poses, self.identities);
            people.map(|(track, person)| Seen::new(track, &person)).collect()
        });
        match self.draw {
            Some(draw) => draw.send((scene, row.poses)).map_err(|_| JobError::Disconnected),
            None => Ok(()),
        }
    }
}

/// The people of a frame who have an identity, with their poses.
fn persons<'a>(
    people: &'a [(TrackId, Bbox)],
    poses: &'a [Vec<Keypoint>],
    identities: &Identities,
) -> impl Iterator<Item = (TrackId, Person<'a>)> {
    people.iter().zip(poses).filter_map(|((track, bbox), keypoints)| {
        let identity = *identities.0.get(track)?;
        Some((*track, Person { identity, bbox: *bbox, keypoints }))
    })
}

/// Puts the poses back to their frames and hands these on, in order.
fn collect(
    scenes: &Receiver<Scene>,
    posed: &Receiver<Posed>,
    release: &Receiver<()>,
    finished: &mut Finished<'_, '_, '_>,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<(), JobError> {
    // Poses that came before their frame's turn; bounded by the permits.
    let mut early: std::collections::BTreeMap<(u64, usize), Vec<Keypoint>> = std::collections::BTreeMap::new();
    for (seq, scene) in (0u64..).zip(scenes) {
        let mut joints = Vec::with_capacity(scene.people.len());
        for person in 0..scene.people.len() {
            loop {
                if reporter.control().is_stopped() {
                    return Err(JobError::Stopped);
                }
                if let Some(pose) = early.remove(&(seq, person)) {
                    joints.push(pose);
                    break;
                }
                let batch = posed.recv().map_err(|_| JobError::Disconnected)??;
                early.extend(batch.into_iter().map(|(seq, person, pose)| ((seq, person), pose)));
            }
        }
        if reporter.control().is_stopped() {
            return Err(JobError::Stopped);
        }
        finished.take(scene, joints)?;
        release.recv().map_err(|_| JobError::Disconnected)?;
        meter.advance();
    }
    Ok(())
}

/// Draws and encodes the annotated video.
fn draw(mut encoder: Encoder, identities: &Identities, drawings: &Receiver<Drawing>) -> Result<(), JobError> {
    for (Scene { frame, people }, poses) in drawings {
        faults::pass(Point::PoseDraw, frame.index);
        let people: Vec<_> = persons(&people, &poses, identities).map(|(_, person)| person).collect();
        // A picture that the preview still looks at is left as it is.
        let mut frame = Arc::try_unwrap(frame).unwrap_or_else(|shared| Frame::clone(&shared));
        draw::people(&mut frame, &people).map_err(|e| JobError::Picture(e.to_string()))?;
        encoder.write(&frame)?;
    }
    encoder.finish()?;
    Ok(())
}
