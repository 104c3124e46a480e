//! The real `silhueta serve` with a home of its own, at a port that the system chose.

use std::collections::VecDeque;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex, MutexGuard, mpsc};
use std::time::{Duration, Instant};

use crate::{Helper, video};

/// What it prints before its port is open.
const LISTENING: &str = "listening on ";
/// The longest that a start may take on a busy machine.
const START: Duration = Duration::from_secs(30);
/// What Ctrl+C promises.
pub const GOODBYE: Duration = Duration::from_secs(5);

/// Lines that it complained with, the last ones.
type Lines = Arc<Mutex<VecDeque<String>>>;

/// A helper that serves. Killed when dropped.
#[derive(Debug)]
pub struct Server {
    /// Binaries, data and the temporary folder.
    pub helper: Helper,
    /// `http://127.0.0.1:PORT`.
    pub address: String,
    child: Child,
    complaints: Lines,
    args: Vec<String>,
    models: PathBuf,
    variables: Vec<(String, String)>,
}

impl Server {
    /// With the test data's models. `None`, said aloud, where something is missing.
    pub fn start(test: &str) -> Option<Self> {
        Self::start_with(test, &[])
    }

    /// With the test data's models and more arguments.
    pub fn start_with(test: &str, args: &[&str]) -> Option<Self> {
        let helper = Helper::new(test)?;
        let models = helper.data.join("models");
        Some(Self::with(helper, models, args))
    }

    /// With models from elsewhere and more arguments.
    pub fn with(helper: Helper, models: PathBuf, args: &[&str]) -> Self {
        Self::with_variables(helper, models, args, &[])
    }

    /// The same in an environment with these variables, too.
    pub fn with_variables(helper: Helper, models: PathBuf, args: &[&str], variables: &[(&str, &str)]) -> Self {
        for folder in ["home/Videos", "home/data", "home/state", "here"] {
            std::fs::create_dir_all(helper.at(folder)).expect("a folder of the helper");
        }
        let args: Vec<_> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let variables: Vec<_> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let (child, address, complaints) = spawn(&helper, &models, "0", &args, &variables);
        Self { helper, address, child, complaints, args, models, variables }
    }

    /// The folder that is open from the start.
    pub fn videos(&self) -> PathBuf {
        self.helper.at("home/Videos")
    }

    /// The folder of its job store, uploads and token.
    pub fn state(&self) -> PathBuf {
        self.helper.at("home/state/silhueta")
    }

    /// The folder for results.
    pub fn out(&self) -> PathBuf {
        self.helper.at("here/silhueta-out")
    }

    /// Frames of a real clip, from its beginning and over again where it is shorter, as a video of the open folder.
    pub fn clip(&self, source: &str, name: &str, frames: u32) -> PathBuf {
        let out = self.videos().join(name);
        let source = self.helper.data.join("clips").join(source);
        let words = format!(
            "-stream_loop -1 -i {{0}} -frames:v {frames} -c:v libx264 -preset veryfast -crf 20 -pix_fmt yuv420p -an"
        );
        video::make_from(&[&source], &out, &words);
        out
    }

    /// `127.0.0.1:PORT`.
    pub fn host(&self) -> &str {
        self.address.rsplit_once("//").map_or(&self.address, |(_, host)| host)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.rsplit_once(':').and_then(|(_, port)| port.parse().ok()).expect("a port in the address")
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it said on stderr.
    pub fn complaints(&self) -> String {
        lock(&self.complaints).iter().fold(String::new(), |text, line| text + line + "\n")
    }

    /// Ctrl+C: it must be gone in time, with exit code 0 and no stack trace.
    pub fn interrupt(&mut self) {
        let began = Instant::now();
        signal(self.child.id(), "INT");
        let status = self.ended(GOODBYE);
        assert_eq!(status.and_then(|s| s.code()), Some(0), "{:?}\n{}", began.elapsed(), self.complaints());
        assert!(!self.complaints().contains("panicked"), "{}", self.complaints());
    }

    /// `kill -9`.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends");
    }

    /// Starts it again at the same port with the same home.
    pub fn restart(&mut self) {
        let port = self.port().to_string();
        let (child, address, complaints) = spawn(&self.helper, &self.models, &port, &self.args, &self.variables);
        assert_eq!(address, self.address);
        (self.child, self.complaints) = (child, complaints);
    }

    /// How it ended, if it does within `limit`.
    pub fn ended(&mut self, limit: Duration) -> Option<ExitStatus> {
        let end = Instant::now() + limit;
        while Instant::now() < end {
            if let Some(status) = self.child.try_wait().expect("its state can be read") {
                return Some(status);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill() {
            eprintln!("the helper can't be killed: {error}");
        }
        if let Err(error) = self.child.wait() {
            eprintln!("the helper can't be waited for: {error}");
        }
        if std::thread::panicking() {
            eprintln!("── what the helper said last:\n{}", self.complaints());
        }
    }
}

/// `silhueta serve ARGS…` with a home in the temporary folder.
pub fn command(helper: &Helper, models: &Path, args: &[&str]) -> Command {
    let mut all = vec!["serve", "--no-open"];
    all.extend(args);
    let mut command = helper.command(&all);
    command.current_dir(helper.at("here")).env("SILHUETA_MODELS", models).env("HOME", helper.at("home"));
    command.env("XDG_DATA_HOME", helper.at("home/data")).env("XDG_STATE_HOME", helper.at("home/state"));
    command.env("XDG_VIDEOS_DIR", helper.at("home/Videos")).env("RUST_BACKTRACE", "0");
    command
}

fn spawn(
    helper: &Helper,
    models: &Path,
    port: &str,
    args: &[String],
    variables: &[(String, String)],
) -> (Child, String, Lines) {
    let mut all = vec!["--port", port];
    all.extend(args.iter().map(String::as_str));
    let mut command = command(helper, models, &all);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    let mut child = command.spawn().expect("silhueta starts");
    let complaints = Lines::default();
    let stderr = child.stderr.take().expect("its stderr");
    let kept = Arc::clone(&complaints);
    std::thread::spawn(move || keep_last(stderr, &kept));
    let stdout = child.stdout.take().expect("its stdout");
    let (tell, told) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        // Reads on after the address, so that it can always write.
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if let Some(address) = line.strip_prefix(LISTENING) {
                // Nobody waits for a second one.
                let _ = tell.try_send(address.to_owned());
            }
        }
    });
    let Ok(address) = told.recv_timeout(START) else {
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        panic!("no line `{LISTENING}…` came:\n{:?}", lock(&complaints));
    };
    (child, address, complaints)
}

fn keep_last(from: impl Read, lines: &Lines) {
    for line in BufReader::new(from).lines().map_while(Result::ok) {
        let mut lines = lock(lines);
        if lines.len() == 200 {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

fn lock(lines: &Lines) -> MutexGuard<'_, VecDeque<String>> {
    lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Sends a signal by name.
pub fn signal(pid: u32, name: &str) {
    let status = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status();
    assert!(status.expect("kill runs").success(), "kill -{name} {pid}");
}

/// The processes that a process started and that are still there.
pub fn children(parent: u32) -> Vec<u32> {
    let mut all = Vec::new();
    // A thread of the runtime may have been the one that spawned it.
    for task in std::fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten() {
        let text = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
        all.extend(text.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether the process is there and no zombie.
pub fn is_running(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with('Z'))
}
