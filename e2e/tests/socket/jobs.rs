//! A run from start to end, pause and stop, over the socket.

use std::time::{Duration, Instant};

use silhueta_e2e::Server;
use silhueta_e2e::client::fast;
use silhueta_e2e::server::{children, is_running};
use silhueta_shared::job::{FailureCode, Stage};
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{
    Answer, Ask, ErrorCode, HelperMessage, JobId, JobSettings, JobView, Page, SourceRef, StartRun,
};
use silhueta_shared::state::JobState;

use super::{JOB, SOON, code, connect, wait_for_end, wait_for_frames};

#[tokio::test]
async fn a_run_of_several_videos_goes_to_its_end_and_holds_the_lock_meanwhile() {
    let Some(server) = Server::start("socket: a run") else { return };
    let one = server.clip("crossing_360p.mp4", "one.mp4", 12);
    let two = server.clip("jumping_jacks.mp4", "two.mp4", 12);
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
        let start = StartRun { page, sources: vec![source.clone()], settings: fast(), attached: false };
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
    let path = server.clip("street_720p.mp4", "street.mp4", 120);
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
    let path = server.clip("crossing_360p.mp4", "crossing.mp4", 60);
    let second = server.clip("crossing_360p.mp4", "second.mp4", 60);
    let mut client = connect(&server).await;
    for stage in [Stage::Probe, Stage::Track, Stage::Identify, Stage::Pose, Stage::Export] {
        let (_, jobs) = client.start(&[&path], JobSettings { again: true, ..fast() }).await;
        let at = |view: &JobView| view.state.stage().is_some_and(|now| now >= stage) || view.state.has_ended();
        let view = client.wait_for_job(jobs[0], JOB, at).await;
        let asked = client.ask(Ask::Stop { job: jobs[0] }).await;
        let end = if view.state.has_ended() { view } else { wait_for_end(&mut client, jobs[0]).await };
        println!("stop at {stage}: {:?} → {:?}", asked.as_ref().map_err(|e| e.code), end.state);
        // The last stages are short: it may have been done before.
        assert!(end.state == JobState::Cancelled || (end.state == JobState::Completed && stage >= Stage::Identify));
    }
    let (run, jobs) = client.start(&[&path, &second], JobSettings { again: true, ..fast() }).await;
    wait_for_frames(&mut client, jobs[0], Stage::Track, 1).await;
    assert_eq!(client.ask(Ask::StopRun { run }).await, Ok(Answer::Done));
    for job in jobs.iter().rev() {
        let state = wait_for_end(&mut client, *job).await.state;
        assert_eq!(state, JobState::Cancelled);
    }
}
