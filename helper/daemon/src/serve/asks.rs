//! What a client can ask for, and the answers.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use silhueta_shared::job::FPS;
use silhueta_shared::notice::VideoFacts;
use silhueta_shared::protocol::{
    Answer, Ask, ErrorCode, HelperMessage, JobId, JobSettings, ModelShelf, SessionId, SourceRef, StartRun, WireError,
};
use silhueta_shared::worker::{Command, Event};

use super::answer::internal;
use super::files::{self, Reach};
use super::helper::Helper;
use super::shelf;
use super::spool::Spool;
use super::stock;
use super::workbench::Workbench;
use crate::place;
use crate::worker::Worker;

/// Videos of one run.
pub(super) const MOST_VIDEOS: usize = 10_000;
/// The longest look into a file.
const LOOK: Duration = Duration::from_secs(30);

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asker {
    pub(super) session: SessionId,
    /// It came with an `Origin`, so a page is behind it.
    pub(super) is_browser: bool,
}

/// Whether an answer may take long; all others are given in the order they are asked for.
pub(super) const fn is_slow(ask: &Ask) -> bool {
    matches!(
        ask,
        Ask::Inspect { .. }
            | Ask::Browse { .. }
            | Ask::OpenRoot { .. }
            | Ask::ScanModels
            | Ask::DropPartial { .. }
            | Ask::VerifyModels { .. }
            | Ask::RemoveModel { .. }
            | Ask::RestoreModel { .. }
            | Ask::DropUpload { .. }
            | Ask::Start(_)
            | Ask::Remove { .. }
    )
}

/// Answers one request.
pub(super) async fn answer(helper: &Arc<Helper>, asker: Asker, ask: Ask) -> Result<Answer, WireError> {
    if helper.closing.is_cancelled() {
        return Err(WireError::new(ErrorCode::Closing, "the helper is ending"));
    }
    match ask {
        Ask::Start(request) => start(helper, asker, request).await,
        Ask::Pause { job } => helper.state().bench.pause(job, true).map(|()| Answer::Done),
        Ask::Resume { job } => helper.state().bench.pause(job, false).map(|()| Answer::Done),
        Ask::Stop { job } => helper.state().bench.stop(job).map(|()| Answer::Done),
        Ask::StopRun { run } => helper.state().bench.stop_run(run).map(|()| Answer::Done),
        Ask::ShutDown => {
            helper.shut_down.notify_one();
            Ok(Answer::Done)
        }
        Ask::Continue { job } => begin_again(helper, |bench| bench.requeue(asker.session, job, false)),
        Ask::ContinueRun { run } => begin_again(helper, |bench| bench.continue_run(asker.session, run)),
        Ask::Retry { job } => begin_again(helper, |bench| bench.requeue(asker.session, job, true)),
        Ask::Remove { job } => remove(helper, job).await,
        Ask::MoveJob { job, before } => helper.state().bench.move_job(job, before).map(|()| Answer::Done),
        Ask::PauseQueue { on } => begin_again(helper, |bench| bench.pause_queue(on)),
        Ask::Attach { run, on } => helper.state().bench.attach(asker.session, run, on).map(|()| Answer::Done),
        Ask::Roots => files::roots(helper.state().bench.store()).map(Answer::Roots),
        Ask::OpenRoot { path } => {
            let path = apart(move || files::openable(&path)).await?;
            helper.state().bench.store().open_root(&path).map_err(internal)?;
            tell_roots(helper)
        }
        Ask::CloseRoot { root } => {
            if !helper.state().bench.store().close_root(root).map_err(internal)? {
                return Err(WireError::new(ErrorCode::NotFound, format!("folder {root} is not open")).field("root"));
            }
            tell_roots(helper)
        }
        Ask::Browse { root, path } => {
            let reach = reach(helper, asker)?;
            apart(move || files::browse(&reach, root, &path)).await.map(Answer::Listing)
        }
        Ask::Inspect { source } => {
            let (reach, shared, named) = (reach(helper, asker)?, Arc::clone(helper), source.clone());
            let path = apart(move || files::locate(&reach, &shared.spool, &named)).await?;
            inspect(helper, &source, path).await.map(Answer::Facts)
        }
        Ask::DropUpload { upload } => {
            let state = helper.state();
            let uploads = state.bench.store().uploads().map_err(internal)?;
            let path = helper.spool.path(&uploads, upload)?;
            if state.bench.is_using(&path) {
                let error = WireError::new(ErrorCode::IllegalState, format!("upload {upload} is being worked on"));
                return Err(error.hint("stop that work first"));
            }
            helper.spool.drop_upload(state.bench.store(), upload).map(|()| Answer::Done)
        }
        Ask::ScanModels => {
            shelf::look(helper).await;
            Ok(Answer::Done)
        }
        Ask::FetchModels { ids } => free_for(helper, asker).and_then(|()| stock::fetch(helper, &ids)),
        Ask::CancelFetch { id } => stock::cancel(helper, &id),
        Ask::DropPartial { id } => stock::drop_partial(helper, &id).await,
        Ask::VerifyModels { ids } => stock::verify(helper, ids).await,
        Ask::RemoveModel { id } => {
            free_for(helper, asker)?;
            stock::remove(helper, id).await
        }
        Ask::RestoreModel { id } => {
            free_for(helper, asker)?;
            stock::restore(helper, id).await
        }
        Ask::Log { job, after } => {
            let state = helper.state();
            state.bench.job(job)?;
            state.bench.store().log_after(job, after).map(Answer::Log).map_err(internal)
        }
    }
}

/// While a page works, no page changes models.
fn free_for(helper: &Helper, asker: Asker) -> Result<(), WireError> {
    if asker.is_browser { helper.state().bench.check_free() } else { Ok(()) }
}

