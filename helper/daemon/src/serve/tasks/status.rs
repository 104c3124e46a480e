//! How a task is, as scripts read it: the MMPose server's fields with its words and times, and ours beside them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path as Parts, State};
use serde::Serialize;
use silhueta_shared::job::Stage;
use silhueta_shared::protocol::{JobId, JobView, WebhookView};
use silhueta_shared::state::JobState;

use super::local_time;
use crate::serve::api_error::ApiError;
use crate::serve::helper::Helper;
use crate::serve::workbench::Workbench;

/// A task.
#[derive(Debug, Serialize)]
pub(in crate::serve) struct TaskStatus {
    task_id: String,
    /// `queued`, `processing`, `completed` or `failed`.
    pub(super) status: &'static str,
    pub(super) video_path: String,
    pub(super) model: String,
    bboxes_path: Option<String>,
    created_at: String,
    started_at: Option<String>,
    completed_at: Option<String>,
    result: Option<TaskResult>,
    /// Why it failed; also where it was cancelled.
    error: Option<String>,
    /// The way out.
    hint: Option<String>,
    progress: Option<TaskProgress>,
    /// 1 for the next one.
    queue_position: Option<usize>,
    paused: bool,
    cancelled: bool,
    /// 1, and one more each time that it went on.
    attempt: u32,
    /// Its number among the helper's jobs, where it can be stopped when its record is gone.
    job: JobId,
    webhook: Option<WebhookView>,
}

/// What came out of a task.
#[derive(Debug, Serialize)]
struct TaskResult {
    visualization_dir: Option<String>,
    predictions_dir: String,
    predictions_file: String,
    visualization_file: Option<String>,
    people: Option<u32>,
}

/// How far a task at work is.
#[derive(Debug, PartialEq, Serialize)]
struct TaskProgress {
    stage: Stage,
    /// Frames of this stage.
    frames_done: u64,
    frames_total: Option<u64>,
    /// Frames a second over the last seconds.
    fps: f64,
    /// Of all stages, 0 to 100.
    percent: Option<f64>,
    /// Until its end, by how fast it is now; the second pass is taken to be as fast as the first until it begins.
    eta_seconds: Option<u64>,
}

/// GET `/status/{id}`.
pub(super) async fn status(
    State(helper): State<Arc<Helper>>,
    Parts(id): Parts<String>,
) -> Result<Json<TaskStatus>, ApiError> {
    let bench = &helper.state().bench;
    Ok(Json(of(bench.task(&id)?, &Places::of(bench))))
}

/// What is told of an end to who wants to be told of it.
pub(in crate::serve) fn told(view: &JobView) -> serde_json::Value {
    serde_json::to_value(of(view, &Places::default())).unwrap_or_default()
}

/// Who waits where.
#[derive(Debug, Default)]
pub(super) struct Places(HashMap<JobId, usize>);

impl Places {
    pub(super) fn of(bench: &Workbench) -> Self {
        Self(bench.waiting_tasks().into_iter().zip(1..).collect())
    }
}

/// A job's word for the task API; `Interrupted` is only seen while the helper ends, and goes on after its start.
pub(super) const fn word(state: JobState) -> &'static str {
    match state {
        JobState::Queued | JobState::Interrupted => "queued",
        JobState::Running(_) | JobState::Paused(_) => "processing",
        JobState::Completed => "completed",
        JobState::Failed | JobState::Cancelled => "failed",
    }
}

/// What is said of a task.
pub(super) fn of(view: &JobView, places: &Places) -> TaskStatus {
    let task = view.task.clone();
    let failed = |of: fn(&silhueta_shared::job::Failure) -> Option<String>| view.failure.as_ref().and_then(of);
    let cancelled = view.state == JobState::Cancelled;
    let result = task.as_ref().filter(|_| view.state == JobState::Completed).map(|task| TaskResult {
        visualization_dir: task.visualization.as_deref().map(folder),
        predictions_dir: folder(&task.predictions),
        predictions_file: task.predictions.clone(),
        visualization_file: task.visualization.clone(),
        people: view.results.as_ref().map(|results| results.people),
    });
    TaskStatus {
        status: word(view.state),
        video_path: match &view.source {
            silhueta_shared::protocol::SourceRef::Path { path } => path.clone(),
            other => other.name().to_owned(),
        },
        created_at: local_time(view.created),
        started_at: view.started.map(local_time),
        completed_at: view.ended.map(local_time),
        result,
        error: failed(|failure| Some(failure.message.clone())).or(cancelled.then(|| "it was cancelled".to_owned())),
        hint: failed(|failure| failure.hint.clone()),
        progress: progress(view),
        queue_position: places.0.get(&view.id).copied(),
        paused: matches!(view.state, JobState::Paused(_)),
        cancelled,
        attempt: view.attempt,
        job: view.id,
        bboxes_path: task.as_ref().and_then(|task| task.boxes.clone()),
        webhook: task.as_ref().and_then(|task| task.webhook.clone()),
        model: task.as_ref().map(|task| task.model.clone()).unwrap_or_default(),
        task_id: task.map(|task| task.id).unwrap_or_default(),
    }
}

fn folder(file: &str) -> String {
    Path::new(file).parent().unwrap_or(Path::new("")).display().to_string()
}

/// Two stages go over all frames; the others take moments.
fn progress(view: &JobView) -> Option<TaskProgress> {
    let stage = view.state.stage()?;
    let now = view.stages.iter().find(|known| known.stage == stage);
    let (done, total, fps) = now.map_or((0, None, 0.0), |now| (now.done, now.total, now.fps));
    let passed = if stage > Stage::Track { 1.0 } else { 0.0 };
    let (share, to_come) = match (stage, total) {
        (Stage::Probe, _) => (Some(0.0), None),
        (Stage::Track | Stage::Pose, Some(total)) if total > 0 => {
            let left = total.saturating_sub(done) + if stage == Stage::Track { total } else { 0 };
            (Some((passed + done.min(total) as f64 / total as f64) / 2.0), Some(left))
        }
        (Stage::Identify, _) => (Some(0.5), None),
        (Stage::Export, _) => (Some(1.0), Some(0)),
        _ => (None, None),
    };
    let eta =
        to_come.filter(|left| *left == 0 || fps > 0.0).map(|left| if left == 0 { 0.0 } else { left as f64 / fps });
    Some(TaskProgress {
        stage,
        frames_done: done,
        frames_total: total,
        fps,
        // Not whole before it is.
        percent: share.map(|share| ((share * 1000.0).round() / 10.0).min(99.9)),
        eta_seconds: eta.map(|seconds| seconds.ceil() as u64),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use silhueta_shared::protocol::StageView;

    fn at(stage: Stage, done: u64, fps: f64) -> Option<TaskProgress> {
        let mut view: JobView = crate::serve::workbench::sample();
        view.state = JobState::Running(stage);
        view.stages = vec![StageView { stage, done, total: Some(200), fps, ended: false }];
        progress(&view)
    }

    #[test]
    fn both_passes_count_and_the_time_left_is_told_once_it_can_be() {
        let figures = |progress: Option<TaskProgress>| progress.map(|p| (p.percent.unwrap(), p.eta_seconds)).unwrap();
        assert_eq!(figures(at(Stage::Track, 50, 10.0)), (12.5, Some(35)));
        assert_eq!(figures(at(Stage::Track, 0, 0.0)), (0.0, None));
        assert_eq!(figures(at(Stage::Pose, 150, 10.0)), (87.5, Some(5)));
        assert_eq!(figures(at(Stage::Export, 10, 0.0)), (99.9, Some(0)));
    }
}
