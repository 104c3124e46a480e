//! Stop means stop: whatever a worker does or fails to do, it is gone in time, its job has ended as it should, the
//! lock is free and the next job works. Faults come from a worker that is built to fail.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod deaths;
mod endings;
mod table;
mod terminal;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use silhueta_e2e::client::fast;
use silhueta_e2e::faults::Faults;
use silhueta_e2e::{Client, Helper, Server};
use silhueta_shared::protocol::{HelperMessage, JobId, JobSettings, JobView};

/// A job on a short clip, on a busy machine.
const JOB: Duration = Duration::from_secs(240);

/// A helper whose workers fail as they are told.
struct Bench {
    server: Server,
    faults: Faults,
    clip: PathBuf,
}

impl Bench {
    /// `deaf`: its workers ignore SIGTERM. `patience` in seconds, where it isn't the usual one.
    fn start(test: &str, deaf: bool, patience: Option<u32>) -> Option<Self> {
        let helper = Helper::new(test)?;
        let models = helper.data.join("models");
        let faults = Faults::new(&helper);
        let mut environment = faults.environment(&helper, deaf);
        // Often enough that a short clip has several.
        environment.push(("SILHUETA_CHECKPOINT", "0.1".to_owned()));
        environment.extend(patience.map(|seconds| ("SILHUETA_PATIENCE", seconds.to_string())));
        let variables: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let server = Server::with_variables(helper, models, &[], &variables);
        let clip = server.clip("crossing_360p.mp4", "crossing.mp4", 60);
        Some(Self { server, faults, clip })
    }

    /// A client, once the worker that looks at the machine has gone: every other one is of a job.
    async fn client(&self) -> Client {
        let mut client = Client::connect(&self.server).await;
        if client.snapshot.machine.is_none() {
            let told = |message: &HelperMessage| matches!(message, HelperMessage::Machine(_)).then_some(());
            client.wait_for("the machine", JOB, told).await;
        }
        let limit = Instant::now() + JOB;
        while !silhueta_e2e::server::children(self.server.pid()).is_empty() {
            assert!(Instant::now() < limit, "the worker that looked at the machine does not end");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        client
    }

    /// Starts the clip anew.
    async fn job(&self, client: &mut Client) -> JobId {
        let settings = JobSettings { again: true, video: true, ..fast() };
        client.start(&[&self.clip], settings).await.1[0]
    }

    /// Waits until a worker has come to its fault.
    async fn wait_for_fault(&self, client: &mut Client) {
        let limit = Instant::now() + JOB;
        while !self.faults.is_reached() {
            assert!(Instant::now() < limit, "the fault was never reached");
            client.listen(Duration::from_millis(20)).await;
        }
    }
}

async fn wait_for_end(client: &mut Client, job: JobId) -> JobView {
    client.wait_for_job(job, JOB, |view| view.state.has_ended()).await
}

async fn wait_for_free(client: &mut Client) {
    let free = |message: &HelperMessage| matches!(message, HelperMessage::Lock(None)).then_some(());
    client.wait_for("the lock to be free", JOB, free).await;
}
