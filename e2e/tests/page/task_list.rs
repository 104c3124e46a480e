//! The page Tarefas in every state that a task can have, told by a stand-in for the helper.

use silhueta_e2e::browser::journey_alone;
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Browser, StandIn, Tab};
use silhueta_shared::job::{Failure, FailureCode, Stage};
use silhueta_shared::notice::{Level, Notice, VideoFacts};
use silhueta_shared::protocol::{
    Answer, Ask, Hardware, HelperMessage, JobId, JobSettings, JobView, Lock, LogLine, ModelShelf, Page, QueueView,
    ResultsView, Resumable, RunId, Snapshot, SourceRef, StageView, TaskApi, TaskView, WebhookState, WebhookView,
};
use silhueta_shared::state::JobState;
use silhueta_shared::worker::Progress;

const LANGUAGES: [&str; 3] = ["ru", "en", "pt-BR"];
const MINUTE: u64 = 60_000;

fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    u64::try_from(since.as_millis()).unwrap()
}

fn id(n: u64) -> JobId {
    JobId::new(n).unwrap()
}

fn uuid(n: u64) -> String {
    format!("3f2b8c1e-0000-4000-8000-{n:012}")
}

fn task(n: u64, name: &str, state: JobState) -> JobView {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let view = TaskView {
        id: uuid(n),
        model: "rtmpose-l".into(),
        from: "curl/8.5.0".into(),
        boxes: None,
        kept: true,
        predictions: format!("/dados/videos/predictions/{stem}_rtmpose-l.json"),
        visualization: Some(format!("/dados/videos/visualizations/{stem}_rtmpose-l.mp4")),
        cut_off: 0,
        webhook: None,
    };
    let has_begun = state != JobState::Queued;
    JobView {
        id: id(n),
        run: RunId::new(n).unwrap(),
        page: Page::Tarefas,
        task: Some(view),
        owner: None,
        attached: false,
        source: SourceRef::Path { path: format!("/dados/videos/{name}") },
        settings: JobSettings::default(),
        state,
        attempt: 1,
        stopping: false,
        stalled: None,
        facts: None,
        stages: Vec::new(),
        resumable: None,
        failure: None,
        results: None,
        created: now() - 40 * MINUTE + n * 1000,
        started: has_begun.then(|| now() - 30 * MINUTE + n * 1000),
        ended: state.has_ended().then(|| now() - 12 * MINUTE + n * 1000),
    }
}

fn stage(stage: Stage, done: u64, total: u64, fps: f64) -> StageView {
    StageView { stage, done, total: Some(total), fps, ended: done == total }
}

fn webhook(job: &mut JobView, state: WebhookState, tries: u32, error: Option<&str>) {
    let url = "https://resultados.example.org/silhueta".into();
    let view = WebhookView { url, state, tries, error: error.map(Into::into) };
    job.task.as_mut().unwrap().webhook = Some(view);
}

