//! Runs of the page Processar, started and steered by scripts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use silhueta_shared::job::Device;
use silhueta_shared::model::Role;
use silhueta_shared::protocol::{ErrorCode, ModelShelf, Page, SourceRef, StartRun, VIDEO_ENDINGS, WireError};

use super::{config, preview};
use crate::serve::answer::internal;
use crate::serve::api_error::ApiError;
use crate::serve::asks::{MOST_VIDEOS, apart, check_models};
use crate::serve::files::{self, Reach};
use crate::serve::helper::Helper;
use crate::serve::shelf;
use crate::videos::is_video;

/// What a body may hold.
const FIELDS: [&str; 5] = ["input_path", "dataset_name", "onnx_path", "show_preview", "device"];

/// POST `/process` with `input_path`: a run over that file, or all videos in that folder.
///
/// # Errors
/// A wrong value, a path that isn't there or that a browser may not name, a model that isn't there, another page at
/// work (with who).
pub(in crate::serve) async fn process(
    helper: &Arc<Helper>,
    is_browser: bool,
    body: &Value,
) -> Result<Value, WireError> {
    let wanted = Wanted::read(body)?;
    shelf_seen(helper).await;
    let mut settings = config::effective(helper)?;
    let reach = {
        let state = helper.state();
        state.bench.check_free()?;
        if let Some(device) = wanted.device {
            settings.device = device;
        }
        if let Some(named) = &wanted.onnx_path {
            settings.pose = Some(pose_model(&state.models, named)?);
        }
        check_models(&state.models, &settings)?;
        Reach::of(state.bench.store(), is_browser)?
    };
    let input = wanted.input_path;
    let videos = apart(move || videos_at(&reach, &input)).await?;
    let sources: Vec<_> = videos.iter().map(|path| SourceRef::Path { path: path.display().to_string() }).collect();
    let request = StartRun { page: Page::Processar, sources: sources.clone(), settings, attached: false };
    let count = videos.len();
    if let Some(on) = wanted.show_preview {
        preview::switch(helper, on)?;
    }
    let videos = sources.into_iter().zip(videos).collect();
    let (run, jobs) = helper.state().bench.start(None, &request, videos)?;
    helper.queued.notify_one();
    let mut detail = format!("{count} video{} to work through", if count == 1 { "" } else { "s" });
    if wanted.dataset_name.is_some() {
        detail += "; dataset_name changes nothing: each video's results go to a folder with its name";
    }
    Ok(json!({
        "status": "started", "detail": detail, "output_dir": helper.out.display().to_string(), "run": run, "jobs": jobs,
    }))
}

/// What a body asks for.
#[derive(Debug)]
struct Wanted {
    input_path: String,
    dataset_name: Option<String>,
    onnx_path: Option<String>,
    show_preview: Option<bool>,
    device: Option<Device>,
}

impl Wanted {
    fn read(body: &Value) -> Result<Self, WireError> {
        let wrong = |field: &str, why: String| WireError::new(ErrorCode::BadValue, why).field(field);
        let Value::Object(fields) = body else { return Err(wrong("input_path", "the body is no JSON object".into())) };
        if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            let error = wrong(unknown, format!("{unknown} is no field of a run by input_path"));
            return Err(error.hint(format!("there are {}", FIELDS.join(", "))));
        }
        let text = |name: &str| match body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone()).filter(|text| !text.is_empty())),
            Some(other) => Err(wrong(name, format!("{name} is a text, not {other}"))),
        };
        let show_preview = match body.get("show_preview") {
            None | Some(Value::Null) => None,
            Some(Value::Bool(on)) => Some(*on),
            Some(other) => return Err(wrong("show_preview", format!("show_preview is true or false, not {other}"))),
        };
        let device = text("device")?.map(|name| config::device("device", &name)).transpose()?;
        let input_path = text("input_path")?.ok_or_else(|| wrong("input_path", "input_path is missing".into()))?;
        let (dataset_name, onnx_path) = (text("dataset_name")?, text("onnx_path")?);
        Ok(Self { input_path, dataset_name, onnx_path, show_preview, device })
    }
}

