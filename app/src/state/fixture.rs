//! Jobs, lines and snapshots for the tests of this crate.

use silhueta_shared::model::Role;
use silhueta_shared::notice::{Level, Notice};
use silhueta_shared::protocol::{
    Hardware, JobId, JobSettings, JobView, LogLine, ModelOrigin, ModelShelf, ModelSource, ModelView, OfferedModel,
    Page, QueueView, Root, RootId, RunId, Snapshot, SourceRef, TaskApi, TaskView,
};
use silhueta_shared::state::JobState;

pub(crate) fn job_id(n: u64) -> JobId {
    JobId::new(n).unwrap()
}

pub(crate) fn run_id(n: u64) -> RunId {
    RunId::new(n).unwrap()
}

pub(crate) fn root(id: u64, path: &str) -> Root {
    Root { id: RootId::new(id).unwrap(), path: path.into() }
}

pub(crate) fn file(root: u64, path: &str) -> SourceRef {
    SourceRef::File { root: RootId::new(root).unwrap(), path: path.into() }
}

pub(crate) fn job(id: u64, run: u64, source: SourceRef, state: JobState) -> JobView {
    JobView {
        id: job_id(id),
        run: run_id(run),
        page: Page::Processar,
        task: None,
        owner: None,
        attached: false,
        source,
        settings: JobSettings { video: true, ..JobSettings::default() },
        state,
        attempt: 1,
        stopping: false,
        stalled: None,
        facts: None,
        stages: Vec::new(),
        resumable: None,
        failure: None,
        results: None,
        created: 1_000 + id,
        started: None,
        ended: None,
    }
}

/// A task with a run of its own, of `/videos/N.mp4`.
pub(crate) fn task(id: u64, state: JobState) -> JobView {
    let task = TaskView {
        id: format!("00000000-0000-4000-8000-{id:012}"),
        model: "rtmpose-l".into(),
        from: "curl/8.5.0".into(),
        boxes: None,
        kept: true,
        predictions: format!("/videos/predictions/{id}_rtmpose-l.json"),
        visualization: Some(format!("/videos/visualizations/{id}_rtmpose-l.mp4")),
        cut_off: 0,
        webhook: None,
    };
    let source = SourceRef::Path { path: format!("/videos/{id}.mp4") };
    JobView { page: Page::Tarefas, task: Some(task), ..job(id, id, source, state) }
}

pub(crate) fn line(seq: u64) -> LogLine {
    LogLine { seq, at: 5_000 + seq, level: Level::Info, notice: Notice::Paused }
}

pub(crate) fn model(id: &str, role: Role) -> ModelView {
    ModelView {
        id: id.into(),
        role: Some(role),
        about: String::new(),
        size: 1,
        profile: None,
        keypoints: None,
        licence: None,
        origin: ModelOrigin::Known,
        used: false,
    }
}

pub(crate) fn offer(id: &str, role: Role) -> OfferedModel {
    OfferedModel {
        id: id.into(),
        role,
        profile: None,
        keypoints: None,
        size: None,
        licence: "MIT".into(),
        source: ModelSource::Address("https://models.example/a.onnx".into()),
        partial: 0,
    }
}

pub(crate) fn shelf(models: Vec<ModelView>) -> ModelShelf {
    ModelShelf {
        folder: "/models".into(),
        disk_used: 0,
        disk_free: None,
        models,
        offered: Vec::new(),
        better: Vec::new(),
        removed: Vec::new(),
    }
}

pub(crate) fn snapshot(jobs: Vec<JobView>) -> Snapshot {
    Snapshot {
        now: 10_000,
        jobs,
        queue: QueueView::default(),
        tasks: TaskApi::default(),
        log: Vec::new(),
        lock: None,
        hardware: Hardware::default(),
        models: shelf(Vec::new()),
        fetches: Vec::new(),
        roots: Vec::new(),
        machine: None,
        upload_room: 0,
        out: "/results".into(),
    }
}