/// One of each.
fn all() -> Vec<JobView> {
    use JobState::{Cancelled, Completed, Failed, Interrupted, Paused, Queued, Running};
    let mut old = task(1, "aula_natacao_2026-11-20.mp4", Completed);
    (old.created, old.started) = (old.created - 2880 * MINUTE, old.started.map(|at| at - 2880 * MINUTE));
    old.ended = old.started.map(|at| at + 52 * MINUTE);
    let mut done = task(2, "corredor_norte.mp4", Completed);
    webhook(&mut done, WebhookState::Delivered, 1, None);
    let mut forgotten = task(3, "portaria.mkv", Completed);
    forgotten.task.as_mut().unwrap().kept = false;
    webhook(&mut forgotten, WebhookState::Failed, 6, Some("connection refused (os error 111)"));
    for (n, job) in [&mut old, &mut done, &mut forgotten].into_iter().enumerate() {
        let folder = format!("/dados/out/tasks/{}", job.task.as_ref().unwrap().id);
        let files = vec!["record.parquet".into(), "summary.json".into()];
        job.results =
            Some(ResultsView { folder, files, tracks: 4, people: 3 + n as u32, preview_frames: 0, ran: None });
    }
    let mut failed = task(4, "camera 7 (noite).avi", Failed);
    failed.attempt = 3;
    failed.failure = Some(Failure {
        code: FailureCode::NoSpace,
        message: "/dados/videos/visualizations/camera 7 (noite)_rtmpose-l.mp4.part: no space left on device".into(),
        hint: Some("free some space and continue".into()),
    });
    failed.resumable = Some(Resumable { stage: Stage::Pose, done: 8_090, total: Some(18_812) });
    let mut unreadable = task(5, "quebrado.mp4", Failed);
    unreadable.failure = Some(Failure {
        code: FailureCode::SourceUnreadable,
        message: "/dados/videos/quebrado.mp4: moov atom not found".into(),
        hint: None,
    });
    let cancelled = task(6, "teste_rapido.mp4", Cancelled);
    let mut cut = task(7, "jogo_completo.mp4", Interrupted);
    cut.resumable = Some(Resumable { stage: Stage::Track, done: 12_000, total: Some(162_000) });
    let mut pose = task(8, "competicao_final_piscina_olimpica_camera_lateral_direita.mp4", Running(Stage::Pose));
    pose.stages = vec![
        stage(Stage::Track, 108_000, 108_000, 96.2),
        stage(Stage::Identify, 108_000, 108_000, 9000.0),
        stage(Stage::Pose, 46_320, 108_000, 61.7),
    ];
    pose.facts = Some(VideoFacts {
        width: 1920,
        height: 1080,
        fps: 30.0,
        frames: Some(108_000),
        seconds: None,
        codec: "h264".into(),
    });
    webhook(&mut pose, WebhookState::Waiting, 0, None);
    let mut stalled = task(9, "salto.mp4", Running(Stage::Track));
    stalled.stages = vec![stage(Stage::Track, 1_204, 9_000, 4.2)];
    stalled.stalled = Some(now() - 42_000);
    stalled.attempt = 2;
    let mut paused = task(10, "treino.mp4", Paused(Stage::Track));
    paused.stages = vec![stage(Stage::Track, 5_000, 9_000, 30.0)];
    paused.task.as_mut().unwrap().boxes = Some("/dados/videos/treino_caixas.json".into());
    let mut from_far = task(11, "envio.mp4", Queued);
    from_far.task.as_mut().unwrap().from = "python-requests/2.32.3 · 192.168.0.17".into();
    from_far.source =
        SourceRef::Upload { upload: silhueta_shared::protocol::UploadId::new(4).unwrap(), name: "envio.mp4".into() };
    let mut no_video = task(12, "depois.mp4", Queued);
    no_video.task.as_mut().unwrap().visualization = None;
    no_video.task.as_mut().unwrap().model = "human3d".into();
    vec![old, done, forgotten, failed, unreadable, cancelled, cut, pose, stalled, paused, from_far, no_video]
}

fn snapshot(jobs: Vec<JobView>) -> Snapshot {
    let known = jobs.iter().filter(|job| job.task.as_ref().is_some_and(|task| task.kept)).count() as u64;
    Snapshot {
        now: now(),
        jobs,
        queue: QueueView::default(),
        tasks: TaskApi {
            at_once: 3,
            queue: 1000,
            known,
            token_file: None,
            webhook_secret_file: "/home/ana/.local/state/silhueta/webhook-secret".into(),
        },
        log: Vec::new(),
        lock: None,
        hardware: Hardware { cpu: 0.71, ram_used: 9 << 30, ram_total: 32 << 30, gpu: None },
        models: ModelShelf {
            folder: "/dados/models".into(),
            disk_used: 0,
            disk_free: None,
            models: Vec::new(),
            offered: Vec::new(),
            better: Vec::new(),
            removed: Vec::new(),
        },
        fetches: Vec::new(),
        roots: Vec::new(),
        machine: None,
        upload_room: 0,
        out: "/dados/out".into(),
    }
}

/// The lock of Processar, on which tasks wait.
fn lock() -> Lock {
    Lock { page: Page::Processar, run: RunId::new(900).unwrap(), job: id(900), video: "rua.mp4".into(), owner: None }
}

fn reply(ask: &Ask) -> Result<Answer, silhueta_shared::protocol::WireError> {
    let line =
        |seq, notice: Notice| LogLine { seq, at: now() - 30 * MINUTE + seq * 900, level: notice.level(), notice };
    Ok(match ask {
        Ask::Log { .. } => Answer::Log(vec![
            line(1, Notice::Requeued { attempt: 2, fresh: false }),
            line(2, Notice::GoesOn { stage: Stage::Pose, frame: 8_000 }),
            line(3, Notice::StageEnded { stage: Stage::Track, frames: 18_812, seconds: 196.0, fps: 96.2 }),
            LogLine { level: Level::Warn, ..line(4, Notice::Interrupted) },
        ]),
        _ => Answer::Done,
    })
}

