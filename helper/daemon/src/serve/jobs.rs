//! The jobs over HTTP, for scripts and for `silhueta jobs` and `silhueta stop`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use silhueta_shared::protocol::{ErrorCode, JobId, JobView, WireError};

use super::answer::{HttpError, Told as _};
use super::helper::Helper;

/// GET `/api/v1/jobs`: the last ones, oldest first, as on the socket.
pub(super) async fn list(State(helper): State<Arc<Helper>>) -> Json<Vec<JobView>> {
    Json(helper.state().bench.recent().0)
}

/// POST `/api/v1/jobs/ID/VERB`, with one of `stop`, `pause`, `resume`, `continue`, `retry`: the job as it is then.
pub(super) async fn act(
    State(helper): State<Arc<Helper>>,
    Path((job, verb)): Path<(u64, String)>,
) -> Result<Json<JobView>, HttpError> {
    let none = || WireError::new(ErrorCode::NotFound, format!("there is no job {job}")).field("job");
    let id = JobId::new(job).ok_or_else(none).told()?;
    let bench = &mut helper.state().bench;
    match verb.as_str() {
        "stop" => bench.stop(id),
        "pause" => bench.pause(id, true),
        "resume" => bench.pause(id, false),
        "continue" => bench.requeue(None, id, false),
        "retry" => bench.requeue(None, id, true),
        other => {
            let error = WireError::new(ErrorCode::NotFound, format!("a job can't {other:?}"));
            Err(error.hint("it can stop, pause, resume, continue or retry"))
        }
    }
    .told()?;
    helper.queued.notify_one();
    let (view, _) = bench.job(id).told()?;
    Ok(Json(view.clone()))
}
