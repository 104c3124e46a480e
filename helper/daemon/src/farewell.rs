//! The end has a limit: what still hangs then is left to the system, which ends it with the process.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use crate::cli::note;
use crate::exit::Exit;

/// From the first Ctrl+C to the end of the process; what people are promised is 5 s.
const LIMIT: Duration = Duration::from_millis(4500);

/// Told by whoever works.
#[derive(Debug)]
enum Word {
    /// It was asked to end.
    Begun,
    /// It has ended.
    Ended(Exit),
}

/// The working thread's end.
#[derive(Debug)]
pub(crate) struct Farewell(SyncSender<Word>);

/// The end where `main` waits.
#[derive(Debug)]
pub(crate) struct Waiting(Receiver<Word>);

/// Both ends.
pub(crate) fn farewell() -> (Farewell, Waiting) {
    let (sender, receiver) = sync_channel(2);
    (Farewell(sender), Waiting(receiver))
}

impl Farewell {
    /// From now on the program has [`LIMIT`] to end; said again, it changes nothing.
    pub(crate) fn begin(&self) {
        let _said_before = self.0.try_send(Word::Begun);
    }

    /// The work is over.
    pub(crate) fn end(&self, exit: Exit) {
        let _main_is_gone = self.0.send(Word::Ended(exit));
    }
}

impl Waiting {
    /// Waits for the end; `None` when the working thread died without a word.
    pub(crate) fn wait(&self) -> Option<Exit> {
        self.wait_at_most(LIMIT)
    }

    fn wait_at_most(&self, limit: Duration) -> Option<Exit> {
        let mut word = self.0.recv().map_err(|_| RecvTimeoutError::Disconnected);
        if let Ok(Word::Begun) = word {
            word = self.0.recv_timeout(limit);
        }
        match word {
            Ok(Word::Ended(exit)) => Some(exit),
            Err(RecvTimeoutError::Disconnected) => None,
            Ok(Word::Begun) | Err(RecvTimeoutError::Timeout) => {
                note("something did not end in time and was cut off");
                Some(Exit::Runtime)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_ends_in_time_ends_as_it_says_and_who_hangs_is_cut_off() {
        let short = Duration::from_millis(50);
        let (farewell, waiting) = farewell();
        farewell.begin();
        farewell.end(Exit::Interrupted);
        assert_eq!(waiting.wait_at_most(short), Some(Exit::Interrupted));

        let (farewell, waiting) = super::farewell();
        farewell.begin();
        assert_eq!(waiting.wait_at_most(short), Some(Exit::Runtime));
        drop(farewell);

        let (farewell, waiting) = super::farewell();
        drop(farewell);
        assert_eq!(waiting.wait_at_most(short), None);
    }
}