fn row(n: u64) -> String {
    format!("[data-testid='task'][data-id='{}']", uuid(n))
}

fn of(n: u64, what: &str) -> String {
    format!("{} [data-testid='{what}']", row(n))
}

async fn open(browser: &Browser, helper: &StandIn) -> Tab {
    let tab = browser.tab(&format!("{}/tarefas", helper.address)).await;
    tab.see_attr("connection", "data-state", "online", SOON).await;
    tab
}

/// At every size and in each language nothing is out of reach.
async fn fits(tab: &Tab, name: &str) {
    for (width, height) in [(360, 780), (768, 1024), (1280, 900), (1920, 1080)] {
        tab.resize(width, height).await;
        for locale in LANGUAGES {
            tab.select("locale", locale).await;
            tab.wait("the language", SOON, &format!("document.documentElement.lang === '{locale}'")).await;
            let fits = "document.documentElement.scrollWidth <= innerWidth";
            tab.wait(&format!("no scrolling sideways at {width} in {locale}"), SOON, fits).await;
            look(tab, &format!("{name}-{width}-{locale}")).await;
        }
    }
    tab.resize(1280, 900).await;
}

/// Pictures for who wants to look at them, in the folder that `SILHUETA_SHOTS` names.
async fn look(tab: &Tab, name: &str) {
    let Some(folder) = std::env::var_os("SILHUETA_SHOTS").map(std::path::PathBuf::from) else { return };
    for theme in ["light", "dark"] {
        tab.prefer("prefers-color-scheme", theme).await;
        // Colours pass into each other.
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
        tab.picture(&folder.join(format!("{name}-{theme}.png"))).await;
    }
}

