//! `silhueta jobs`, `silhueta stop` and `silhueta resume JOB`: words with the helper that serves on this machine.

use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde::de::DeserializeOwned;
use silhueta_shared::protocol::{JobId, JobView, WireError};
use silhueta_shared::state::JobState;

use crate::cli::{complain, say};
use crate::exit::{CliError, Exit};
use crate::serve::{Serving, serving};
use crate::tls;

/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tells the helper's last jobs.
pub(crate) async fn jobs() -> Result<Exit, CliError> {
    let jobs: Vec<JobView> = Remote::find()?.ask(Method::GET, "").await?;
    if jobs.is_empty() {
        say("no jobs");
    }
    for job in jobs {
        say(&format!("{:>6}  {:28} {}", job.id, state(&job), job.source.name()));
    }
    Ok(Exit::Done)
}

/// Stops the jobs that were named; one that can't be stopped doesn't keep the others from it.
pub(crate) async fn stop(named: &[String]) -> Result<Exit, CliError> {
    let remote = Remote::find()?;
    let mut ids = Vec::new();
    for name in named {
        if name == "all" {
            let jobs: Vec<JobView> = remote.ask(Method::GET, "").await?;
            // The last first, so that nothing new begins meanwhile.
            ids.extend(jobs.iter().rev().filter(|job| !job.state.has_ended()).map(|job| job.id.get()));
        } else {
            let id =
                name.parse().map_err(|_| CliError::Input(format!("{name:?} is no job: `silhueta jobs` tells them")))?;
            ids.push(id);
        }
    }
    if ids.is_empty() {
        say("nothing to stop");
    }
    let mut worst = Exit::Done;
    for id in ids {
        match remote.ask::<JobView>(Method::POST, &format!("/{id}/stop")).await {
            Ok(job) if job.state.has_ended() => say(&format!("job {id} is stopped")),
            Ok(_) => say(&format!("job {id} is stopping; it is gone within 6 s, whatever it does")),
            Err(error) => {
                complain(&error);
                worst = error.exit();
            }
        }
    }
    Ok(worst)
}

/// Lets a job of the helper that serves go on, which shows how far it is; `None` where nobody serves.
pub(crate) async fn go_on(job: JobId) -> Option<Result<(), CliError>> {
    let remote = Remote::find().ok()?;
    let asked = remote.ask::<JobView>(Method::POST, &format!("/{job}/continue")).await;
    Some(asked.map(|view| say(&format!("job {job} ({}) goes on in the helper that serves", view.source.name()))))
}

fn state(job: &JobView) -> String {
    let of = |what: &str| match job.state.stage() {
        Some(stage) => {
            let done = job.stages.iter().find(|view| view.stage == stage).map_or(0, |view| view.done);
            format!("{what} {stage}, frame {done}")
        }
        None => what.to_owned(),
    };
    match job.state {
        _ if job.stopping => of("stopping in"),
        JobState::Running(_) if job.stalled.is_some() => of("stalled in"),
        JobState::Running(_) => of("at"),
        JobState::Paused(_) => of("paused in"),
        JobState::Queued => of("waiting"),
        JobState::Completed => of("done"),
        JobState::Failed => of("failed"),
        JobState::Cancelled => of("stopped"),
        JobState::Interrupted => of("interrupted"),
    }
}

/// The helper that serves.
#[derive(Debug)]
struct Remote {
    client: Client,
    serving: Serving,
}

impl Remote {
    fn find() -> Result<Self, CliError> {
        let serving = serving()?;
        tls::provide();
        // Its certificate names the machine, not the loopback address; who may hold that port is settled by the lock.
        let client = Client::builder().timeout(PATIENCE).no_proxy().danger_accept_invalid_certs(true).build();
        let client = client.map_err(|e| CliError::Runtime(format!("no connection can be made: {e}")))?;
        Ok(Self { client, serving })
    }

    async fn ask<T: DeserializeOwned>(&self, method: Method, what: &str) -> Result<T, CliError> {
        let Serving { address, token } = &self.serving;
        let request = self.client.request(method, format!("{address}/api/v1/jobs{what}"));
        let request = if let Some(token) = token { request.bearer_auth(token) } else { request };
        let fail = |e: reqwest::Error| CliError::Runtime(format!("the helper at {address} does not answer: {e}"));
        let response = request.send().await.map_err(fail)?;
        let status = response.status();
        let body = response.bytes().await.map_err(fail)?;
        if status == StatusCode::OK {
            return serde_json::from_slice(&body)
                .map_err(|e| CliError::Runtime(format!("the helper at {address} is another version: {e}")));
        }
        let error = serde_json::from_slice::<WireError>(&body);
        Err(CliError::Input(error.map_or_else(|_| format!("{address} answered {status}"), |error| error.message)))
    }
}
