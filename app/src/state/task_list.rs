//! Which tasks are shown, and in which order. Pure.

use std::sync::Arc;

use silhueta_shared::protocol::{JobId, JobView, SourceRef};
use silhueta_shared::state::JobState;

/// Tasks that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// A worker has them.
    Work,
    /// They wait for their turn.
    Waiting,
    /// Their results are there.
    Done,
    /// They ended without: failed, stopped, cut off.
    Unfinished,
}

impl Group {
    /// Every group, in the order of the page.
    pub(crate) const ALL: [Self; 4] = [Self::Work, Self::Waiting, Self::Done, Self::Unfinished];

    /// The group of a state.
    pub(crate) const fn of(state: JobState) -> Self {
        match state {
            JobState::Running(_) | JobState::Paused(_) => Self::Work,
            JobState::Queued => Self::Waiting,
            JobState::Completed => Self::Done,
            JobState::Failed | JobState::Cancelled | JobState::Interrupted => Self::Unfinished,
        }
    }

    /// Its name for programs, and in the browser's memory.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Work => "work",
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Unfinished => "unfinished",
        }
    }
}

/// What is shown, each in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lists {
    /// At work, the one that began first on top.
    pub(crate) work: Vec<JobId>,
    /// In the order of their turns.
    pub(crate) waiting: Vec<JobId>,
    /// The newest end on top.
    pub(crate) ended: Vec<JobId>,
}

impl Lists {
    /// What of the tasks is shown: `only` one group, none for all; of those that match the search.
    pub(crate) fn of(tasks: &[Arc<JobView>], only: Option<Group>, search: &str) -> Self {
        let words = words(search);
        let is_shown =
            |task: &&Arc<JobView>| only.is_none_or(|only| Group::of(task.state) == only) && matches(task, &words);
        let (mut work, mut waiting, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        for task in tasks.iter().filter(is_shown) {
            match Group::of(task.state) {
                Group::Work => work.push(task),
                Group::Waiting => waiting.push(task),
                Group::Done | Group::Unfinished => ended.push(task),
            }
        }
        work.sort_by_key(|task| (task.started, task.id));
        ended.sort_by_key(|task| std::cmp::Reverse((task.ended, task.id)));
        let ids = |tasks: Vec<&Arc<JobView>>| tasks.into_iter().map(|task| task.id).collect();
        Self { work: ids(work), waiting: ids(waiting), ended: ids(ended) }
    }

    /// Whether nothing is shown.
    pub(crate) const fn is_empty(&self) -> bool {
        self.work.is_empty() && self.waiting.is_empty() && self.ended.is_empty()
    }
}

/// How many of each group, in the order of [`Group::ALL`], match the search.
pub(crate) fn counts(tasks: &[Arc<JobView>], search: &str) -> [usize; 4] {
    let words = words(search);
    let mut counts = [0; 4];
    for task in tasks.iter().filter(|task| matches(task, &words)) {
        counts[Group::of(task.state) as usize] += 1;
    }
    counts
}

/// The path of a task's video, as people name it; a video that was sent has only its name.
pub(crate) fn video(source: &SourceRef) -> &str {
    match source {
        SourceRef::File { path, .. } | SourceRef::Path { path } => path,
        SourceRef::Upload { name, .. } => name,
    }
}

fn words(search: &str) -> Vec<String> {
    search.split_whitespace().map(str::to_lowercase).collect()
}

/// Whether each word is somewhere in what names the task.
fn matches(job: &JobView, words: &[String]) -> bool {
    if words.is_empty() {
        return true;
    }
    let task = job.task.as_ref();
    let named = task.map(|task| [task.id.as_str(), &task.model, &task.from].join(" ")).unwrap_or_default();
    let text = format!("{} {named}", video(&job.source)).to_lowercase();
    words.iter().all(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use silhueta_shared::job::Stage;

    use super::*;
    use crate::state::fixture::task;

    fn some() -> Vec<Arc<JobView>> {
        let state = |id| match id {
            1 => JobState::Completed,
            2 => JobState::Failed,
            3 => JobState::Paused(Stage::Pose),
            4 => JobState::Running(Stage::Track),
            5 => JobState::Cancelled,
            _ => JobState::Queued,
        };
        let mut tasks: Vec<_> = (1..=7).map(|id| task(id, state(id))).collect();
        // The first was long, the fourth had its turn before the third.
        (tasks[0].ended, tasks[1].ended, tasks[4].ended) = (Some(90), Some(50), Some(50));
        (tasks[2].started, tasks[3].started) = (Some(20), Some(10));
        tasks[1].source = SourceRef::Path { path: "/aulas/Natação Рус.MP4".into() };
        tasks.into_iter().map(Arc::new).collect()
    }

    fn shown(only: Option<Group>, search: &str) -> [Vec<u64>; 3] {
        let Lists { work, waiting, ended } = Lists::of(&some(), only, search);
        [work, waiting, ended].map(|ids| ids.into_iter().map(JobId::get).collect())
    }

    #[test]
    fn each_list_has_its_order() {
        assert_eq!(shown(None, ""), [vec![4, 3], vec![6, 7], vec![1, 5, 2]]);
        assert_eq!(counts(&some(), ""), [2, 2, 1, 2]);
    }

    #[test]
    fn one_group_or_what_a_search_finds() {
        assert_eq!(shown(Some(Group::Unfinished), ""), [vec![], vec![], vec![5, 2]]);
        assert_eq!(shown(Some(Group::Work), ""), [vec![4, 3], vec![], vec![]]);
        // Whatever the case, the order of the words, and what names it: path, model, sender, UUID.
        assert_eq!(shown(None, "  рус NATAÇÃO curl"), [vec![], vec![], vec![2]]);
        assert_eq!(shown(None, "000000000006"), [vec![], vec![6], vec![]]);
        assert!(Lists::of(&some(), Some(Group::Done), "natação").is_empty());
        assert_eq!(counts(&some(), "natação"), [0, 0, 0, 1]);
    }
}
