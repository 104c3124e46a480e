//! A job that ended early goes on, by the same number, and gives what it would have given.

use std::path::Path;

use silhueta_e2e::Server;
use silhueta_e2e::client::fast;
use silhueta_e2e::server::{children, signal};
use silhueta_shared::job::{FailureCode, Stage};
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{Answer, Ask, ErrorCode, HelperMessage, JobSettings};
use silhueta_shared::state::JobState;

use super::{SOON, code, connect, wait_for_end, wait_for_frames};

#[tokio::test]
async fn stopped_dead_and_interrupted_one_job_goes_on_to_the_same_bytes() {
    let Some(mut server) = Server::start("socket: going on") else { return };
    let path = server.clip("walk_in_out.mp4", "walk.mp4", 90);
    let mut client = connect(&server).await;
    let (_, calm) = client.start(&[&path], fast()).await;
    let results = wait_for_end(&mut client, calm[0]).await.results.unwrap();
    let data = || {
        ["record.parquet", "pose.json", "tracking.json"]
            .map(|name| std::fs::read(Path::new(&results.folder).join(name)).unwrap())
    };
    let wanted = data();
    assert_eq!(code(client.ask(Ask::Continue { job: calm[0] }).await), ErrorCode::IllegalState);

    // Stopped in the first pass.
    let (_, jobs) = client.start(&[&path], JobSettings { again: true, ..fast() }).await;
    let job = jobs[0];
    wait_for_frames(&mut client, job, Stage::Track, 5).await;
    assert_eq!(code(client.ask(Ask::Continue { job }).await), ErrorCode::IllegalState, "it is at work");
    client.ask(Ask::Stop { job }).await.unwrap();
    let view = wait_for_end(&mut client, job).await;
    assert_eq!((view.state, view.attempt), (JobState::Cancelled, 1));
    let kept = view.resumable.expect("what was done is kept");
    assert!(kept.stage == Stage::Track && kept.done >= 5, "{kept:?}");

    // It goes on, and its worker dies in the second pass.
    assert_eq!(client.ask(Ask::Continue { job }).await, Ok(Answer::Done));
    let went_on = |message: &HelperMessage| match message {
        HelperMessage::Log { job: of, line } if *of == job => match line.notice {
            Notice::GoesOn { stage, frame } => Some((stage, frame)),
            _ => None,
        },
        _ => None,
    };
    assert_eq!(client.wait_for("that it goes on", SOON, went_on).await, (Stage::Track, kept.done));
    wait_for_frames(&mut client, job, Stage::Pose, 5).await;
    for worker in children(server.pid()) {
        signal(worker, "KILL");
    }
    let view = wait_for_end(&mut client, job).await;
    assert_eq!((view.state, view.failure.map(|f| f.code)), (JobState::Failed, Some(FailureCode::WorkerDied)));
    assert_eq!(view.resumable.map(|kept| kept.stage), Some(Stage::Pose));

    // It goes on, and the helper is killed.
    client.ask(Ask::Continue { job }).await.unwrap();
    let stage = client.wait_for("that it goes on", SOON, went_on).await.0;
    assert_eq!(stage, Stage::Pose);
    wait_for_frames(&mut client, job, Stage::Pose, 5).await;
    server.kill();
    server.restart();
    let mut client = connect(&server).await;
    let view = client.snapshot.jobs.iter().find(|view| view.id == job).cloned().expect("it is remembered");
    assert_eq!(view.state, JobState::Interrupted);
    assert!(view.resumable.is_some_and(|kept| kept.stage == Stage::Pose));
    assert!(data() == wanted, "earlier results are not touched by work that isn't done");

    // And it goes on to its end.
    client.ask(Ask::Continue { job }).await.unwrap();
    let view = wait_for_end(&mut client, job).await;
    assert_eq!((view.state, view.attempt, view.resumable), (JobState::Completed, 4, None));
    let stages: Vec<_> = view.stages.iter().map(|stage| (stage.stage, stage.ended)).collect();
    assert_eq!(stages, Stage::ALL.map(|stage| (stage, true)));
    assert!(data() == wanted, "the interruptions changed the results");
    assert!(!Path::new(&results.folder).join(".work").exists());
}
