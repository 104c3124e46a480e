//! `/health`: whether the helper lives and what it does, for scripts and watchdogs.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use silhueta_shared::state::JobState;

use super::helper::Helper;
use super::{now, tasks};

/// The union of what the earlier systems' scripts look at.
#[derive(Debug, Serialize)]
pub(super) struct Health {
    status: &'static str,
    system: &'static str,
    version: &'static str,
    /// Local time, as the task API writes it.
    timestamp: String,
    /// The best device that works, once that is known.
    device: Option<&'static str>,
    processing: bool,
    paused: bool,
    /// The page that works.
    current_process: Option<&'static str>,
    /// The stage it is at.
    process_status: Option<&'static str>,
    active_tasks: usize,
    queued_tasks: usize,
    total_tasks: usize,
}

/// GET `/health`.
pub(super) async fn health(State(helper): State<Arc<Helper>>) -> Json<Health> {
    let state = helper.state();
    let (active_tasks, queued_tasks, total_tasks) = state.bench.task_counts();
    let holder = state.bench.holder();
    let job = holder.map(|view| view.state);
    Json(Health {
        status: "healthy",
        system: "silhueta",
        version: env!("CARGO_PKG_VERSION"),
        timestamp: tasks::local_time(now()),
        device: state.machine.as_ref().and_then(|machine| machine.devices.first()).map(|device| device.name()),
        processing: state.bench.is_at_work(),
        paused: matches!(job, Some(JobState::Paused(_))),
        current_process: holder.map(|view| view.page.name()),
        process_status: job.and_then(JobState::stage).map(|stage| stage.name()),
        active_tasks,
        queued_tasks,
        total_tasks,
    })
}