/// The helper may have been asked before it has looked for models.
pub(super) async fn shelf_seen(helper: &Arc<Helper>) {
    if helper.state().models.models.is_empty() {
        shelf::look(helper).await;
    }
}

/// One file, or what is in a folder in the order of the names.
fn videos_at(reach: &Reach, input: &str) -> Result<Vec<PathBuf>, WireError> {
    const FIELD: &str = "input_path";
    let path = files::named(reach, input, FIELD)?.real;
    let mut videos = vec![path.clone()];
    if path.is_dir() {
        let entries = std::fs::read_dir(&path).map_err(|e| internal(format!("{input} can't be read: {e}")))?;
        let inside = entries.flatten().map(|entry| entry.path()).filter(|file| file.is_file() && is_video(file));
        // A link in the folder may lead anywhere.
        let seen = inside.filter_map(|file| Some(files::named(reach, file.to_str()?, FIELD).ok()?.real));
        videos = seen.collect();
        videos.sort();
        videos.dedup();
    }
    let wrong = |why: String| WireError::new(ErrorCode::BadValue, why).field(FIELD);
    if videos.is_empty() {
        return Err(wrong(format!("{input} holds no video (looked for {})", VIDEO_ENDINGS.join(", "))));
    }
    if videos.len() > MOST_VIDEOS {
        return Err(wrong(format!("a run takes {MOST_VIDEOS} videos at most, {input} holds {}", videos.len())));
    }
    if videos.iter().any(|video| video.to_str().is_none()) {
        return Err(wrong(format!("a name in {input} is not UTF-8: rename it")));
    }
    Ok(videos)
}

/// The id of the pose network that is meant. A file elsewhere is never exchanged for one of the same name.
fn pose_model(shelf: &ModelShelf, named: &str) -> Result<String, WireError> {
    let path = Path::new(named);
    let folder = Path::new(&shelf.folder).canonicalize().ok();
    if let Ok(real) = path.canonicalize()
        && real.is_file()
        && folder.is_none_or(|folder| real.parent() != Some(&folder))
    {
        let error =
            WireError::new(ErrorCode::ModelUnfit, format!("{named} is not among the models")).field("onnx_path");
        return Err(error.hint("bring it: silhueta models import FILE"));
    }
    config::model(shelf, Role::Pose, "onnx_path", named)
}

/// POST `/process/stop`: ends the run that the page Processar is at, whatever it does.
pub(super) async fn stop(State(helper): State<Arc<Helper>>) -> Result<Json<Value>, ApiError> {
    let bench = &mut helper.state().bench;
    let Some(lock) = bench.lock().filter(|lock| lock.page == Page::Processar) else {
        return Ok(Json(json!({ "status": "idle", "detail": "nothing is at work" })));
    };
    bench.stop_run(lock.run)?;
    Ok(Json(json!({ "status": "stopping", "detail": format!("run {} ends within 6 s", lock.run), "run": lock.run })))
}

/// POST `/process/pause`: the job stands still after the frames that it has in hand.
pub(super) async fn pause(State(helper): State<Arc<Helper>>) -> Result<Json<Value>, ApiError> {
    halt(&helper, true)
}

/// POST `/process/resume`.
pub(super) async fn resume(State(helper): State<Arc<Helper>>) -> Result<Json<Value>, ApiError> {
    halt(&helper, false)
}

fn halt(helper: &Helper, on: bool) -> Result<Json<Value>, ApiError> {
    let bench = &mut helper.state().bench;
    let none = || WireError::new(ErrorCode::IllegalState, "nothing is at work");
    let job = bench.lock().filter(|lock| lock.page == Page::Processar).ok_or_else(none)?.job;
    bench.pause(job, on)?;
    let (status, detail) = if on { ("pausing", "stands still") } else { ("resuming", "goes on") };
    Ok(Json(json!({ "status": status, "detail": format!("job {job} {detail}"), "job": job })))
}
