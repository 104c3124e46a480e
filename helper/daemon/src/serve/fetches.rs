//! Downloads of models, for whoever asked: their queue and what is told of them.

use std::time::{Duration, Instant};

use silhueta_shared::protocol::{ErrorCode, FetchProgress, FetchState, ModelFetch, WireError};
use tokio_util::sync::CancellationToken;

use crate::models::Progress;

/// How often progress is told, at most.
const EVERY: Duration = Duration::from_millis(200);
/// Silence after which a download stands still.
const STALL: Duration = Duration::from_secs(4);

/// One download.
#[derive(Debug)]
struct Fetch {
    id: String,
    state: FetchState,
    /// The last figures; what was told is never taken back.
    figures: FetchProgress,
    stop: CancellationToken,
    /// It was cancelled, has not ended yet, and is wanted again.
    again: bool,
    /// When something came last, and when it was told last.
    came: Instant,
    told: Instant,
}

impl Fetch {
    fn new(id: &str, now: Instant) -> Self {
        let figures = FetchProgress { done: 0, total: None, speed: 0.0, left: None, stalled: false, attempt: 1 };
        let (state, stop) = (FetchState::Waiting, CancellationToken::new());
        Self { id: id.to_owned(), state, figures, stop, again: false, came: now, told: now }
    }

    fn view(&self) -> ModelFetch {
        ModelFetch { id: self.id.clone(), state: self.state.clone() }
    }

    fn set(&mut self, state: FetchState, now: Instant) -> ModelFetch {
        (self.state, self.told) = (state, now);
        self.view()
    }
}

/// The downloads that wait or run, in the order of their turns, and those that failed last. What they return is to be
/// told to everyone.
#[derive(Debug, Default)]
pub(super) struct Fetches(Vec<Fetch>);

impl Fetches {
    /// What a newly arrived client gets.
    pub(super) fn views(&self) -> Vec<ModelFetch> {
        let (ended, coming): (Vec<_>, Vec<_>) = self.0.iter().partition(|fetch| fetch.state.has_ended());
        coming.into_iter().chain(ended).map(Fetch::view).collect()
    }

    /// Puts a model at the end of the queue, if it is not in it already.
    pub(super) fn ask(&mut self, id: &str, now: Instant) -> Option<ModelFetch> {
        if let Some(fetch) = self.0.iter_mut().find(|fetch| fetch.id == id && !fetch.state.has_ended()) {
            fetch.again = fetch.stop.is_cancelled();
            return None;
        }
        self.forget(id);
        let fetch = Fetch::new(id, now);
        let view = fetch.view();
        self.0.push(fetch);
        Some(view)
    }

    /// Whether anything waits for its turn.
    pub(super) fn is_waiting(&self) -> bool {
        self.0.iter().any(|fetch| fetch.state == FetchState::Waiting)
    }

    /// Begins the download whose turn it is; `kept` tells how many bytes are here already.
    pub(super) fn next(
        &mut self,
        kept: impl Fn(&str) -> u64,
        stop: CancellationToken,
        now: Instant,
    ) -> Option<ModelFetch> {
        let fetch = self.0.iter_mut().find(|fetch| fetch.state == FetchState::Waiting)?;
        fetch.figures.done = kept(&fetch.id);
        (fetch.stop, fetch.came) = (stop, now);
        Some(fetch.set(FetchState::Running(fetch.figures), now))
    }

    /// Something came.
    pub(super) fn progress(&mut self, id: &str, progress: Progress, now: Instant) -> Option<ModelFetch> {
        let fetch = self.running(id)?;
        let before = fetch.figures;
        let done = before.done.max(progress.done);
        let total = progress.total.map(|total| total.max(done));
        let Progress { speed, left, attempt, .. } = progress;
        fetch.figures = FetchProgress { done, total, speed, left, stalled: false, attempt };
        fetch.came = now;
        if progress.is_whole {
            return Some(fetch.set(FetchState::Checking, now));
        }
        let is_news = before.stalled || before.attempt != attempt || fetch.state == FetchState::Checking;
        // What lies between is dropped; the next one tells more.
        (is_news || now.duration_since(fetch.told) >= EVERY).then(|| fetch.set(FetchState::Running(fetch.figures), now))
    }

    /// Time went by: a download of which nothing comes stands still, with as many bytes as are `kept`.
    pub(super) fn tick(&mut self, id: &str, kept: u64, now: Instant) -> Option<ModelFetch> {
        let fetch = self.running(id)?;
        let is_silent = now.duration_since(fetch.came) >= STALL;
        let is_running = matches!(fetch.state, FetchState::Running(_));
        (is_running && is_silent && !fetch.figures.stalled).then(|| {
            let done = fetch.figures.done.max(kept);
            let total = fetch.figures.total.map(|total| total.max(done));
            fetch.figures = FetchProgress { done, total, speed: 0.0, left: None, stalled: true, ..fetch.figures };
            fetch.set(FetchState::Running(fetch.figures), now)
        })
    }

    /// Ends one: at once where it waits, else as soon as it can.
    ///
    /// # Errors
    /// It is not on its way.
    pub(super) fn cancel(&mut self, id: &str, kept: u64) -> Result<Option<ModelFetch>, WireError> {
        let fetch = self.0.iter_mut().find(|fetch| fetch.id == id && !fetch.state.has_ended());
        let fetch = fetch.ok_or_else(|| WireError::new(ErrorCode::IllegalState, format!("{id} is not on its way")))?;
        if fetch.state != FetchState::Waiting {
            fetch.stop.cancel();
            fetch.again = false;
            return Ok(None);
        }
        self.forget(id);
        Ok(Some(ModelFetch { id: id.to_owned(), state: FetchState::Cancelled { kept } }))
    }

    /// It has ended so. If it is wanted again meanwhile, it waits again.
    pub(super) fn end(&mut self, id: &str, state: FetchState, now: Instant) -> Vec<ModelFetch> {
        let Some(fetch) = self.running(id) else { return vec![] };
        let again = std::mem::take(&mut fetch.again);
        let mut told = vec![fetch.set(state, now)];
        // A failure is for those to see who come later, too.
        if !matches!(fetch.state, FetchState::Failed(_)) {
            self.forget(id);
        }
        if again {
            told.extend(self.ask(id, now));
        }
        told
    }

    /// Forgets how a download ended. Whether it is on its way, and so can't be forgotten.
    pub(super) fn dismiss(&mut self, id: &str) -> bool {
        if self.0.iter().any(|fetch| fetch.id == id && !fetch.state.has_ended()) {
            return true;
        }
        self.forget(id);
        false
    }

    fn running(&mut self, id: &str) -> Option<&mut Fetch> {
        let is_begun = |state: &FetchState| matches!(state, FetchState::Running(_) | FetchState::Checking);
        self.0.iter_mut().find(|fetch| fetch.id == id && is_begun(&fetch.state))
    }

    fn forget(&mut self, id: &str) {
        self.0.retain(|fetch| fetch.id != id);
    }
}

#[cfg(test)]
mod tests;
