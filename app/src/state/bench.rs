//! The page Processar's own state, alive on every page: what the user put in, kept in the browser, and how it
//! stands to the helper's truth.

use std::time::Duration;

use leptos::ev;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::notice::Level;
use silhueta_shared::protocol::{
    Answer, Ask, ErrorCode, JobId, JobSettings, JobView, Page, RunId, SourceRef, WireError,
};

use super::helper::HelperState;
use super::memory::{Memory, Remembered};
use super::merge::{Heard, Merged, merge, root_path};
use super::model::heard_up_to;
use super::progress;
use super::queue::in_order;
use super::start::{Blocked, Facts, startable};
use super::toasts::Toasts;
use crate::net::{Link, LinkStatus};
use crate::preview::Look;

/// How long changes are collected before they are kept.
const SAVE_AFTER: Duration = Duration::from_millis(300);

/// Inputs, the run that is shown, and what start would do. In context.
#[derive(Clone, Copy)]
pub(crate) struct Bench {
    helper: HelperState,
    link: Link,
    kept: StoredValue<Memory>,
    /// The list of videos.
    pub(crate) sources: RwSignal<Vec<Remembered>>,
    /// How to work through them.
    pub(crate) settings: RwSignal<JobSettings>,
    /// Whether the preview is wanted.
    pub(crate) preview: RwSignal<bool>,
    /// Whether what this page starts stops when it is closed.
    attached: RwSignal<bool>,
    /// What of the preview is shown.
    pub(crate) look: RwSignal<Look>,
    /// The quietest lines of the log that are shown.
    pub(crate) quietest: RwSignal<Level>,
    last_run: RwSignal<Option<RunId>>,
    /// What the helper said of videos that it could not open.
    pub(crate) unopened: RwSignal<Vec<(SourceRef, WireError)>>,
    inspecting: RwSignal<bool>,
    checked: RwSignal<Vec<SourceRef>>,
    doubted: RwSignal<bool>,
    /// The video that the user chose to look at; else the one that works.
    pub(crate) picked: RwSignal<Option<JobId>>,
    /// Inputs and truth together.
    pub(crate) merged: Memo<Merged>,
    /// Every job of the run that is shown, in the order in which they happen.
    pub(crate) jobs: Memo<Vec<JobView>>,
    /// The job that is looked at.
    pub(crate) focus: Memo<Option<JobView>>,
    /// What start would begin with, or why it can't.
    pub(crate) startable: Memo<Result<Vec<SourceRef>, Blocked>>,
}

impl Bench {
    /// What was kept in the browser; from then on it follows the helper, and every change is kept.
    pub(crate) fn open(helper: HelperState, link: Link) -> Self {
        let memory = Memory::load();
        let kept = StoredValue::new(memory.clone());
        let sources = RwSignal::new(memory.sources);
        let settings = RwSignal::new(memory.settings);
        let preview = RwSignal::new(memory.preview);
        let attached = RwSignal::new(memory.attached);
        let look = RwSignal::new(memory.look);
        let quietest = RwSignal::new(memory.quietest);
        let last_run = RwSignal::new(memory.last_run);
        let unopened = RwSignal::new(Vec::<(SourceRef, WireError)>::new());
        let picked = RwSignal::new(None);
        let memory = Memo::new(move |_| Memory {
            sources: sources.get(),
            settings: settings.get(),
            preview: preview.get(),
            attached: attached.get(),
            look: look.get(),
            quietest: quietest.get(),
            last_run: last_run.get(),
            ..kept.get_value()
        });
        let merged = Memo::new(move |_| {
            let memory = memory.get();
            if !helper.known.get() {
                // Painted as remembered; nothing is judged before the helper has spoken.
                let marks = vec![None; memory.sources.len()];
                return Merged { run: memory.last_run, active: false, marks, gone: Vec::new(), memory };
            }
            let (roots, models) = (helper.roots.get(), helper.models.get());
            let queue = helper.queue.get();
            helper
                .jobs
                .with(|jobs| merge(&memory, Heard { jobs, queue: &queue, roots: &roots, models: models.as_ref() }))
        });
        let jobs = Memo::new(move |_| {
            let run = merged.with(|merged| merged.run);
            let of_run = |job: &&JobView| Some(job.run) == run;
            let mut jobs = helper.jobs.with(|jobs| jobs.iter().filter(of_run).cloned().collect::<Vec<_>>());
            helper.queue.with(|queue| in_order(&mut jobs, queue));
            jobs
        });
        let focus = Memo::new(move |_| {
            let picked = picked.get();
            jobs.with(|jobs| {
                let picked = jobs.iter().find(|job| Some(job.id) == picked);
                picked.or_else(|| progress::at(jobs)).cloned()
            })
        });
        let startable = Memo::new(move |_| {
            let (models, machine) = (helper.models.get(), helper.machine.get());
            let bad: Vec<_> = unopened.with(|list| {
                list.iter().filter(|(_, error)| is_final(error.code)).map(|(source, _)| source.clone()).collect()
            });
            let lock = helper.lock.with(|lock| lock.as_ref().map(|lock| lock.page));
            merged.with(|merged| {
                startable(&Facts {
                    online: link.status().get() == LinkStatus::Online,
                    locked_by: lock.filter(|page| *page != Page::Processar),
                    merged,
                    bad: &bad,
                    models: models.as_ref(),
                    machine: machine.as_ref(),
                })
            })
        });
        let bench = Self {
            helper,
            link,
            kept,
            sources,
            settings,
            preview,
            attached,
            look,
            quietest,
            last_run,
            unopened,
            inspecting: RwSignal::new(false),
            checked: RwSignal::default(),
            doubted: RwSignal::default(),
            picked,
            merged,
            jobs,
            focus,
            startable,
        };
        bench.take_up_again();
        bench.keep(memory);
        bench.follow_helper();
        bench.fetch_logs();
        bench.inspect_new();
        bench
    }

