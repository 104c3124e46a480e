//! Runs the jobs: a worker for each, listened to until it ends or is ended.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use silhueta_results::summary::read_summary;
use silhueta_shared::job::{ChannelOrder, Failure, FailureCode, JobSpec, Precision, Stage};
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{JobSettings, JobView, Ran, ResultsView, Resumable};
use silhueta_shared::state::JobEvent;
use silhueta_shared::summary::Summary;
use silhueta_shared::worker::{Command, Event, PreviewWish};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::helper::Helper;
use super::workbench::{Attempt, Controls, Turn};
use super::{now, results, tasks};
use crate::models;
use crate::place::{self, Place};
use crate::worker::{Haste, Worker, callers};

/// How often a worker is asked whether it moves.
const LOOK: Duration = Duration::from_secs(1);

/// How a job's turn ended.
enum End {
    Done(PathBuf, Box<Summary>),
    FinishedBefore(PathBuf),
    Failed(Failure),
    Stopped,
    Closing,
}

/// Gives each job its turn until the helper ends, and waits for those that have theirs.
pub(super) async fn run(helper: Arc<Helper>) {
    let mut turns = JoinSet::new();
    loop {
        while let Some(next) = next(&helper) {
            turns.spawn(take(Arc::clone(&helper), next));
        }
        tokio::select! {
            () = helper.queued.notified() => {}
            Some(_) = turns.join_next() => {}
            () = helper.closing.cancelled() => break,
        }
    }
    while turns.join_next().await.is_some() {}
}

/// The next turn, begun.
fn next(helper: &Helper) -> Option<Turn> {
    if helper.closing.is_cancelled() {
        return None;
    }
    let mut state = helper.state();
    let tasks = helper.tasks.at_once(&state.hardware);
    let next = state.bench.next(tasks)?;
    // Before anyone looks again: what waits is given a turn only once.
    state.bench.happen(Attempt::of(&next.view), JobEvent::Stage(Stage::Probe));
    Some(next)
}

/// One turn, from its beginning to what is told of its end.
async fn take(helper: Arc<Helper>, next: Turn) {
    let id = Attempt::of(&next.view);
    let end = turn(&helper, next).await;
    // Also where it ended before it came to its folder: an earlier attempt may have kept something there.
    let kept = helper.state().bench.folder(id).and_then(|folder| place::kept(&folder));
    tell_end(&helper, id, end, kept);
    helper.state().bench.turn_ended(id.job);
}

fn tell_end(helper: &Helper, id: Attempt, end: End, kept: Option<Resumable>) {
    let bench = &mut helper.state().bench;
    match end {
        End::Done(folder, summary) => {
            let seconds = summary.stages.iter().map(|stage| stage.seconds).sum();
            let notice = Notice::Completed { people: summary.identities, seconds };
            bench.complete(id, notice, Some(results_of(&folder, &summary)));
        }
        End::FinishedBefore(folder) => {
            let summary = read_summary(&folder.join("summary.json"));
            if let Err(error) = &summary {
                tracing::warn!("{} can't be read again: {error}", folder.display());
            }
            let results = summary.ok().map(|summary| results_of(&folder, &summary));
            bench.complete(id, Notice::FinishedBefore { folder: folder.display().to_string() }, results);
        }
        End::Failed(failure) => bench.fail(id, failure, kept),
        End::Stopped => bench.stopped(id, kept),
        End::Closing => bench.interrupted(id, kept),
    }
}

fn results_of(folder: &Path, summary: &Summary) -> ResultsView {
    ResultsView {
        folder: folder.display().to_string(),
        files: results::files_in(folder),
        tracks: summary.tracks,
        people: summary.identities,
        preview_frames: summary.preview_frames.pose,
        ran: Some(Ran {
            device: summary.device.used,
            precision: summary.settings.precision,
            detector: summary.models.detector.as_ref().map(|model| model.id.clone()),
            reid: summary.models.reid.as_ref().map(|model| model.id.clone()),
            pose: summary.models.pose.id.clone(),
            small: summary.models.files().any(|model| model.builtin),
        }),
    }
}