/// Does what may leave the runner something to do.
fn begin_again(
    helper: &Helper,
    act: impl FnOnce(&mut Workbench) -> Result<(), WireError>,
) -> Result<Answer, WireError> {
    act(&mut helper.state().bench)?;
    helper.queued.notify_one();
    Ok(Answer::Done)
}

/// Forgets a job, and throws away what it has kept, unless another works or will go on there.
async fn remove(helper: &Helper, job: JobId) -> Result<Answer, WireError> {
    let _nobody_comes = helper.folders.lock().await;
    let kept = helper.state().bench.remove(job)?;
    if let Some((folder, source)) = kept
        && !helper.state().bench.needs(&folder)
    {
        let gone = move || place::discard(&folder, &source).map_err(|e| internal(format!("{}: {e}", folder.display())));
        let said = |e: WireError| e.hint("the job is forgotten; delete the folder .work in there yourself");
        apart(gone).await.map_err(said)?;
    }
    Ok(Answer::Done)
}

/// Looks at files in a thread apart: a disk that hangs keeps nobody but the asker waiting.
pub(super) async fn apart<T: Send + 'static>(
    look: impl FnOnce() -> Result<T, WireError> + Send + 'static,
) -> Result<T, WireError> {
    tokio::task::spawn_blocking(look).await.map_err(internal)?
}

fn reach(helper: &Helper, asker: Asker) -> Result<Reach, WireError> {
    Reach::of(helper.state().bench.store(), asker.is_browser)
}

async fn start(helper: &Arc<Helper>, asker: Asker, request: StartRun) -> Result<Answer, WireError> {
    let wrong = |field: &str, why: &str| WireError::new(ErrorCode::BadValue, why).field(field);
    if request.sources.is_empty() || request.sources.len() > MOST_VIDEOS {
        return Err(wrong("sources", &format!("a run takes 1 to {MOST_VIDEOS} videos")));
    }
    if request.settings.fps.is_some_and(|fps| !FPS.contains(&fps)) {
        return Err(wrong("settings.fps", "frames a second go from 0.001 to 1000"));
    }
    check_models(&helper.state().models, &request.settings)?;
    let (reach, shared, sources) = (reach(helper, asker)?, Arc::clone(helper), request.sources.clone());
    let videos = apart(move || locate_all(&reach, &shared.spool, sources)).await?;
    let (run, jobs) = helper.state().bench.start(asker.session, &request, videos)?;
    helper.queued.notify_one();
    Ok(Answer::Started { run, jobs })
}

/// Every video with its path; none twice.
fn locate_all(reach: &Reach, spool: &Spool, sources: Vec<SourceRef>) -> Result<Vec<(SourceRef, PathBuf)>, WireError> {
    let (mut videos, mut known) = (Vec::new(), HashSet::new());
    for source in sources {
        let path = files::locate(reach, spool, &source)?;
        if !known.insert(path.clone()) {
            let twice = format!("{} is there twice", source.name());
            return Err(WireError::new(ErrorCode::BadValue, twice).field("sources"));
        }
        videos.push((source, path));
    }
    Ok(videos)
}

/// Each role has a model, and a chosen one is there and fits: never a path, only what the shelf holds.
pub(super) fn check_models(shelf: &ModelShelf, settings: &JobSettings) -> Result<(), WireError> {
    for (role, choice) in settings.choices() {
        let fits = |id: &String| shelf.models.iter().any(|model| model.id == *id && model.role == Some(role));
        let error = match choice {
            Some(id) if !fits(id) => format!("{id} is no {} in {}", role.name(), shelf.folder),
            None if !shelf.models.iter().any(|model| model.role == Some(role)) => {
                format!("no {} was found in {}", role.name(), shelf.folder)
            }
            _ => continue,
        };
        let error = WireError::new(ErrorCode::ModelUnfit, error).field(format!("settings.{}", role.name()));
        return Err(error.hint(format!("put one into {}, then look again", shelf.folder)));
    }
    Ok(())
}

fn tell_roots(helper: &Helper) -> Result<Answer, WireError> {
    let state = helper.state();
    let roots = files::roots(state.bench.store())?;
    helper.hub.tell_all(&HelperMessage::Roots(roots.clone()));
    Ok(Answer::Roots(roots))
}

/// Looks into a file in a process of its own, so that a hostile one harms nobody.
async fn inspect(helper: &Helper, source: &SourceRef, path: PathBuf) -> Result<VideoFacts, WireError> {
    let name = source.name();
    let not_a_video = |why: String| WireError::new(ErrorCode::NotAVideo, why).field("source");
    let _permit = helper.inspections.acquire().await.map_err(internal)?;
    let looking = async {
        let mut worker = Worker::spawn().await.map_err(|failure| internal(failure.message))?;
        let source = path.display().to_string();
        worker.send(&Command::Inspect { source }).await.map_err(|failure| internal(failure.message))?;
        loop {
            match worker.next().await {
                Ok(Event::Inspected(facts)) => {
                    worker.finish().await;
                    return Ok(facts);
                }
                Ok(Event::Failed(failure)) => {
                    worker.finish().await;
                    return Err(not_a_video(failure.message));
                }
                Ok(_) => {}
                Err(failure) => return Err(not_a_video(format!("{name} can't be read: {}", failure.message))),
            }
        }
    };
    // Left in the middle, the worker goes with it.
    tokio::select! {
        looked = tokio::time::timeout(LOOK, looking) => looked
            .unwrap_or_else(|_| Err(not_a_video(format!("{name} could not be read within {} s", LOOK.as_secs())))),
        () = helper.closing.cancelled() => Err(WireError::new(ErrorCode::Closing, "the helper is ending")),
    }
}
