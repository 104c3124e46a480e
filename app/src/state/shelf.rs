//! What the page can do with models, alive on every page: fetch, check, take away, bring back. What it knows of
//! them is the helper's word; only the verdicts of checks that this window asked for are its own.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::{
    Answer, Ask, ErrorCode, FetchState, ModelCheck, ModelShelf, ModelView, Page, WireError,
};

use super::helper::HelperState;
use super::toasts::Toasts;
use crate::net::{Link, LinkStatus};

/// Why models can't be changed now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// There is no connection.
    Offline,
    /// A page works with them.
    By(Page),
}

/// The models folder and what is done with it. In context.
#[derive(Clone, Copy)]
pub(crate) struct Shelf {
    link: Link,
    helper: HelperState,
    toasts: Toasts,
    /// What checks said, with the size that the file had.
    checks: RwSignal<BTreeMap<String, (u64, ModelCheck)>>,
    /// What is being checked.
    checking: RwSignal<BTreeSet<String>>,
    /// What came while this window was open.
    fresh: RwSignal<BTreeSet<String>>,
    /// Why nothing can be changed now.
    pub(crate) held: Memo<Option<Held>>,
}

impl Shelf {
    /// Follows the helper.
    pub(crate) fn open(helper: HelperState, link: Link, toasts: Toasts) -> Self {
        let held = Memo::new(move |_| {
            if link.status().get() != LinkStatus::Online {
                return Some(Held::Offline);
            }
            helper.lock.with(|lock| lock.as_ref().map(|lock| Held::By(lock.page)))
        });
        let checks = RwSignal::new(BTreeMap::new());
        let fresh = RwSignal::new(BTreeSet::new());
        let shelf = Self { link, helper, toasts, checks, checking: RwSignal::default(), fresh, held };
        Effect::new(move |_| {
            helper.models.with(|models| {
                let models = models.as_ref().map_or(&[][..], |models| models.models.as_slice());
                let stale = checks.with_untracked(|checks| checks.len() > hold(checks, models).len());
                if stale {
                    checks.update(|checks| *checks = hold(checks, models));
                }
            });
        });
        Effect::new(move |_| helper.came.get().into_iter().for_each(|id| shelf.came(id)));
        shelf
    }

    /// A model came just now: it is new, and what was known of another of its name says nothing.
    pub(crate) fn came(self, id: String) {
        if self.checks.with_untracked(|checks| checks.contains_key(&id)) {
            self.checks.update(|checks| drop(checks.remove(&id)));
        }
        if self.fresh.with_untracked(|fresh| !fresh.contains(&id)) {
            self.fresh.update(|fresh| {
                fresh.insert(id);
            });
        }
    }

    /// Whether a model came while this window was open.
    pub(crate) fn is_fresh(self, id: &str) -> bool {
        self.fresh.with(|fresh| fresh.contains(id))
    }

