//! The offline job: `probe → track → identify → pose → export`, each over the whole video. A [`book`] is kept of
//! how far it is, so that the next run goes on there if this one ends early.

mod book;
mod delivery;
mod export;
pub(crate) mod failure;
mod filter;
mod given;
mod identify;
mod lift;
mod overlay;
mod people;
mod pose;
mod probe;
mod sampler;
mod track;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use silhueta_results::checkpoint::Checkpoint;
use silhueta_results::summary::write_summary;
use silhueta_results::work::WorkFolder;
use silhueta_shared::job::{JobSpec, Stage};
use silhueta_shared::notice::Notice;
use silhueta_shared::summary::{PreviewFrames, SUMMARY_VERSION, Settings, StageTiming, Summary, SummaryState};
use silhueta_shared::worker::Event;
use silhueta_vision::video::VideoError;

use crate::limits;
use crate::report::Reporter;
use book::{Book, Found};
use failure::JobError;
use probe::Job;

/// Runs the job and says how it ended. Nothing that looks whole is left by a job that isn't; what it has done is
/// kept for the next run.
pub(crate) fn run(spec: &JobSpec, reporter: &Reporter) -> Event {
    let out = Path::new(&spec.out_dir);
    let files = WorkFolder::of(out);
    let lock = match files.lock() {
        Ok(Some(lock)) => lock,
        Ok(None) => return Event::Failed(JobError::Busy { path: out.into() }.into_failure()),
        Err(error) => return Event::Failed(JobError::from(error).into_failure()),
    };
    let ended = work(spec, out, &files, reporter);
    if let Err(JobError::Changed { .. }) = ended
        && let Err(error) = files.clear()
    {
        left_over(&files, &error, reporter);
    }
    // Without a checkpoint nothing can go on.
    let is_kept = ended.is_err() && files.checkpoint().exists();
    if !is_kept && let Err(error) = files.remove(lock) {
        left_over(&files, &error, reporter);
    }
    match ended {
        Ok(summary) => Event::Done(Box::new(summary)),
        Err(error) => {
            // Only empty folders go: earlier results stay.
            let _not_empty_is_fine = std::fs::remove_dir(out);
            if matches!(error, JobError::Stopped) || reporter.control().is_stopped() {
                Event::Stopped
            } else {
                Event::Failed(error.into_failure())
            }
        }
    }
}

fn left_over(files: &WorkFolder, why: &dyn std::fmt::Display, reporter: &Reporter) {
    reporter.log(Notice::LeftOver { path: files.path().display().to_string(), why: why.to_string() });
}

/// The longest that a look at a file may take: somebody waits for it.
const INSPECTION: Duration = Duration::from_secs(15);

/// Says what a file is. The process must end after it.
pub(crate) fn inspect(source: &str, reporter: &Reporter) -> Event {
    let (path, stop) = (PathBuf::from(source), Arc::clone(reporter.control().stop_flag()));
    let inspected = limits::within_time(INSPECTION, {
        let path = path.clone();
        move || probe::open(&path, &stop)
    });
    match inspected {
        Some(Ok(info)) => Event::Inspected(probe::facts(&info)),
        Some(Err(VideoError::Stopped)) => Event::Stopped,
        Some(Err(error)) => Event::Failed(JobError::from(error).into_failure()),
        None => {
            let error = VideoError::Stalled { path, seconds: INSPECTION.as_secs() };
            Event::Failed(JobError::from(error).into_failure())
        }
    }
}

/// Removes an earlier run's file.
fn forget(path: &Path) -> Result<(), JobError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(JobError::folder(path, &error)),
        _ => Ok(()),
    }
}

fn work(spec: &JobSpec, out: &Path, files: &WorkFolder, reporter: &Reporter) -> Result<Summary, JobError> {
    let meter = reporter.stage(Stage::Probe, None);
    let mut job = probe::probe(spec, files, reporter)?;
    let key = book::key_of(&job);
    let probed = meter.end();
    let found = if spec.anew { Ok(None) } else { book::find(files, &key) };
    let mut found = unless_unfit(found, reporter)?;
    loop {
        if found.is_none() {
            files.clear()?;
        }
        let is_new = found.is_none();
        let mut book = Book::new(files, spec, key.clone(), found.as_ref().map(|found| &found.checkpoint));
        book.ended().push(probed.clone());
        match passes(&mut job, files, &mut book, found.take(), out, reporter) {
            Err(JobError::Unfit(why)) if !is_new => reporter.log(Notice::BeginsAnew { why }),
            ended => return ended,
        }
    }
}

/// What can't be gone on with is told, and the work begins at the first frame.
fn unless_unfit(found: Result<Option<Found>, JobError>, reporter: &Reporter) -> Result<Option<Found>, JobError> {
    match found {
        Err(JobError::Unfit(why)) => {
            reporter.log(Notice::BeginsAnew { why });
            Ok(None)
        }
        found => {
            let found = found?;
            if let Some(Found { checkpoint: Checkpoint { stage, done, .. }, .. }) = &found {
                reporter.log(Notice::GoesOn { stage: *stage, frame: *done });
            }
            Ok(found)
        }
    }
}

