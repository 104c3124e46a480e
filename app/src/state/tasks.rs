//! What scripts posted to the task API, kept apart from the pages' jobs: it is many, it holds no lock, and no page
//! may take it for its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use silhueta_shared::protocol::{JobId, JobView, LogLine, Page, TaskApi};

/// Ended tasks that are kept here; the helper has them all.
pub(crate) const ENDED_LIMIT: usize = 5_000;

/// Every task that was heard of. Cheap to clone: that happens at each progress.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tasks {
    /// What the API takes.
    pub(crate) api: TaskApi,
    /// By rising number.
    all: Vec<Arc<JobView>>,
    /// Whether the helper has older ones that are not here.
    pub(crate) has_older: bool,
    /// The logs that somebody reads, each by rising `seq`.
    pub(super) logs: BTreeMap<JobId, Vec<LogLine>>,
}

/// Whether a script posted it.
pub(crate) fn is_task(job: &JobView) -> bool {
    job.page == Page::Tarefas || job.task.is_some()
}

impl Tasks {
    /// All of them, by rising number.
    pub(crate) fn all(&self) -> &[Arc<JobView>] {
        &self.all
    }

    /// The one of that number.
    pub(crate) fn find(&self, id: JobId) -> Option<&Arc<JobView>> {
        self.place(id).ok().map(|place| &self.all[place])
    }

    /// The log of a task, while it is followed.
    pub(crate) fn log(&self, id: JobId) -> Option<&[LogLine]> {
        self.logs.get(&id).map(Vec::as_slice)
    }

    /// How many work, and how many wait.
    pub(crate) fn under_way(&self) -> (usize, usize) {
        let active = self.all.iter().filter(|task| task.state.is_active()).count();
        let open = self.all.iter().filter(|task| !task.state.has_ended()).count();
        (active, open - active)
    }

    pub(super) fn find_mut(&mut self, id: JobId) -> Option<&mut JobView> {
        let place = self.place(id).ok()?;
        Some(Arc::make_mut(&mut self.all[place]))
    }

    pub(super) fn put(&mut self, task: JobView) {
        match self.place(task.id) {
            Ok(place) => self.all[place] = Arc::new(task),
            Err(place) => {
                self.all.insert(place, Arc::new(task));
                self.cut();
            }
        }
    }

    /// Whether it was here.
    pub(super) fn forget(&mut self, id: JobId) -> bool {
        self.logs.remove(&id);
        self.place(id).map(|place| self.all.remove(place)).is_ok()
    }

    /// Whether anything changed by it.
    pub(super) fn follow(&mut self, id: JobId, on: bool) -> bool {
        if on {
            let new = !self.logs.contains_key(&id);
            self.logs.entry(id).or_default();
            return new;
        }
        self.logs.remove(&id).is_some()
    }

    /// What the helper says on arrival; logs that are followed stay, unless the number is another task's now.
    pub(super) fn welcomed(&self, mut tasks: Vec<JobView>, api: TaskApi) -> Self {
        tasks.sort_by_key(|task| task.id);
        let is_same = |id: &JobId| {
            let now = tasks.binary_search_by_key(id, |task| task.id).ok().map(|place| tasks[place].created);
            now.is_some() && now == self.find(*id).map(|task| task.created)
        };
        let logs = self.logs.iter().filter(|(id, _)| is_same(id)).map(|(id, lines)| (*id, lines.clone())).collect();
        let known = tasks.iter().filter(|task| task.task.as_ref().is_some_and(|task| task.kept)).count() as u64;
        let mut now = Self { has_older: api.known > known, api, all: tasks.into_iter().map(Arc::new).collect(), logs };
        now.cut();
        now
    }

    fn place(&self, id: JobId) -> Result<usize, usize> {
        self.all.binary_search_by_key(&id, |task| task.id)
    }

    /// A page that stays open for weeks does not grow with all that was ever posted.
    fn cut(&mut self) {
        let ended = self.all.iter().filter(|task| task.state.has_ended()).count();
        let mut too_many = ended.saturating_sub(ENDED_LIMIT);
        if too_many > 0 {
            self.has_older = true;
            self.all.retain(|task| {
                let goes = too_many > 0 && task.state.has_ended();
                too_many -= usize::from(goes);
                !goes
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use silhueta_shared::state::JobState;

    use super::*;
    use crate::state::fixture::{line, task};

    fn ids(tasks: &Tasks) -> Vec<u64> {
        tasks.all().iter().map(|task| task.id.get()).collect()
    }

    #[test]
    fn the_oldest_that_ended_go_first_and_what_has_not_ended_stays() {
        let mut tasks = Tasks::default();
        tasks.put(task(1, JobState::Queued));
        for id in 2..=ENDED_LIMIT as u64 + 3 {
            tasks.put(task(id, JobState::Completed));
        }
        assert_eq!((tasks.all().len(), tasks.has_older), (ENDED_LIMIT + 1, true));
        assert_eq!(ids(&tasks)[..3], [1, 4, 5]);
        assert_eq!(tasks.under_way(), (0, 1));
    }

    #[test]
    fn older_ones_are_told_of_where_the_api_knows_more_than_came() {
        let gone = |id| {
            let mut gone = task(id, JobState::Completed);
            gone.task.as_mut().unwrap().kept = false;
            gone
        };
        let came = vec![task(4, JobState::Queued), gone(3)];
        let of = |known| Tasks::default().welcomed(came.clone(), TaskApi { known, ..TaskApi::default() });
        assert_eq!((of(1).has_older, of(2).has_older), (false, true));
        assert_eq!(ids(&of(1)), [3, 4]);
    }

    #[test]
    fn a_followed_log_outlives_a_reconnection_but_not_another_store() {
        let mut tasks = Tasks::default();
        for id in [1, 2] {
            tasks.put(task(id, JobState::Queued));
            tasks.follow(task(id, JobState::Queued).id, true);
            tasks.logs.insert(task(id, JobState::Queued).id, vec![line(1)]);
        }
        let renamed = JobView { created: 77, ..task(2, JobState::Queued) };
        let now = tasks.welcomed(vec![renamed, task(1, JobState::Queued)], TaskApi::default());
        assert_eq!(now.log(task(1, JobState::Queued).id), Some(&[line(1)][..]));
        assert_eq!(now.log(task(2, JobState::Queued).id), None);
    }
}