/// One job from its networks to its end.
async fn turn(helper: &Helper, Turn { view, path, fresh, sharing, mut controls }: Turn) -> End {
    // Reads and hashes files of hundreds of megabytes, and leaves nothing behind when it isn't waited for.
    let (JobSettings { detector, reid, pose, precision, .. }, task) = (view.settings.clone(), view.task.clone());
    let resolving = tokio::task::spawn_blocking(move || {
        let mut warnings = Vec::new();
        let mut warn = |warning| warnings.push(warning);
        let mut models = match &task {
            Some(task) => tasks::models_of(task, pose.as_deref(), &mut warn)?,
            None => models::resolve(detector.as_deref(), reid.as_deref(), pose.as_deref(), &mut warn)?,
        };
        if precision == Precision::Int8 {
            models = models::int8::copies(&models, warn)?;
        }
        Ok((models, warnings))
    });
    let resolved = tokio::select! {
        resolved = resolving => resolved,
        () = controls.stop.cancelled() => return End::Stopped,
        () = helper.closing.cancelled() => return End::Closing,
    };
    let (models, warnings) = match resolved {
        Ok(Ok(resolved)) => resolved,
        Ok(Err(failure)) => return End::Failed(failure),
        Err(error) => return End::Failed(internal(&error.to_string())),
    };
    helper.state().bench.decided(view.id, &models);
    let notices = warnings.into_iter().map(|text| Notice::Model { text }).chain(Notice::of_small(&models));
    notices.for_each(|notice| helper.state().bench.note(Attempt::of(&view), notice));
    let choosing = helper.folders.lock().await;
    let placed = match &view.task {
        Some(task) => {
            let before = helper.state().bench.folder(Attempt::of(&view));
            place::place_task(&before.unwrap_or_else(|| helper.tasks.folder(task)), &path, fresh)
        }
        None => place::place(&helper.out, &path, view.settings.again || fresh),
    };
    let (source, folder) = match placed {
        Ok(Place::Finished(folder)) => return End::FinishedBefore(folder),
        Ok(Place::Free { source, folder }) => (source, folder),
        Err(failure) => return End::Failed(failure),
    };
    helper.state().bench.placed(Attempt::of(&view), &folder);
    drop(choosing);
    let spec = JobSpec {
        source: source.display().to_string(),
        out_dir: folder.display().to_string(),
        device: view.settings.device,
        precision,
        models,
        fps: view.settings.fps,
        tracker: view.settings.tracker,
        preset: view.settings.preset,
        video: view.settings.video,
        threads: callers().div_ceil(sharing.max(1)),
        pose_batch: None,
        pose_channels: ChannelOrder::Rgb,
        identities: view.settings.identities,
        anchors: Vec::new(),
        anew: fresh,
        boxes: view.task.as_ref().and_then(|task| task.boxes.clone()),
        deliver: view.task.as_ref().map(tasks::deliver),
    };
    let end = match work(helper, &view, spec, &mut controls).await {
        Ok(Some(summary)) => return End::Done(folder, summary),
        Ok(None) if controls.stop.is_cancelled() => End::Stopped,
        Ok(None) => End::Closing,
        Err(failure) => End::Failed(failure),
    };
    place::leave(&folder, &source);
    if let Some(task) = &view.task {
        tasks::clear(task, &folder);
    }
    end
}

