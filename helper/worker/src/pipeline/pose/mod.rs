//! Stage `pose`: the second pass. People are cropped and posed in batches across people and frames; the
//! finished frames are drawn and encoded in order.

mod batches;
mod feeder;
mod rejoin;

use std::collections::BTreeMap;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use silhueta_results::checkpoint::{Checkpoint, Lengths};
use silhueta_results::journal::JournalWriter;
use silhueta_results::rows::FramePoses;
use silhueta_results::work::WorkFolder;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::{IdentityId, TrackId};
use silhueta_vision::draw::{self, Person};
use silhueta_vision::frame::Frame;
use silhueta_vision::pose::PoseNetwork;

use super::book::Book;
use super::failure::JobError;
use super::identify::Identities;
use super::overlay::{Coded, Overlay};
use super::people;
use super::probe::Job;
use crate::control::Halt;
use crate::faults::{self, Point};
use crate::preview::{Gate, Seen};
use crate::report::{Reporter, StageMeter};
use feeder::Feeder;
use rejoin::Rejoin;

/// A frame and the tracked people in it.
#[derive(Debug)]
struct Scene {
    /// Its number among those looked at.
    seq: u64,
    frame: Arc<Frame>,
    people: Vec<(TrackId, Option<IdentityId>, Bbox)>,
    /// Their poses, where an earlier run found them: then it only has to be drawn.
    known: Option<Vec<Vec<Keypoint>>>,
}

/// One person to pose: the frame's number, the person's place in it, and where to look.
#[derive(Debug)]
struct Crop {
    seq: u64,
    person: usize,
    frame: Arc<Frame>,
    bbox: Bbox,
}

/// What is to be drawn.
enum Drawing {
    /// A frame with its finished poses.
    Frame(Scene, Vec<Vec<Keypoint>>),
    /// That was the last one.
    End,
}

type Posed = Result<Vec<(u64, usize, Vec<Keypoint>)>, JobError>;

/// Runs the stage, from its beginning or from where a checkpoint left it; returns how many preview pictures were
/// encoded.
pub(super) fn pose(
    job: &mut Job<'_>,
    files: &WorkFolder,
    identities: &Identities,
    book: &mut Book<'_>,
    at: Option<&Checkpoint>,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<u64, JobError> {
    let batch = job.pose_batch();
    let coded = if job.spec.video { Some(Coded::read(files)?) } else { None };
    let rejoin = match at {
        Some(at) => {
            let ticks = i64::from(job.time_base().num());
            let rows = people::of(job, files, identities)?;
            Rejoin::find(rows, at, batch, coded.as_ref().map(|coded| (coded, ticks)))?
        }
        None => Rejoin::default(),
    };
    let looked_at = book.counted().map_or(0, |counted| counted.looked_at);
    if at.is_some() && rejoin.done == looked_at && coded.is_none_or(|coded| coded.is_whole) {
        return Ok(0);
    }
    let poses = match rejoin.poses {
        Some(position) => JournalWriter::<FramePoses>::open_at(&files.poses(), position)?,
        None => JournalWriter::create(&files.poses())?,
    };
    let overlay = if job.spec.video { Some(Overlay::open(job, files, rejoin.overlay)?) } else { None };
    let mut decoder = job.decoder(reporter)?;
    let mut sampler = job.sampler();
    let networks = job.open_poses()?;
    let rows = people::of(job, files, identities)?;

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
    let mark = at.and_then(|at| at.mark);
    let lengths = at.map_or_else(|| book.lengths(), |at| at.lengths);
    std::thread::scope(|scope| -> Result<u64, JobError> {
        let mut gate = Gate::open(scope, reporter, time_base);
        let feeding = scope.spawn(|| {
            let feeder = Feeder::new(permit, scene_sender, crop_sender, batch, rejoin, mark);
            feeder.feed(&mut decoder, &mut sampler, rows, files, &halt, reporter)
        });
        for network in networks {
            let (crops, posed) = (crops.clone(), posed_sender.clone());
            scope.spawn(move || estimate(network, &crops, &posed));
        }
        let drawing = overlay.map(|overlay| scope.spawn(move || draw(overlay, &drawings)));
        drop((crops, posed_sender));

        let draw_sender = drawing.is_some().then_some(draw_sender);
        let mut finished = Finished {
            journal: poses,
            is_intact: true,
            done: rejoin.done,
            lengths,
            book,
            draw: draw_sender.as_ref(),
            gate: &mut gate,
        };
        let mut result = collect(&scenes, &posed, &release, &mut finished, meter, reporter);
        if result.is_ok() && finished.done < looked_at {
            // The decoder ended first; it says why.
            result = Err(JobError::Disconnected);
        }
        result = result.and_then(|()| finished.end(meter));
        if result.is_err() {
            finished.keep(meter);
        }
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
    })
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
struct Finished<'a, 'b, 'j, 'r, 'scope> {
    journal: JournalWriter<FramePoses>,
    /// Whether the journal ends with a whole row, as far as we know.
    is_intact: bool,
    /// Rows in it.
    done: u64,
    lengths: Lengths,
    book: &'b mut Book<'j>,
    draw: Option<&'a Sender<Drawing>>,
    gate: &'a mut Gate<'r, 'scope>,
}

impl Finished<'_, '_, '_, '_, '_> {
    fn take(&mut self, scene: Scene, poses: Vec<Vec<Keypoint>>) -> Result<(), JobError> {
        let row = FramePoses { frame: scene.frame.index, poses };
        self.is_intact = false;
        faults::disk(row.frame)?;
        self.journal.append(&row)?;
        (self.is_intact, self.done) = (true, self.done + 1);
        self.gate.offer(&scene.frame, || {
            let people = persons(&scene.people, &row.poses);
            people.map(|(track, person)| Seen::new(track, &person)).collect()
        });
        self.draw(scene, row.poses)
    }

    fn draw(&self, scene: Scene, poses: Vec<Vec<Keypoint>>) -> Result<(), JobError> {
        match self.draw {
            Some(draw) => draw.send(Drawing::Frame(scene, poses)).map_err(|_| JobError::Disconnected),
            None => Ok(()),
        }
    }

    fn checkpoint(&mut self, meter: &StageMeter<'_>) -> Result<(), JobError> {
        self.lengths.poses = self.journal.sync()?;
        self.book.write(meter, self.done, self.lengths, &[])
    }

    /// All frames are done.
    fn end(&mut self, meter: &StageMeter<'_>) -> Result<(), JobError> {
        if let Some(draw) = self.draw {
            draw.send(Drawing::End).map_err(|_| JobError::Disconnected)?;
        }
        self.checkpoint(meter)
    }

    /// The stage ends early: what is done is kept, as far as it can be.
    fn keep(&mut self, meter: &StageMeter<'_>) {
        if self.is_intact
            && let Err(error) = self.checkpoint(meter)
        {
            tracing::warn!("the last frames will have to be worked through again: {error}");
        }
    }
}

