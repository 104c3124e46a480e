//! Signs of life: where a worker is, when it last said something and when it last moved; and the thread that
//! kills one that shows none. It is a thread and no task, so that nothing that the daemon does keeps it from that.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use silhueta_shared::job::Stage;
use silhueta_shared::notice::Notice;
use silhueta_shared::worker::Event;

use super::process::Process;

/// How often the watchdog looks.
const LOOK: Duration = Duration::from_millis(200);
/// A watchdog that was itself kept from looking this long (a machine at its limits, a stopped process) blames nobody.
const OVERSLEPT: Duration = Duration::from_secs(2);
/// After this long at one frame people are told: it may be slow, it may hang.
const STALL: Duration = Duration::from_secs(10);

/// The least silence that means anything: several beats.
const BEATS: Duration = Duration::from_secs(6);

/// What a worker may take its time for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    /// Without any word; it beats once a second.
    silence: Duration,
    /// At one frame of `track`, `pose` or `export`.
    frame: Duration,
    /// At one step of `probe`: opening a network, hashing a part of the source. Nothing tells how far `identify` is.
    step: Duration,
    /// Building an engine.
    building: Duration,
}

impl Limits {
    /// The usual ones; `SILHUETA_PATIENCE` (seconds) in place of the time at one frame shrinks or stretches all.
    pub(super) fn from_env() -> Self {
        let seconds = std::env::var("SILHUETA_PATIENCE").ok();
        let asked =
            seconds.as_deref().map(|text| (text, text.parse::<u32>().ok().filter(|n| (1..=86_400).contains(n))));
        match asked {
            None => Self::of(120),
            Some((_, Some(seconds))) => Self::of(seconds),
            Some((text, None)) => {
                tracing::warn!("SILHUETA_PATIENCE={text:?} is no number of seconds from 1 to 86400: 120 it is");
                Self::of(120)
            }
        }
    }

    fn of(seconds: u32) -> Self {
        let frame = Duration::from_secs(seconds.into());
        // Hearts beat late on a busy machine.
        Self { silence: (frame / 4).max(BEATS), frame, step: frame * 3, building: frame * 15 }
    }

    fn at(&self, stage: Stage, is_building: bool) -> Duration {
        match stage {
            Stage::Probe if is_building => self.building,
            Stage::Probe => self.step,
            Stage::Identify => self.building,
            Stage::Track | Stage::Pose | Stage::Export => self.frame,
        }
    }
}

/// Why a worker was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hang {
    /// As a whole: not even its heart beat.
    Silent(Duration),
    /// It stood at one frame.
    Still(Duration),
}

impl fmt::Display for Hang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Silent(time) => write!(f, "it said nothing for {} s and was killed", time.as_secs()),
            Self::Still(time) => write!(f, "it did not move for {} s and was killed", time.as_secs()),
        }
    }
}

/// What is known of a worker's life.
#[derive(Debug)]
pub(super) struct Vitals(Mutex<State>);

#[derive(Debug)]
struct State {
    place: (Stage, u64),
    last_word: Instant,
    last_move: Instant,
    is_paused: bool,
    is_building: bool,
    /// What it says can't be taken at the moment: its silence is ours.
    is_kept_waiting: bool,
    hang: Option<Hang>,
}

