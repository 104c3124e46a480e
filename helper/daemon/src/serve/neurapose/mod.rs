//! The routes that NeuraPose's scripts use, with its answers: runs of the page Processar over one file or a folder,
//! their log, the switch of `/video_feed`, and settings that take effect on the next run.

mod config;
mod logs;
mod preview;
mod process;

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::helper::Helper;
use config::Choices;
pub(super) use process::process;

/// What scripts set, beside what is kept.
#[derive(Debug, Default)]
pub(super) struct NeuraPose {
    /// Settings for the next run; before they are first asked for, those that were kept.
    choices: Mutex<Option<Choices>>,
    /// Log lines up to this time were cleared, in milliseconds since 1970.
    cleared: AtomicU64,
}

/// All but POST `/process`, which is the task API's, too.
pub(super) fn routes(helper: &Arc<Helper>) -> Router {
    Router::new()
        .route("/process/stop", post(process::stop))
        .route("/process/pause", post(process::pause))
        .route("/process/resume", post(process::resume))
        .route("/shutdown", post(shut_down))
        .route("/logs", get(logs::show).delete(logs::clear))
        .route("/preview/toggle", post(preview::toggle))
        .route("/preview/status", get(preview::status))
        .route("/set_preview_state/{enabled}", post(preview::set))
        .route("/config", get(config::show))
        .route("/config/all", get(config::all))
        .route("/config/update", post(config::update))
        .route("/config/reset", post(config::reset))
        .with_state(Arc::clone(helper))
}

/// POST `/shutdown`: as Ctrl+C in the helper's terminal.
async fn shut_down(State(helper): State<Arc<Helper>>) -> Json<Value> {
    helper.shut_down.notify_one();
    Json(json!({ "status": "shutting_down", "detail": "the helper ends; what runs is interrupted and can go on" }))
}

/// Whether the body of POST `/process` asks for a run, not for a task.
pub(super) fn is_run(body: &Value) -> bool {
    body.get("input_path").is_some()
}
