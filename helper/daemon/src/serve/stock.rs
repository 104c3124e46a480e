//! Models on request: fetched, checked, taken away and brought back.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use silhueta_shared::protocol::{
    Answer, ErrorCode, FetchState, HelperMessage, ModelCheck, ModelFetch, ModelVerdict, WireError,
};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use super::answer::internal;
use super::fetches::Fetches;
use super::helper::Helper;
use super::shelf;
use crate::models::{self, Check, FetchOptions, Patience, StoreError, Verdict};

/// Downloads at the same time.
pub(super) const AT_ONCE: usize = 2;
/// How often it is looked whether a download stands still.
const TICK: Duration = Duration::from_secs(1);
/// As in the terminal.
const OPTIONS: FetchOptions =
    FetchOptions { patience: Patience { stall: Duration::from_secs(30), retries: 4 }, renew: false };

/// Puts models in the queue: all that are named, or none.
pub(super) fn fetch(helper: &Helper, ids: &[String]) -> Result<Answer, WireError> {
    let store = models::store();
    let wrong = |error: StoreError| WireError::from(error).field("ids");
    let ids: Vec<_> = ids.iter().map(|id| store.fetchable(id).map_err(wrong)).collect::<Result<_, _>>()?;
    change(helper, |fetches| ids.into_iter().filter_map(|id| fetches.ask(id, Instant::now())).collect::<Vec<_>>());
    helper.wanted.notify_one();
    Ok(Answer::Done)
}

/// Ends a download; what came is kept.
pub(super) fn cancel(helper: &Helper, id: &str) -> Result<Answer, WireError> {
    let (id, kept) = known(id)?;
    let mut state = helper.state();
    let told = state.fetches.cancel(id, kept)?;
    tell(helper, told);
    drop(state);
    Ok(Answer::Done)
}

/// Throws away what came of a download.
pub(super) async fn drop_partial(helper: &Helper, id: &str) -> Result<Answer, WireError> {
    let (id, _) = known(id)?;
    if helper.state().fetches.dismiss(id) {
        let error = WireError::new(ErrorCode::IllegalState, format!("{id} is on its way"));
        return Err(error.field("id").hint("cancel its download first"));
    }
    apart("id", move || models::store().drop_partial(id)).await?;
    shelf::weigh(helper, id);
    Ok(Answer::Done)
}

/// The name of the manifest, and what is kept of a download.
fn known(id: &str) -> Result<(&'static str, u64), WireError> {
    let store = models::store();
    let id = store.fetchable(id).map_err(|error| WireError::from(error).field("id"))?;
    Ok((id, store.kept(id)))
}

/// Holds models to what is known of them.
pub(super) async fn verify(helper: &Helper, ids: Vec<String>) -> Result<Answer, WireError> {
    let stop = helper.closing.child_token();
    // Whoever asked may leave: then nobody waits for the rest.
    let _ends = stop.clone().drop_guard();
    let checks = apart("ids", move || models::store().verify(&ids, &stop)).await?;
    let checks = checks.ok_or_else(|| WireError::new(ErrorCode::Closing, "the helper is ending"))?;
    Ok(Answer::Checked(checks.into_iter().map(check).collect()))
}

fn check(check: Check) -> ModelCheck {
    let verdict = match check.verdict {
        Verdict::Pinned => ModelVerdict::Pinned,
        Verdict::AsItCame(from) => ModelVerdict::AsItCame { from },
        Verdict::Unknown => ModelVerdict::Unknown,
        Verdict::Changed(wanted) => ModelVerdict::Changed { wanted },
        Verdict::Unusable(why) => ModelVerdict::Unusable { why },
    };
    ModelCheck { id: check.id, sha256: check.sha256, verdict }
}

/// Takes a model away, unless a job uses it.
pub(super) async fn remove(helper: &Arc<Helper>, id: String) -> Result<Answer, WireError> {
    let shared = Arc::clone(helper);
    apart("id", move || models::store().remove(&id, |path| is_used(&shared, path))).await?;
    look_later(helper);
    Ok(Answer::Done)
}

