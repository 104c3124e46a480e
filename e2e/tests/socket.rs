//! Jobs over the socket, against the real helper: lock, pause, stop, sessions, restarts, and the preview's rules.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use silhueta_e2e::client::fast;
use silhueta_e2e::server::{children, is_running, signal};
use silhueta_e2e::{Client, Server, video};
use silhueta_shared::job::{FailureCode, Stage};
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{
    Answer, Ask, ClientMessage, ErrorCode, HelperMessage, JobId, JobView, Page, SourceRef, StartRun,
};
use silhueta_shared::state::JobState;

/// A job on a short clip, on a busy machine.
const JOB: Duration = Duration::from_secs(240);
const SOON: Duration = Duration::from_secs(60);

/// The first frames of a real clip in the open folder.
fn clip(server: &Server, source: &str, name: &str, frames: u32) -> PathBuf {
    let out = server.videos().join(name);
    let source = server.helper.data.join("clips").join(source);
    let words = format!("-i {{0}} -frames:v {frames} -c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv420p -an");
    video::make_from(&[&source], &out, &words);
    out
}

async fn connect(server: &Server) -> Client {
    let mut client = Client::connect(server).await;
    if client.snapshot.models.models.is_empty() {
        let found = |message: &HelperMessage| matches!(message, HelperMessage::Models(_)).then_some(());
        client.wait_for("the models", SOON, found).await;
    }
    client
}

/// Reads on until the job works at `stage` and has done `frames` of it.
async fn wait_for_frames(client: &mut Client, job: JobId, stage: Stage, frames: u64) {
    let there = |message: &HelperMessage| match message {
        HelperMessage::Progress { job: of, progress } => {
            (*of == job && progress.stage == stage && progress.done >= frames).then_some(())
        }
        HelperMessage::Job(view) if view.id == job && view.state.has_ended() => panic!("it ended: {view:?}"),
        _ => None,
    };
    client.wait_for(&format!("{frames} frames of {stage}"), JOB, there).await;
}

async fn wait_for_end(client: &mut Client, job: JobId) -> JobView {
    client.wait_for_job(job, JOB, |view| view.state.has_ended()).await
}

fn code<T: std::fmt::Debug>(result: Result<T, silhueta_shared::protocol::WireError>) -> ErrorCode {
    result.unwrap_err().code
}