impl Vitals {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self(Mutex::new(State {
            place: (Stage::Probe, 0),
            last_word: now,
            last_move: now,
            is_paused: false,
            is_building: false,
            is_kept_waiting: false,
            hang: None,
        }))
    }

    /// It said something.
    pub(super) fn heard(&self, event: &Event) {
        let (mut state, now) = (self.lock(), Instant::now());
        state.last_word = now;
        let place = match event {
            Event::Heartbeat { stage, frame } => (*stage, *frame),
            Event::Progress(progress) => (progress.stage, progress.done),
            _ => state.place,
        };
        match event {
            Event::Paused(is_paused) => {
                state.is_paused = *is_paused;
                state.last_move = now;
            }
            Event::Log(notice) => {
                state.is_building = matches!(notice, Notice::Building { .. });
                state.last_move = now;
            }
            _ => {}
        }
        if place != state.place {
            state.place = place;
            state.last_move = now;
        }
    }

    /// Whether what it says can't be taken at the moment.
    pub(super) fn keep_waiting(&self, is_kept: bool) {
        let mut state = self.lock();
        state.is_kept_waiting = is_kept;
        state.last_word = Instant::now();
    }

    /// Stage and frame.
    pub(super) fn place(&self) -> (Stage, u64) {
        self.lock().place
    }

    /// Why the watchdog killed it.
    pub(super) fn hang(&self) -> Option<Hang> {
        self.lock().hang
    }

    /// For how long it has not moved, where that is worth a word.
    pub(super) fn stalled(&self) -> Option<Duration> {
        let state = self.lock();
        let still = state.last_move.elapsed();
        let is_stall = match state.place.0 {
            _ if state.is_paused || state.is_building => false,
            Stage::Probe | Stage::Identify => still > 3 * STALL,
            Stage::Track | Stage::Pose | Stage::Export => still > STALL,
        };
        is_stall.then_some(still)
    }

    /// Whether it is over a limit; remembered.
    fn check(&self, limits: &Limits, now: Instant) -> Option<Hang> {
        let mut state = self.lock();
        if state.is_kept_waiting {
            return None;
        }
        // A paused worker stands still, but its heart beats.
        let (silent, still) =
            (now.saturating_duration_since(state.last_word), now.saturating_duration_since(state.last_move));
        if silent > limits.silence {
            state.hang = Some(Hang::Silent(silent));
        } else if still > limits.at(state.place.0, state.is_building) && !state.is_paused {
            state.hang = Some(Hang::Still(still));
        }
        state.hang
    }

    /// Counts anew from now.
    fn forgive(&self, now: Instant) {
        let mut state = self.lock();
        (state.last_word, state.last_move) = (now, now);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Watches a worker until it is gone, or kills it.
pub(super) fn watch(vitals: &Arc<Vitals>, process: &Arc<Process>, limits: Limits) {
    let (vitals, process): (Weak<Vitals>, Weak<Process>) = (Arc::downgrade(vitals), Arc::downgrade(process));
    std::thread::spawn(move || {
        let mut looked = Instant::now();
        loop {
            std::thread::sleep(LOOK);
            let (Some(vitals), Some(process)) = (vitals.upgrade(), process.upgrade()) else { return };
            if process.status().is_some() {
                return;
            }
            let now = Instant::now();
            if now.saturating_duration_since(looked) > OVERSLEPT {
                vitals.forgive(now);
            } else if let Some(hang) = vitals.check(&limits, now) {
                tracing::warn!("worker in stage {}: {hang}", vitals.place().0);
                process.kill();
                return;
            }
            looked = now;
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beat(stage: Stage, frame: u64) -> Event {
        Event::Heartbeat { stage, frame }
    }

    fn after(seconds: u64) -> Instant {
        Instant::now() + Duration::from_secs(seconds)
    }

    #[test]
    fn silence_and_standing_still_have_limits_of_their_own() {
        let (vitals, limits) = (Vitals::new(), Limits::of(120));
        vitals.heard(&beat(Stage::Pose, 7));
        assert_eq!(vitals.check(&limits, after(29)), None);
        assert!(matches!(vitals.check(&limits, after(31)), Some(Hang::Silent(_))));

        let vitals = Vitals::new();
        vitals.heard(&beat(Stage::Pose, 7));
        vitals.lock().last_word = after(121);
        assert_eq!(vitals.check(&limits, after(119)), None);
        assert!(matches!(vitals.check(&limits, after(121)), Some(Hang::Still(_))));
        assert_eq!(vitals.hang(), vitals.check(&limits, after(0)), "what it was killed for stays");
    }

    #[test]
    fn a_pause_an_engine_and_our_own_slowness_are_no_hang() {
        let limits = Limits::of(120);
        let paused = Vitals::new();
        paused.heard(&beat(Stage::Track, 3));
        paused.heard(&Event::Paused(true));
        paused.lock().last_word = after(4000);
        assert_eq!(paused.check(&limits, after(4000)), None);
        paused.heard(&Event::Paused(false));
        paused.lock().last_word = after(4000);
        assert!(paused.check(&limits, after(121)).is_some(), "from the moment it goes on");

        let building = Vitals::new();
        let device = silhueta_shared::job::Device::Tensorrt;
        building.heard(&Event::Log(Notice::Building { device, model: "m".into() }));
        building.lock().last_word = after(4000);
        assert_eq!(building.check(&limits, after(1700)), None);
        building.heard(&Event::Log(Notice::DeviceUsed { device }));
        building.lock().last_word = after(4000);
        assert!(building.check(&limits, after(361)).is_some(), "the next step has no more time than any");

        let slow = Vitals::new();
        slow.keep_waiting(true);
        assert_eq!(slow.check(&limits, after(4000)), None);
    }

    #[test]
    fn a_stall_is_told_long_before_the_limit_and_gone_with_the_next_frame() {
        let vitals = Vitals::new();
        vitals.heard(&beat(Stage::Pose, 7));
        assert_eq!(vitals.stalled(), None);
        let past = |seconds| Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        vitals.lock().last_move = past(11);
        assert!(vitals.stalled().is_some());
        vitals.heard(&beat(Stage::Pose, 8));
        assert_eq!(vitals.stalled(), None);
        // Networks take a while to open.
        let opening = Vitals::new();
        opening.lock().last_move = past(11);
        assert_eq!(opening.stalled(), None);
    }
}
