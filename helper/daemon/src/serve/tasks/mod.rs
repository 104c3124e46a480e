//! The task API: scripts post videos and ask how far they are, as they did with the MMPose web server. A task is a
//! job like others (`workbench/tasks.rs`); here is what is said about it over HTTP.

mod acts;
mod form;
mod intake;
mod list;
mod outputs;
mod request;
mod status;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use chrono::{DateTime, Local};
use silhueta_results::file::remove_part_of_job;
use silhueta_shared::job::{Deliver, Failure, JobModels};
use silhueta_shared::protocol::{Hardware, TaskApi, TaskView};
use silhueta_shared::state::JobState;

use super::helper::{Helper, State};
use super::home::Home;
use super::workbench::Workbench;
use crate::cli::{Auth, ServeOptions};
use crate::models;

pub(super) use status::told;

/// Tasks at the same time, whatever the machine has.
const MOST_AT_ONCE: u64 = 5;
/// Memory that a task is reckoned with, in bytes: three networks, frames in flight, the annotated video's encoder.
const MEMORY: u64 = 2 << 30;
/// The name of what is the default pose network with a lifter behind it.
pub(super) const HUMAN3D: &str = "human3d";

/// How many tasks there may be, and where they go.
#[derive(Debug)]
pub(super) struct TaskSettings {
    /// What was asked for; else the machine decides.
    at_once: Option<u32>,
    /// Tasks that may wait.
    queue: u32,
    /// The folder of the tasks' own folders.
    folder: PathBuf,
    /// Where their results go, if not beside the videos.
    out: Option<PathBuf>,
    token_file: Option<PathBuf>,
    webhook_secret: PathBuf,
}

impl TaskSettings {
    pub(super) fn new(options: &ServeOptions, home: &Home, out: &Path) -> std::io::Result<Self> {
        Ok(Self {
            at_once: options.tasks,
            queue: options.task_queue,
            folder: out.join("tasks"),
            out: options.task_out.as_ref().map(std::path::absolute).transpose()?,
            token_file: (options.auth == Auth::Token).then(|| home.token()),
            webhook_secret: home.webhook_secret(),
        })
    }

    /// Tasks that may work at the same time: as asked for, else what cores and memory take.
    pub(super) fn at_once(&self, hardware: &Hardware) -> usize {
        let by_memory = |bytes: u64| bytes / MEMORY;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get) as u64;
        let ram = if hardware.ram_total == 0 { 1 } else { by_memory(hardware.ram_total) };
        let gpu = hardware.gpu.as_ref().map_or(MOST_AT_ONCE, |gpu| by_memory(gpu.memory_total));
        let fits = cores.min(ram).min(gpu).clamp(1, MOST_AT_ONCE);
        self.at_once.map_or(fits as usize, |asked| asked as usize)
    }

    /// A task's own folder: its record, and what it needs to go on.
    pub(super) fn folder(&self, task: &TaskView) -> PathBuf {
        self.own_folder(&task.id)
    }

    fn own_folder(&self, id: &str) -> PathBuf {
        self.folder.join(id)
    }

    /// What people are told of the API.
    pub(super) fn view(&self, state: &State) -> TaskApi {
        let text = |path: &PathBuf| path.display().to_string();
        TaskApi {
            at_once: u32::try_from(self.at_once(&state.hardware)).unwrap_or(1),
            queue: self.queue,
            known: state.bench.task_counts().2 as u64,
            token_file: self.token_file.as_ref().map(text),
            webhook_secret_file: text(&self.webhook_secret),
        }
    }
}

/// All routes of the task API but `/` and `/health`, which are others' too.
pub(super) fn routes(helper: &Arc<Helper>) -> Router {
    Router::new()
        // An upload has a limit of its own: the room for uploads.
        .route("/process", post(intake::process).layer(DefaultBodyLimit::disable()))
        .route("/status/{id}", get(status::status))
        .route("/tasks", get(list::list))
        .route("/tasks/{id}", get(status::status).delete(acts::delete))
        .route("/tasks/{id}/cancel", post(acts::cancel))
        .route("/tasks/{id}/pause", post(acts::pause))
        .route("/tasks/{id}/resume", post(acts::resume))
        .route("/tasks/{id}/retry", post(acts::retry))
        .route("/tasks/{id}/predictions", get(outputs::predictions))
        .route("/tasks/{id}/visualization", get(outputs::visualization))
        .with_state(Arc::clone(helper))
}

/// The networks that a task runs: none to find people where their boxes are given.
pub(super) fn models_of(
    task: &TaskView,
    pose: Option<&str>,
    mut warn: impl FnMut(String),
) -> Result<JobModels, Failure> {
    let models = if task.boxes.is_some() {
        JobModels { detector: None, reid: None, pose: models::pose(pose, &mut warn)?, lifter: None }
    } else {
        models::resolve(None, None, pose, &mut warn)?
    };
    let lifter = if task.model == HUMAN3D { Some(models::resolve_lifter()?) } else { None };
    Ok(JobModels { lifter, ..models })
}

/// Where a task's worker puts what its caller reads.
pub(super) fn deliver(task: &TaskView) -> Deliver {
    let beside = || Path::new(&task.predictions).with_extension("mp4").display().to_string();
    Deliver { predictions: task.predictions.clone(), visualization: task.visualization.clone().unwrap_or_else(beside) }
}

/// Takes away what a worker that was killed left where its caller looks; what is whole stays.
pub(super) fn clear(task: &TaskView, folder: &Path) {
    for file in [Some(&task.predictions), task.visualization.as_ref()].into_iter().flatten() {
        if let Err(error) = remove_part_of_job(Path::new(file), folder) {
            tracing::warn!("{error}");
        }
    }
}

/// The same for all tasks that were cut off by the end of the last helper.
pub(super) fn clear_all(bench: &Workbench, settings: &TaskSettings) {
    let cut = bench.jobs().filter(|view| view.attempt > 1 && view.state == JobState::Queued);
    for task in cut.filter_map(|view| view.task.as_ref()) {
        clear(task, &settings.folder(task));
    }
}

/// A time in milliseconds since 1970 as the MMPose server writes it: local, ISO 8601, without a zone.
pub(super) fn local_time(ms: u64) -> String {
    let time = i64::try_from(ms).ok().and_then(DateTime::from_timestamp_millis).unwrap_or_default();
    time.with_timezone(&Local).format("%Y-%m-%dT%H:%M:%S%.6f").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_local_and_without_a_zone() {
        let text = local_time(1_700_000_000_250);
        assert_eq!(text.len(), "2023-11-14T22:13:20.250000".len());
        let read = chrono::NaiveDateTime::parse_from_str(&text, "%Y-%m-%dT%H:%M:%S%.f").unwrap();
        let back = read.and_local_timezone(Local).earliest().unwrap();
        assert_eq!(back.timestamp_millis(), 1_700_000_000_250);
    }

    #[test]
    fn the_machine_decides_how_many_unless_somebody_did() {
        let settings = |at_once| TaskSettings {
            at_once,
            queue: 10,
            folder: PathBuf::new(),
            out: None,
            token_file: None,
            webhook_secret: PathBuf::new(),
        };
        let with = |ram_total| Hardware { ram_total, ..Hardware::default() };
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        assert_eq!(settings(None).at_once(&with(64 << 30)), cores.clamp(1, 5));
        assert_eq!(settings(None).at_once(&with(3 << 30)), 1);
        assert_eq!(settings(None).at_once(&with(0)), 1, "nothing is known yet");
        assert_eq!(settings(Some(4)).at_once(&with(3 << 30)), 4);
    }
}
