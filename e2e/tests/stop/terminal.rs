//! `silhueta jobs` and `silhueta stop`, and the same over HTTP.

use std::process::Output;

use silhueta_e2e::{raw, server};
use silhueta_shared::job::Stage;
use silhueta_shared::state::JobState;

use super::{Bench, JOB, wait_for_end};

/// `silhueta WORDS…` in the home of the helper that serves.
fn say(bench: &Bench, words: &[&str]) -> (Option<i32>, String) {
    let helper = &bench.server.helper;
    let mut command = helper.command(words);
    command.env("XDG_STATE_HOME", helper.at("home/state"));
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code(), String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_are_told_and_stopped_from_the_terminal_and_over_http() {
    let Some(mut bench) = Bench::start("stop: from the terminal", false, None) else { return };
    assert_eq!(say(&bench, &["jobs"]), (Some(0), "no jobs\n".to_owned()));
    bench.faults.set("hang@track.detect:5");
    let mut client = bench.client().await;
    let job = bench.job(&mut client).await;
    bench.wait_for_fault(&mut client).await;
    let (code, told) = say(&bench, &["jobs"]);
    assert!(code == Some(0) && told.contains("at track") && told.contains("crossing.mp4"), "{told}");
    let (code, told) = say(&bench, &["stop", "all"]);
    assert!(code == Some(0) && told.contains(&format!("job {job} is stopping")), "{told}");
    assert_eq!(wait_for_end(&mut client, job).await.state, JobState::Cancelled);
    let (code, told) = say(&bench, &["stop", &job.to_string()]);
    assert!(code == Some(3) && told.contains("was stopped"), "{told}");
    assert_eq!(say(&bench, &["stop", "all"]), (Some(0), "nothing to stop\n".to_owned()));
    let (code, told) = say(&bench, &["stop", "everything"]);
    assert!(code == Some(3) && told.contains("silhueta jobs"), "{told}");

    bench.faults.set("slow@disk:0");
    let job = bench.job(&mut client).await;
    client.wait_for_job(job, JOB, |view| view.state.stage() == Some(Stage::Track)).await;
    let http = |method, what: &str| {
        let path = format!("/api/v1/jobs{what}");
        raw::send(&bench.server, &raw::request(&bench.server, method, &path, "", ""))
    };
    let post = |what: &str| http("POST", &format!("/{what}"));
    assert_eq!(post(&format!("{job}/dance")).short(), "404 not_found");
    assert_eq!(post("999/stop").short(), "404 not_found");
    assert_eq!(post(&format!("{job}/pause")).status, 200);
    client.wait_for_job(job, JOB, |view| matches!(view.state, JobState::Paused(_))).await;
    let stopping = post(&format!("{job}/stop"));
    assert!(stopping.status == 200 && stopping.text().contains("\"stopping\":true"), "{}", stopping.text());
    assert_eq!(wait_for_end(&mut client, job).await.state, JobState::Cancelled);
    let list = http("GET", "");
    assert!(list.status == 200 && list.text().matches("\"cancelled\"").count() == 2, "{}", list.text());

    // Each of them goes on, once by the terminal, once over HTTP; a helper that is not there leaves it to the terminal.
    bench.faults.set("");
    let (code, told) = say(&bench, &["resume", &job.to_string()]);
    assert!(code == Some(0) && told.contains("goes on in the helper"), "{told}");
    client.wait_for_job(job, JOB, |view| view.attempt == 2).await;
    assert_eq!(wait_for_end(&mut client, job).await.state, JobState::Completed);
    let (code, told) = say(&bench, &["resume", &job.to_string()]);
    assert!(code == Some(3) && told.contains("can't be continued"), "{told}");
    bench.faults.set("slow@disk:0");
    let first = bench.job(&mut client).await;
    client.wait_for_job(first, JOB, |view| view.state.stage() == Some(Stage::Pose)).await;
    assert_eq!(post(&format!("{first}/stop")).status, 200);
    let stopped = wait_for_end(&mut client, first).await;
    assert!(stopped.resumable.is_some(), "{stopped:?}");

    server::signal(bench.server.pid(), "INT");
    assert!(bench.server.ended(server::GOODBYE).is_some());
    let (code, told) = say(&bench, &["jobs"]);
    assert!(code == Some(4) && told.contains("silhueta serve"), "{told}");
    let (code, told) = say(&bench, &["resume", &first.to_string()]);
    assert!(code == Some(0) && told.contains("goes on at"), "{told}");
    assert!(bench.server.out().join("crossing/summary.json").exists());
}
