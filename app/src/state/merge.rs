//! How what the page remembers meets what the helper says. The remembered page is painted first; each time
//! the helper tells something new, [`merge`] decides:
//!
//! 1. A run of this page that has not ended wins: it is shown, its videos come first in the list in its own
//!    order, and its settings are the page's. Remembered videos that are no part of it follow; none is lost.
//! 2. Without one, the run that was shown last stays with its outcome, as long as the helper knows it.
//! 3. What the helper knows nothing of leaves the inputs as they are.
//! 4. The switches for the preview and for what happens when the page is closed, the look and the log's filter are the user's alone.
//! 5. A video below a folder that is not open is marked, not dropped. When that folder is open under another
//!    number, the video follows it there; a number that now means another folder is not believed.
//! 6. A model that is not on the shelf any more is marked and not replaced.
//!
//! Merging twice changes nothing more.

use silhueta_shared::model::Role;
use silhueta_shared::protocol::{JobSettings, JobView, ModelShelf, Page, QueueView, Root, RunId, SourceRef};

use super::memory::{Memory, Remembered};
use super::queue::in_order;

/// What the helper says that matters here.
#[derive(Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub(crate) jobs: &'a [JobView],
    pub(crate) queue: &'a QueueView,
    pub(crate) roots: &'a [Root],
    pub(crate) models: Option<&'a ModelShelf>,
}

/// The page's state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Merged {
    /// What to remember from now on.
    pub(crate) memory: Memory,
    /// The run to show.
    pub(crate) run: Option<RunId>,
    /// Whether that run has not ended.
    pub(crate) active: bool,
    /// What is wrong with each video of the list.
    pub(crate) marks: Vec<Option<Mark>>,
    /// Roles whose chosen model is gone.
    pub(crate) gone: Vec<Role>,
}

/// Why a video can't be started as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Its folder is not open any more.
    RootClosed,
    /// Named by a path, which only programs may do.
    ByPath,
}

/// Brings the page up to date.
pub(crate) fn merge(memory: &Memory, heard: Heard<'_>) -> Merged {
    let mut memory = memory.clone();
    for remembered in &mut memory.sources {
        follow_root(remembered, heard.roots);
    }
    let mut seen = Vec::new();
    memory.sources.retain(|remembered| {
        let first = !seen.contains(&remembered.source);
        seen.push(remembered.source.clone());
        first
    });
    let active = active_run(heard.jobs);
    if let Some(run) = active {
        take_over(&mut memory, run, heard);
    }
    let run = memory.last_run.filter(|run| heard.jobs.iter().any(|job| job.run == *run && job.page == Page::Processar));
    let marks = memory.sources.iter().map(|remembered| mark(remembered, heard.roots)).collect();
    let gone = heard.models.map_or_else(Vec::new, |shelf| gone(&memory.settings, shelf));
    Merged { memory, run, active: active.is_some(), marks, gone }
}

fn active_run(jobs: &[JobView]) -> Option<RunId> {
    jobs.iter().filter(|job| job.page == Page::Processar && !job.state.has_ended()).map(|job| job.run).max()
}

fn take_over(memory: &mut Memory, run: RunId, heard: Heard<'_>) {
    let mut jobs: Vec<_> = heard.jobs.iter().filter(|job| job.run == run).cloned().collect();
    in_order(&mut jobs, heard.queue);
    let mut sources: Vec<Remembered> = Vec::new();
    for job in &jobs {
        if sources.iter().any(|other| other.source == job.source) {
            continue;
        }
        let known = memory.sources.iter().find(|other| other.source == job.source);
        let facts = job.facts.clone().or_else(|| known.and_then(|known| known.facts.clone()));
        let root = known.and_then(|known| known.root.clone()).or_else(|| root_path(&job.source, heard.roots));
        sources.push(Remembered { source: job.source.clone(), root, facts });
    }
    memory.sources.retain(|other| !sources.iter().any(|source| source.source == other.source));
    sources.append(&mut memory.sources);
    memory.sources = sources;
    if let Some(job) = jobs.first() {
        memory.settings = job.settings.clone();
    }
    memory.last_run = Some(run);
}

/// The path of a source's root, where that is open.
pub(crate) fn root_path(source: &SourceRef, roots: &[Root]) -> Option<String> {
    let SourceRef::File { root, .. } = source else { return None };
    roots.iter().find(|other| other.id == *root).map(|root| root.path.clone())
}

fn follow_root(remembered: &mut Remembered, roots: &[Root]) {
    let SourceRef::File { root, .. } = &mut remembered.source else { return };
    let open_as = roots.iter().find(|open| open.id == *root).map(|open| &open.path);
    match &remembered.root {
        Some(path) if open_as != Some(path) => {
            if let Some(open) = roots.iter().find(|open| open.path == *path) {
                *root = open.id;
            }
        }
        Some(_) => {}
        None => remembered.root = open_as.cloned(),
    }
}

fn mark(remembered: &Remembered, roots: &[Root]) -> Option<Mark> {
    match &remembered.source {
        SourceRef::Upload { .. } => None,
        SourceRef::Path { .. } => Some(Mark::ByPath),
        source @ SourceRef::File { .. } => {
            let open = root_path(source, roots);
            (open.is_none() || open != remembered.root).then_some(Mark::RootClosed)
        }
    }
}

fn gone(settings: &JobSettings, shelf: &ModelShelf) -> Vec<Role> {
    let there = |role, id: &String| shelf.models.iter().any(|model| model.role == Some(role) && model.id == *id);
    settings
        .choices()
        .into_iter()
        .filter(|(role, id)| id.as_ref().is_some_and(|id| !there(*role, id)))
        .map(|(role, _)| role)
        .collect()
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
