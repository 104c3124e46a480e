//! Workers that end by themselves or have to be ended: their jobs fail with the reason, never "done".

use std::time::Duration;

use silhueta_e2e::server::{children, is_running, signal};
use silhueta_shared::job::{FailureCode, Stage};
use silhueta_shared::protocol::{Ask, ErrorCode, HelperMessage};
use silhueta_shared::state::JobState;

use super::{Bench, JOB, wait_for_end, wait_for_free};

#[tokio::test]
async fn a_crash_anywhere_is_a_failure_that_says_where_and_how() {
    let Some(bench) = Bench::start("stop: crashes", false, None) else { return };
    let mut client = bench.client().await;
    let places = [
        ("probe", Stage::Probe),
        ("track.detect", Stage::Track),
        ("identify", Stage::Identify),
        ("pose.estimate", Stage::Pose),
        ("pose.draw", Stage::Pose),
        ("export", Stage::Export),
    ];
    for (place, stage) in places {
        bench.faults.set(&format!("crash@{place}:5 crash@{place}:0"));
        let job = bench.job(&mut client).await;
        let view = wait_for_end(&mut client, job).await;
        let failure = view.failure.unwrap();
        assert_eq!((view.state, failure.code), (JobState::Failed, FailureCode::WorkerDied), "{place}");
        let (where_at, how) = (format!("in stage {stage} at frame"), "SIGABRT");
        assert!(failure.message.contains(&where_at) && failure.message.contains(how), "{}", failure.message);
        wait_for_free(&mut client).await;
        // There is nothing left to stop.
        assert_eq!(client.ask(Ask::Stop { job }).await.unwrap_err().code, ErrorCode::IllegalState);
    }
    bench.faults.set("");
    let job = bench.job(&mut client).await;
    assert_eq!(wait_for_end(&mut client, job).await.state, JobState::Completed);
}

#[tokio::test]
async fn the_watchdog_kills_what_hangs_and_says_so() {
    let Some(bench) = Bench::start("stop: the watchdog", false, Some(4)) else { return };
    let mut client = bench.client().await;
    for (place, stage) in [("track.detect", Stage::Track), ("pose.estimate", Stage::Pose)] {
        bench.faults.set(&format!("hang@{place}:5"));
        let job = bench.job(&mut client).await;
        bench.wait_for_fault(&mut client).await;
        let workers = children(bench.server.pid());
        let view = wait_for_end(&mut client, job).await;
        let failure = view.failure.unwrap();
        assert_eq!((view.state, failure.code), (JobState::Failed, FailureCode::WorkerHung), "{place}");
        let says = failure.message.contains("did not move") && failure.message.contains(&format!("in stage {stage}"));
        assert!(says, "{}", failure.message);
        assert!(!workers.iter().any(|pid| is_running(*pid)));
        wait_for_free(&mut client).await;
    }
}

#[tokio::test]
async fn the_watchdog_hears_when_a_heart_stops() {
    let Some(bench) = Bench::start("stop: silence", false, Some(28)) else { return };
    let mut client = bench.client().await;
    bench.faults.set("slow@disk:0");
    let job = bench.job(&mut client).await;
    client.wait_for_job(job, JOB, |view| view.state.stage() == Some(Stage::Track)).await;
    children(bench.server.pid()).iter().for_each(|pid| signal(*pid, "STOP"));
    let failure = wait_for_end(&mut client, job).await.failure.unwrap();
    assert!(failure.message.contains("said nothing"), "{}", failure.message);
    assert_eq!(failure.code, FailureCode::WorkerHung);
}

#[tokio::test]
async fn a_stall_is_told_and_taken_back() {
    let Some(bench) = Bench::start("stop: stalls", false, None) else { return };
    let mut client = bench.client().await;
    bench.faults.set("slow@disk:0");
    let job = bench.job(&mut client).await;
    client.wait_for_job(job, JOB, |view| view.state.stage() == Some(Stage::Track)).await;
    let workers = children(bench.server.pid());
    workers.iter().for_each(|pid| signal(*pid, "STOP"));
    let stalled = client.wait_for_job(job, JOB, |view| view.stalled.is_some()).await;
    assert!(stalled.state.is_active());
    workers.iter().for_each(|pid| signal(*pid, "CONT"));
    client.wait_for_job(job, JOB, |view| view.stalled.is_none() && view.state.is_active()).await;
    bench.faults.set("");
    assert_eq!(wait_for_end(&mut client, job).await.state, JobState::Completed);
}

#[tokio::test]
async fn a_pause_however_long_is_no_hang() {
    let Some(bench) = Bench::start("stop: a long pause", false, Some(6)) else { return };
    let mut client = bench.client().await;
    bench.faults.set("slow@disk:0");
    let job = bench.job(&mut client).await;
    client.wait_for_job(job, JOB, |view| view.state.stage() == Some(Stage::Track)).await;
    client.ask(Ask::Pause { job }).await.unwrap();
    client.wait_for_job(job, JOB, |view| matches!(view.state, JobState::Paused(_))).await;
    // Twice the watchdog's patience and more.
    let ended = |message: &HelperMessage| match message {
        HelperMessage::Job(view) if view.id == job => panic!("a paused job changed: {view:?}"),
        _ => None::<()>,
    };
    let waited = tokio::time::timeout(Duration::from_secs(14), client.wait_for("nothing", JOB, ended)).await;
    assert!(waited.is_err());
    client.ask(Ask::Resume { job }).await.unwrap();
    assert_eq!(wait_for_end(&mut client, job).await.state, JobState::Completed);
}

#[tokio::test]
async fn a_full_disk_fails_the_job_keeps_earlier_results_and_lets_it_go_on_when_there_is_room() {
    let Some(bench) = Bench::start("stop: a full disk", false, None) else { return };
    let mut client = bench.client().await;
    let job = bench.job(&mut client).await;
    let folder = wait_for_end(&mut client, job).await.results.unwrap().folder;
    let data = || {
        ["pose.json", "tracking.json", "record.parquet", "overlay.mp4"]
            .map(|name| std::fs::read(std::path::Path::new(&folder).join(name)).unwrap())
    };
    let before = data();
    bench.faults.set("full@disk:20");
    let job = bench.job(&mut client).await;
    let view = wait_for_end(&mut client, job).await;
    let failure = view.failure.unwrap();
    assert_eq!((view.state, failure.code), (JobState::Failed, FailureCode::NoSpace), "{}", failure.message);
    assert!(failure.hint.unwrap().contains("make room"));
    assert!(view.resumable.is_some_and(|kept| kept.stage == Stage::Track));
    assert!(data() == before, "earlier results are not what they were");
    wait_for_free(&mut client).await;
    // Room is made.
    bench.faults.set("");
    client.ask(Ask::Continue { job }).await.unwrap();
    assert_eq!(wait_for_end(&mut client, job).await.state, JobState::Completed);
    assert!(data()[..3] == before[..3], "what went on came out otherwise");
}
