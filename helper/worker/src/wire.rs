//! The worker's end of the pipe: a guarded stdout, one writer thread, and a thread that reads stdin and
//! ends the process when the daemon is gone.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};
use rustix::process::{Signal, getpid, kill_process};
use silhueta_shared::worker::{Command, Decoder, Event, encode};

/// Events waiting to be written. Full: the sender waits, except for progress and heartbeats, which are
/// dropped because newer ones follow.
const QUEUE: usize = 256;

/// Takes stdout for ourselves and points file descriptor 1 at stderr.
pub(crate) fn guard_stdout() -> io::Result<File> {
    let pipe = rustix::io::fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(File::from(pipe))
}

/// Ends this process at once: nobody listens any more, and native code may hang in its exit handlers.
fn end_process() -> ! {
    loop {
        if kill_process(getpid(), Signal::KILL).is_err() {
            std::process::abort();
        }
    }
}

/// Where events go.
#[derive(Clone, Debug)]
pub(crate) struct Events {
    queue: Sender<Event>,
    writer: Arc<std::sync::Mutex<Option<JoinHandle<()>>>>,
}

impl Events {
    /// Sends an event, waiting for room.
    pub(crate) fn send(&self, event: Event) {
        // The writer ends only with the process.
        if self.queue.send(event).is_err() {
            end_process();
        }
    }

    /// Sends an event that a newer one replaces: dropped when the queue is full.
    pub(crate) fn send_latest(&self, event: Event) {
        let _full_is_fine = self.queue.try_send(event);
    }

    /// Sends the last event and waits until it is written.
    pub(crate) fn finish(self, event: Event) {
        self.send(event);
        let Self { queue, writer } = self;
        let writer = writer.lock().ok().and_then(|mut writer| writer.take());
        drop(queue);
        if writer.is_some_and(|writer| writer.join().is_err()) {
            end_process();
        }
    }
}

/// Starts the one thread that writes to the daemon; it ends after a last event or with the process.
pub(crate) fn start_writer(mut pipe: File) -> Events {
    let (queue, events) = bounded::<Event>(QUEUE);
    let writer = std::thread::spawn(move || {
        for event in events {
            let last = matches!(
                event,
                Event::Done(_) | Event::Stopped | Event::Failed(_) | Event::Doctor(_) | Event::Inspected(_)
            );
            let written = encode(&event).map_err(io::Error::other).and_then(|bytes| pipe.write_all(&bytes));
            if written.is_err() {
                end_process();
            }
            if last {
                break;
            }
        }
    });
    Events { queue, writer: Arc::new(std::sync::Mutex::new(Some(writer))) }
}

/// Starts the thread that reads commands. `Stop` sets the flag; the end of stdin ends the process,
/// whatever the other threads are caught in.
pub(crate) fn start_guard(stop: Arc<AtomicBool>) -> Receiver<Command> {
    let (sender, commands) = bounded(4);
    std::thread::spawn(move || {
        let (mut decoder, mut buffer, mut stdin) = (Decoder::default(), [0u8; 4096], io::stdin());
        loop {
            let read = match stdin.read(&mut buffer) {
                Ok(0) => end_process(),
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => end_process(),
            };
            decoder.push(buffer.get(..read).unwrap_or_default());
            loop {
                match decoder.message::<Command>() {
                    Ok(Some(Command::Stop)) => {
                        stop.store(true, Ordering::Relaxed);
                        let _a_waiting_main_ends = sender.try_send(Command::Stop);
                    }
                    Ok(Some(command)) => {
                        let _one_job_at_a_time = sender.try_send(command);
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::error!("the daemon's command can't be read: {error}");
                        end_process();
                    }
                }
            }
        }
    });
    commands
}