    /// A part of what the helper says; `T`'s default before it has spoken.
    pub(crate) fn part<T>(self, of: impl Fn(&ModelShelf) -> T + Send + Sync + 'static) -> Memo<T>
    where
        T: Clone + Default + PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| self.helper.models.with(|models| models.as_ref().map(&of).unwrap_or_default()))
    }

    /// Where the download of a model is, if it has one.
    pub(crate) fn fetch_state(self, id: String) -> Memo<Option<FetchState>> {
        Memo::new(move |_| {
            self.helper.fetches.with(|all| all.iter().find(|fetch| fetch.id == id).map(|fetch| fetch.state.clone()))
        })
    }

    /// What the last check of a model said.
    pub(crate) fn check_of(self, id: &str) -> Option<ModelCheck> {
        self.checks.with(|checks| checks.get(id).map(|(_, check)| check.clone()))
    }

    /// Whether a model is being checked.
    pub(crate) fn is_checking(self, id: &str) -> bool {
        self.checking.with(|checking| checking.contains(id))
    }

    /// Whether anything is being checked.
    pub(crate) fn is_busy_checking(self) -> bool {
        self.checking.with(|checking| !checking.is_empty())
    }

    /// Fetches models, in this order.
    pub(crate) fn fetch(self, ids: Vec<String>) {
        self.wish(Ask::FetchModels { ids });
    }

    /// Ends a download; what came is kept.
    pub(crate) fn cancel(self, id: String) {
        self.wish(Ask::CancelFetch { id });
    }

    /// Throws away what came of a model, and with it why it failed.
    pub(crate) fn drop_partial(self, id: String) {
        spawn_local(async move {
            match self.link.ask(Ask::DropPartial { id: id.clone() }).await {
                Ok(_) => self.helper.forget_fetch(&id),
                Err(error) => self.toasts.refused(error),
            }
        });
    }

    /// Takes a model away, and offers to bring it back.
    pub(crate) fn remove(self, id: String) {
        spawn_local(async move {
            match self.link.ask(Ask::RemoveModel { id: id.clone() }).await {
                Ok(_) => self.toasts.removed(id),
                Err(error) => self.toasts.refused(error),
            }
        });
    }

    /// Brings back what was taken away.
    pub(crate) fn restore(self, id: String) {
        self.toasts.forget_removed(&id);
        self.wish(Ask::RestoreModel { id });
    }

    /// Checks these models, one after another, so that each verdict is there as soon as it can be.
    pub(crate) fn verify(self, ids: Vec<String>) {
        let ids: Vec<_> = ids.into_iter().filter(|id| !untrack(|| self.is_checking(id))).collect();
        self.checking.update(|checking| checking.extend(ids.iter().cloned()));
        self.checks.update(|checks| checks.retain(|id, _| !ids.contains(id)));
        spawn_local(async move {
            let mut failed = None;
            for id in ids {
                if failed.is_none() {
                    failed = self.check(id.clone()).await.err();
                }
                self.checking.update(|checking| checking.retain(|other| *other != id));
            }
            if let Some(error) = failed {
                self.toasts.refused(error);
            }
        });
    }

    async fn check(self, id: String) -> Result<(), WireError> {
        let there = |id: &str| {
            let size = |models: &[ModelView]| models.iter().find(|model| model.id == id).map(|model| model.size);
            self.helper.models.with_untracked(|models| models.as_ref().and_then(|models| size(&models.models)))
        };
        match self.link.ask(Ask::VerifyModels { ids: vec![id] }).await {
            Ok(Answer::Checked(found)) => {
                let found = found.into_iter().filter_map(|check| Some((check.id.clone(), (there(&check.id)?, check))));
                self.checks.update(|checks| checks.extend(found));
                Ok(())
            }
            Ok(_) => Err(WireError::new(ErrorCode::Internal, "another answer than was asked for")),
            // It went meanwhile: its row went too.
            Err(error) if error.code == ErrorCode::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn wish(self, ask: Ask) {
        spawn_local(async move {
            if let Err(error) = self.link.ask(ask).await {
                self.toasts.refused(error);
            }
        });
    }
}

/// Verdicts of files that are still those.
fn hold(checks: &BTreeMap<String, (u64, ModelCheck)>, models: &[ModelView]) -> BTreeMap<String, (u64, ModelCheck)> {
    let is_there = |id: &str, size: u64| models.iter().any(|model| model.id == id && model.size == size);
    checks.iter().filter(|(id, (size, _))| is_there(id, *size)).map(|(id, check)| (id.clone(), check.clone())).collect()
}

#[cfg(test)]
mod tests {
    use silhueta_shared::model::Role;
    use silhueta_shared::protocol::ModelVerdict;

    use super::*;
    use crate::state::fixture::model;

    #[test]
    fn a_verdict_goes_with_the_file_that_it_was_about() {
        let check = |id: &str| ModelCheck { id: id.into(), sha256: None, verdict: ModelVerdict::Unknown };
        let checks = ["same", "other", "gone"].map(|id| (id.to_owned(), (1, check(id)))).into();
        let mut other = model("other", Role::Pose);
        other.size = 2;
        let held = hold(&checks, &[model("same", Role::Pose), other]);
        assert_eq!(held.keys().collect::<Vec<_>>(), ["same"]);
    }
}