/// The stages behind `probe`, from where they were.
fn passes(
    job: &mut Job<'_>,
    files: &WorkFolder,
    book: &mut Book<'_>,
    found: Option<Found>,
    out: &Path,
    reporter: &Reporter,
) -> Result<Summary, JobError> {
    let spec = job.spec;
    let before = |stage: Stage| {
        let stages = found.iter().flat_map(|found| &found.checkpoint.stages);
        stages.rev().find(|timing| timing.name == stage).cloned()
    };
    let (tracked_before, posed_before) = (before(Stage::Track), before(Stage::Pose));
    let seconds = |timing: Option<StageTiming>| timing.map_or(0.0, |timing| timing.seconds);
    let (at, trackers) = found.map_or((None, None), |found| (Some(found.checkpoint), found.trackers));

    let tracked = match book.counted().cloned() {
        Some(counted) => {
            if let Some(timing) = tracked_before {
                reporter.passed(&timing);
                book.ended().push(timing);
            }
            counted
        }
        None => {
            let done = at.as_ref().map_or(0, |at| at.done);
            let mut meter = reporter.stage_from(Stage::Track, job.expected_frames(), done, seconds(tracked_before));
            let lengths = match &job.boxes {
                Some(boxes) => given::track(job, boxes, files, book, at.as_ref(), &mut meter, reporter)?,
                None => track::track(job, files, book, at.as_ref().zip(trackers), &mut meter, reporter)?,
            };
            let timing = meter.end();
            book.ended().push(timing);
            let looked_at = book.counted().map_or(0, |counted| counted.looked_at);
            book.turn(Stage::Pose, looked_at, lengths)?;
            book.counted().cloned().unwrap_or_default()
        }
    };
    let mut warnings: Vec<_> = tracked.warnings.iter().cloned().map(Notice::Video).collect();
    if let Some(boxes) = &job.boxes
        && boxes.survey().frames != tracked.frames
    {
        warnings.push(Notice::BoxesMismatch { boxes: boxes.survey().frames, video: tracked.frames });
    }
    warnings.iter().for_each(|warning| reporter.log(warning.clone()));

    let meter = reporter.stage(Stage::Identify, None);
    let identities = match &job.boxes {
        Some(_) => identify::as_given(files, reporter)?,
        None => identify::identify(files, spec.identities, reporter)?,
    };
    book.ended().push(meter.end());
    reporter.log(Notice::Identified { tracks: identities.tracks(), people: identities.people() });

    let at = at.filter(|at| at.stage == Stage::Pose);
    let done = at.as_ref().map_or(0, |at| at.done);
    let mut meter = reporter.stage_from(Stage::Pose, Some(tracked.looked_at), done, seconds(posed_before));
    let pictures = pose::pose(job, files, &identities, book, at.as_ref(), &mut meter, reporter)?;
    let timing = meter.end();
    book.ended().push(timing);

    let mut meter = reporter.stage(Stage::Export, Some(tracked.looked_at));
    job.source.frames = tracked.frames;
    let settings = Settings {
        fps: spec.fps,
        precision: spec.precision,
        tracker: job.tracker().into(),
        identities: spec.identities,
        anchors: spec.anchors.clone(),
        pose_batch: job.pose_batch(),
        runtime: job.runtime.info().version.clone(),
        cpu: crate::doctor::cpu(),
        app: env!("CARGO_PKG_VERSION").into(),
    };
    let identities = filter::people(job, files, identities, reporter)?;
    let mut whole = export::export(job, &settings, files, &identities, out, &mut meter, reporter)?;
    if spec.video {
        whole.push(overlay::put_together(job, files, out, reporter)?);
    }
    // From here on earlier results are replaced: they are no longer whole together.
    forget(&out.join("summary.json"))?;
    if !spec.video {
        forget(&out.join("overlay.mp4"))?;
    }
    whole.into_iter().try_for_each(|pending| delivery::commit(pending, out))?;
    let timing = meter.end();
    book.ended().push(timing);

    let summary = Summary {
        version: SUMMARY_VERSION,
        state: SummaryState::Completed,
        failure: None,
        source: job.source.clone(),
        models: spec.models.clone(),
        keypoints: job.keypoints.name().into(),
        device: job.device.clone(),
        settings,
        stages: std::mem::take(book.ended()),
        tracks: identities.tracks(),
        identities: identities.people(),
        preview_frames: PreviewFrames { pose: pictures, ..PreviewFrames::default() },
        // It was told when the networks were chosen; who finds the results should know, too.
        warnings: warnings
            .into_iter()
            .chain(Notice::of_small(&spec.models))
            .map(|warning| warning.to_string())
            .collect(),
    };
    // Last of all: who finds it may trust the rest. The work folder goes after it: cut off in between, nothing is lost.
    write_summary(&out.join("summary.json"), &summary)?;
    Ok(summary)
}
