//! A sample of every message and of every value that travels in one. Free text has a capital or a blank in
//! it, so that it can't be taken for a word of the protocol.

use crate::geometry::Bbox;
use crate::job::{Device, Failure, FailureCode, IdentityPreset, Precision, Stage, TrackerKind, TrackerPreset};
use crate::model::{Profile, Role};
use crate::notice::{AnewReason, Level, Notice, VideoFacts, VideoWarning};
use crate::protocol::*;
use crate::state::JobState;
use crate::summary::PassedOver;
use crate::track::{IdentityId, TrackId};
use crate::worker::{DoctorReport, PreviewPerson, Progress, RuntimeInfo};

use super::variants::{all, assert_complete, name_of};

fn text(words: &str) -> String {
    words.to_owned()
}

pub(super) fn job_id() -> JobId {
    JobId::new(7).unwrap()
}

fn run_id() -> RunId {
    RunId::new(3).unwrap()
}

fn session() -> SessionId {
    SessionId::new(2).unwrap()
}

fn root_id() -> RootId {
    RootId::new(1).unwrap()
}

fn upload() -> UploadId {
    UploadId::new(5).unwrap()
}

fn sources() -> Vec<SourceRef> {
    let samples = vec![
        SourceRef::File { root: root_id(), path: text("Day 1/Street.mp4") },
        SourceRef::Upload { upload: upload(), name: text("Rua.mp4") },
        SourceRef::Path { path: text("/home/ana/Videos/Street.mp4") },
    ];
    assert_complete(&samples);
    samples
}

fn settings(device: Device) -> JobSettings {
    let model = |id: &str| Some(text(id));
    JobSettings {
        device,
        precision: Precision::Auto,
        detector: model("YOLOX-m"),
        reid: model("OSNet"),
        pose: None,
        tracker: TrackerKind::Botsort,
        preset: TrackerPreset::Silhueta,
        identities: IdentityPreset::Silhueta,
        fps: Some(12.5),
        video: true,
        again: false,
    }
}

/// Every message of a client, by name.
pub(super) fn client() -> Vec<(String, ClientMessage)> {
    let mut samples = vec![
        (text("first"), ClientMessage::Hello { protocol: VERSION, resume: None }),
        (text("again"), ClientMessage::Hello { protocol: VERSION, resume: Some(text("A secret")) }),
        (text(""), ClientMessage::Grant),
    ];
    for page in all::<Page>() {
        let on = page == Page::Processar;
        samples.push((page.name().to_owned(), ClientMessage::Watch { page, on }));
    }
    for (id, (name, ask)) in (1..).zip(asks()) {
        samples.push((name, ClientMessage::Ask { id, ask }));
    }
    assert_complete(&samples.iter().map(|(_, message)| message.clone()).collect::<Vec<_>>());
    named(samples)
}

