//! Worker and helper are killed again and again under a queue: no job is lost, no lock is left, and all data files come
//! out as if nothing had happened.

use std::time::Duration;

use silhueta_e2e::client::fast;
use silhueta_e2e::server::{children, is_running, signal};
use silhueta_e2e::{Client, Helper, Server};
use silhueta_shared::protocol::{Ask, HelperMessage, JobId, JobSettings, RunId};
use silhueta_shared::state::JobState;

use super::{JOB, connect, wait_for_end};

/// How often something is killed; `SILHUETA_KILLS` says another number.
const KILLS: u64 = if cfg!(feature = "soak") { 60 } else { 4 };
const NAMES: [&str; 3] = ["one", "two", "three"];
const FILES: [&str; 3] = ["pose.json", "tracking.json", "record.parquet"];

fn results(server: &Server) -> Vec<Vec<u8>> {
    let folder = |name: &str| server.out().join(name);
    let files = NAMES.iter().flat_map(|name| FILES.map(|file| folder(name).join(file)));
    files.map(|path| std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))).collect()
}

/// Numbers that look random and are the same each time (a linear congruence; its low bits are thrown away).
fn next(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

/// Lets unfinished jobs of a run go on, where nothing works.
async fn go_on(client: &mut Client, run: RunId) {
    if client.ask(Ask::ContinueRun { run }).await.is_ok() {
        return;
    }
    // Refused where nothing is left to go on with: all has ended well, or waits.
    println!("nothing to continue");
}

/// How the jobs stand, by a client that has just come.
fn states(client: &Client, jobs: &[JobId]) -> Vec<JobState> {
    let state = |id: &JobId| client.snapshot.jobs.iter().find(|view| view.id == *id).map(|view| view.state);
    jobs.iter().map(|id| state(id).unwrap_or_else(|| panic!("job {id} is lost"))).collect()
}

#[tokio::test]
async fn whatever_is_killed_no_job_is_lost_and_the_results_are_the_same() {
    let Some(helper) = Helper::new("socket: chaos") else { return };
    let kills = std::env::var("SILHUETA_KILLS").map_or(KILLS, |n| n.parse().expect("a number"));
    let models = helper.data.join("models");
    let mut server = Server::with_variables(helper, models, &[], &[("SILHUETA_CHECKPOINT", "0.1")]);
    let clips = NAMES.map(|name| server.clip("walk_in_out.mp4", &format!("{name}.mp4"), 24));
    let clips: Vec<_> = clips.iter().map(std::path::PathBuf::as_path).collect();
    let mut client = connect(&server).await;
    let (_, jobs) = client.start(&clips, fast()).await;
    for job in &jobs {
        assert_eq!(wait_for_end(&mut client, *job).await.state, JobState::Completed);
    }
    let wanted = results(&server);

    let (mut seed, mut killed) = (41, 0);
    while killed < kills {
        let (run, jobs) = client.start(&clips, JobSettings { again: true, ..fast() }).await;
        for _ in 0..=next(&mut seed) % 3 {
            tokio::time::sleep(Duration::from_millis(200 + next(&mut seed) % 4000)).await;
            let workers = children(server.pid());
            killed += 1;
            if next(&mut seed).is_multiple_of(2) {
                server.kill();
                let end = std::time::Instant::now() + Duration::from_secs(2);
                while workers.iter().any(|pid| is_running(*pid)) {
                    assert!(std::time::Instant::now() < end, "a worker outlived its helper");
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                server.restart();
            } else {
                workers.iter().filter(|pid| is_running(**pid)).for_each(|pid| signal(*pid, "KILL"));
            }
            client = connect(&server).await;
            go_on(&mut client, run).await;
        }
        // Whatever failed or was cut off is continued until all is done.
        loop {
            client = connect(&server).await;
            let now = states(&client, &jobs);
            if now.iter().all(|state| *state == JobState::Completed) {
                break;
            }
            if now.iter().all(|state| state.has_ended()) {
                go_on(&mut client, run).await;
            }
            let ended = |message: &HelperMessage| match message {
                HelperMessage::Job(view) if view.state.has_ended() => Some(()),
                _ => None,
            };
            let waited = client.wait_for("the next end", JOB, ended);
            // An end between the snapshot and now was told before we listened: look again.
            let _looked_again = tokio::time::timeout(Duration::from_secs(5), waited).await;
        }
        client = connect(&server).await;
        assert_eq!(client.snapshot.lock, None, "a lock is left");
        assert!(results(&server) == wanted, "after {killed} kills the results are others");
        for name in NAMES {
            assert!(!server.out().join(name).join(".work").exists(), "{name}: unfinished work is left");
        }
    }
    println!("{killed} kills");
}
