//! How far a download is: a figure that never goes back, whatever the connection does.

use std::time::{Duration, Instant};

use serde::Serialize;

/// How often it is told.
const EVERY: Duration = Duration::from_millis(100);
/// Over how long the speed is averaged.
const WINDOW: f64 = 3.0;

/// How far a download is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Progress {
    /// Bytes that are here; never fewer than were told before.
    pub(crate) done: u64,
    /// Bytes in all, where the other side says.
    pub(crate) total: Option<u64>,
    /// Bytes a second, lately.
    pub(crate) speed: f64,
    /// Seconds that are left, where they can be told.
    pub(crate) left: Option<f64>,
    /// Which connection this is, 1 for the first.
    #[serde(skip)]
    pub(crate) attempt: u32,
    /// All of it is here and will be looked at.
    #[serde(skip)]
    pub(crate) is_whole: bool,
}

/// Tells a download's progress, seldom enough.
pub(super) struct Meter<'a> {
    tell: &'a mut (dyn FnMut(Progress) + Send),
    peak: u64,
    total: Option<u64>,
    speed: f64,
    last: Option<Instant>,
    since: u64,
    attempt: u32,
    is_whole: bool,
}

impl<'a> Meter<'a> {
    pub(super) fn new(tell: &'a mut (dyn FnMut(Progress) + Send)) -> Self {
        Self { tell, peak: 0, total: None, speed: 0.0, last: None, since: 0, attempt: 0, is_whole: false }
    }

    /// Somebody is asked for what is missing behind `here` bytes of `total`.
    pub(super) fn ask(&mut self, here: u64, total: Option<u64>) {
        self.attempt += 1;
        self.is_whole = false;
        self.total = total.or(self.total);
        self.peak = self.peak.max(here);
        if self.attempt == 1 {
            self.say();
        }
    }

    /// A connection gives what is missing behind `here` bytes of `total`.
    pub(super) fn begin(&mut self, here: u64, total: Option<u64>) {
        self.total = total.or(self.total);
        self.peak = self.peak.max(here);
        self.say();
        (self.last, self.since) = (Some(Instant::now()), 0);
    }

    /// So many bytes came, and `here` are here now.
    pub(super) fn came(&mut self, bytes: usize, here: u64) {
        self.since += bytes as u64;
        self.peak = self.peak.max(here);
        let Some(last) = self.last else { return };
        let passed = last.elapsed();
        if passed >= EVERY {
            let seconds = passed.as_secs_f64();
            let (now, weight) = (self.since as f64 / seconds, (seconds / WINDOW).min(1.0));
            self.speed = if self.speed == 0.0 { now } else { self.speed + (now - self.speed) * weight };
            (self.last, self.since) = (Some(Instant::now()), 0);
            self.say();
        }
    }

    /// Everything is here.
    pub(super) fn end(&mut self, here: u64) {
        self.peak = self.peak.max(here);
        self.total = Some(self.peak);
        self.is_whole = true;
        self.say();
    }

    fn say(&mut self) {
        // A server that starts anew with a smaller file does not take back what was said.
        let total = self.total.map(|total| total.max(self.peak));
        let left = total.filter(|_| self.speed > 0.0).map(|total| (total - self.peak) as f64 / self.speed);
        let Self { peak: done, speed, attempt, is_whole, .. } = *self;
        (self.tell)(Progress { done, total, speed, left, attempt, is_whole });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_start_takes_nothing_back() {
        let mut told = Vec::new();
        let mut tell = |progress: Progress| told.push((progress.done, progress.total));
        let mut meter = Meter::new(&mut tell);
        meter.begin(0, Some(100));
        meter.came(60, 60);
        meter.begin(0, Some(50));
        meter.came(50, 50);
        meter.end(50);
        assert_eq!(told, [(0, Some(100)), (60, Some(60)), (60, Some(60))]);
    }
}