#[tokio::test]
async fn a_run_of_several_videos_goes_to_its_end_and_holds_the_lock_meanwhile() {
    let Some(server) = Server::start("socket: a run") else { return };
    let one = clip(&server, "crossing_360p.mp4", "one.mp4", 12);
    let two = clip(&server, "jumping_jacks.mp4", "two.mp4", 12);
    let text = server.videos().join("text.mp4");
    std::io::Write::write_all(&mut std::fs::File::create(&text).unwrap(), &b"no film\n".repeat(100)).unwrap();
    let (mut client, mut other) = (connect(&server).await, connect(&server).await);
    assert_eq!(client.snapshot.lock, None);
    let (run, jobs) = client.start(&[&one, &text, &two], fast()).await;
    assert_eq!(jobs.len(), 3);

    // Everyone sees who works, and nobody else can start.
    let lock = |message: &HelperMessage| match message {
        HelperMessage::Lock(Some(lock)) => Some(lock.clone()),
        _ => None,
    };
    let lock = other.wait_for("the lock", SOON, lock).await;
    assert_eq!(
        (lock.page, lock.run, lock.owner, lock.video.as_str()),
        (Page::Processar, run, Some(client.session), "one.mp4")
    );
    let source = SourceRef::Path { path: two.display().to_string() };
    for page in [Page::Processar, Page::Testes, Page::AoVivo] {
        let start = StartRun { page, sources: vec![source.clone()], settings: fast() };
        let refused = other.ask(Ask::Start(start)).await.unwrap_err();
        assert_eq!((refused.code, refused.lock.map(|lock| lock.run)), (ErrorCode::PageLocked, Some(run)));
    }

    let first = wait_for_end(&mut client, jobs[0]).await;
    assert_eq!(first.state, JobState::Completed);
    let stages: Vec<_> = first.stages.iter().map(|stage| (stage.stage, stage.ended)).collect();
    assert_eq!(stages, Stage::ALL.map(|stage| (stage, true)), "in order and ended");
    let results = first.results.unwrap();
    assert!(results.people >= 3 && results.preview_frames == 0, "{results:?}");
    assert!(results.files.contains(&"pose.json".to_owned()), "{results:?}");
    assert!(first.facts.is_some_and(|facts| (facts.width, facts.height) == (640, 360)));

    // A bad one fails by itself, and the run goes on.
    let bad = wait_for_end(&mut client, jobs[1]).await;
    assert_eq!((bad.state, bad.failure.map(|f| f.code)), (JobState::Failed, Some(FailureCode::SourceUnreadable)));
    assert_eq!(wait_for_end(&mut client, jobs[2]).await.state, JobState::Completed);
    let free = |message: &HelperMessage| matches!(message, HelperMessage::Lock(None)).then_some(());
    client.wait_for("the lock to be free", SOON, free).await;

    // Its log is kept: opened, stages, done; numbers without a gap.
    let Ok(Answer::Log(lines)) = client.ask(Ask::Log { job: jobs[0], after: 0 }).await else { panic!("no log") };
    assert!(lines.iter().zip(1..).all(|(line, seq)| line.seq == seq), "{lines:?}");
    assert!(lines.iter().any(|line| matches!(line.notice, Notice::Opened(_))), "{lines:?}");
    let ended: Vec<_> = lines
        .iter()
        .filter_map(|line| match line.notice {
            Notice::StageEnded { stage, .. } => Some(stage),
            _ => None,
        })
        .collect();
    assert!(ended.contains(&Stage::Track) && ended.contains(&Stage::Pose), "{lines:?}");
    assert!(matches!(lines.last().unwrap().notice, Notice::Completed { .. }), "{lines:?}");
    let Ok(Answer::Log(rest)) = client.ask(Ask::Log { job: jobs[0], after: 2 }).await else { panic!("no log") };
    assert_eq!(rest[0].seq, 3);

    // What is done is done.
    for ask in
        [Ask::Pause { job: jobs[0] }, Ask::Resume { job: jobs[0] }, Ask::Stop { job: jobs[0] }, Ask::StopRun { run }]
    {
        assert_eq!(code(client.ask(ask.clone()).await), ErrorCode::IllegalState, "{ask:?}");
    }
    assert_eq!(code(client.ask(Ask::Stop { job: JobId::new(9999).unwrap() }).await), ErrorCode::NotFound);

    // Once more: there already, unless it is wanted again.
    let (_, again) = client.start(&[&one], fast()).await;
    let skipped = wait_for_end(&mut client, again[0]).await;
    assert_eq!(skipped.state, JobState::Completed);
    assert!(skipped.stages.is_empty(), "it was worked through again: {:?}", skipped.stages);
}

#[tokio::test]
async fn pause_stands_still_resume_goes_on_stop_ends_the_process() {
    let Some(server) = Server::start("socket: pause and stop") else { return };
    let path = clip(&server, "street_720p.mp4", "street.mp4", 120);
    let mut client = connect(&server).await;
    let (_, jobs) = client.start(&[&path], fast()).await;
    let job = jobs[0];
    wait_for_frames(&mut client, job, Stage::Track, 5).await;
    assert_eq!(client.ask(Ask::Pause { job }).await, Ok(Answer::Done));
    client.wait_for_job(job, SOON, |view| view.state == JobState::Paused(Stage::Track)).await;

    // Nothing moves while it is paused. The last progress may come just after; then none that goes on.
    let mut at = None;
    let quiet_until = Instant::now() + Duration::from_secs(3);
    while let Ok(message) = tokio::time::timeout_at(quiet_until.into(), client.next()).await {
        if let HelperMessage::Progress { progress, .. } = message {
            assert!(at.is_none_or(|before| progress.done <= before + 8), "it went on to {}", progress.done);
            at = at.or(Some(progress.done));
        }
    }
    assert_eq!(code(client.ask(Ask::Pause { job }).await), ErrorCode::IllegalState);
    assert_eq!(client.ask(Ask::Resume { job }).await, Ok(Answer::Done));
    client.wait_for_job(job, SOON, |view| view.state == JobState::Running(Stage::Track)).await;
    wait_for_frames(&mut client, job, Stage::Track, 40).await;

    // Stop while it is paused, too.
    assert_eq!(client.ask(Ask::Pause { job }).await, Ok(Answer::Done));
    client.wait_for_job(job, SOON, |view| matches!(view.state, JobState::Paused(_))).await;
    let workers = children(server.pid());
    assert!(!workers.is_empty());
    let asked = Instant::now();
    assert_eq!(client.ask(Ask::Stop { job }).await, Ok(Answer::Done));
    let view = wait_for_end(&mut client, job).await;
    println!("stopped within {:?}", asked.elapsed());
    assert_eq!((view.state, view.stopping), (JobState::Cancelled, false));
    let free = |message: &HelperMessage| matches!(message, HelperMessage::Lock(None)).then_some(());
    client.wait_for("the lock to be free", SOON, free).await;
    // The one that worked is gone; a warm one may be waiting for the next job.
    let left: Vec<_> = workers.iter().filter(|pid| is_running(**pid)).collect();
    assert!(left.len() < workers.len(), "{workers:?} are all still there");
    // And the next job starts.
    let (_, jobs) = client.start(&[&path], fast()).await;
    wait_for_frames(&mut client, jobs[0], Stage::Track, 1).await;
    assert_eq!(client.ask(Ask::Stop { job: jobs[0] }).await, Ok(Answer::Done));
    assert_eq!(wait_for_end(&mut client, jobs[0]).await.state, JobState::Cancelled);
}