#[test]
fn every_state_is_told_with_what_can_be_done() {
    journey_alone("page: states of tasks", async |browser| {
        let mut shown = snapshot(all());
        shown.lock = Some(lock());
        let helper = StandIn::open(shown, reply).await;
        let tab = open(browser, &helper).await;
        let order: Vec<String> =
            tab.eval("[...document.querySelectorAll(\"[data-testid='task']\")].map(row => row.dataset.id)").await;
        // At work by their beginning, waiting by their number, ended by their end.
        assert_eq!(order, [8, 9, 10, 11, 12, 7, 6, 5, 4, 3, 2, 1].map(uuid));
        tab.see_attr("tasks-held", "data-page", "processar", SOON).await;
        tab.see_text("tasks-held", "rua.mp4", SOON).await;
        assert_eq!(tab.count("lock-banner").await, 0, "no page locks this one");
        fits(&tab, "tasks").await;
        for n in [1, 3, 4, 8, 11, 12] {
            tab.click(&of(n, "task-main")).await;
            tab.see(&of(n, "task-details"), SOON).await;
        }
        tab.see_attr(&of(3, "task-webhook"), "data-state", "failed", SOON).await;
        tab.see_text(&of(3, "task-webhook"), "os error 111", SOON).await;
        tab.see_text(&of(4, "task-technical"), "no space left on device", SOON).await;
        tab.see_text(&of(4, "task-kept"), "8.090", SOON).await;
        tab.see(&of(9, "task-stalled"), SOON).await;
        assert_eq!(tab.count(&of(3, "task-json")).await, 0, "the API does not know it any more");
        let link = format!("/tasks/{}/visualization", uuid(2));
        assert_eq!(tab.attr(&of(2, "task-video"), "href").await, Some(link));
        // Of an unfolded row the log is fetched once, and followed.
        assert_eq!(tab.count(&of(4, "log-line")).await, 4);
        let line = LogLine { seq: 5, at: now(), level: Level::Info, notice: Notice::Resumed };
        helper.say(&HelperMessage::Log { job: id(4), line });
        tab.wait(
            "the line that came",
            SOON,
            &format!("document.querySelectorAll(\"{}\").length === 5", of(4, "log-line")),
        )
        .await;
        fits(&tab, "tasks-unfolded").await;

        // While another page works, everything here can be done.
        for (n, what) in [(8, "task-pause"), (10, "task-resume"), (9, "task-cancel"), (11, "task-cancel")] {
            tab.click(&of(n, what)).await;
        }
        tab.click(&of(7, "task-continue")).await;
        tab.click(&of(4, "task-retry")).await;
        tab.click(&of(1, "task-forget")).await;
        // What was done would be lost: asked first.
        tab.click(&of(7, "task-forget")).await;
        tab.click(&of(7, "discard")).await;
        let wanted = [
            Ask::Pause { job: id(8) },
            Ask::Resume { job: id(10) },
            Ask::Stop { job: id(9) },
            Ask::Stop { job: id(11) },
            Ask::Continue { job: id(7) },
            Ask::Retry { job: id(4) },
            Ask::Remove { job: id(1) },
            Ask::Remove { job: id(7) },
        ];
        let end = std::time::Instant::now() + SOON;
        while !wanted.iter().all(|ask| helper.asked().contains(ask)) {
            assert!(std::time::Instant::now() < end, "asked only {:?}", helper.asked());
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        tab.assert_quiet();
    });
}

#[test]
fn the_first_task_appears_by_itself_and_a_newcomer_sees_how_to_post_one() {
    journey_alone("page: the first task", async |browser| {
        let mut empty = snapshot(Vec::new());
        empty.tasks.token_file = Some("/home/ana/.local/state/silhueta/token".into());
        let helper = StandIn::open(empty, reply).await;
        let tab = open(browser, &helper).await;
        tab.see("tasks-empty", SOON).await;
        fits(&tab, "tasks-empty").await;
        let line = tab.text("[data-testid='program-line'][data-name='first'] pre").await;
        assert!(line.starts_with(&format!("curl -X POST {}/process", helper.address)), "{line}");
        assert!(line.contains("Authorization: Bearer $(cat /home/ana/.local/state/silhueta/token)"), "{line}");
        helper.say(&HelperMessage::Job(Box::new(task(1, "rua.mp4", JobState::Queued))));
        tab.see_attr(&row(1), "data-state", "queued", SOON).await;
        helper.say(&HelperMessage::Job(Box::new(task(1, "rua.mp4", JobState::Running(Stage::Track)))));
        let progress = Progress { stage: Stage::Track, done: 50, total: Some(100), fps: 10.0, ended: false };
        helper.say(&HelperMessage::Progress { job: id(1), progress });
        tab.see_text(&of(1, "task-figures"), "50 / 100", SOON).await;
        tab.see_attr("dot-tarefas", "data-state", "busy", SOON).await;
        // No page takes it for its own.
        tab.click("nav-processar").await;
        tab.see("start", SOON).await;
        assert_eq!((tab.count("stop").await, tab.count("lock-banner").await, tab.count("log-line").await), (0, 0, 0));
        let mut failed = task(1, "rua.mp4", JobState::Failed);
        failed.ended = Some(now());
        helper.say(&HelperMessage::Job(Box::new(failed)));
        tab.see_attr("dot-tarefas", "data-state", "bad", SOON).await;
        assert_eq!(tab.count("failure").await, 0);
        tab.click("nav-tarefas").await;
        tab.see_no("dot-tarefas", SOON).await;
        tab.assert_quiet();
    });
}

#[test]
fn of_thousands_the_first_are_shown_and_any_is_found_and_the_choice_outlives_a_reload() {
    journey_alone("page: thousands of tasks", async |browser| {
        let mut jobs: Vec<_> = (1..=3000).map(|n| task(n, &format!("clip_{n:04}.mp4"), JobState::Completed)).collect();
        jobs.push(task(3001, "clip_3001.mp4", JobState::Failed));
        let helper = StandIn::open(snapshot(jobs), reply).await;
        let tab = open(browser, &helper).await;
        tab.see(&row(3001), SOON).await;
        assert_eq!(tab.count("task").await, 50);
        tab.click("task-more").await;
        tab.wait("fifty more", SOON, "document.querySelectorAll(\"[data-testid='task']\").length === 100").await;
        tab.click("[data-testid='task-filter'][data-group='done']").await;
        tab.see_no(&row(3001), SOON).await;
        tab.fill("task-search", "clip_0042").await;
        tab.wait("the one", SOON, "document.querySelectorAll(\"[data-testid='task']\").length === 1").await;
        tab.see(&row(42), SOON).await;
        tab.reload().await;
        tab.see(&row(42), SOON).await;
        assert_eq!((tab.count("task").await, tab.value("task-search").await), (1, "clip_0042".to_owned()));
        tab.see_attr("[data-testid='task-filter'][data-group='done']", "aria-pressed", "true", SOON).await;
        tab.click("[data-testid='task-filter'][data-group='unfinished']").await;
        tab.see("tasks-none", SOON).await;
        tab.click("tasks-show-all").await;
        tab.see(&row(3001), SOON).await;
        tab.assert_quiet();
    });
}
