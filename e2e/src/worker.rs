//! The real `silhueta-worker` over its pipe: commands in, events out, in the order they come.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command as Program, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use silhueta_shared::job::{ChannelOrder, Device, JobModels, JobSpec, Precision, TrackerKind, TrackerPreset};
use silhueta_shared::model::ModelFile;
use silhueta_shared::worker::{Command, Decoder, Event, encode};

use crate::Helper;

/// The longest that a test waits for a word.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running worker; ended with the test.
#[derive(Debug)]
pub struct Worker {
    child: Child,
    stdin: Option<ChildStdin>,
    events: Receiver<Event>,
}

impl Worker {
    /// Starts it and takes its greeting.
    pub fn start(helper: &Helper) -> Self {
        Self::start_with(helper, &[])
    }

    /// The same with variables of its environment, of which `SILHUETA_WORKER` names another program.
    pub fn start_with(helper: &Helper, variables: &[(&str, &str)]) -> Self {
        let other = variables.iter().find(|(name, _)| *name == "SILHUETA_WORKER").map(|(_, path)| PathBuf::from(path));
        let mut program = Program::new(other.unwrap_or_else(|| helper.binary("silhueta-worker")));
        program.current_dir(helper.folder.path()).env("SILHUETA_ONNXRUNTIME", helper.runtime());
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).envs(variables.iter().copied());
        let mut child = program.spawn().expect("the worker starts");
        let (stdin, mut stdout) = (child.stdin.take(), child.stdout.take().expect("its stdout"));
        let (sender, events) = sync_channel(4096);
        std::thread::spawn(move || {
            let (mut decoder, mut buffer) = (Decoder::default(), vec![0; 1 << 16]);
            while let Ok(read @ 1..) = stdout.read(&mut buffer) {
                decoder.push(&buffer[..read]);
                while let Some(event) = decoder.message::<Event>().expect("the worker speaks our protocol") {
                    if sender.send(event).is_err() {
                        return;
                    }
                }
            }
        });
        let worker = Self { child, stdin, events };
        assert!(matches!(worker.next(), Event::Hello { .. }), "it greets first");
        worker
    }

    /// Says something to it.
    pub fn send(&mut self, command: &Command) {
        let bytes = encode(command).expect("a command is encoded");
        self.stdin.as_mut().expect("its stdin").write_all(&bytes).expect("the worker listens");
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its next event, heartbeats among them.
    pub fn next(&self) -> Event {
        self.events.recv_timeout(PATIENCE).expect("the worker says something")
    }

    /// Kills it as `kill -9` does.
    pub fn kill(&mut self) {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it can be waited for");
    }

    /// What it says within `time`.
    pub fn within(&self, time: Duration) -> Vec<Event> {
        let end = Instant::now() + time;
        let mut events = Vec::new();
        loop {
            match self.events.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(event) => events.push(event),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return events,
            }
        }
    }

    /// Events up to the first that `found` takes, which is the last of them.
    pub fn until(&self, what: &str, mut found: impl FnMut(&Event) -> bool) -> Vec<Event> {
        let (mut events, limit) = (Vec::new(), Instant::now() + PATIENCE);
        loop {
            assert!(Instant::now() < limit, "{what} never came");
            let event = self.events.recv_timeout(PATIENCE);
            let event = event.unwrap_or_else(|_| panic!("it ended before {what}: {:?}", brief(&events)));
            let done = found(&event);
            events.push(event);
            if done {
                return events;
            }
        }
    }

    /// Events to the last.
    pub fn to_the_end(&self) -> Vec<Event> {
        self.until("its last word", is_last)
    }

    /// Waits until the process is gone and returns its exit code.
    pub fn exit(mut self) -> Option<i32> {
        let limit = Instant::now() + Duration::from_secs(20);
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                return status.code();
            }
            assert!(Instant::now() < limit, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _gone_is_fine = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Whether nothing follows.
pub fn is_last(event: &Event) -> bool {
    event.is_last()
}

/// Events for a failure's text: without their pictures.
pub fn brief(events: &[Event]) -> Vec<String> {
    let brief = events.iter().map(|event| match event {
        Event::Preview(picture) => format!("picture of frame {}", picture.frame),
        other => format!("{other:?}"),
    });
    brief.collect()
}

/// A job on `source` with small networks, its results in `out` of the helper's folder.
pub fn job(helper: &Helper, source: &Path, out: &str) -> JobSpec {
    let out_dir = helper.at(out);
    std::fs::create_dir_all(&out_dir).expect("a folder for results");
    let model = |path: &str| {
        let file: PathBuf = helper.data.join("models").join(path);
        assert!(file.is_file(), "{}", file.display());
        ModelFile {
            id: file.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            file: file.display().to_string(),
            sha256: "00".repeat(32),
            builtin: false,
        }
    };
    JobSpec {
        source: source.display().to_string(),
        out_dir: out_dir.display().to_string(),
        device: Device::Cpu,
        precision: Precision::Auto,
        models: JobModels {
            detector: Some(model("rtmdet_nano.onnx")),
            reid: Some(model("osnet_x0_25_msmt17.onnx")),
            pose: model("tinypose_256x192_simcc.onnx"),
            lifter: None,
        },
        fps: None,
        tracker: TrackerKind::Botsort,
        preset: TrackerPreset::Silhueta,
        video: false,
        threads: 2,
        pose_batch: None,
        pose_channels: ChannelOrder::Rgb,
        identities: silhueta_shared::job::IdentityPreset::default(),
        anchors: Vec::new(),
        anew: false,
        boxes: None,
        deliver: None,
    }
}