fn asks() -> Vec<(String, Ask)> {
    let mut samples = Vec::new();
    for device in all::<Device>() {
        let start = StartRun { page: Page::Processar, sources: sources(), settings: settings(device), attached: false };
        samples.push((format!("start {device}"), Ask::Start(start)));
    }
    for precision in all::<Precision>() {
        let settings = JobSettings { precision, ..settings(Device::Cpu) };
        let start = StartRun { page: Page::Processar, sources: sources(), settings, attached: false };
        samples.push((format!("start with {precision}"), Ask::Start(start)));
    }
    let start = |name: String, settings| {
        (name, Ask::Start(StartRun { page: Page::Processar, sources: sources(), settings, attached: false }))
    };
    for tracker in all::<TrackerKind>() {
        samples.push(start(format!("start {tracker}"), JobSettings { tracker, ..settings(Device::Cpu) }));
    }
    for preset in all::<TrackerPreset>() {
        samples.push(start(format!("start as {preset}"), JobSettings { preset, ..settings(Device::Cpu) }));
    }
    for identities in all::<IdentityPreset>() {
        samples.push(start(
            format!("start, identities {identities}"),
            JobSettings { identities, ..settings(Device::Cpu) },
        ));
    }
    let plain = JobSettings { video: false, ..JobSettings::default() };
    let start = StartRun { page: Page::Testes, sources: sources().split_off(2), settings: plain, attached: true };
    samples.push((text("start with nothing chosen"), Ask::Start(start)));
    for source in sources() {
        let name = serde_json::to_value(&source).unwrap();
        samples.push((format!("inspect {}", name_of(&name)), Ask::Inspect { source }));
    }
    let rest = [
        Ask::Pause { job: job_id() },
        Ask::Resume { job: job_id() },
        Ask::Stop { job: job_id() },
        Ask::StopRun { run: run_id() },
        Ask::Continue { job: job_id() },
        Ask::ContinueRun { run: run_id() },
        Ask::Retry { job: job_id() },
        Ask::Remove { job: job_id() },
        Ask::MoveJob { job: job_id(), before: JobId::new(9) },
        Ask::PauseQueue { on: true },
        Ask::Attach { run: run_id(), on: true },
        Ask::ShutDown,
        Ask::Roots,
        Ask::OpenRoot { path: text("/home/ana/Videos") },
        Ask::CloseRoot { root: root_id() },
        Ask::Browse { root: root_id(), path: text("Day 1") },
        Ask::DropUpload { upload: upload() },
        Ask::ScanModels,
        Ask::FetchModels { ids: vec![text("YOLOX-m"), text("OSNet")] },
        Ask::CancelFetch { id: text("YOLOX-m") },
        Ask::DropPartial { id: text("YOLOX-m") },
        Ask::VerifyModels { ids: vec![text("YOLOX-m")] },
        Ask::RemoveModel { id: text("YOLOX-m") },
        Ask::RestoreModel { id: text("YOLOX-m") },
        Ask::Log { job: job_id(), after: 300 },
    ];
    for ask in rest {
        let name = serde_json::to_value(&ask).unwrap();
        samples.push((text(name_of(&name)), ask));
    }
    assert_complete(&samples.iter().map(|(_, ask)| ask.clone()).collect::<Vec<_>>());
    samples
}

fn facts() -> VideoFacts {
    VideoFacts { width: 1280, height: 720, fps: 29.97, frames: Some(314), seconds: Some(10.48), codec: text("H264") }
}

fn failure(code: FailureCode) -> Failure {
    Failure { code, message: text("Street.mp4: what happened"), hint: Some(text("the way out")) }
}

fn warnings() -> Vec<VideoWarning> {
    let samples = vec![
        VideoWarning::EndedEarly { frames: 200, why: text("Invalid data") },
        VideoWarning::CutOff { decoded: 200, promised: 314 },
        VideoWarning::Damaged { packets: 4 },
        VideoWarning::RepairedTimes { frames: 9 },
    ];
    assert_complete(&samples);
    samples
}

fn notices() -> Vec<Notice> {
    let mut samples = vec![
        Notice::Opened(facts()),
        Notice::Models { detector: text("YOLOX-m"), reid: text("OSNet"), pose: text("RTMPose-l") },
        Notice::Boxes {
            file: text("/v/walk.boxes.json"),
            frames: 314,
            people: 2,
            is_from_zero: true,
            pose: text("RTMPose-l"),
        },
        Notice::BoxesMismatch { boxes: 300, video: 314 },
        Notice::PassedOver { device: text("CUDA"), why: text("No such library") },
        Notice::Identified { tracks: 21, people: 18 },
        Notice::Model { text: text("Its checksum is not the manifest's") },
        Notice::SmallNetworks { models: vec![text("Person"), text("Pose")] },
        Notice::FixedBatch { model: text("YOLOX-m"), batch: 4 },
        Notice::Paused,
        Notice::Resumed,
        Notice::Stopping,
        Notice::Cancelled,
        Notice::Interrupted,
        Notice::PageClosed,
        Notice::Requeued { attempt: 2, fresh: false },
        Notice::GoesOn { stage: Stage::Pose, frame: 120 },
        Notice::FinishedBefore { folder: text("/home/ana/Silhueta/Street") },
        Notice::Completed { people: 18, seconds: 61.5 },
        Notice::LeftOver { path: text("/home/ana/Silhueta/Street/x.part"), why: text("Permission denied") },
    ];
    samples.extend(all::<Device>().into_iter().map(|device| Notice::DeviceUsed { device }));
    samples.push(Notice::Building { device: Device::Tensorrt, model: "rtmpose-l".into() });
    let ended = |stage| Notice::StageEnded { stage, frames: 314, seconds: 20.5, fps: 15.25 };
    samples.extend(all::<Stage>().into_iter().map(ended));
    samples.extend(warnings().into_iter().map(Notice::Video));
    samples.extend(all::<FailureCode>().into_iter().map(|code| Notice::Failed(failure(code))));
    samples.extend(all::<AnewReason>().into_iter().map(|why| Notice::BeginsAnew { why }));
    assert_complete(&samples);
    samples
}

