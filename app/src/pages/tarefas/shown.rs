//! What of the tasks is shown: one group or all, what is searched for, which rows are unfolded. The choice is kept in
//! the browser; the logs of unfolded rows are fetched and followed.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::notice::Level;
use silhueta_shared::protocol::{Answer, Ask, JobId, JobView};

use crate::net::{Link, LinkStatus};
use crate::state::helper::HelperState;
use crate::state::model::heard_up_to;
use crate::state::task_list::{Group, Lists, counts};
use crate::state::task_memory::TaskMemory;

/// The page's own state, in its context.
#[derive(Clone, Copy)]
pub(super) struct Shown {
    helper: HelperState,
    /// The only group that is shown; none for all.
    pub(super) only: RwSignal<Option<Group>>,
    /// What is searched for.
    pub(super) search: RwSignal<String>,
    /// Whether the lines for programs are unfolded.
    pub(super) programs: RwSignal<bool>,
    /// The rows whose details are to be seen.
    unfolded: RwSignal<BTreeSet<JobId>>,
    /// The quietest lines of their logs.
    pub(super) quietest: RwSignal<Level>,
    /// What is shown.
    pub(super) lists: Memo<Lists>,
    /// How many of each group match the search.
    pub(super) counts: Memo<[usize; 4]>,
}

impl Shown {
    /// As it was left.
    pub(super) fn open(helper: HelperState, link: Link) -> Self {
        let memory = TaskMemory::load();
        let only = RwSignal::new(memory.only());
        let programs = RwSignal::new(memory.programs);
        let search = RwSignal::new(memory.search);
        let lists = Memo::new(move |_| {
            let (only, search) = (only.get(), search.get());
            helper.tasks.with(|tasks| Lists::of(tasks.all(), only, &search))
        });
        let counts = Memo::new(move |_| {
            let search = search.get();
            helper.tasks.with(|tasks| counts(tasks.all(), &search))
        });
        let memory = Memo::new(move |_| TaskMemory::new(only.get(), search.get(), programs.get()));
        Effect::new(move |before: Option<TaskMemory>| {
            let memory = memory.get();
            if before.is_some_and(|before| before != memory) {
                memory.save();
            }
            memory
        });
        let (unfolded, quietest) = (RwSignal::default(), RwSignal::new(Level::Info));
        let shown = Self { helper, only, search, programs, unfolded, quietest, lists, counts };
        shown.follow_logs(link);
        shown
    }

    /// The task of that number, as it is now.
    pub(super) fn task(self, id: JobId) -> Memo<Option<Arc<JobView>>> {
        Memo::new(move |_| self.helper.tasks.with(|tasks| tasks.find(id).cloned()))
    }

    /// Whether a row's details are to be seen.
    pub(super) fn is_unfolded(self, id: JobId) -> bool {
        self.unfolded.with(|unfolded| unfolded.contains(&id))
    }

    /// Shows a row's details, or hides them.
    pub(super) fn fold(self, id: JobId) {
        self.unfolded.update(|unfolded| {
            if !unfolded.remove(&id) {
                unfolded.insert(id);
            }
        });
    }

    /// Shows everything.
    pub(super) fn show_all(self) {
        self.only.set(None);
        self.search.set(String::new());
    }

    /// Fetches the log of each unfolded row, after each connection again; those of folded ones are let go.
    fn follow_logs(self, link: Link) {
        let Self { helper, unfolded, .. } = self;
        let wanted = Memo::new(move |_| {
            let online = link.status().get() == LinkStatus::Online;
            (online && helper.known.get()).then(|| (link.session(), unfolded.get()))
        });
        Effect::new(move |before: Option<BTreeSet<JobId>>| {
            let now = unfolded.get();
            let before = before.unwrap_or_default();
            before.difference(&now).for_each(|id| helper.follow_task(*id, false));
            now.difference(&before).for_each(|id| helper.follow_task(*id, true));
            now
        });
        Effect::new(move |before: Option<Option<(_, BTreeSet<JobId>)>>| {
            let now = wanted.get();
            let (session, ids) = now.clone()?;
            // In the same connection only what is new; lines of the others came by themselves.
            let had = before.flatten().filter(|(other, _)| *other == session).map(|(_, ids)| ids).unwrap_or_default();
            for job in ids.difference(&had).copied() {
                let heard = helper.tasks.with_untracked(|tasks| tasks.log(job).map(heard_up_to));
                spawn_local(async move {
                    let after = heard.unwrap_or_default();
                    // Refused where it was forgotten meanwhile: its row went, too.
                    if let Ok(Answer::Log(lines)) = link.ask(Ask::Log { job, after }).await {
                        helper.hear_log(job, lines);
                    }
                });
            }
            now
        });
        on_cleanup(move || {
            let unfolded = unfolded.try_get_untracked().unwrap_or_default();
            unfolded.into_iter().for_each(|id| helper.follow_task(id, false));
        });
    }
}