#[tokio::test]
async fn stop_in_each_stage_and_stop_of_a_queue() {
    let Some(server) = Server::start("socket: stop anywhere") else { return };
    let path = clip(&server, "crossing_360p.mp4", "crossing.mp4", 60);
    let second = clip(&server, "crossing_360p.mp4", "second.mp4", 60);
    let mut client = connect(&server).await;
    for stage in [Stage::Probe, Stage::Track, Stage::Identify, Stage::Pose, Stage::Export] {
        let (_, jobs) = client.start(&[&path], silhueta_shared::protocol::JobSettings { again: true, ..fast() }).await;
        let at = |view: &JobView| view.state.stage().is_some_and(|now| now >= stage) || view.state.has_ended();
        let view = client.wait_for_job(jobs[0], JOB, at).await;
        let asked = client.ask(Ask::Stop { job: jobs[0] }).await;
        let end = if view.state.has_ended() { view } else { wait_for_end(&mut client, jobs[0]).await };
        println!("stop at {stage}: {:?} → {:?}", asked.as_ref().map_err(|e| e.code), end.state);
        // The last stages are short: it may have been done before.
        assert!(end.state == JobState::Cancelled || (end.state == JobState::Completed && stage >= Stage::Identify));
    }
    let (run, jobs) =
        client.start(&[&path, &second], silhueta_shared::protocol::JobSettings { again: true, ..fast() }).await;
    wait_for_frames(&mut client, jobs[0], Stage::Track, 1).await;
    assert_eq!(client.ask(Ask::StopRun { run }).await, Ok(Answer::Done));
    for job in jobs.iter().rev() {
        let state = wait_for_end(&mut client, *job).await.state;
        assert_eq!(state, JobState::Cancelled);
    }
}

#[tokio::test]
async fn a_session_is_taken_up_again_and_jobs_go_on_without_it() {
    let Some(server) = Server::start("socket: sessions") else { return };
    let path = clip(&server, "street_720p.mp4", "street.mp4", 40);
    let mut client = connect(&server).await;
    let session = client.session;
    client.watch(true).await;
    let (run, jobs) = client.start(&[&path], fast()).await;
    wait_for_frames(&mut client, jobs[0], Stage::Track, 2).await;
    let resume = client.leave().await;

    // Back: the same session, brought up to date, still the owner, still watching.
    let mut client = Client::again(&server, &resume).await;
    assert!(client.resumed && client.session == session);
    let lock = client.snapshot.lock.clone().expect("it goes on without us");
    assert_eq!((lock.run, lock.owner), (run, Some(session)));
    let view = client.snapshot.jobs.iter().find(|view| view.id == jobs[0]).cloned().unwrap();
    assert!(view.stages.iter().any(|stage| stage.stage == Stage::Track && stage.done >= 2), "{view:?}");
    assert!(!client.snapshot.log.is_empty());
    client.grant(2).await;
    let frame = client.picture(JOB).await;
    assert_eq!((frame.job, frame.seq), (jobs[0], 1));
    drop(client);
    // Left without a word: the job goes on all the same.
    let mut other = connect(&server).await;
    assert_eq!(wait_for_end_or_snapshot(&mut other, jobs[0]).await, JobState::Completed);
}

async fn wait_for_end_or_snapshot(client: &mut Client, job: JobId) -> JobState {
    let known = client.snapshot.jobs.iter().find(|view| view.id == job).map(|view| view.state);
    match known {
        Some(state) if state.has_ended() => state,
        _ => wait_for_end(client, job).await.state,
    }
}

