//! What the pipeline tells about itself: progress, log lines, and a heartbeat that beats whatever it does.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use silhueta_shared::job::Stage;
use silhueta_shared::notice::Notice;
use silhueta_shared::summary::StageTiming;
use silhueta_shared::worker::{Event, Picture, Progress};

use crate::control::{Control, Halt, Stopped};
use crate::preview::{Taken, Wishes};
use crate::wire::Events;

/// The pipeline's voice.
#[derive(Clone, Debug)]
pub(crate) struct Reporter {
    events: Events,
    control: Arc<Control>,
    place: Arc<Place>,
}

/// Where the pipeline is, for the heartbeat.
#[derive(Debug, Default)]
struct Place {
    stage: AtomicUsize,
    frame: AtomicU64,
}

impl Reporter {
    pub(crate) fn new(events: Events, control: Arc<Control>) -> Self {
        let place = Arc::new(Place::default());
        let (beat, at) = (events.clone(), Arc::clone(&place));
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_secs(1));
                let stage = Stage::ALL.get(at.stage.load(Ordering::Relaxed)).copied().unwrap_or(Stage::Probe);
                beat.send_latest(Event::Heartbeat { stage, frame: at.frame.load(Ordering::Relaxed) });
            }
        });
        Self { events, control, place }
    }

    /// What the daemon asks of the job.
    pub(crate) fn control(&self) -> &Control {
        &self.control
    }

    /// Pictures that are waited for.
    pub(crate) fn wishes(&self) -> &Wishes {
        self.control.wishes()
    }

    /// Hands a picture to the daemon when there is nothing else to say.
    pub(crate) fn picture(&self, picture: Picture, taken: Taken) {
        if let Some(replaced) = self.events.picture(picture, taken) {
            self.wishes().give_back(replaced);
        }
    }

    /// No picture comes after what is said from here on.
    pub(crate) fn flush_picture(&self) {
        self.events.flush_picture();
    }

    /// Returns at once, or stands still at this frame while the daemon asks for that; see [`Halt::stand`].
    pub(crate) fn stand(&self, halt: &Halt<'_>, is_still: &dyn Fn() -> bool) -> Result<(), Stopped> {
        halt.stand(is_still, |paused| self.events.send(Event::Paused(paused)))
    }

    /// A line for the log.
    pub(crate) fn log(&self, notice: Notice) {
        self.events.send(Event::Log(notice));
    }

    /// Begins a stage.
    pub(crate) fn stage(&self, stage: Stage, total: Option<u64>) -> StageMeter<'_> {
        self.stage_from(stage, total, 0, 0.0)
    }

    /// Goes on with a stage of which `done` frames took an earlier run `seconds`.
    pub(crate) fn stage_from(&self, stage: Stage, total: Option<u64>, done: u64, seconds: f64) -> StageMeter<'_> {
        let number = Stage::ALL.iter().position(|s| *s == stage).unwrap_or(0);
        self.place.stage.store(number, Ordering::Relaxed);
        self.place.frame.store(done, Ordering::Relaxed);
        let now = self.control.worked();
        let window = (now, done);
        let meter = StageMeter { reporter: self, stage, total, done, start: now, before: seconds, window, fps: 0.0 };
        self.events.send(Event::Progress(meter.progress(false)));
        meter
    }
}

impl Reporter {
    /// A stage that an earlier run has ended.
    pub(crate) fn passed(&self, timing: &StageTiming) {
        let StageTiming { name: stage, frames: done, fps, .. } = *timing;
        self.events.send(Event::Progress(Progress { stage, done, total: Some(done), fps, ended: true }));
    }

    /// On the way to the frame where it goes on: only the heartbeat tells, so that nobody takes it for hung.
    pub(crate) fn on_the_way(&self, frame: u64) {
        self.place.frame.store(frame, Ordering::Relaxed);
    }
}

/// Counts a stage's frames and tells, five times a second at most.
#[derive(Debug)]
pub(crate) struct StageMeter<'r> {
    reporter: &'r Reporter,
    stage: Stage,
    total: Option<u64>,
    done: u64,
    /// When it began; times are [`Control::worked`], so that pauses don't slow it.
    start: Duration,
    /// Seconds that an earlier run spent on it.
    before: f64,
    /// When the running rate was last taken, and the count then.
    window: (Duration, u64),
    fps: f64,
}

impl StageMeter<'_> {
    /// One more frame is done.
    pub(crate) fn advance(&mut self) {
        self.done += 1;
        self.reporter.place.frame.store(self.done, Ordering::Relaxed);
        let control = &self.reporter.control;
        control.frame_done();
        let (since, count) = self.window;
        let worked = control.worked();
        let elapsed = worked.saturating_sub(since);
        if elapsed >= Duration::from_millis(200) {
            let now = (self.done - count) as f64 / elapsed.as_secs_f64();
            // Mean over about two seconds: steady enough to read, quick enough to notice a change.
            self.fps = if self.fps == 0.0 { now } else { self.fps * 0.9 + now * 0.1 };
            self.window = (worked, self.done);
            self.reporter.events.send_latest(Event::Progress(self.progress(false)));
        }
    }

    /// Frames in all, where that is known.
    pub(crate) fn total(&self) -> Option<u64> {
        self.total
    }

    /// What it has done so far, in all runs.
    pub(crate) fn so_far(&self) -> StageTiming {
        let seconds = self.before + self.reporter.control.worked().saturating_sub(self.start).as_secs_f64();
        let fps = if self.done > 0 && seconds > 0.0 { self.done as f64 / seconds } else { 0.0 };
        StageTiming { name: self.stage, frames: self.done, seconds, fps }
    }

    /// Ends the stage.
    pub(crate) fn end(self) -> StageTiming {
        let timing = self.so_far();
        let StageTiming { name: stage, frames, seconds, fps } = timing;
        let ended = Progress { fps, total: self.total.map(|_| frames), ..self.progress(true) };
        self.reporter.events.send(Event::Progress(ended));
        self.reporter.log(Notice::StageEnded { stage, frames, seconds, fps });
        timing
    }

    fn progress(&self, ended: bool) -> Progress {
        // A container that promised too few frames must not show more than all of them.
        let total = self.total.map(|total| total.max(self.done));
        Progress { stage: self.stage, done: self.done, total, fps: self.fps, ended }
    }
}
