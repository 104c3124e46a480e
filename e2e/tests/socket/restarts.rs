//! Who leaves and comes back: clients, workers, the helper itself.

use std::time::{Duration, Instant};

use silhueta_e2e::client::fast;
use silhueta_e2e::server::{children, is_running, signal};
use silhueta_e2e::{Client, Server};
use silhueta_shared::job::{FailureCode, Stage};
use silhueta_shared::notice::Notice;
use silhueta_shared::protocol::{Answer, Ask, HelperMessage, JobSettings};
use silhueta_shared::state::JobState;

use super::{JOB, SOON, connect, wait_for_end, wait_for_end_or_snapshot, wait_for_frames};

#[tokio::test]
async fn a_session_is_taken_up_again_and_jobs_go_on_without_it() {
    let Some(server) = Server::start("socket: sessions") else { return };
    let path = server.clip("street_720p.mp4", "street.mp4", 40);
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

#[tokio::test]
async fn a_session_is_given_to_who_has_its_token_once_its_client_is_silent() {
    let Some(server) = Server::start("socket: tokens") else { return };
    let mut first = connect(&server).await;
    let (session, token) = (first.session, first.resume.clone());
    // A copied page beside one that is there gets a session of its own.
    let copy = first.copied(&server).await;
    assert!(!copy.resumed && copy.session != session);
    // The network of the first is gone: its socket is open, but nothing comes from there any more.
    let again = Client::again(&server, &token).await;
    assert!(again.resumed && again.session == session);
    drop(first);
}

#[tokio::test]
async fn a_worker_that_dies_fails_its_job_and_nothing_else() {
    let Some(server) = Server::start("socket: a dead worker") else { return };
    let path = server.clip("street_720p.mp4", "street.mp4", 100);
    let short = server.clip("crossing_360p.mp4", "short.mp4", 8);
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
    let path = server.clip("street_720p.mp4", "street.mp4", 100);
    let short = server.clip("crossing_360p.mp4", "short.mp4", 8);
    let again = JobSettings { again: true, ..fast() };
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
    let path = server.clip("street_720p.mp4", "street.mp4", 100);
    let mut client = connect(&server).await;
    client.watch(true).await;
    client.grant(2).await;
    let (_, jobs) = client.start(&[&path], fast()).await;
    wait_for_frames(&mut client, jobs[0], Stage::Track, 3).await;
    let workers = children(server.pid());
    server.interrupt();
    assert!(!workers.iter().any(|pid| is_running(*pid)), "a worker outlived its helper");
}
