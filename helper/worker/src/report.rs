//! What the pipeline tells about itself: progress, log lines, and a heartbeat that beats whatever it does.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use silhueta_shared::job::Stage;
use silhueta_shared::notice::Notice;
use silhueta_shared::summary::StageTiming;
use silhueta_shared::worker::{Event, Progress};

use crate::wire::Events;

/// The pipeline's voice.
#[derive(Clone, Debug)]
pub(crate) struct Reporter {
    events: Events,
    stop: Arc<AtomicBool>,
    place: Arc<Place>,
}

/// Where the pipeline is, for the heartbeat.
#[derive(Debug, Default)]
struct Place {
    stage: AtomicUsize,
    frame: AtomicU64,
}

impl Reporter {
    pub(crate) fn new(events: Events, stop: Arc<AtomicBool>) -> Self {
        let place = Arc::new(Place::default());
        let (beat, at) = (events.clone(), Arc::clone(&place));
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_secs(1));
                let stage = Stage::ALL.get(at.stage.load(Ordering::Relaxed)).copied().unwrap_or(Stage::Probe);
                beat.send_latest(Event::Heartbeat { stage, frame: at.frame.load(Ordering::Relaxed) });
            }
        });
        Self { events, stop, place }
    }

    /// The flag that ends the job at the next frame.
    pub(crate) fn stop(&self) -> &Arc<AtomicBool> {
        &self.stop
    }

    /// A line for the log.
    pub(crate) fn log(&self, notice: Notice) {
        self.events.send(Event::Log(notice));
    }

    /// Begins a stage.
    pub(crate) fn stage(&self, stage: Stage, total: Option<u64>) -> StageMeter<'_> {
        let number = Stage::ALL.iter().position(|s| *s == stage).unwrap_or(0);
        self.place.stage.store(number, Ordering::Relaxed);
        self.place.frame.store(0, Ordering::Relaxed);
        let now = Instant::now();
        let meter = StageMeter { reporter: self, stage, total, done: 0, start: now, window: (now, 0), fps: 0.0 };
        self.events.send(Event::Progress(meter.progress(false)));
        meter
    }
}

/// Counts a stage's frames and tells, five times a second at most.
#[derive(Debug)]
pub(crate) struct StageMeter<'r> {
    reporter: &'r Reporter,
    stage: Stage,
    total: Option<u64>,
    done: u64,
    start: Instant,
    /// When the running rate was last taken, and the count then.
    window: (Instant, u64),
    fps: f64,
}

impl StageMeter<'_> {
    /// One more frame is done.
    pub(crate) fn advance(&mut self) {
        self.done += 1;
        self.reporter.place.frame.store(self.done, Ordering::Relaxed);
        let (since, count) = self.window;
        let elapsed = since.elapsed();
        if elapsed >= Duration::from_millis(200) {
            let now = (self.done - count) as f64 / elapsed.as_secs_f64();
            // Mean over about two seconds: steady enough to read, quick enough to notice a change.
            self.fps = if self.fps == 0.0 { now } else { self.fps * 0.9 + now * 0.1 };
            self.window = (Instant::now(), self.done);
            self.reporter.events.send_latest(Event::Progress(self.progress(false)));
        }
    }

    /// Ends the stage.
    pub(crate) fn end(self) -> StageTiming {
        let seconds = self.start.elapsed().as_secs_f64();
        let fps = if self.done > 0 && seconds > 0.0 { self.done as f64 / seconds } else { 0.0 };
        let ended = Progress { fps, total: self.total.map(|_| self.done), ..self.progress(true) };
        self.reporter.events.send(Event::Progress(ended));
        StageTiming { name: self.stage, frames: self.done, seconds, fps }
    }

    fn progress(&self, ended: bool) -> Progress {
        // A container that promised too few frames must not show more than all of them.
        let total = self.total.map(|total| total.max(self.done));
        Progress { stage: self.stage, done: self.done, total, fps: self.fps, ended }
    }
}
