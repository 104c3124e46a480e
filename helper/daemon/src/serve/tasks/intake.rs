//! POST `/process`: a video to work through, named by its path or sent along; with `input_path` it is NeuraPose's.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use silhueta_shared::model::Role;
use silhueta_shared::protocol::{ErrorCode, JobSettings, SourceRef, TaskView, WireError};
use uuid::Uuid;

use super::form::{self, Sent};
use super::request::{Outputs, TaskRequest, check_boxes, choose_model, locate};
use crate::serve::answer::internal;
use crate::serve::api_error::ApiError;
use crate::serve::asks::apart;
use crate::serve::helper::Helper;
use crate::serve::store::Key;
use crate::serve::workbench::NewTask;
use crate::serve::{BODY, files, neurapose, shelf, webhooks};

/// The header that makes a request one that can be sent twice.
const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Longest such key in bytes.
const LONGEST_KEY: usize = 255;
/// Longest name of a program that is told, in characters.
const LONGEST_NAME: usize = 60;
/// Seconds after which a script whose task found no room may ask again.
const AGAIN_IN: HeaderValue = HeaderValue::from_static("30");

/// The answer.
#[derive(Debug, Serialize)]
struct Accepted {
    task_id: String,
    status: &'static str,
    message: &'static str,
}

/// POST `/process`.
pub(super) async fn process(
    State(helper): State<Arc<Helper>>,
    ConnectInfo(address): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Response, ApiError> {
    if helper.closing.is_cancelled() {
        return Err(WireError::new(ErrorCode::Closing, "the helper is ending").hint("try again in a moment").into());
    }
    let headers = request.headers().clone();
    let task = Uuid::new_v4().to_string();
    if form::is_one(&headers) {
        let sent = form::receive(&helper, &task, request).await?;
        let taken = take(&helper, &headers, address, &task, sent.request.clone(), Some(&sent)).await;
        // One that was refused, or is known already, keeps nothing of what came with it.
        let is_new = taken.as_ref().is_ok_and(|id| *id == task);
        if !is_new {
            form::forget(&helper, &task, Some(&sent.upload)).await;
        }
        return answer(&task, taken);
    }
    let body = json(request.into_body()).await?;
    if neurapose::is_run(&body) {
        let is_browser = headers.contains_key(header::ORIGIN);
        return Ok(Json(neurapose::process(&helper, is_browser, &body).await?).into_response());
    }
    let request = TaskRequest::read(body)?;
    answer(&task, take(&helper, &headers, address, &task, request, None).await)
}

async fn json(body: Body) -> Result<Value, ApiError> {
    let too_large = |_| WireError::new(ErrorCode::TooLarge, format!("a body has at most {BODY} bytes"));
    let body = to_bytes(body, BODY).await.map_err(too_large)?;
    let example = r#"send {"video_filename": "/path/to/video.mp4", "model": "vitpose"}"#;
    let malformed = |e| WireError::new(ErrorCode::Malformed, format!("the body is not JSON ({e})")).hint(example);
    Ok(serde_json::from_slice(&body).map_err(malformed)?)
}

fn answer(asked: &str, taken: Result<String, ApiError>) -> Result<Response, ApiError> {
    let task_id = taken?;
    let is_known = task_id != asked;
    let message = "Video processing task queued successfully. Use /status/{task_id} to check progress.";
    let mut response = Json(Accepted { task_id, status: "queued", message }).into_response();
    if is_known {
        response.headers_mut().insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    Ok(response)
}

/// Takes a task in; the answer is its name, or that of the one that the same request made before.
async fn take(
    helper: &Arc<Helper>,
    headers: &HeaderMap,
    address: SocketAddr,
    id: &str,
    request: TaskRequest,
    sent: Option<&Sent>,
) -> Result<String, ApiError> {
    let key = key(headers, &request, sent)?;
    if let Some(known) = known(helper, key.as_ref())? {
        return Ok(known);
    }
    let choose = || {
        let state = helper.state();
        choose_model(request.model.as_deref(), &state.models, state.preferred.of(Role::Pose))
    };
    let chosen = match choose() {
        Err(_) => {
            // Perhaps it came a moment ago, or nobody has looked yet.
            shelf::look(helper).await;
            choose()
        }
        chosen => chosen,
    };
    let (model, pose) = chosen?;
    let is_browser = headers.contains_key(header::ORIGIN);
    let reach = files::Reach::of(helper.state().bench.store(), is_browser)?;
    let (own, out) = (helper.tasks.own_folder(id), helper.tasks.out.clone());
    let sent_along = sent.map(|sent| (sent.path.clone(), sent.boxes.clone()));
    let (asked, name, named) = (request.clone(), model.clone(), id.to_owned());
    // All that touches disks, which may be slow.
    let (video, boxes, outputs) = apart(move || {
        let (video, boxes, base) = match sent_along {
            Some((video, boxes)) => (video, boxes, own),
            None => {
                let named = asked.video_filename.as_deref().unwrap_or_default();
                let video = locate(&reach, named, "video_filename")?;
                let boxes =
                    asked.bboxes_path.as_deref().map(|named| locate(&reach, named, "bboxes_path")).transpose()?;
                let beside = video.parent().map(PathBuf::from).unwrap_or_default();
                (video, boxes, out.unwrap_or(beside))
            }
        };
        if let Some(boxes) = &boxes {
            check_boxes(boxes)?;
        }
        let outputs = Outputs::of(&base, &video, &name);
        outputs.check(&named, asked.visualization.unwrap_or(true))?;
        Ok((video, boxes, outputs))
    })
    .await?;
    let webhook = request.webhook_url.as_deref().map(webhooks::check).transpose()?;
    let with_video = request.visualization.unwrap_or(true);
    let text = |path: PathBuf| path.display().to_string();
    let task = TaskView {
        id: id.to_owned(),
        model,
        from: caller(headers, address),
        boxes: boxes.map(text),
        kept: true,
        predictions: text(outputs.predictions),
        visualization: with_video.then(|| text(outputs.visualization)),
        cut_off: 0,
        webhook: webhook.as_ref().map(webhooks::view),
    };
    let source = sent.map_or_else(
        || SourceRef::Path { path: video.display().to_string() },
        |sent| SourceRef::Upload { upload: sent.upload.upload, name: sent.upload.name.clone() },
    );
    let settings = JobSettings {
        device: request.device.unwrap_or_default(),
        pose,
        fps: request.fps,
        video: with_video,
        ..JobSettings::default()
    };
    let webhook = webhook.map(|url| url.to_string());
    let new = NewTask { task, source, path: video, settings, key, webhook };
    let taken = add(helper, new)?;
    helper.queued.notify_one();
    Ok(taken)
}

/// Under one lock: two requests with one key, or for the last room, make one task.
fn add(helper: &Helper, new: NewTask) -> Result<String, ApiError> {
    let mut state = helper.state();
    if let Some(known) = known_in(&state.bench, new.key.as_ref())? {
        return Ok(known);
    }
    let room = helper.tasks.queue as usize;
    if state.bench.waiting_tasks().len() >= room {
        let error = WireError::new(ErrorCode::QuotaExceeded, format!("{room} tasks wait already"));
        let error = error.hint("send it again later, or start the helper with a larger --task-queue");
        return Err(ApiError::with(StatusCode::TOO_MANY_REQUESTS, error).header(header::RETRY_AFTER, AGAIN_IN));
    }
    let id = new.task.id.clone();
    state.bench.add_task(new)?;
    Ok(id)
}

fn known(helper: &Helper, key: Option<&Key>) -> Result<Option<String>, ApiError> {
    known_in(&helper.state().bench, key)
}

/// The task that the same request made before.
fn known_in(bench: &crate::serve::workbench::Workbench, key: Option<&Key>) -> Result<Option<String>, ApiError> {
    let Some(Key { key, digest }) = key else { return Ok(None) };
    let Some((job, before)) = bench.store().keyed(key).map_err(internal)? else { return Ok(None) };
    if before != *digest {
        let error = WireError::new(ErrorCode::BadValue, format!("the key {key:?} was used for another request"));
        let error = error.field(IDEMPOTENCY_KEY).hint("a new request needs a new key");
        return Err(ApiError::with(StatusCode::UNPROCESSABLE_ENTITY, error));
    }
    let (view, _) = bench.job(job)?;
    Ok(view.task.as_ref().map(|task| task.id.clone()))
}

/// The request's key, with a digest of all that was asked for.
fn key(headers: &HeaderMap, request: &TaskRequest, sent: Option<&Sent>) -> Result<Option<Key>, WireError> {
    let Some(given) = headers.get(IDEMPOTENCY_KEY) else { return Ok(None) };
    let key = given.to_str().ok().map(str::trim).filter(|key| !key.is_empty() && key.len() <= LONGEST_KEY);
    let wrong = || {
        let error = format!("a key has 1 to {LONGEST_KEY} plain characters");
        WireError::new(ErrorCode::BadValue, error).field(IDEMPOTENCY_KEY)
    };
    let key = key.ok_or_else(wrong)?.to_owned();
    let mut digest = Sha256::new();
    digest.update(format!("{request:?}"));
    if let Some(sent) = sent {
        digest.update(&sent.digest);
    }
    let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Some(Key { key, digest }))
}

/// Who asks, for people: the program by its own word and, from elsewhere, its address.
fn caller(headers: &HeaderMap, address: SocketAddr) -> String {
    let agent = headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let name: String = agent.split_whitespace().next().unwrap_or("?").chars().take(LONGEST_NAME).collect();
    let ip = address.ip().to_canonical();
    if ip.is_loopback() { name } else { format!("{name} ({ip})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caller_is_named_by_its_program_and_its_address_if_it_is_elsewhere() {
        let mut headers = HeaderMap::new();
        assert_eq!(caller(&headers, "127.0.0.1:5".parse().unwrap()), "?");
        headers.insert(header::USER_AGENT, HeaderValue::from_static("python-requests/2.32 (x)"));
        assert_eq!(caller(&headers, "[::1]:5".parse().unwrap()), "python-requests/2.32");
        assert_eq!(caller(&headers, "[::ffff:10.0.0.7]:5".parse().unwrap()), "python-requests/2.32 (10.0.0.7)");
    }

    #[test]
    fn a_key_goes_with_what_was_asked_for() {
        let request = |model: &str| TaskRequest { model: Some(model.into()), ..TaskRequest::default() };
        let mut headers = HeaderMap::new();
        assert!(key(&headers, &request("a"), None).unwrap().is_none());
        headers.insert(IDEMPOTENCY_KEY, HeaderValue::from_static("k1"));
        let of = |model: &str| key(&headers, &request(model), None).unwrap().unwrap();
        assert_eq!(of("a"), of("a"));
        assert_ne!(of("a").digest, of("b").digest);
        let mut wrong = HeaderMap::new();
        wrong.insert(IDEMPOTENCY_KEY, HeaderValue::from_str(&"x".repeat(300)).unwrap());
        assert!(key(&wrong, &request("a"), None).is_err());
    }
}
