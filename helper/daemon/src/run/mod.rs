//! `silhueta run`: the main job on videos, one after another, in the terminal.

mod inputs;
mod progress;
mod resume;

use std::path::Path;

use silhueta_results::checkpoint::Checkpoint;
use silhueta_shared::job::{
    Anchor, ChannelOrder, Device, IdentityPreset, JobModels, JobSpec, Precision, TrackerKind, TrackerPreset,
};
use silhueta_shared::model::Role;
use silhueta_shared::notice::Notice;
use silhueta_shared::summary::Summary;
use silhueta_shared::worker::{Command, Event};

use crate::cli::{PrecisionName, ProgressStyle, RunOptions, complain, note};
use crate::exit::{CliError, Exit};
use crate::farewell::Farewell;
use crate::models;
use crate::place::{self, Place};
use crate::signals::Signals;
use crate::worker::{Haste, Worker, callers};
use progress::Display;
pub(crate) use resume::resume;

/// How one video ended.
enum Outcome {
    Done,
    /// It was said why.
    Failed(Exit),
    /// By a signal: nothing follows.
    Ended(Exit),
}

/// Works through all videos; one that fails doesn't keep the others from their turn.
pub(crate) async fn run(options: &RunOptions, farewell: &Farewell) -> Result<Exit, CliError> {
    let videos = inputs::expand(&options.videos)?;
    let tracking = options.tracker.chosen()?;
    let identities = options.identities.chosen()?;
    let models = resolve_models(options)?;
    // From here on; before it Ctrl+C ends the process by itself.
    let mut signals = Signals::listen()?;
    let mut worst = Exit::Done;
    for (i, video) in videos.iter().enumerate() {
        let display = Display::new(options.progress, video, (i + 1, videos.len()));
        let (source, folder) = match place::place(&options.out, video, options.force).map_err(CliError::Job) {
            Ok(Place::Finished(folder)) => {
                display.skipped(&folder);
                continue;
            }
            Ok(Place::Free { source, folder }) => (source, folder),
            Err(error) => {
                complain(&error);
                worst = if worst == Exit::Done { error.exit() } else { worst };
                continue;
            }
        };
        match turn(&spec(options, &models, tracking, &identities, &source, &folder), &display, &mut signals, farewell)
            .await
        {
            Outcome::Done => {}
            Outcome::Failed(exit) => worst = if worst == Exit::Done { exit } else { worst },
            Outcome::Ended(exit) => return Ok(exit),
        }
    }
    Ok(worst)
}

/// Finds the three networks and says which they are.
fn resolve_models(options: &RunOptions) -> Result<JobModels, CliError> {
    let RunOptions { detector, reid, pose, .. } = options;
    let warn = |warning: String| note(&format!("warning: {warning}"));
    let mut models =
        models::resolve(detector.as_deref(), reid.as_deref(), pose.as_deref(), warn).map_err(CliError::Job)?;
    if options.precision == PrecisionName::Int8 {
        models = models::int8::copies(&models, warn).map_err(CliError::Job)?;
    }
    if options.progress == ProgressStyle::Human {
        let id = |role| models.of(role).map_or("none", |model| model.id.as_str());
        let (detector, reid, pose) = (id(Role::Detector), id(Role::Reid), id(Role::Pose));
        note(&format!("detector {detector}, re-identification {reid}, pose {pose}"));
        Notice::of_small(&models).iter().for_each(|small| note(&small.to_string()));
    }
    Ok(models)
}

fn spec(
    options: &RunOptions,
    models: &JobModels,
    (tracker, preset): (TrackerKind, TrackerPreset),
    (identities, anchors): &(IdentityPreset, Vec<Anchor>),
    source: &Path,
    folder: &Path,
) -> JobSpec {
    JobSpec {
        source: source.display().to_string(),
        out_dir: folder.display().to_string(),
        device: Device::from(options.device),
        precision: Precision::from(options.precision),
        models: models.clone(),
        fps: options.fps.0,
        tracker,
        preset,
        video: !options.no_video,
        threads: options.threads.map_or_else(callers, usize::from),
        pose_batch: options.pose_batch.map(usize::from),
        pose_channels: if options.pose_bgr { ChannelOrder::Bgr } else { ChannelOrder::Rgb },
        identities: *identities,
        anchors: anchors.clone(),
        anew: options.force,
        boxes: None,
        deliver: None,
    }
}

/// One video's turn, with all that is said about it.
async fn turn(spec: &JobSpec, display: &Display, signals: &mut Signals, farewell: &Farewell) -> Outcome {
    let (source, folder) = (Path::new(&spec.source), Path::new(&spec.out_dir));
    let outcome = match work(spec, display, signals, farewell).await {
        Ok(Ok(summary)) => {
            display.done(&summary, folder);
            return Outcome::Done;
        }
        Ok(Err(exit)) => Outcome::Ended(exit),
        Err(error) => {
            display.clear();
            complain(&error);
            Outcome::Failed(error.exit())
        }
    };
    let kept = place::leave(folder, source);
    if let Some(Checkpoint { stage, done, .. }) = kept {
        display.kept(stage, done, folder, spec.anew);
    }
    outcome
}

/// Runs one job in a worker until it ends, or is ended by a signal.
async fn work(
    spec: &JobSpec,
    display: &Display,
    signals: &mut Signals,
    farewell: &Farewell,
) -> Result<Result<Box<Summary>, Exit>, CliError> {
    let mut worker = Worker::start().map_err(CliError::Job)?;
    tokio::select! {
        greeted = worker.greeting() => greeted.map_err(CliError::Job)?,
        exit = signals.next() => {
            worker.kill().await;
            return Ok(Err(exit));
        }
    }
    worker.send(&Command::Run(Box::new(spec.clone()))).await.map_err(CliError::Job)?;
    loop {
        let event = tokio::select! {
            event = worker.next() => event.map_err(CliError::Job)?,
            exit = signals.next() => {
                farewell.begin();
                display.stopping();
                // A second Ctrl+C doesn't wait for the ladder.
                let killed = tokio::select! {
                    () = worker.stop(Haste::Closing) => false,
                    _ = signals.next() => true,
                };
                if killed {
                    worker.kill().await;
                }
                display.clear();
                return Ok(Err(exit));
            }
        };
        display.event(&event);
        match event {
            Event::Done(summary) => {
                worker.finish().await;
                return Ok(Ok(summary));
            }
            Event::Failed(failure) => {
                worker.finish().await;
                return Err(CliError::Job(failure));
            }
            _ => {}
        }
    }
}
