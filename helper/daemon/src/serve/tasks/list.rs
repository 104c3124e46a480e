//! GET `/tasks`: all of them, or some.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use serde::{Deserialize, Serialize};
use silhueta_shared::protocol::{ErrorCode, WireError};

use super::status::{Places, TaskStatus, of, word};
use crate::serve::api_error::ApiError;
use crate::serve::helper::Helper;

const WORDS: [&str; 4] = ["queued", "processing", "completed", "failed"];

/// Which tasks; all of them, oldest first, where nothing is said.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// One or several of `queued`, `processing`, `completed`, `failed`, with commas between them.
    status: Option<String>,
    /// Of this model.
    model: Option<String>,
    /// Whose video's path has this in it.
    video: Option<String>,
    /// So many at most.
    limit: Option<usize>,
    /// So many of them left out at the beginning.
    #[serde(default)]
    offset: usize,
    /// `oldest` (the default) or `newest` first.
    order: Option<String>,
}

/// The answer.
#[derive(Debug, Serialize)]
pub(super) struct Tasks {
    /// Those that were asked for, also beyond `limit` and `offset`.
    total_tasks: usize,
    tasks: Vec<TaskStatus>,
}

/// GET `/tasks`.
pub(super) async fn list(
    State(helper): State<Arc<Helper>>,
    query: Result<Query<Wanted>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Tasks>, ApiError> {
    let wrong = |field: &str, why: String| WireError::new(ErrorCode::BadValue, why).field(field);
    let Query(wanted) = query.map_err(|e| {
        let error = WireError::new(ErrorCode::BadValue, e.body_text());
        error.hint("there are status, model, video, limit, offset and order")
    })?;
    let words: Vec<_> = wanted.status.iter().flat_map(|list| list.split(',')).map(str::trim).collect();
    if let Some(unknown) = words.iter().find(|word| !WORDS.contains(word)) {
        return Err(wrong("status", format!("{unknown:?} is no status")).hint(WORDS.join(", ")).into());
    }
    let newest = match wanted.order.as_deref() {
        None | Some("oldest") => false,
        Some("newest") => true,
        Some(other) => return Err(wrong("order", format!("{other:?} is no order")).hint("oldest or newest").into()),
    };
    let bench = &helper.state().bench;
    let places = Places::of(bench);
    let mut tasks: Vec<_> =
        bench.tasks().filter(|view| words.is_empty() || words.contains(&word(view.state))).collect();
    tasks.retain(|view| {
        let of_model = |model: &String| view.task.as_ref().is_some_and(|task| task.model == *model);
        wanted.model.as_ref().is_none_or(of_model)
    });
    if newest {
        tasks.reverse();
    }
    let tasks = tasks.into_iter().map(|view| of(view, &places));
    let mut tasks: Vec<_> =
        tasks.filter(|task| wanted.video.as_ref().is_none_or(|part| task.video_path.contains(part))).collect();
    let total_tasks = tasks.len();
    tasks.drain(..wanted.offset.min(total_tasks));
    tasks.truncate(wanted.limit.unwrap_or(usize::MAX));
    Ok(Json(Tasks { total_tasks, tasks }))
}
