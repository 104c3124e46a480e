//! What the whole server shares, and how a client arrives in it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use silhueta_shared::protocol::{Hardware, HelperMessage, ModelShelf, SessionId, Snapshot, VERSION};
use silhueta_shared::worker::DoctorReport;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

use super::fetches::Fetches;
use super::hub::{Hub, Joined, Link};
use super::neurapose::NeuraPose;
use super::now;
use super::previews::Previews;
use super::shelf::Preferred;
use super::spool::Spool;
use super::tasks::TaskSettings;
use super::workbench::Workbench;

/// What changes and is told to everyone. One lock over all of it: what a client gets on arrival and what it
/// is told from then on fit together without a gap.
#[derive(Debug)]
pub(super) struct State {
    pub(super) bench: Workbench,
    pub(super) models: ModelShelf,
    pub(super) preferred: Preferred,
    pub(super) fetches: Fetches,
    pub(super) hardware: Hardware,
    pub(super) machine: Option<DoctorReport>,
}

/// The server.
#[derive(Debug)]
pub(super) struct Helper {
    state: Mutex<State>,
    pub(super) hub: Arc<Hub>,
    pub(super) previews: Arc<Previews>,
    pub(super) spool: Spool,
    /// The folder for results, absolute.
    pub(super) out: PathBuf,
    /// How long a session waits for its client to come back.
    pub(super) grace: Duration,
    /// What NeuraPose's scripts set.
    pub(super) neurapose: NeuraPose,
    /// How many tasks there may be, and where they go.
    pub(super) tasks: TaskSettings,
    /// Held while a folder for results is chosen, or what is kept in one is thrown away.
    pub(super) folders: tokio::sync::Mutex<()>,
    /// Wakes the runner.
    pub(super) queued: Notify,
    /// Files that are looked into at the same time, each by a process of its own.
    pub(super) inspections: Semaphore,
    /// Wakes those who fetch models.
    pub(super) wanted: Notify,
    /// Held by whoever looks through the models.
    pub(super) looking: tokio::sync::Mutex<()>,
    /// Somebody wants the helper to end.
    pub(super) shut_down: Notify,
    /// The helper is ending.
    pub(super) closing: CancellationToken,
}

impl Helper {
    pub(super) fn new(
        state: State,
        hub: Arc<Hub>,
        previews: Arc<Previews>,
        spool: Spool,
        out: PathBuf,
        grace: Duration,
        tasks: TaskSettings,
    ) -> Self {
        Self {
            state: Mutex::new(state),
            hub,
            previews,
            spool,
            out,
            grace,
            neurapose: NeuraPose::default(),
            tasks,
            folders: tokio::sync::Mutex::default(),
            queued: Notify::new(),
            inspections: Semaphore::new(2),
            wanted: Notify::new(),
            looking: tokio::sync::Mutex::default(),
            shut_down: Notify::new(),
            closing: CancellationToken::new(),
        }
    }

    /// The state; never held over an await.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a client in and greets it. `None` when there are too many.
    pub(super) fn join(&self, resume: Option<&str>, link: &Link) -> Option<Joined> {
        let state = self.state();
        let joined = self.hub.join(resume, link.clone())?;
        link.tell(&HelperMessage::Welcome {
            protocol: VERSION,
            app: env!("CARGO_PKG_VERSION").to_owned(),
            session: joined.id,
            resume: joined.resume.clone(),
            resumed: joined.resumed,
            snapshot: Box::new(self.snapshot(&state)),
        });
        Some(joined)
    }

    /// Forgets a session that nobody came back to since it was left for the `departures`th time.
    pub(super) fn expire(&self, session: SessionId, departures: u32) {
        if self.hub.expire(session, departures) {
            self.state().bench.left(session);
        }
    }

    fn snapshot(&self, state: &State) -> Snapshot {
        let (jobs, log) = state.bench.recent();
        let roots = state.bench.store().roots().unwrap_or_else(|error| {
            tracing::error!("{error}");
            vec![]
        });
        Snapshot {
            now: now(),
            jobs,
            queue: state.bench.queue(),
            tasks: self.tasks.view(state),
            log,
            lock: state.bench.lock(),
            hardware: state.hardware.clone(),
            models: state.models.clone(),
            fetches: state.fetches.views(),
            roots,
            machine: state.machine.clone(),
            upload_room: self.spool.room(state.bench.store()),
            out: self.out.display().to_string(),
        }
    }
}