/// Drives a worker; `None` when it was ended from here.
async fn work(
    helper: &Helper,
    view: &JobView,
    spec: JobSpec,
    controls: &mut Controls,
) -> Result<Option<Box<Summary>>, Failure> {
    let mut worker = Worker::start()?;
    tokio::select! {
        greeted = worker.greeting() => greeted?,
        haste = asked_to_end(helper, &controls.stop) => {
            end(helper, worker, haste).await;
            return Ok(None);
        }
    }
    worker.send(&Command::Run(Box::new(spec))).await?;
    // What the worker was told that it may still encode; it counts down as well.
    let mut outstanding = PreviewWish::default();
    let mut look = tokio::time::interval(LOOK);
    loop {
        // Tasks are not watched: several work at once, and nobody asked for pictures of them.
        let wish = if view.task.is_some() { PreviewWish::default() } else { helper.previews.wish(view.page) };
        if wish != outstanding {
            worker.send(&Command::Preview(wish)).await?;
            outstanding = wish;
        }
        let event = tokio::select! {
            biased;
            haste = asked_to_end(helper, &controls.stop) => {
                end(helper, worker, haste).await;
                return Ok(None);
            }
            Ok(()) = controls.pause.changed() => {
                let paused = *controls.pause.borrow_and_update();
                worker.send(&if paused { Command::Pause } else { Command::Resume }).await?;
                continue;
            }
            event = worker.next() => event?,
            () = helper.previews.changed() => continue,
            _ = look.tick() => {
                tell_stall(helper, view, worker.stalled());
                continue;
            }
        };
        if let Event::Preview(picture) = &event {
            outstanding.plain = outstanding.plain.saturating_sub(u8::from(picture.jpeg.is_some()));
            outstanding.drawn = outstanding.drawn.saturating_sub(u8::from(picture.drawn.is_some()));
        }
        match event {
            Event::Done(summary) => {
                worker.finish().await;
                return Ok(Some(summary));
            }
            Event::Failed(failure) => {
                worker.finish().await;
                return Err(failure);
            }
            event => heard(helper, view, event),
        }
    }
}

/// Waits until the job is to end from here.
async fn asked_to_end(helper: &Helper, stop: &CancellationToken) -> Haste {
    tokio::select! {
        () = stop.cancelled() => Haste::Stop,
        () = helper.closing.cancelled() => Haste::Closing,
    }
}

/// Returns when the worker is gone. The end of the helper doesn't wait for a slower stop.
async fn end(helper: &Helper, mut worker: Worker, haste: Haste) {
    let is_overtaken = tokio::select! {
        () = worker.stop(haste) => false,
        () = helper.closing.cancelled(), if haste == Haste::Stop => true,
    };
    if is_overtaken {
        worker.stop(Haste::Closing).await;
    }
}

/// Tells once that a job does not move, and once that it moves again.
fn tell_stall(helper: &Helper, view: &JobView, stalled: Option<Duration>) {
    let bench = &mut helper.state().bench;
    let told = bench.job(view.id).is_ok_and(|(view, _)| view.stalled.is_some());
    if told != stalled.is_some() {
        let since = stalled.map(|time| now().saturating_sub(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)));
        bench.edit(Attempt::of(view), |view| view.stalled = since);
    }
}

/// Passes on what a working worker says.
fn heard(helper: &Helper, view: &JobView, event: Event) {
    let id = Attempt::of(view);
    match event {
        Event::Progress(progress) => {
            let bench = &mut helper.state().bench;
            // A stage that was left is told once more at its end; the job itself never goes back.
            let stage = bench.job(id.job).ok().and_then(|(view, _)| view.state.stage());
            if stage.is_some_and(|stage| progress.stage > stage) {
                bench.happen(id, JobEvent::Stage(progress.stage));
            }
            bench.progress(id, progress);
        }
        Event::Log(notice) => {
            let bench = &mut helper.state().bench;
            if let Notice::Opened(facts) = &notice {
                let facts = facts.clone();
                bench.edit(id, |view| view.facts = Some(facts));
            }
            if let Notice::BeginsAnew { .. } = &notice {
                bench.edit(id, |view| view.stages.clear());
            }
            bench.note(id, notice);
        }
        Event::Paused(paused) => {
            let bench = &mut helper.state().bench;
            bench.note(id, if paused { Notice::Paused } else { Notice::Resumed });
            bench.happen(id, if paused { JobEvent::Pause } else { JobEvent::Resume });
        }
        Event::Preview(picture) => helper.previews.offer(view.page, view.id, &Arc::from(picture)),
        other => tracing::debug!("not expected of a worker at work: {other:?}"),
    }
}

fn internal(why: &str) -> Failure {
    Failure { code: FailureCode::Internal, message: why.to_owned(), hint: None }
}
