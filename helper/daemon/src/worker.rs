//! A worker process: spawned, listened to, watched, and ended whatever it does.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use silhueta_shared::job::{Failure, FailureCode, Stage};
use silhueta_shared::worker::{Command, Decoder, Event, PROTOCOL_VERSION, encode};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::providers;

/// Events waiting for the daemon; full: the worker's pipe fills and the worker waits.
const QUEUE: usize = 256;
/// Lines of the worker's stderr that are kept to explain its death.
const TAIL: usize = 40;
/// A worker beats once a second; this long without a word it hangs as a whole.
const SILENCE: Duration = Duration::from_secs(30);
/// How long the co-operative stop, then SIGTERM, may take before the next rung of the ladder.
const RUNG: Duration = Duration::from_secs(1);

/// Callers side by side unless more are asked for: each holds its own copy of the weights (RTMPose-l: 170 MB).
const MOST_CALLERS: usize = 16;

/// The last lines of a worker's stderr.
type Tail = Arc<Mutex<VecDeque<String>>>;

/// A running worker.
#[derive(Debug)]
pub(crate) struct Worker {
    child: Box<dyn ChildWrapper>,
    stdin: Option<ChildStdin>,
    events: mpsc::Receiver<Event>,
    tail: Tail,
    place: (Stage, u64),
    last_word: Instant,
    last_frame: Instant,
    is_paused: bool,
}

