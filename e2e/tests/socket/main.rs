//! Jobs over the socket, against the real helper: lock, pause, stop, sessions, restarts, and the preview's rules.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod chaos;
mod feed;
mod goes_on;
mod jobs;
mod precision;
mod preview;
mod queue;
mod restarts;

use std::time::Duration;

use silhueta_e2e::{Client, Server};
use silhueta_shared::job::Stage;
use silhueta_shared::protocol::{ErrorCode, HelperMessage, JobId, JobView};
use silhueta_shared::state::JobState;

/// A job on a short clip, on a busy machine.
const JOB: Duration = Duration::from_secs(240);
const SOON: Duration = Duration::from_secs(60);

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

async fn wait_for_end_or_snapshot(client: &mut Client, job: JobId) -> JobState {
    let known = client.snapshot.jobs.iter().find(|view| view.id == job).map(|view| view.state);
    match known {
        Some(state) if state.has_ended() => state,
        _ => wait_for_end(client, job).await.state,
    }
}