fn states() -> Vec<JobState> {
    let mut samples =
        vec![JobState::Queued, JobState::Completed, JobState::Failed, JobState::Cancelled, JobState::Interrupted];
    samples.extend(all::<Stage>().into_iter().flat_map(|stage| [JobState::Running(stage), JobState::Paused(stage)]));
    assert_complete(&samples);
    samples
}

fn job(state: JobState) -> JobView {
    let running = StageView { stage: Stage::Track, done: 120, total: Some(314), fps: 15.25, ended: false };
    let done = state == JobState::Completed;
    let told = match state {
        JobState::Queued => Some(WebhookState::Waiting),
        JobState::Completed => Some(WebhookState::Delivered),
        JobState::Failed => Some(WebhookState::Failed),
        _ => None,
    };
    JobView {
        id: job_id(),
        run: run_id(),
        page: if told.is_some() { Page::Tarefas } else { Page::Processar },
        task: told.map(task),
        owner: state.is_active().then(session),
        attached: state.is_active(),
        source: sources().swap_remove(0),
        settings: settings(Device::Auto),
        state,
        attempt: if state == JobState::Interrupted { 2 } else { 1 },
        stopping: state == JobState::Paused(Stage::Track),
        stalled: (state == JobState::Running(Stage::Pose)).then_some(1_700_000_009_000),
        facts: (state != JobState::Queued).then(facts),
        stages: if state == JobState::Queued { vec![] } else { vec![running] },
        resumable: state.is_unfinished().then_some(Resumable { stage: Stage::Pose, done: 1234, total: Some(5000) }),
        failure: (state == JobState::Failed).then(|| failure(FailureCode::SourceUnreadable)),
        results: done.then(results),
        created: 1_700_000_000_000,
        started: (state != JobState::Queued).then_some(1_700_000_000_500),
        ended: state.has_ended().then_some(1_700_000_062_000),
    }
}

fn results() -> ResultsView {
    ResultsView {
        folder: text("/home/ana/Silhueta/Street"),
        files: ["overlay.mp4", "pose.json", "summary.json"].map(ToOwned::to_owned).to_vec(),
        tracks: 21,
        people: 18,
        preview_frames: 40,
        ran: Some(Ran {
            device: Device::Cpu,
            precision: Precision::Int8,
            detector: Some(text("YOLOX-m-int8")),
            reid: None,
            pose: text("RTMPose-l"),
            small: true,
        }),
    }
}

fn lock() -> Lock {
    Lock { page: Page::Processar, run: run_id(), job: job_id(), video: text("Street.mp4"), owner: Some(session()) }
}

fn task_api(full: bool) -> TaskApi {
    TaskApi {
        at_once: 2,
        queue: 1000,
        known: if full { 12 } else { 0 },
        token_file: full.then(|| text("/home/ana/.local/share/silhueta/token")),
        webhook_secret_file: text("/home/ana/.local/share/silhueta/webhook.secret"),
    }
}

fn task(told: WebhookState) -> TaskView {
    TaskView {
        id: text("6f9619ff-8b86-4d01-b42d-00cf4fc964ff"),
        model: text("ViTPose"),
        from: text("curl/8.9"),
        boxes: Some(text("/home/ana/Videos/boxes.json")),
        kept: true,
        predictions: text("/home/ana/Videos/predictions/Street_vitpose.json"),
        visualization: Some(text("/home/ana/Videos/visualizations/Street_vitpose.mp4")),
        cut_off: 1,
        webhook: Some(WebhookView {
            url: text("https://lab.example/done"),
            state: told,
            tries: 2,
            error: Some(text("it answered 503")),
        }),
    }
}