#[tokio::test]
async fn no_picture_before_pose_none_without_a_grant_none_after_off() {
    let Some(server) = Server::start("socket: preview") else { return };
    let path = clip(&server, "street_720p.mp4", "street.mp4", 90);
    // One that watches and never grants, one that grants and watches another page: both listen to the end.
    let (mut client, mut idle, mut elsewhere) =
        (connect(&server).await, connect(&server).await, connect(&server).await);
    idle.watch(true).await;
    elsewhere.send(&ClientMessage::Watch { page: Page::AoVivo, on: true }).await;
    elsewhere.grant(2).await;
    let quiet = [idle, elsewhere].map(|mut quiet| {
        tokio::spawn(async move {
            let ended = |message: &HelperMessage| match message {
                HelperMessage::Preview(_) => panic!("a picture for one who didn't ask"),
                HelperMessage::Job(view) if view.state.has_ended() => Some(()),
                _ => None,
            };
            quiet.wait_for("the end", JOB, ended).await;
        })
    });
    client.watch(true).await;
    client.grant(1).await;
    let (_, jobs) = client.start(&[&path], fast()).await;
    let mut stage = None;
    let first = loop {
        match client.next().await {
            HelperMessage::Progress { progress, .. } => stage = Some(progress.stage),
            HelperMessage::Job(view) => {
                stage = view.state.stage().or(stage);
                assert!(!view.state.has_ended(), "no picture came: {view:?}");
            }
            HelperMessage::Preview(frame) => break frame,
            _ => {}
        }
    };
    assert_eq!(stage, Some(Stage::Pose), "a picture before pose");
    assert_eq!((first.job, first.seq, first.source_size), (jobs[0], 1, [1280, 720]));
    assert_eq!(first.size, [960, 540]);
    assert!(first.jpeg.starts_with(b"\xff\xd8") && first.jpeg.ends_with(b"\xff\xd9"), "no JPEG");
    assert!(first.people.len() >= 5, "{} people", first.people.len());
    assert!(first.people.iter().all(|person| person.keypoints.len() == 17));

    // One grant, one picture: then none while ten frames more are posed.
    let before = posed(&mut client, jobs[0]).await;
    let none = |message: &HelperMessage| match message {
        HelperMessage::Preview(frame) => panic!("picture {} was not granted", frame.seq),
        HelperMessage::Progress { progress, .. } => (progress.done >= before + 10).then_some(()),
        _ => None,
    };
    client.wait_for("ten frames more", JOB, none).await;

    // Granted one after another: numbers without a gap, frames that rise.
    let (mut last, mut frame) = (first.frame, 0);
    let mut waits = Vec::new();
    for seq in 2..=6 {
        let granted = Instant::now();
        client.grant(1).await;
        let next = client.picture(SOON).await;
        waits.push(granted.elapsed().as_millis());
        assert_eq!(next.seq, seq);
        assert!(next.frame > last);
        (last, frame) = (next.frame, next.frame);
    }
    // Off: nothing more, though there was a grant.
    client.grant(2).await;
    client.watch(false).await;
    let end = loop {
        match client.next().await {
            HelperMessage::Job(view) if view.id == jobs[0] && view.state.has_ended() => break view,
            HelperMessage::Preview(late) => assert!(late.seq <= 8, "picture {} after off", late.seq),
            _ => {}
        }
    };
    let results = end.results.expect("results");
    let pose = end.stages.iter().find(|stage| stage.stage == Stage::Pose).expect("pose");
    println!("grant to picture {waits:?} ms; pose takes {:.0} ms a frame", 1000.0 / pose.fps);
    println!("encoded {} pictures, off at frame {frame} of 90", results.preview_frames);
    // Six were taken, two granted before off may have been made.
    assert!((6..=9).contains(&results.preview_frames), "{} were encoded", results.preview_frames);
    let summary = server.helper.json(&server.out().join("street/summary.json"));
    assert_eq!(summary["preview_frames"]["pose"], results.preview_frames);
    assert_eq!((&summary["preview_frames"]["track"], &summary["preview_frames"]["identify"]), (&0.into(), &0.into()));
    for quiet in quiet {
        quiet.await.unwrap();
    }
}

/// The next progress of pose.
async fn posed(client: &mut Client, job: JobId) -> u64 {
    let done = |message: &HelperMessage| match message {
        HelperMessage::Progress { job: of, progress } if *of == job && progress.stage == Stage::Pose => {
            Some(progress.done)
        }
        _ => None,
    };
    client.wait_for("progress of pose", SOON, done).await
}