    /// Whether inputs can be changed: nothing of this page works, and no other page does.
    pub(crate) fn editable(self) -> bool {
        let lock = self.helper.lock.with(Option::is_some);
        !lock && !self.merged.with(|merged| merged.active)
    }

    /// Whether videos can be added: also while this page works, for the next run.
    pub(crate) fn open_to_videos(self) -> bool {
        self.helper.lock.with(|lock| lock.as_ref().is_none_or(|lock| lock.page == Page::Processar))
    }

    /// Adds videos to the end of the list; those that are in it stay where they are.
    pub(crate) fn add(self, new: Vec<SourceRef>) {
        let roots = self.helper.roots.get_untracked();
        self.sources.update(|sources| {
            for source in new {
                if sources.iter().all(|other| other.source != source) {
                    let root = root_path(&source, &roots);
                    sources.push(Remembered { source, root, facts: None });
                }
            }
        });
    }

    /// Takes a video off the list. An upload is thrown away at the helper too.
    pub(crate) fn remove(self, source: &SourceRef) {
        self.sources.update(|sources| sources.retain(|other| other.source != *source));
        self.unopened.update(|list| list.retain(|(other, _)| other != source));
        if let SourceRef::Upload { upload, .. } = source {
            let (link, upload) = (self.link, *upload);
            spawn_local(async move {
                // Already gone is as good.
                drop(link.ask(Ask::DropUpload { upload }).await);
            });
        }
    }

    /// The helper would not start: every video is looked at again, so that the one that is wrong gets marked.
    pub(crate) fn doubt(self) {
        self.checked.set(Vec::new());
        self.unopened.set(Vec::new());
        self.doubted.set(true);
    }

    /// Moves a video up (or down) one place.
    pub(crate) fn shift(self, source: &SourceRef, up: bool) {
        self.sources.update(|sources| {
            let Some(at) = sources.iter().position(|other| other.source == *source) else { return };
            let to = if up { at.checked_sub(1) } else { Some(at + 1) };
            if let Some(to) = to.filter(|to| *to < sources.len()) {
                sources.swap(at, to);
            }
        });
    }

    /// Shows a run from now on.
    pub(crate) fn show(self, run: RunId) {
        self.picked.set(None);
        self.last_run.set(Some(run));
    }

    /// Whether the work that is shown, or comes next, stops when this page is closed.
    pub(crate) fn is_attached(self) -> bool {
        if !self.merged.with(|merged| merged.active) {
            return self.attached.get();
        }
        let own = |job: &&JobView| !job.state.has_ended() && (job.owner.is_none() || job.owner == self.link.session());
        self.jobs.with(|jobs| jobs.iter().filter(own).any(|job| job.attached))
    }

    /// Whether what is started now stops when this page is closed.
    pub(crate) fn is_attached_untracked(self) -> bool {
        self.attached.get_untracked()
    }

    /// Ties the work to this page, or lets it go on without; also while it works.
    pub(crate) fn attach(self, on: bool, toasts: Toasts) {
        self.attached.set(on);
        let run = self.merged.with_untracked(|merged| merged.run.filter(|_| merged.active));
        if let Some(run) = run {
            self.wish(Ask::Attach { run, on }, toasts);
        }
    }

    /// Asks for something whose outcome the helper tells to all.
    pub(crate) fn wish(self, ask: Ask, toasts: Toasts) {
        spawn_local(async move {
            if let Err(error) = self.link.ask(ask).await {
                toasts.refused(error);
            }
        });
    }

    /// Continues work, and ties it to this page if that is how the user wants it now.
    pub(crate) fn go_on(self, ask: Ask, run: RunId, toasts: Toasts) {
        spawn_local(async move {
            if let Err(error) = self.link.ask(ask).await {
                return toasts.refused(error);
            }
            self.last_run.set(Some(run));
            let on = self.attached.get_untracked();
            let differs = |job: &JobView| job.run == run && !job.state.has_ended() && job.attached != on;
            if self.helper.jobs.with_untracked(|jobs| jobs.iter().any(differs))
                && let Err(error) = self.link.ask(Ask::Attach { run, on }).await
            {
                toasts.refused(error);
            }
        });
    }

