//! The signals that end the program.

use crate::exit::{CliError, Exit};

/// Ctrl+C and, on Unix, SIGTERM.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    /// From now on these signals no longer end the process by themselves.
    pub(crate) fn listen() -> Result<Self, CliError> {
        let fail = |e: std::io::Error| CliError::Runtime(format!("signals can't be listened for: {e}"));
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let interrupt = signal(SignalKind::interrupt()).map_err(fail)?;
            let terminate = signal(SignalKind::terminate()).map_err(fail)?;
            Ok(Self { interrupt, terminate })
        }
        #[cfg(windows)]
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c().map_err(fail)? })
    }

    /// Waits for the next one and says how the process should end.
    pub(crate) async fn next(&mut self) -> Exit {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => Exit::Interrupted,
            _ = self.terminate.recv() => Exit::Terminated,
        }
        #[cfg(windows)]
        {
            self.interrupt.recv().await;
            Exit::Interrupted
        }
    }
}