#[tokio::test]
async fn the_same_bytes_come_out_with_and_without_a_viewer() {
    let Some(server) = Server::start("socket: same bytes") else { return };
    let path = clip(&server, "crossing_360p.mp4", "crossing.mp4", 40);
    let mut client = connect(&server).await;
    let again = silhueta_shared::protocol::JobSettings { again: true, ..fast() };
    let (_, jobs) = client.start(&[&path], again.clone()).await;
    assert_eq!(wait_for_end(&mut client, jobs[0]).await.results.unwrap().preview_frames, 0);
    let folder = server.out().join("crossing");
    let files = ["pose.json", "tracking.json", "record.parquet"];
    let plain = files.map(|name| std::fs::read(folder.join(name)).unwrap());
    client.watch(true).await;
    client.grant(2).await;
    let (_, jobs) = client.start(&[&path], again).await;
    let mut seen = 0;
    let end = loop {
        match client.next().await {
            HelperMessage::Preview(_) => {
                seen += 1;
                client.grant(1).await;
            }
            HelperMessage::Job(view) if view.id == jobs[0] && view.state.has_ended() => break view,
            _ => {}
        }
    };
    let made = end.results.unwrap().preview_frames;
    assert!(seen >= 1 && made >= seen, "{seen} seen, {made} made");
    for (name, before) in files.iter().zip(plain) {
        assert!(std::fs::read(folder.join(name)).unwrap() == before, "{name} differs with a viewer");
    }
}

#[tokio::test]
async fn a_worker_that_dies_fails_its_job_and_nothing_else() {
    let Some(server) = Server::start("socket: a dead worker") else { return };
    let path = clip(&server, "street_720p.mp4", "street.mp4", 100);
    let short = clip(&server, "crossing_360p.mp4", "short.mp4", 8);
    let mut client = connect(&server).await;
    let (_, jobs) = client.start(&[&path, &short], fast()).await;
    wait_for_frames(&mut client, jobs[0], Stage::Track, 3).await;
    for worker in children(server.pid()) {
        signal(worker, "KILL");
    }
    let view = wait_for_end(&mut client, jobs[0]).await;
    assert_eq!((view.state, view.failure.map(|f| f.code)), (JobState::Failed, Some(FailureCode::WorkerDied)));
    assert_eq!(wait_for_end(&mut client, jobs[1]).await.state, JobState::Completed);
}

#[tokio::test]
async fn what_ran_when_the_helper_ended_is_interrupted_and_the_rest_goes_on() {
    let Some(mut server) = Server::start("socket: restarts") else { return };
    let path = clip(&server, "street_720p.mp4", "street.mp4", 100);
    let short = clip(&server, "crossing_360p.mp4", "short.mp4", 8);
    let again = silhueta_shared::protocol::JobSettings { again: true, ..fast() };
    for violently in [false, true] {
        let mut client = connect(&server).await;
        let (_, jobs) = client.start(&[&path, &short], again.clone()).await;
        wait_for_frames(&mut client, jobs[0], Stage::Track, 3).await;
        let workers = children(server.pid());
        if violently {
            server.kill();
        } else {
            signal(server.pid(), "INT");
            let closing = |message: &HelperMessage| matches!(message, HelperMessage::Closing).then_some(());
            client.wait_for("the helper's goodbye", SOON, closing).await;
            let status = server.ended(Duration::from_secs(5)).expect("it ends in time");
            assert_eq!(status.code(), Some(0), "{}", server.complaints());
        }
        let end = Instant::now() + Duration::from_secs(5);
        while workers.iter().any(|pid| is_running(*pid)) {
            assert!(Instant::now() < end, "a worker outlived its helper");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.restart();
        let mut client = connect(&server).await;
        let view = client.snapshot.jobs.iter().find(|view| view.id == jobs[0]).cloned().expect("it is remembered");
        assert_eq!((view.state, view.owner), (JobState::Interrupted, None), "violently: {violently}");
        assert!(view.ended.is_some() && view.stages.iter().any(|stage| stage.stage == Stage::Track));
        let Ok(Answer::Log(lines)) = client.ask(Ask::Log { job: jobs[0], after: 0 }).await else { panic!("no log") };
        assert!(matches!(lines.last().unwrap().notice, Notice::Interrupted), "{lines:?}");
        // The next in the queue is worked on.
        assert_eq!(wait_for_end_or_snapshot(&mut client, jobs[1]).await, JobState::Completed);
    }
}

#[tokio::test]
async fn ctrl_c_ends_at_once_whatever_goes_on() {
    let Some(mut server) = Server::start("socket: Ctrl+C") else { return };
    let path = clip(&server, "street_720p.mp4", "street.mp4", 100);
    let mut client = connect(&server).await;
    client.watch(true).await;
    client.grant(2).await;
    let (_, jobs) = client.start(&[&path], fast()).await;
    wait_for_frames(&mut client, jobs[0], Stage::Track, 3).await;
    let workers = children(server.pid());
    server.interrupt();
    assert!(!workers.iter().any(|pid| is_running(*pid)), "a worker outlived its helper");
}
