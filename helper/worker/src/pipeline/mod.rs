//! The offline job: `probe → track → identify → pose → export`, each over the whole video.

mod export;
pub(crate) mod failure;
mod identify;
mod pose;
mod probe;
mod sampler;
mod track;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use silhueta_results::summary::write_summary;
use silhueta_shared::job::{JobSpec, Stage};
use silhueta_shared::notice::Notice;
use silhueta_shared::summary::{PreviewFrames, SUMMARY_VERSION, Settings, Summary, SummaryState};
use silhueta_shared::worker::Event;
use silhueta_vision::video::VideoError;

use crate::limits;
use crate::report::Reporter;
use failure::JobError;

/// Files of a job that come and go with it, under the results' folder.
#[derive(Clone, Debug)]
struct WorkFolder(PathBuf);

impl WorkFolder {
    fn create(out: &Path) -> Result<Self, JobError> {
        let folder = out.join(".work");
        std::fs::create_dir_all(&folder).map_err(|e| JobError::folder(&folder, &e))?;
        Ok(Self(folder))
    }

    fn tracks(&self) -> PathBuf {
        self.0.join("tracks.journal")
    }

    fn tracklets(&self) -> PathBuf {
        self.0.join("tracklets.journal")
    }

    fn poses(&self) -> PathBuf {
        self.0.join("poses.journal")
    }

    fn remove(&self) -> Result<(), JobError> {
        std::fs::remove_dir_all(&self.0).map_err(|e| JobError::folder(&self.0, &e))
    }
}

/// Runs the job and says how it ended. Nothing that looks whole is left by a job that isn't.
pub(crate) fn run(spec: &JobSpec, reporter: &Reporter) -> Event {
    let out = Path::new(&spec.out_dir);
    match work(spec, out, reporter) {
        Ok(summary) => Event::Done(Box::new(summary)),
        Err(error) => {
            let work = WorkFolder(out.join(".work"));
            if work.0.exists()
                && let Err(why) = work.remove()
            {
                reporter.log(Notice::LeftOver { path: work.0.display().to_string(), why: why.to_string() });
            }
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

fn work(spec: &JobSpec, out: &Path, reporter: &Reporter) -> Result<Summary, JobError> {
    let mut stages = Vec::new();

    let meter = reporter.stage(Stage::Probe, None);
    let mut job = probe::probe(spec, reporter)?;
    let files = WorkFolder::create(out)?;
    stages.push(meter.end());

    let expected = job.expected_frames();
    let mut meter = reporter.stage(Stage::Track, expected);
    let tracked = track::track(&mut job, &files, &mut meter, reporter)?;
    stages.push(meter.end());
    for warning in &tracked.warnings {
        reporter.log(Notice::Video(warning.clone()));
    }

    let meter = reporter.stage(Stage::Identify, None);
    let identities = identify::identify(&files, reporter)?;
    stages.push(meter.end());
    reporter.log(Notice::Identified { tracks: identities.tracks(), people: identities.people() });

    let mut meter = reporter.stage(Stage::Pose, Some(tracked.frames_looked_at));
    let posing = pose::pose(&mut job, &files, &identities, out, &mut meter, reporter)?;
    stages.push(meter.end());

    let mut meter = reporter.stage(Stage::Export, Some(tracked.frames_looked_at));
    job.source.frames = tracked.frames;
    let settings = Settings {
        fps: spec.fps,
        precision: spec.precision,
        tracker: track::PRESET.name().into(),
        pose_batch: job.pose_batch(),
        runtime: job.runtime.info().version.clone(),
        cpu: crate::doctor::cpu(),
        app: env!("CARGO_PKG_VERSION").into(),
    };
    // From here on earlier results are replaced: they are no longer whole together.
    forget(&out.join("summary.json"))?;
    if !spec.video {
        forget(&out.join("overlay.mp4"))?;
    }
    export::export(&job, &settings, &files, &identities, out, &mut meter, reporter)?;
    if let Some(overlay) = posing.overlay {
        overlay.commit()?;
    }
    files.remove()?;
    stages.push(meter.end());

    let summary = Summary {
        version: SUMMARY_VERSION,
        state: SummaryState::Completed,
        failure: None,
        source: job.source.clone(),
        models: spec.models.clone(),
        keypoints: job.keypoints.name().into(),
        device: job.device.clone(),
        settings,
        stages,
        tracks: identities.tracks(),
        identities: identities.people(),
        preview_frames: PreviewFrames { pose: posing.pictures, ..PreviewFrames::default() },
        warnings: tracked.warnings.iter().map(ToString::to_string).collect(),
    };
    // Last of all: who finds it may trust the rest.
    write_summary(&out.join("summary.json"), &summary)?;
    Ok(summary)
}
