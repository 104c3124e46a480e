//! A worker's process, shared by who waits for it and who may have to kill it.

use std::process::ExitStatus;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::process::Command;
use tokio::time::{Instant, sleep};

/// How often an ending process is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// A process with all that it may start, killed when this is dropped.
#[derive(Debug)]
pub(super) struct Process(Mutex<State>);

#[derive(Debug)]
struct State {
    child: Box<dyn ChildWrapper>,
    /// How it ended, once it was reaped: from then on its number may be another's.
    status: Option<ExitStatus>,
}

/// The pipes of a process.
pub(super) struct Pipes {
    pub(super) stdin: tokio::process::ChildStdin,
    pub(super) stdout: tokio::process::ChildStdout,
    pub(super) stderr: tokio::process::ChildStderr,
}

impl Process {
    /// Starts it in a group of its own: Ctrl+C in a terminal is ours to handle.
    pub(super) fn spawn(program: &std::path::Path, set: impl FnOnce(&mut Command)) -> std::io::Result<(Self, Pipes)> {
        let mut command = CommandWrap::with_new(program, set);
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        command.wrap(KillOnDrop);
        let mut child = command.spawn()?;
        let pipes = (child.stdin().take(), child.stdout().take(), child.stderr().take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(std::io::Error::other("its pipes are missing"));
        };
        Ok((Self(Mutex::new(State { child, status: None })), Pipes { stdin, stdout, stderr }))
    }

    /// How it ended, if it has.
    pub(super) fn status(&self) -> Option<ExitStatus> {
        let mut state = self.lock();
        if state.status.is_none() {
            match state.child.try_wait() {
                Ok(status) => state.status = status,
                Err(error) => tracing::warn!("the worker can't be waited for: {error}"),
            }
        }
        state.status
    }

    /// Asks it to end, as far as the system has a word for that.
    pub(super) fn terminate(&self) {
        #[cfg(unix)]
        if self.status().is_none()
            && let Err(error) = self.lock().child.signal(15)
        {
            tracing::debug!("SIGTERM: {error}");
        }
    }

    /// Ends it, whatever it does. Reaping is left to who waits for it.
    pub(super) fn kill(&self) {
        if self.status().is_none()
            && let Err(error) = self.lock().child.start_kill()
        {
            tracing::warn!("the worker can't be killed: {error}");
        }
    }

    /// Waits until it is gone; `None` when it is still there after `limit`.
    pub(super) async fn gone_within(&self, limit: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + limit;
        loop {
            if let Some(status) = self.status() {
                return Some(status);
            }
            if Instant::now() >= end {
                return None;
            }
            sleep(LOOK).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
