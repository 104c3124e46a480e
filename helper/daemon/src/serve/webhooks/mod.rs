//! Webhooks: who posted a task with a `webhook_url` is told of its end.
//!
//! A task's end and its outbox are in one store. What has ended and was not told yet is found again after a restart,
//! so a message is delivered at least once, each time under the same name; receivers drop what they had before.

mod deliver;
mod sign;

use std::collections::HashSet;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use reqwest::Url;
use silhueta_shared::protocol::{ErrorCode, JobView, WebhookState, WebhookView, WireError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::helper::{Helper, State};
use super::now;
use super::store::{Letter, StoreError};
use super::workbench::Workbench;
use deliver::{Carrier, Outcome};
pub(super) use sign::Secret;

/// The field that is wrong where an address is.
const FIELD: &str = "webhook_url";
/// The longest address, in bytes.
const LONGEST: usize = 2000;
/// Messages that are tried at the same time; the others wait in the outbox, which is on disk.
const AT_ONCE: usize = 4;
/// The longest that nothing is looked at while nothing happens.
const REST: Duration = Duration::from_secs(3600);
/// Waits between tries, in seconds; after the try behind the last one it is given up.
const WAITS: [f64; 6] = [5.0, 30.0, 120.0, 600.0, 3600.0, 21_600.0];
/// Replaces the first wait, in seconds; the others keep their proportions to it. For tests.
const SCALE: &str = "SILHUETA_WEBHOOK_BACKOFF";
/// The longest that a receiver may ask us to wait.
const MOST_PATIENT: Duration = Duration::from_secs(24 * 3600);

/// What is told of a task that has ended: what GET `/status/{id}` answers.
pub(super) type Tell = fn(&JobView) -> serde_json::Value;

/// An address that somebody may be told at.
///
/// # Errors
/// It is none, or not one of HTTP.
pub(super) fn check(text: &str) -> Result<Url, WireError> {
    // The address itself may hold a secret, so it is never in the error.
    let wrong = |why: &str| {
        let error = WireError::new(ErrorCode::BadValue, format!("{FIELD} {why}")).field(FIELD);
        error.hint("for instance https://example.org/silhueta")
    };
    if text.len() > LONGEST {
        return Err(wrong(&format!("is longer than {LONGEST} bytes")));
    }
    let mut url = Url::parse(text).map_err(|e| wrong(&format!("is no address: {e}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong(&format!("must begin with http:// or https://, not {}:", url.scheme())));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("names no host"));
    }
    url.set_fragment(None);
    Ok(url)
}

/// What is shown of somebody who is to be told: neither user, password nor query.
pub(super) fn view(url: &Url) -> WebhookView {
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let url = format!("{}://{}{port}{}", url.scheme(), url.host_str().unwrap_or_default(), url.path());
    WebhookView { url, state: WebhookState::Waiting, tries: 0, error: None }
}

/// Where tasks and the outbox are.
pub(super) trait Desk: Send + Sync + 'static {
    /// Does something with them.
    fn with<T>(&self, act: impl FnOnce(&mut Workbench) -> T) -> T;
}

impl Desk for Helper {
    fn with<T>(&self, act: impl FnOnce(&mut Workbench) -> T) -> T {
        let mut state: MutexGuard<'_, State> = self.state();
        act(&mut state.bench)
    }
}

/// Tells everyone who is to be told, until the helper ends. What was being told then is told again later.
pub(super) async fn run(desk: Arc<impl Desk>, closing: CancellationToken, secret: Secret, tell: Tell) {
    let first = std::env::var(SCALE).ok().and_then(|text| text.parse::<f64>().ok());
    let first = first.filter(|seconds| (0.0..=3600.0).contains(seconds)).unwrap_or(WAITS[0]);
    go_round(desk, closing, secret, tell, first / WAITS[0]).await;
}

async fn go_round(desk: Arc<impl Desk>, closing: CancellationToken, secret: Secret, tell: Tell, scale: f64) {
    let (mut moved, carrier) = (desk.with(|bench| bench.moved()), Arc::new(Carrier::new(secret)));
    let (mut underway, mut trying) = (JoinSet::new(), HashSet::new());
    loop {
        let next = desk.with(|bench| {
            take_in(bench, tell)?;
            // Those underway are still in the outbox.
            let letters = bench.store().letters(2 * AT_ONCE)?;
            let letters: Vec<_> = letters.into_iter().filter(|letter| !trying.contains(&letter.id)).collect();
            Ok::<_, StoreError>(letters)
        });
        let letters = next.unwrap_or_else(|error| {
            tracing::error!("webhooks: {error}");
            vec![]
        });
        let mut rest = REST;
        for letter in letters {
            let wait = Duration::from_millis(letter.due.saturating_sub(now()));
            if wait.is_zero() && trying.len() < AT_ONCE {
                trying.insert(letter.id);
                let carrier = Arc::clone(&carrier);
                underway.spawn(async move {
                    let outcome = carrier.deliver(&letter).await;
                    (letter, outcome)
                });
            } else if !wait.is_zero() {
                rest = rest.min(wait);
            }
        }
        tokio::select! {
            Ok(()) = moved.changed() => {}
            Some(done) = underway.join_next() => match done {
                Ok((letter, outcome)) => {
                    trying.remove(&letter.id);
                    desk.with(|bench| settle(bench, &letter, outcome, scale));
                }
                Err(error) => tracing::error!("webhooks: {error}"),
            },
            () = tokio::time::sleep(rest) => {}
            () = closing.cancelled() => return,
        }
    }
}

/// Puts what ended into the outbox.
fn take_in(bench: &mut Workbench, tell: Tell) -> Result<(), StoreError> {
    let (mut letters, mut lost) = (Vec::new(), Vec::new());
    for view in bench.untold() {
        let Some(task) = view.task.as_ref().filter(|_| !bench.is_posted(&view)) else { continue };
        match bench.store().webhook(view.id)? {
            Some(url) => letters.push(Letter {
                id: 0,
                message: format!("msg_{}_{}", task.id, view.attempt),
                job: view.id,
                attempt: view.attempt,
                url,
                body: tell(&view).to_string(),
                tries: 0,
                due: now(),
            }),
            None => lost.push((view.id, view.attempt)),
        }
    }
    if !letters.is_empty() {
        let store = bench.store();
        store.at_once(|| letters.iter().try_for_each(|letter| store.post(letter)))?;
    }
    for (job, attempt) in lost {
        let why = "the address was not kept".to_owned();
        bench.telling(job, attempt, |view| (view.state, view.error) = (WebhookState::Failed, Some(why)));
    }
    Ok(())
}

/// Keeps how a try ended. First it is told, then forgotten: cut off in between, it is told once more.
fn settle(bench: &mut Workbench, letter: &Letter, outcome: Outcome, scale: f64) {
    let tries = letter.tries + 1;
    let (state, error, again) = match outcome {
        Outcome::Taken => (WebhookState::Delivered, None, None),
        Outcome::Refused(why) => (WebhookState::Failed, Some(why), None),
        Outcome::Again { why, after } => match WAITS.get(letter.tries as usize) {
            Some(wait) => {
                let wait = Duration::from_secs_f64(wait * scale * jitter()).max(after.unwrap_or_default());
                (WebhookState::Waiting, Some(why), Some(wait.min(MOST_PATIENT)))
            }
            None => (WebhookState::Failed, Some(format!("given up after {tries} tries: {why}")), None),
        },
    };
    if let Some(why) = &error {
        tracing::info!("{} was not told of the end of job {}: {why}", shown(&letter.url), letter.job);
    }
    bench.telling(letter.job, letter.attempt, |view| (view.state, view.tries, view.error) = (state, tries, error));
    let kept = match again {
        Some(wait) => {
            let due = now() + u64::try_from(wait.as_millis()).unwrap_or(u64::MAX >> 1);
            bench.store().postpone(letter.id, tries, due)
        }
        None => bench.store().drop_letter(letter.id),
    };
    if let Err(error) = kept {
        tracing::error!("webhooks: {error}");
    }
}

/// An address without what is secret in it.
fn shown(url: &str) -> String {
    Url::parse(url).map_or_else(|_| "an address that can't be read".to_owned(), |url| view(&url).url)
}

/// 0.8 to 1.2: those who failed together do not come back together.
fn jitter() -> f64 {
    let mut byte = [128];
    // Without randomness they do.
    let _ = getrandom::fill(&mut byte);
    0.8 + 0.4 * f64::from(byte[0]) / 255.0
}

#[cfg(test)]
mod tests;
