//! A worker process: spawned, listened to, watched, and ended whatever it does.

mod process;
mod vitals;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use silhueta_shared::job::{Failure, FailureCode};
use silhueta_shared::worker::{Command, Decoder, Event, PROTOCOL_VERSION, encode};
use tokio::io::AsyncWriteExt as _;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::providers;
use process::Process;
use vitals::{Limits, Vitals};

/// Events waiting for the daemon; full: the worker's pipe fills and the worker waits.
const QUEUE: usize = 256;
/// Lines of the worker's stderr that are kept to explain its death.
const TAIL: usize = 40;
/// How long a command may take to be written: a worker that does not read is past listening.
const HEARING: Duration = Duration::from_secs(1);
/// How long a worker that has said its last word may take to end.
const LEAVE: Duration = Duration::from_secs(2);
/// Callers side by side unless more are asked for: each holds its own copy of the weights (RTMPose-l: 170 MB).
const MOST_CALLERS: usize = 16;

/// The last lines of a worker's stderr.
type Tail = Arc<Mutex<VecDeque<String>>>;

/// How much time each rung of the stop ladder has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Haste {
    /// A job is stopped: time to write down how far it is.
    Stop,
    /// The program ends.
    Closing,
}

impl Haste {
    const fn rung(self) -> Duration {
        match self {
            Self::Stop => Duration::from_secs(2),
            Self::Closing => Duration::from_secs(1),
        }
    }
}

/// A running worker; killed when dropped.
#[derive(Debug)]
pub(crate) struct Worker {
    process: Arc<Process>,
    vitals: Arc<Vitals>,
    stdin: Option<ChildStdin>,
    events: mpsc::Receiver<Event>,
    tail: Tail,
}

impl Worker {
    /// Starts a worker; [`Worker::greeting`] comes next.
    pub(crate) fn start() -> Result<Self, Failure> {
        let program = program();
        let (process, pipes) = Process::spawn(&program, |command| {
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            command.env(providers::NO_TELEMETRY, "1");
            if let Some(path) = providers::search_path(&program) {
                command.env(providers::SEARCH_PATH, path);
            }
        })
        .map_err(|error| unusable(&error.to_string()))?;
        let fail = |error: std::io::Error| unusable(&error.to_string());
        let (stdout, stderr) = (blocking(Pipe::Out(pipes.stdout)), blocking(Pipe::Err(pipes.stderr)));
        let (stdout, stderr) = (stdout.map_err(fail)?, stderr.map_err(fail)?);
        let (sender, events) = mpsc::channel(QUEUE);
        let (process, vitals, tail) = (Arc::new(process), Arc::new(Vitals::new()), Tail::default());
        let (heard, kept) = (Arc::clone(&vitals), Arc::clone(&tail));
        std::thread::spawn(move || listen(stdout, &sender, &heard));
        std::thread::spawn(move || keep_last(stderr, &kept));
        vitals::watch(&vitals, &process, Limits::from_env());
        Ok(Self { process, vitals, stdin: Some(pipes.stdin), events, tail })
    }

    /// Waits for its first word.
    pub(crate) async fn greeting(&mut self) -> Result<(), Failure> {
        match self.next().await? {
            Event::Hello { protocol: PROTOCOL_VERSION, .. } => Ok(()),
            Event::Hello { protocol, app } => {
                Err(unusable(&format!("it is version {app} and speaks protocol {protocol}, not {PROTOCOL_VERSION}")))
            }
            _ => Err(unusable("it doesn't greet")),
        }
    }

    /// Starts a worker and waits for its first word.
    pub(crate) async fn spawn() -> Result<Self, Failure> {
        let mut worker = Self::start()?;
        worker.greeting().await?;
        Ok(worker)
    }

    /// Sends a command.
    pub(crate) async fn send(&mut self, command: &Command) -> Result<(), Failure> {
        let bytes = encode(command).map_err(|e| self.died(&e.to_string()))?;
        let sent = match &mut self.stdin {
            Some(stdin) => {
                let written = timeout(HEARING, async {
                    stdin.write_all(&bytes).await?;
                    stdin.flush().await
                });
                written.await.unwrap_or_else(|_| Err(std::io::ErrorKind::TimedOut.into()))
            }
            None => Err(std::io::ErrorKind::BrokenPipe.into()),
        };
        match sent {
            Ok(()) => Ok(()),
            // Dead already: how it died says more than that it doesn't listen.
            Err(error) if self.process.gone_within(HEARING).await.is_none() => {
                Err(self.died(&format!("it doesn't listen: {error}")))
            }
            Err(_) => Err(self.ended().await),
        }
    }

    /// The next event but heartbeats. A worker that dies, or hangs and is killed, is a failure that says why.
    pub(crate) async fn next(&mut self) -> Result<Event, Failure> {
        match self.events.recv().await {
            Some(event) => Ok(event),
            None => Err(self.ended().await),
        }
    }

    /// For how long it has not moved, where that is worth a word.
    pub(crate) fn stalled(&self) -> Option<Duration> {
        self.vitals.stalled()
    }

    /// Ends it: asks, then SIGTERM, then SIGKILL; returns when it is gone.
    pub(crate) async fn stop(&mut self, haste: Haste) {
        if self.send(&Command::Stop).await.is_ok() && self.is_gone_within(haste.rung()).await {
            return;
        }
        self.process.terminate();
        if self.is_gone_within(haste.rung()).await {
            return;
        }
        self.kill().await;
    }

