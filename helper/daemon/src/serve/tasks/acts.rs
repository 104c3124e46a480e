//! What a script does with a task: forget it, stop it, let it stand still, try it again.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path as Parts, Query, State};
use serde::{Deserialize, Serialize};
use silhueta_shared::protocol::{JobId, SourceRef, WireError};

use super::outputs;
use super::status::{Places, TaskStatus, of};
use crate::serve::api_error::ApiError;
use crate::serve::helper::Helper;
use crate::serve::workbench::Workbench;

/// Whether the work ends with its record.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deletion {
    #[serde(default)]
    stop: bool,
}

/// The answer to a deletion.
#[derive(Debug, Serialize)]
pub(super) struct Deleted {
    message: String,
    /// The job whose work goes on, where it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<JobId>,
}

/// DELETE `/tasks/{id}`: forgets the record; with `?stop=true` stops the work, too.
pub(super) async fn delete(
    State(helper): State<Arc<Helper>>,
    Parts(id): Parts<String>,
    Query(Deletion { stop }): Query<Deletion>,
) -> Result<Json<Deleted>, ApiError> {
    let view = {
        let bench = &mut helper.state().bench;
        let job = bench.task(&id)?.id;
        if stop && !bench.task(&id)?.state.has_ended() {
            bench.stop(job)?;
        }
        bench.forget_task(&id)?
    };
    helper.queued.notify_one();
    if let SourceRef::Upload { upload, .. } = view.source
        && view.state.has_ended()
    {
        outputs::throw_away(&helper, &id, Some(upload)).await?;
    }
    let job = (!view.state.has_ended() && !view.stopping).then_some(view.id);
    Ok(Json(Deleted { message: format!("Task {id} deleted successfully"), job }))
}

/// POST `/tasks/{id}/cancel`: stops the work, or takes it out of the queue.
pub(super) async fn cancel(helper: State<Arc<Helper>>, id: Parts<String>) -> Result<Json<TaskStatus>, ApiError> {
    act(&helper, &id, Workbench::stop)
}

/// POST `/tasks/{id}/pause`.
pub(super) async fn pause(helper: State<Arc<Helper>>, id: Parts<String>) -> Result<Json<TaskStatus>, ApiError> {
    act(&helper, &id, |bench, job| bench.pause(job, true))
}

/// POST `/tasks/{id}/resume`.
pub(super) async fn resume(helper: State<Arc<Helper>>, id: Parts<String>) -> Result<Json<TaskStatus>, ApiError> {
    act(&helper, &id, |bench, job| bench.pause(job, false))
}

/// POST `/tasks/{id}/retry`: tries one again that failed or was cancelled; it goes on where it was.
pub(super) async fn retry(helper: State<Arc<Helper>>, id: Parts<String>) -> Result<Json<TaskStatus>, ApiError> {
    act(&helper, &id, |bench, job| bench.requeue(None, job, false))
}

fn act(
    helper: &Helper,
    id: &str,
    act: impl FnOnce(&mut Workbench, JobId) -> Result<(), WireError>,
) -> Result<Json<TaskStatus>, ApiError> {
    let bench = &mut helper.state().bench;
    let job = bench.task(id)?.id;
    act(bench, job)?;
    helper.queued.notify_one();
    Ok(Json(of(bench.task(id)?, &Places::of(bench))))
}