impl Worker {
    /// Starts a worker in a process group of its own: Ctrl+C in a terminal is ours to handle.
    pub(crate) async fn spawn() -> Result<Self, Failure> {
        let program = program();
        let fail = |why: String| Failure {
            code: FailureCode::WorkerMissing,
            message: format!("the worker {} can't be started: {why}", program.display()),
            hint: Some("build it beside `silhueta`, or set SILHUETA_WORKER to its path".into()),
        };
        let mut command = CommandWrap::with_new(&program, |command| {
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            if let Some(path) = providers::search_path(&program) {
                command.env(providers::SEARCH_PATH, path);
            }
        });
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        command.wrap(KillOnDrop);
        let mut child = command.spawn().map_err(|e| fail(e.to_string()))?;
        let pipes = (child.stdin().take(), child.stdout().take(), child.stderr().take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(fail("its pipes are missing".into()));
        };
        let (sender, events) = mpsc::channel(QUEUE);
        tokio::spawn(listen(stdout, sender));
        let tail = Tail::default();
        let kept = Arc::clone(&tail);
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                tracing::debug!(target: "worker", "{line}");
                if let Ok(mut kept) = kept.lock() {
                    if kept.len() == TAIL {
                        kept.pop_front();
                    }
                    kept.push_back(line);
                }
            }
        });
        let now = Instant::now();
        let place = (Stage::Probe, 0);
        let stdin = Some(stdin);
        let mut worker = Self { child, stdin, events, tail, place, last_word: now, last_frame: now, is_paused: false };
        match worker.next().await {
            Ok(Event::Hello { protocol: PROTOCOL_VERSION, .. }) => Ok(worker),
            Ok(Event::Hello { protocol, app }) => {
                Err(fail(format!("it is version {app} and speaks protocol {protocol}, not {PROTOCOL_VERSION}")))
            }
            Ok(_) => Err(fail("it doesn't greet".into())),
            Err(failure) => Err(failure),
        }
    }

    /// Sends a command.
    pub(crate) async fn send(&mut self, command: &Command) -> Result<(), Failure> {
        let bytes = encode(command).map_err(|e| self.died(&e.to_string()))?;
        let sent = match &mut self.stdin {
            Some(stdin) => {
                async {
                    stdin.write_all(&bytes).await?;
                    stdin.flush().await
                }
                .await
            }
            None => Err(std::io::ErrorKind::BrokenPipe.into()),
        };
        sent.map_err(|e| self.died(&e.to_string()))
    }

    /// The next event but heartbeats. A worker that dies or hangs is a failure that says why.
    pub(crate) async fn next(&mut self) -> Result<Event, Failure> {
        loop {
            match timeout(Duration::from_secs(1), self.events.recv()).await {
                Ok(Some(event)) => {
                    self.last_word = Instant::now();
                    let place = match &event {
                        Event::Heartbeat { stage, frame } => (*stage, *frame),
                        Event::Progress(progress) => (progress.stage, progress.done),
                        _ => self.place,
                    };
                    if let Event::Paused(is_paused) = event {
                        self.is_paused = is_paused;
                    }
                    // Standing still is no fault in a pause.
                    if place != self.place || self.is_paused {
                        self.place = place;
                        self.last_frame = Instant::now();
                    }
                    if !matches!(event, Event::Heartbeat { .. }) {
                        return Ok(event);
                    }
                }
                Ok(None) => {
                    let status = self.child.wait().await;
                    let how = status.map_or_else(|e| e.to_string(), |status| status.to_string());
                    return Err(self.died(&how));
                }
                Err(_) => {}
            }
            if self.last_word.elapsed() > SILENCE || self.last_frame.elapsed() > patience(self.place.0) {
                self.kill().await;
                return Err(Failure { code: FailureCode::WorkerHung, ..self.died("it hung and was killed") });
            }
        }
    }

    /// Ends it: asks, then SIGTERM, then SIGKILL, a second each; returns when it is gone.
    pub(crate) async fn stop(&mut self) {
        if self.send(&Command::Stop).await.is_ok() && self.is_gone_within(RUNG).await {
            return;
        }
        #[cfg(unix)]
        if self.child.signal(15).is_ok() && self.is_gone_within(RUNG).await {
            return;
        }
        self.kill().await;
    }

    /// Ends it at once.
    pub(crate) async fn kill(&mut self) {
        // It may be gone already; waiting for it is what counts.
        if self.child.start_kill().is_err() {
            tracing::debug!("the worker was gone before it was killed");
        }
        if let Err(error) = self.child.wait().await {
            tracing::warn!("the worker can't be reaped: {error}");
        }
    }

    /// Lets a worker that has said its last word end by itself.
    pub(crate) async fn finish(mut self) {
        self.stdin = None;
        if !self.is_gone_within(2 * RUNG).await {
            self.kill().await;
        }
    }

    async fn is_gone_within(&mut self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        // Its pipe is drained meanwhile, or a full one would keep it alive.
        while timeout(deadline.saturating_duration_since(Instant::now()), self.events.recv())
            .await
            .is_ok_and(|event| event.is_some())
        {}
        let left = deadline.saturating_duration_since(Instant::now());
        timeout(left.max(Duration::from_millis(50)), self.child.wait()).await.is_ok()
    }

    fn died(&self, how: &str) -> Failure {
        let (stage, frame) = self.place;
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

/// Inferences side by side when nobody says how many: one a core.
pub(crate) fn callers() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST_CALLERS)
}

/// The longest that a stage may stand at one frame.
fn patience(stage: Stage) -> Duration {
    Duration::from_secs(match stage {
        // Hashing an hour-long source, building a GPU engine.
        Stage::Probe => 1800,
        Stage::Identify | Stage::Export => 1800,
        Stage::Track | Stage::Pose => 120,
    })
}

async fn listen(mut stdout: ChildStdout, events: mpsc::Sender<Event>) {
    let (mut decoder, mut buffer) = (Decoder::default(), vec![0u8; 1 << 16]);
    loop {
        match stdout.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(n) => decoder.push(buffer.get(..n).unwrap_or_default()),
        }
        loop {
            match decoder.message() {
                Ok(Some(event)) => {
                    if events.send(event).await.is_err() {
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

/// The worker's binary: `$SILHUETA_WORKER`, else beside this program.
fn program() -> PathBuf {
    let name = format!("silhueta-worker{}", std::env::consts::EXE_SUFFIX);
    std::env::var_os("SILHUETA_WORKER").map(PathBuf::from).unwrap_or_else(|| {
        let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join(&name)));
        beside.unwrap_or_else(|| PathBuf::from(name))
    })
}