/// Brings a model back.
pub(super) async fn restore(helper: &Arc<Helper>, id: String) -> Result<Answer, WireError> {
    apart("id", move || models::store().restore(&id)).await?;
    look_later(helper);
    Ok(Answer::Done)
}

/// Whether a job that has not ended uses this file.
pub(super) fn is_used(helper: &Helper, path: &Path) -> bool {
    let state = helper.state();
    let used = state.bench.models_in_use(&state.preferred);
    path.file_stem().is_some_and(|stem| used.contains(&*stem.to_string_lossy()))
}

/// Looks at the folder again; nobody waits for that.
pub(super) fn look_later(helper: &Arc<Helper>) {
    let helper = Arc::clone(helper);
    tokio::spawn(async move {
        tokio::select! {
            () = shelf::look(&helper) => {}
            () = helper.closing.cancelled() => {}
        }
    });
}

/// Works with files in a thread apart; `field` names what an error is of.
async fn apart<T: Send + 'static>(
    field: &str,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, WireError> {
    let done = tokio::task::spawn_blocking(work).await.map_err(internal)?;
    done.map_err(|error| WireError::from(error).field(field))
}

/// Fetches what waits, one after another, until the helper ends. [`AT_ONCE`] of these run.
pub(super) async fn run(helper: Arc<Helper>) {
    while !helper.closing.is_cancelled() {
        let stop = helper.closing.child_token();
        let next = {
            let mut state = helper.state();
            let next = state.fetches.next(|id| models::store().kept(id), stop.clone(), Instant::now());
            if state.fetches.is_waiting() {
                // For the next of us.
                helper.wanted.notify_one();
            }
            tell(&helper, next.clone());
            next
        };
        match next {
            Some(fetch) => one(&helper, &fetch.id, stop).await,
            None => tokio::select! {
                () = helper.wanted.notified() => {}
                () = helper.closing.cancelled() => {}
            },
        }
    }
}

/// One download from its first byte to its end.
async fn one(helper: &Arc<Helper>, id: &str, stop: CancellationToken) {
    let store = models::store();
    let mut hear = |progress| {
        change(helper, |fetches| fetches.progress(id, progress, Instant::now()));
    };
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let fetched = {
        let fetching = store.fetch(id, OPTIONS, &mut hear, &stop);
        tokio::pin!(fetching);
        loop {
            tokio::select! {
                fetched = &mut fetching => break fetched,
                _ = ticks.tick() => change(helper, |fetches| fetches.tick(id, store.kept(id), Instant::now())),
            }
        }
    };
    let state = match fetched {
        Ok(_) => {
            // Who hears that it is done finds it on the shelf.
            tokio::select! {
                () = shelf::look(helper) => {}
                () = helper.closing.cancelled() => {}
            }
            FetchState::Done
        }
        Err(StoreError::Stopped { kept, .. }) => FetchState::Cancelled { kept },
        Err(error) => {
            tracing::info!("{error}");
            FetchState::Failed(error.into())
        }
    };
    if state != FetchState::Done {
        shelf::weigh(helper, id);
    }
    change(helper, |fetches| fetches.end(id, state, Instant::now()));
}

/// Changes the downloads and tells everyone, under one lock: nobody hears it in another order.
fn change<T: IntoIterator<Item = ModelFetch>>(helper: &Helper, change: impl FnOnce(&mut Fetches) -> T) {
    let mut state = helper.state();
    let told = change(&mut state.fetches);
    tell(helper, told);
}

/// Tells everyone; the state is locked meanwhile.
fn tell(helper: &Helper, told: impl IntoIterator<Item = ModelFetch>) {
    told.into_iter().for_each(|fetch| helper.hub.tell_all(&HelperMessage::Fetch(fetch)));
}