/// The people of a frame who have an identity, with their poses.
fn persons<'a>(
    people: &'a [(TrackId, Option<IdentityId>, Bbox)],
    poses: &'a [Vec<Keypoint>],
) -> impl Iterator<Item = (TrackId, Person<'a>)> {
    people.iter().zip(poses).filter_map(|((track, identity, bbox), keypoints)| {
        Some((*track, Person { identity: (*identity)?, bbox: *bbox, keypoints }))
    })
}

/// Puts the poses back to their frames and hands these on, in order.
fn collect(
    scenes: &Receiver<Scene>,
    posed: &Receiver<Posed>,
    release: &Receiver<()>,
    finished: &mut Finished<'_, '_, '_, '_, '_>,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<(), JobError> {
    // Poses that came before their frame's turn; bounded by the permits.
    let mut early: BTreeMap<(u64, usize), Vec<Keypoint>> = BTreeMap::new();
    for mut scene in scenes {
        if let Some(poses) = scene.known.take() {
            if reporter.control().is_stopped() {
                return Err(JobError::Stopped);
            }
            finished.draw(scene, poses)?;
            release.recv().map_err(|_| JobError::Disconnected)?;
            continue;
        }
        let seq = scene.seq;
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
                // Those of earlier frames were only there to make the batch the same.
                let batch = batch.into_iter().filter(|(of, ..)| *of >= seq);
                early.extend(batch.map(|(seq, person, pose)| ((seq, person), pose)));
            }
        }
        if reporter.control().is_stopped() {
            return Err(JobError::Stopped);
        }
        let is_due = finished.book.is_due();
        if is_due {
            finished.book.mark(&scene.frame);
        }
        finished.take(scene, joints)?;
        release.recv().map_err(|_| JobError::Disconnected)?;
        meter.advance();
        if is_due {
            finished.checkpoint(meter)?;
        }
    }
    Ok(())
}

/// Draws and encodes the annotated video. Without an [`Drawing::End`] what comes is not all.
fn draw(mut overlay: Overlay, drawings: &Receiver<Drawing>) -> Result<(), JobError> {
    for drawing in drawings {
        let Drawing::Frame(Scene { frame, people, .. }, poses) = drawing else { return overlay.finish() };
        faults::pass(Point::PoseDraw, frame.index);
        let people: Vec<_> = persons(&people, &poses).map(|(_, person)| person).collect();
        // A picture that the preview still looks at is left as it is.
        let mut frame = Arc::try_unwrap(frame).unwrap_or_else(|shared| Frame::clone(&shared));
        draw::people(&mut frame, &people).map_err(|e| JobError::Picture(e.to_string()))?;
        overlay.write(&frame)?;
    }
    Ok(())
}
