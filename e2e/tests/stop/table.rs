//! Stage × state: from stop to the process gone and the lock free.

use std::time::{Duration, Instant};

use silhueta_e2e::Client;
use silhueta_e2e::server::{children, is_running, signal};
use silhueta_shared::job::Stage;
use silhueta_shared::protocol::{Answer, Ask, JobView};
use silhueta_shared::state::JobState;

use super::{Bench, JOB, wait_for_end, wait_for_free};

/// What is promised for a worker that hears, and for one that hangs.
const HEARS: Duration = Duration::from_millis(2500);
const HANGS: Duration = Duration::from_secs(6);

/// Each place where native code may hang.
const PLACES: [&str; 9] = [
    "start",
    "probe",
    "track.decode",
    "track.detect",
    "identify",
    "pose.decode",
    "pose.estimate",
    "pose.draw",
    "export",
];

/// Stops the client's one job and waits until all is as after a stop; how long that took.
async fn stop(bench: &Bench, client: &mut Client, job: silhueta_shared::protocol::JobId) -> Duration {
    let workers = working(bench, client).await;
    let began = Instant::now();
    assert_eq!(client.ask(Ask::Stop { job }).await, Ok(Answer::Done));
    let view = wait_for_end(client, job).await;
    let took = began.elapsed();
    // It has ended only when its process has.
    assert!(!workers.iter().any(|pid| is_running(*pid)), "the job has ended and its worker has not");
    assert_eq!((view.state, view.stopping, view.stalled), (JobState::Cancelled, false, None));
    wait_for_free(client).await;
    took.max(began.elapsed())
}

/// The job's process, which starts once its networks are found.
async fn working(bench: &Bench, client: &mut Client) -> Vec<u32> {
    let limit = Instant::now() + JOB;
    loop {
        let workers = children(bench.server.pid());
        if !workers.is_empty() {
            return workers;
        }
        assert!(Instant::now() < limit, "nobody works");
        client.listen(Duration::from_millis(5)).await;
    }
}

async fn hang_everywhere(bench: &Bench, what: &str) {
    let mut client = bench.client().await;
    for place in PLACES {
        bench.faults.set(&format!("hang@{place}:2 hang@{place}:0"));
        let job = bench.job(&mut client).await;
        bench.wait_for_fault(&mut client).await;
        let took = stop(bench, &mut client, job).await;
        println!("| {place:14} | {what:30} | {:>5.2} s |", took.as_secs_f64());
        assert!(took < HANGS, "{place}, {what}: {took:?}");
    }
    // And all is well after it.
    bench.faults.set("");
    let job = bench.job(&mut client).await;
    assert_eq!(wait_for_end(&mut client, job).await.state, JobState::Completed);
}

#[tokio::test]
async fn a_worker_that_hangs_anywhere_is_gone_in_time() {
    let Some(bench) = Bench::start("stop: hangs", false, None) else { return };
    hang_everywhere(&bench, "hangs").await;
}

#[tokio::test]
async fn a_worker_that_hangs_and_ignores_sigterm_is_gone_in_time() {
    let Some(bench) = Bench::start("stop: hangs and is deaf", true, None) else { return };
    hang_everywhere(&bench, "hangs and ignores SIGTERM").await;
}

#[tokio::test]
async fn a_worker_that_works_or_stands_is_gone_in_time() {
    let Some(bench) = Bench::start("stop: works, paused", false, None) else { return };
    let mut client = bench.client().await;
    // Slow enough to be met at work.
    bench.faults.set("slow@disk:0");
    for stage in [Stage::Probe, Stage::Track, Stage::Pose] {
        for what in ["works", "is paused", "is stopped as a process"] {
            let job = bench.job(&mut client).await;
            let there = |view: &JobView| view.state.stage() == Some(stage);
            client.wait_for_job(job, JOB, there).await;
            let mut bound = HEARS;
            match what {
                "is paused" if stage == Stage::Probe => {
                    // Nothing stands still there.
                    client.ask(Ask::Stop { job }).await.unwrap();
                    wait_for_end(&mut client, job).await;
                    continue;
                }
                "is paused" => {
                    assert_eq!(client.ask(Ask::Pause { job }).await, Ok(Answer::Done));
                    client.wait_for_job(job, JOB, |view| matches!(view.state, JobState::Paused(_))).await;
                }
                "is stopped as a process" => {
                    working(&bench, &mut client).await.iter().for_each(|pid| signal(*pid, "STOP"));
                    bound = HANGS;
                }
                _ => {}
            }
            let took = stop(&bench, &mut client, job).await;
            println!("| {stage:14} | {what:30} | {:>5.2} s |", took.as_secs_f64());
            assert!(took < bound, "{stage}, {what}: {took:?}");
        }
    }
}