fn queue() -> QueueView {
    QueueView { paused: true, order: vec![job_id(), JobId::new(6).unwrap()] }
}

fn roots() -> Vec<Root> {
    vec![Root { id: root_id(), path: text("/home/ana/Videos") }]
}

fn line(seq: u64, notice: Notice) -> LogLine {
    LogLine { seq, at: 1_700_000_001_000, level: notice.level(), notice }
}

fn shelf() -> ModelShelf {
    let model = |role, profile, origin| ModelView {
        id: text("A model"),
        role,
        about: text("640×640 pixels"),
        size: 3_600_000,
        profile,
        keypoints: (role == Some(Role::Pose)).then(|| text("coco17")),
        licence: profile.map(|_| text("MIT")),
        origin,
        used: role == Some(Role::Detector),
    };
    let wanted =
        |role| WantedModel { role, id: text("RTMPose-l"), url: Some(text("https://Models")), licence: text("MIT") };
    let roles = all::<Role>();
    let known = roles.iter().map(|role| model(Some(*role), Some(Profile::Fast), ModelOrigin::Known));
    ModelShelf {
        folder: text("/home/ana/Models"),
        disk_used: 18_000_000,
        disk_free: Some(50_000_000_000),
        models: known.chain([ModelOrigin::Own, ModelOrigin::BuiltIn].map(|origin| model(None, None, origin))).collect(),
        offered: offered(),
        better: roles.into_iter().map(wanted).collect(),
        removed: vec![RemovedModel {
            id: text("OSNet"),
            size: 900_000,
            removed_at: 1_700_000_000_000,
            until: 1_700_604_800_000,
        }],
    }
}

fn offered() -> Vec<OfferedModel> {
    let sources = vec![
        ModelSource::Address(text("https://Models")),
        ModelSource::BringYourOwn { recipe: Some(text("Export it")) },
        ModelSource::BringYourOwn { recipe: None },
    ];
    assert_complete(&sources);
    let offer = |((profile, set), source)| OfferedModel {
        id: text("RTMPose-l"),
        role: Role::Pose,
        profile: Some(profile),
        keypoints: Some(text(set)),
        size: matches!(source, ModelSource::Address(_)).then_some(111_000_000),
        licence: text("Apache-2.0"),
        partial: if matches!(source, ModelSource::Address(_)) { 40_000_000 } else { 0 },
        source,
    };
    let sets = ["coco17", "halpe26", "wholebody133"];
    all::<Profile>().into_iter().zip(sets).zip(sources).map(offer).collect()
}

fn fetches() -> Vec<ModelFetch> {
    let progress = FetchProgress {
        done: 40_000_000,
        total: Some(111_000_000),
        speed: 5_000_000.5,
        left: Some(14.25),
        stalled: false,
        attempt: 1,
    };
    let stalled = FetchProgress { total: None, speed: 0.0, left: None, stalled: true, attempt: 2, ..progress };
    let states = vec![
        FetchState::Waiting,
        FetchState::Running(progress),
        FetchState::Running(stalled),
        FetchState::Checking,
        FetchState::Done,
        FetchState::Cancelled { kept: 40_000_000 },
        FetchState::Failed(refusal(ErrorCode::Offline)),
    ];
    assert_complete(&states);
    states.into_iter().map(|state| ModelFetch { id: text("RTMPose-l"), state }).collect()
}

fn checks() -> Vec<ModelCheck> {
    let verdicts = vec![
        ModelVerdict::Pinned,
        ModelVerdict::AsItCame { from: text("https://Models") },
        ModelVerdict::Unknown,
        ModelVerdict::Changed { wanted: text("AB12") },
        ModelVerdict::Unusable { why: text("It is empty") },
    ];
    assert_complete(&verdicts);
    let check = |verdict| ModelCheck { id: text("YOLOX-m"), sha256: Some(text("CD34")), verdict };
    verdicts.into_iter().map(check).collect()
}