    /// Ends it at once.
    pub(crate) async fn kill(&mut self) {
        self.process.kill();
        if self.process.gone_within(LEAVE).await.is_none() {
            // The kernel has it: a disk or a driver that does not answer. Nothing here can end it sooner.
            tracing::error!("the worker was killed and is still there: a device may hang");
        }
    }

    /// Lets a worker that has said its last word end by itself.
    pub(crate) async fn finish(mut self) {
        self.stdin = None;
        if !self.is_gone_within(LEAVE).await {
            self.kill().await;
        }
    }

    async fn is_gone_within(&mut self, limit: Duration) -> bool {
        // Its pipe is drained meanwhile, or a full one would keep it alive.
        let drained = async { while self.events.recv().await.is_some() {} };
        let gone = tokio::select! {
            gone = self.process.gone_within(limit) => gone,
            () = async { drained.await; std::future::pending().await } => None,
        };
        gone.is_some()
    }

    /// Why nothing more comes from it.
    async fn ended(&mut self) -> Failure {
        let mut status = self.process.gone_within(LEAVE).await;
        if status.is_none() {
            // It closed its pipe and lives on.
            self.kill().await;
            status = self.process.status();
        }
        match self.vitals.hang() {
            Some(hang) => Failure { code: FailureCode::WorkerHung, ..self.died(&hang.to_string()) },
            None => self.died(&status.map_or_else(|| "it closed its pipe".to_owned(), how)),
        }
    }

    fn died(&self, how: &str) -> Failure {
        let (stage, frame) = self.vitals.place();
        let tail = self.tail.lock().map(|tail| tail.iter().rev().take(8).rev().cloned().collect::<Vec<_>>());
        let tail = tail.unwrap_or_default();
        let words = if tail.is_empty() { String::new() } else { format!("; its last words:\n  {}", tail.join("\n  ")) };
        Failure {
            code: FailureCode::WorkerDied,
            message: format!("the worker ended in stage {stage} at frame {frame} ({how}){words}"),
            hint: Some("run it again; with SILHUETA_LOG=debug it says more".into()),
        }
    }
}

/// A death in words.
fn how(status: ExitStatus) -> String {
    #[cfg(unix)]
    if std::os::unix::process::ExitStatusExt::signal(&status) == Some(9) {
        return format!("{status}: killed from outside, often because memory ran out");
    }
    status.to_string()
}

fn unusable(why: &str) -> Failure {
    Failure {
        code: FailureCode::WorkerMissing,
        message: format!("the worker {} can't be started: {why}", program().display()),
        hint: Some("build it beside `silhueta`, or set SILHUETA_WORKER to its path".into()),
    }
}

/// Inferences side by side when nobody says how many: one a core.
pub(crate) fn callers() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST_CALLERS)
}

enum Pipe {
    Out(ChildStdout),
    Err(ChildStderr),
}

/// A pipe to be read by a thread.
fn blocking(pipe: Pipe) -> std::io::Result<File> {
    #[cfg(unix)]
    let owned = match pipe {
        Pipe::Out(pipe) => pipe.into_owned_fd(),
        Pipe::Err(pipe) => pipe.into_owned_fd(),
    };
    #[cfg(windows)]
    let owned = match pipe {
        Pipe::Out(pipe) => pipe.into_owned_handle(),
        Pipe::Err(pipe) => pipe.into_owned_handle(),
    };
    owned.map(File::from)
}

/// Takes what a worker says until it says no more. A thread, so that signs of life are seen whatever the daemon does.
fn listen(mut stdout: File, events: &mpsc::Sender<Event>, vitals: &Vitals) {
    let (mut decoder, mut buffer) = (Decoder::default(), vec![0u8; 1 << 16]);
    loop {
        match stdout.read(&mut buffer) {
            Ok(0) => return,
            Ok(n) => decoder.push(buffer.get(..n).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => {
                tracing::error!("the worker's pipe can't be read: {error}");
                return;
            }
        }
        loop {
            match decoder.message::<Event>() {
                Ok(Some(event)) => {
                    vitals.heard(&event);
                    if matches!(event, Event::Heartbeat { .. }) {
                        continue;
                    }
                    if let Err(mpsc::error::TrySendError::Full(event)) = events.try_send(event) {
                        vitals.keep_waiting(true);
                        let sent = events.blocking_send(event);
                        vitals.keep_waiting(false);
                        if sent.is_err() {
                            return;
                        }
                    }
                    if events.is_closed() {
                        return;
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    tracing::error!("the worker's words can't be read: {error}");
                    return;
                }
            }
        }
    }
}

/// Keeps the last lines that a worker complained with.
fn keep_last(stderr: File, kept: &Tail) {
    for line in BufReader::new(stderr).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        tracing::debug!(target: "worker", "{line}");
        if let Ok(mut kept) = kept.lock() {
            if kept.len() == TAIL {
                kept.pop_front();
            }
            kept.push_back(line);
        }
    }
}

/// The worker's binary: `$SILHUETA_WORKER`, else beside this program.
fn program() -> PathBuf {
    let name = format!("silhueta-worker{}", std::env::consts::EXE_SUFFIX);
    std::env::var_os("SILHUETA_WORKER").map(PathBuf::from).unwrap_or_else(|| {
        let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(&name)));
        beside.unwrap_or_else(|| PathBuf::from(name))
    })
}
