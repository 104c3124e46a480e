//! The files of a finished task over HTTP, for who can't reach the helper's disk.

use std::io::ErrorKind;
use std::sync::Arc;

use axum::extract::{Path as Parts, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use silhueta_shared::protocol::{ErrorCode, TaskView, UploadId, WireError};
use silhueta_shared::state::JobState;
use tower_http::services::ServeFile;

use crate::serve::answer::internal;
use crate::serve::api_error::ApiError;
use crate::serve::helper::Helper;

/// GET `/tasks/{id}/predictions`: the predictions in JSON.
pub(super) async fn predictions(
    State(helper): State<Arc<Helper>>,
    Parts(id): Parts<String>,
    request: Request,
) -> Result<Response, ApiError> {
    send(&helper, &id, request, "application/json", |task| Some(task.predictions.clone())).await
}

/// GET `/tasks/{id}/visualization`: the annotated video; ranges of it are served, too.
pub(super) async fn visualization(
    State(helper): State<Arc<Helper>>,
    Parts(id): Parts<String>,
    request: Request,
) -> Result<Response, ApiError> {
    send(&helper, &id, request, "video/mp4", |task| task.visualization.clone()).await
}

async fn send(
    helper: &Helper,
    id: &str,
    request: Request,
    kind: &'static str,
    which: impl FnOnce(&TaskView) -> Option<String>,
) -> Result<Response, ApiError> {
    let none = |why: String| ApiError::from(WireError::new(ErrorCode::NotFound, why));
    let (state, file) = {
        let state = helper.state();
        let view = state.bench.task(id)?;
        (view.state, view.task.as_ref().and_then(which))
    };
    if state != JobState::Completed {
        return Err(none(format!("task {id} has no results yet")));
    }
    let file = file.ok_or_else(|| none(format!("task {id} was asked for no annotated video")))?;
    let served = ServeFile::new(&file).try_call(request).await.map_err(|e| ApiError::from(internal(e)))?;
    if served.status() == StatusCode::NOT_FOUND {
        return Err(none(format!("{file} was moved or deleted")));
    }
    let mut response = served.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// Takes away what was sent along with a task, and what came of it: nobody can name it once the record is gone.
pub(super) async fn throw_away(helper: &Helper, task: &str, upload: Option<UploadId>) -> Result<(), WireError> {
    let folder = match tokio::fs::remove_dir_all(helper.tasks.own_folder(task)).await {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(internal(error)),
        _ => Ok(()),
    };
    let Some(upload) = upload else { return folder };
    let state = helper.state();
    let is_there = state.bench.store().uploads().map_err(internal)?.iter().any(|known| known.id == upload);
    let dropped = if is_there { helper.spool.drop_upload(state.bench.store(), upload) } else { Ok(()) };
    dropped.and(folder)
}