    /// After a restart of the helper nobody owns what is attached; the page that wants it so takes it up again.
    fn take_up_again(self) {
        let orphan = Memo::new(move |_| {
            let wanted = self.attached.get() && self.link.status().get() == LinkStatus::Online;
            let orphan = |job: &&JobView| !job.state.has_ended() && job.attached && job.owner.is_none();
            self.jobs.with(|jobs| jobs.iter().find(orphan).map(|job| job.run)).filter(|_| wanted)
        });
        Effect::new(move |_| {
            let Some(run) = orphan.get() else { return };
            spawn_local(async move {
                // Refused if it has just ended, which is as good.
                drop(self.link.ask(Ask::Attach { run, on: true }).await);
            });
        });
    }

    fn keep(self, memory: Memo<Memory>) {
        let timer = StoredValue::new(None::<TimeoutHandle>);
        let save = move || {
            let memory = memory.get_untracked();
            if self.kept.with_value(|kept| *kept != memory) {
                memory.save();
                self.kept.set_value(memory);
            }
        };
        Effect::new(move |_| {
            memory.track();
            if let Some(timer) = timer.get_value() {
                timer.clear();
            }
            timer.set_value(set_timeout_with_handle(save, SAVE_AFTER).ok());
        });
        window_event_listener(ev::pagehide, move |_| save());
    }

    fn follow_helper(self) {
        Effect::new(move |_| {
            let Merged { memory, .. } = self.merged.get();
            if self.sources.with_untracked(|sources| *sources != memory.sources) {
                self.sources.set(memory.sources);
            }
            if self.settings.with_untracked(|settings| *settings != memory.settings) {
                self.settings.set(memory.settings);
            }
            if self.last_run.get_untracked() != memory.last_run {
                // Another run begins: what was looked at belongs to the last one.
                self.show_again(memory.last_run);
            }
        });
    }

    fn show_again(self, run: Option<RunId>) {
        self.picked.set(None);
        self.last_run.set(run);
    }

    /// Fetches what is missing of the shown jobs' logs, after each connection and for each new job.
    fn fetch_logs(self) {
        let wanted = Memo::new(move |_| {
            let online = self.link.status().get() == LinkStatus::Online;
            // Per connection once: a session that was taken up again has missed lines all the same.
            let session = self.link.session();
            let ids: Vec<JobId> = self.jobs.with(|jobs| jobs.iter().map(|job| job.id).collect());
            (online && self.helper.known.get()).then_some((session, ids))
        });
        Effect::new(move |_| {
            let Some((_, ids)) = wanted.get() else { return };
            spawn_local(async move {
                for job in ids {
                    let heard = self.helper.logs.with_untracked(|logs| logs.get(&job).map(|lines| heard_up_to(lines)));
                    let after = heard.unwrap_or_default();
                    if let Ok(Answer::Log(lines)) = self.link.ask(Ask::Log { job, after }).await {
                        self.helper.hear_log(job, lines);
                    }
                }
            });
        });
    }

    /// Asks, one after another, what the videos are that nothing is known of yet; and once, whether what was
    /// uploaded before is still there.
    fn inspect_new(self) {
        let next = Memo::new(move |_| {
            if self.link.status().get() != LinkStatus::Online || self.inspecting.get() {
                return None;
            }
            let (unopened, checked, doubted) = (self.unopened.get(), self.checked.get(), self.doubted.get());
            let told =
                |source: &SourceRef| checked.contains(source) || unopened.iter().any(|(other, _)| other == source);
            self.merged.with(|merged| {
                let mut list = merged.memory.sources.iter().zip(&merged.marks);
                let open = |(video, mark): &(&Remembered, &Option<_>)| {
                    let unsure = doubted || video.facts.is_none() || matches!(video.source, SourceRef::Upload { .. });
                    mark.is_none() && unsure && !told(&video.source)
                };
                list.find(open).map(|(video, _)| video.source.clone())
            })
        });
        Effect::new(move |_| {
            let Some(source) = next.get() else { return };
            self.inspecting.set(true);
            spawn_local(async move {
                match self.link.ask(Ask::Inspect { source: source.clone() }).await {
                    Ok(Answer::Facts(facts)) => {
                        self.sources.update(|sources| {
                            if let Some(video) = sources.iter_mut().find(|other| other.source == source) {
                                video.facts = Some(facts);
                            }
                        });
                        self.checked.update(|checked| checked.push(source));
                    }
                    // Not said of the video: asked again with the next connection.
                    Err(error) if error.code == ErrorCode::Closing => {}
                    Err(error) => self.unopened.update(|list| list.push((source, error))),
                    Ok(_) => {}
                }
                self.inspecting.set(false);
            });
        });
    }
}

/// Whether a refusal is about the video itself and will be the same at the next try.
const fn is_final(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::NotAVideo
            | ErrorCode::NotFound
            | ErrorCode::OutsideRoots
            | ErrorCode::PathNotAllowed
            | ErrorCode::TooLarge
    )
}
