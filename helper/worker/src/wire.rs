//! The worker's end of the pipe: a guarded stdout, one writer thread, and a thread that reads stdin and
//! ends the process when the daemon is gone.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded, select_biased};
use rustix::process::{Signal, getpid, kill_process};
use silhueta_shared::worker::{Command, Decoder, Event, Picture, encode};

use crate::control::Control;
use crate::latest::{Latest, latest};
use crate::preview::Taken;

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

/// A picture for the daemon, and the wish that it fulfils.
type Photo = (Box<Picture>, Taken);

/// Where events go.
#[derive(Clone, Debug)]
pub(crate) struct Events {
    queue: Sender<Event>,
    pictures: Latest<Photo>,
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

    /// Leaves a picture for when nothing else is to be written; returns the wish of one that it replaces.
    pub(crate) fn picture(&self, picture: Picture, taken: Taken) -> Option<Taken> {
        self.pictures.put((Box::new(picture), taken)).map(|(_, taken)| taken)
    }

    /// Gives a picture that still waits its turn among the other events: it comes before all that follow.
    pub(crate) fn flush_picture(&self) {
        if let Some((picture, _)) = self.pictures.take_back() {
            self.send_latest(Event::Preview(picture));
        }
    }

    /// Sends the last event and waits until it is written.
    pub(crate) fn finish(self, event: Event) {
        self.send(event);
        let Self { queue, writer, .. } = self;
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
    let (pictures, photos) = latest();
    let writer = std::thread::spawn(move || {
        while let Some(event) = next(&events, &photos) {
            let last = event.is_last();
            let written = encode(&event).map_err(io::Error::other).and_then(|bytes| pipe.write_all(&bytes));
            if written.is_err() {
                end_process();
            }
            if last {
                break;
            }
        }
    });
    Events { queue, pictures, writer: Arc::new(std::sync::Mutex::new(Some(writer))) }
}

/// What to write next: a picture only when nothing else waits.
fn next(events: &Receiver<Event>, photos: &Receiver<Photo>) -> Option<Event> {
    select_biased! {
        recv(events) -> event => event.ok(),
        recv(photos) -> photo => photo.ok().map(|(picture, _)| Event::Preview(picture)),
    }
}

/// Starts the thread that reads commands. What is asked of a running job takes effect here; the end of stdin ends the process,
/// whatever the other threads are caught in.
pub(crate) fn start_guard(control: Arc<Control>) -> Receiver<Command> {
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
                        control.stop();
                        let _a_waiting_main_ends = sender.try_send(Command::Stop);
                    }
                    Ok(Some(Command::Pause)) => control.pause(true),
                    Ok(Some(Command::Resume)) => control.pause(false),
                    Ok(Some(Command::Preview(wish))) => control.wishes().set(wish),
                    Ok(Some(
                        command @ (Command::Run(_)
                        | Command::Doctor
                        | Command::Inspect { .. }
                        | Command::Calibrate(_)
                        | Command::Compare(_)),
                    )) => {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preview::Wishes;
    use silhueta_shared::job::Stage;

    fn picture(frame: u64) -> Picture {
        let none: [u32; 2] = [1, 1];
        Picture {
            frame,
            pts: 0,
            seconds: 0.0,
            posed_at: 0,
            source_size: none,
            size: none,
            people: Vec::new(),
            jpeg: Some(vec![1; 200_000]),
            drawn: None,
        }
    }

    /// The pipe is full with its first picture; what comes meanwhile is written later, pictures last.
    #[test]
    fn control_goes_first_and_only_the_newest_picture_follows() {
        let (read, write) = rustix::pipe::pipe().unwrap();
        let (events, taken) = (start_writer(File::from(write)), Wishes::default().take());
        assert_eq!(events.picture(picture(0), taken), None);
        let mut pipe = File::from(read);
        // Its first bytes are there: the writer is at work on it and can't go on before we read the rest.
        let mut head = [0; 4];
        pipe.read_exact(&mut head).unwrap();
        for frame in 1..4 {
            assert_eq!(events.picture(picture(frame), taken).is_some(), frame > 1);
            events.send(Event::Heartbeat { stage: Stage::Pose, frame });
        }
        let (mut decoder, mut order) = (Decoder::default(), Vec::new());
        decoder.push(&head);
        let mut buffer = [0; 4096];
        loop {
            let read = pipe.read(&mut buffer).unwrap();
            if read == 0 {
                break;
            }
            decoder.push(&buffer[..read]);
            while let Some(event) = decoder.message::<Event>().unwrap() {
                order.push(match event {
                    Event::Preview(picture) => format!("picture {}", picture.frame),
                    Event::Heartbeat { frame, .. } => format!("beat {frame}"),
                    other => format!("{other:?}"),
                });
                if order.len() == 5 {
                    events.send(Event::Stopped);
                }
            }
        }
        assert_eq!(order, ["picture 0", "beat 1", "beat 2", "beat 3", "picture 3", "Stopped"]);
    }
}