fn machine(runtime: Result<RuntimeInfo, String>) -> DoctorReport {
    DoctorReport {
        runtime,
        devices: all::<Device>(),
        passed_over: vec![PassedOver { name: text("CUDA"), why: text("No such library") }],
        ffmpeg: text("5.1.7"),
        codecs: vec![(text("H.264 encoder"), true), (text("HEVC decoder"), false)],
        opencv: text("4.6.0"),
        cpu: text("AMD EPYC"),
        cores: 2,
        disk_free: 50_000_000_000,
    }
}

fn hardware(gpu: bool) -> Hardware {
    let gpu = gpu.then(|| Gpu { name: text("NVIDIA"), memory_used: 1 << 30, memory_total: 8 << 30 });
    Hardware { cpu: 0.5, ram_used: 3 << 30, ram_total: 8 << 30, gpu }
}

fn snapshot(full: bool) -> Snapshot {
    let runtime = RuntimeInfo { version: text("1.31.1"), file: text("/usr/lib/ONNX.so") };
    let shelf = if full {
        shelf()
    } else {
        let nothing = ModelShelf { models: vec![], offered: vec![], better: vec![], removed: vec![], ..shelf() };
        ModelShelf { disk_used: 0, disk_free: None, ..nothing }
    };
    Snapshot {
        now: 1_700_000_002_000,
        jobs: if full { vec![job(JobState::Completed), job(JobState::Running(Stage::Pose))] } else { vec![] },
        log: if full { vec![(job_id(), line(1, Notice::Opened(facts())))] } else { vec![] },
        queue: if full { queue() } else { QueueView::default() },
        tasks: task_api(full),
        lock: full.then(lock),
        hardware: hardware(full),
        models: shelf,
        fetches: if full { fetches() } else { vec![] },
        roots: if full { roots() } else { vec![] },
        machine: full.then(|| machine(Ok(runtime))),
        upload_room: 20_000_000_000,
        out: text("/home/ana/Silhueta"),
    }
}

/// One preview picture; the JPEG is cut down to its first and last marker.
pub(super) fn preview(people: bool) -> PreviewFrame {
    let person = PreviewPerson {
        identity: IdentityId::new(4).unwrap(),
        track: TrackId::new(11).unwrap(),
        bbox: Bbox::new(100.0, 50.5, 180.25, 300.0),
        keypoints: vec![[120.0, 60.5, 0.75], [0.0, 0.0, 0.0]],
    };
    PreviewFrame {
        job: job_id(),
        seq: 1,
        dropped: 0,
        frame: 42,
        pts: 42_042,
        seconds: 1.4,
        posed_at: 1_700_000_001_500_000,
        source_size: [1280, 720],
        size: [960, 540],
        people: if people { vec![person] } else { vec![] },
        jpeg: vec![0xff, 0xd8, 0xff, 0xd9],
    }
}

fn refusal(code: ErrorCode) -> WireError {
    let error = WireError::new(code, "what happened");
    match code {
        ErrorCode::PageLocked => WireError { lock: Some(Box::new(lock())), ..error },
        ErrorCode::BadValue => error.field("settings.fps").hint("the way out"),
        _ => error,
    }
}

fn answers() -> Vec<Answer> {
    let entries = all::<EntryKind>().into_iter().map(|kind| Entry {
        name: text("Street.mp4"),
        kind,
        size: 4_000_000,
        changed: 1_700_000_000_000,
    });
    let listing = Listing { root: root_id(), path: text("Day 1"), entries: entries.collect(), cut: false };
    let samples = vec![
        Answer::Done,
        Answer::Started { run: run_id(), jobs: vec![job_id()] },
        Answer::Roots(roots()),
        Answer::Listing(listing),
        Answer::Facts(facts()),
        Answer::Log(vec![line(301, Notice::Paused)]),
        Answer::Checked(checks()),
    ];
    assert_complete(&samples);
    samples
}

/// Every message of the helper, by name.
pub(super) fn helper() -> Vec<(String, HelperMessage)> {
    let mut samples = Vec::new();
    for resumed in [false, true] {
        let welcome = HelperMessage::Welcome {
            protocol: VERSION,
            app: text("0.1.0"),
            session: session(),
            resume: text("A secret"),
            resumed,
            snapshot: Box::new(snapshot(resumed)),
        };
        samples.push((text(if resumed { "again" } else { "first" }), welcome));
    }
    for answer in answers() {
        let name = serde_json::to_value(&answer).unwrap();
        samples.push((text(name_of(&name)), HelperMessage::Answer { id: 1, answer }));
    }
    for code in all::<ErrorCode>() {
        let id = (code != ErrorCode::Malformed).then_some(1);
        samples.push((format!("{code:?}"), HelperMessage::Refused { id, error: refusal(code) }));
    }
    samples.extend(states().into_iter().map(|state| (format!("{state:?}"), HelperMessage::Job(Box::new(job(state))))));
    for stage in all::<Stage>() {
        let ended = stage == Stage::Probe;
        let progress = Progress { stage, done: 20, total: (!ended).then_some(314), fps: 12.5, ended };
        samples.push((text(stage.name()), HelperMessage::Progress { job: job_id(), progress }));
    }
    let lines: Vec<_> = (1..).zip(notices()).map(|(seq, notice)| line(seq, notice)).collect();
    assert_complete(&lines.iter().map(|line| line.level).collect::<Vec<Level>>());
    for line in lines {
        samples.push((format!("{}", line.seq), HelperMessage::Log { job: job_id(), line }));
    }
    for (n, fetch) in (1..).zip(fetches()) {
        samples.push((format!("{n}"), HelperMessage::Fetch(fetch)));
    }
    let runtime = Err(text("No such library"));
    for (name, message) in [
        ("", HelperMessage::Jobs(vec![job(JobState::Queued), job(JobState::Cancelled)])),
        ("", HelperMessage::Logs(vec![(job_id(), line(1, Notice::Cancelled))])),
        ("", HelperMessage::Removed { job: job_id() }),
        ("", HelperMessage::Queue(queue())),
        ("taken", HelperMessage::Lock(Some(lock()))),
        ("free", HelperMessage::Lock(None)),
        ("without a card", HelperMessage::Hardware(hardware(false))),
        ("with a card", HelperMessage::Hardware(hardware(true))),
        ("", HelperMessage::Models(shelf())),
        ("", HelperMessage::Roots(roots())),
        ("without a runtime", HelperMessage::Machine(Box::new(machine(runtime)))),
        ("of people", HelperMessage::Preview(Box::new(preview(true)))),
        ("of nobody", HelperMessage::Preview(Box::new(preview(false)))),
        ("", HelperMessage::Closing),
    ] {
        samples.push((text(name), message));
    }
    assert_complete(&samples.iter().map(|(_, message)| message.clone()).collect::<Vec<_>>());
    named(samples)
}

/// Bodies of HTTP answers, as JSON.
pub(super) fn bodies() -> Vec<(String, serde_json::Value)> {
    let done = UploadDone { upload: upload(), name: text("Rua.mp4"), size: 4_000_000 };
    let json = |value: serde_json::Result<serde_json::Value>| value.unwrap();
    let imported =
        ModelImported { id: text("YOLOX-m"), role: Role::Detector, about: text("YOLOX, 80 classes"), was_there: false };
    vec![
        (text("an upload that is done"), json(serde_json::to_value(done))),
        (text("a model that was taken in"), json(serde_json::to_value(imported))),
        (text("an error"), json(serde_json::to_value(refusal(ErrorCode::BadValue)))),
    ]
}

/// Puts the variant's name before the sample's own.
fn named<T: serde::Serialize>(samples: Vec<(String, T)>) -> Vec<(String, T)> {
    let full = |(name, message): (String, T)| {
        let json = serde_json::to_value(&message).unwrap();
        (format!("{} {name}", name_of(&json)).trim_end().to_owned(), message)
    };
    samples.into_iter().map(full).collect()
}
