//! What the daemon asks of a running job: stop, stand still, go on, and how many pictures.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::preview::Wishes;

/// Shared by the thread that hears the daemon and the pipeline.
#[derive(Debug)]
pub(crate) struct Control {
    begun: Instant,
    stop: Arc<AtomicBool>,
    /// The same as `Pause::asked`, to look at with each frame without a lock.
    asked: AtomicBool,
    pause: Mutex<Pause>,
    changed: Condvar,
    wishes: Wishes,
}

#[derive(Debug, Default)]
struct Pause {
    asked: bool,
    /// Time stood still so far.
    stood: Duration,
}

impl Default for Control {
    fn default() -> Self {
        Self {
            begun: Instant::now(),
            stop: Arc::default(),
            asked: AtomicBool::new(false),
            pause: Mutex::default(),
            changed: Condvar::new(),
            wishes: Wishes::default(),
        }
    }
}

/// The job is to end.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Stopped;

impl Control {
    /// The flag that ends the job at the next frame.
    pub(crate) fn stop_flag(&self) -> &Arc<AtomicBool> {
        &self.stop
    }

    /// Whether the job is to end.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Ends the job, also one that stands still.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.wishes.clear();
        self.wake();
    }

    /// Lets the job stand still at its next frame, or go on.
    pub(crate) fn pause(&self, asked: bool) {
        self.lock().asked = asked;
        self.asked.store(asked, Ordering::Relaxed);
        self.changed.notify_all();
    }

    /// Pictures that are waited for.
    pub(crate) fn wishes(&self) -> &Wishes {
        &self.wishes
    }

    /// The time since this began, without what was stood still.
    pub(crate) fn worked(&self) -> Duration {
        let stood = self.lock().stood;
        self.begun.elapsed().saturating_sub(stood)
    }

    /// A frame is done: a stage that waits for its last ones looks again.
    pub(crate) fn frame_done(&self) {
        if self.asked.load(Ordering::Relaxed) {
            self.wake();
        }
    }

    fn wake(&self) {
        // With the lock in between nobody can miss the call between looking and waiting.
        drop(self.lock());
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Pause> {
        self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where one stage stands still, for as long as its other side is there.
#[derive(Debug)]
pub(crate) struct Halt<'c> {
    control: &'c Control,
    over: AtomicBool,
}

impl<'c> Halt<'c> {
    /// For a stage that begins.
    pub(crate) fn new(control: &'c Control) -> Self {
        Self { control, over: AtomicBool::new(false) }
    }

    /// Who stands still here goes on: the stage is at its end.
    pub(crate) fn end(&self) {
        self.over.store(true, Ordering::Relaxed);
        self.control.wake();
    }

    /// Returns at once, or stands still while that is asked for. `is_still` says whether the frames that
    /// were on their way are through; then, and when it goes on again, `tell` is called.
    pub(crate) fn stand(&self, is_still: impl Fn() -> bool, tell: impl Fn(bool)) -> Result<(), Stopped> {
        let control = self.control;
        if !control.asked.load(Ordering::Relaxed) {
            return Ok(());
        }
        let (since, mut told) = (Instant::now(), false);
        let mut pause = control.lock();
        while pause.asked && !control.is_stopped() && !self.over.load(Ordering::Relaxed) {
            if !told && is_still() {
                // Telling may wait for the daemon; who hears it must not wait for us.
                drop(pause);
                told = true;
                tell(true);
                pause = control.lock();
                continue;
            }
            pause = control.changed.wait(pause).unwrap_or_else(PoisonError::into_inner);
        }
        pause.stood += since.elapsed();
        drop(pause);
        if control.is_stopped() {
            return Err(Stopped);
        }
        if told {
            tell(false);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    /// Waits until `done`, and fails rather than hang.
    fn wait_until(what: &str, done: impl Fn() -> bool) {
        let limit = Instant::now() + Duration::from_secs(20);
        while !done() {
            assert!(Instant::now() < limit, "{what} never came");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    #[test]
    fn it_stands_when_the_last_frames_are_through_and_goes_on_when_told() {
        let (control, on_the_way, told) = (Control::default(), AtomicU32::new(2), Mutex::new(Vec::new()));
        let halt = Halt::new(&control);
        let tell = |paused| told.lock().unwrap().push(paused);
        assert_eq!(halt.stand(|| true, tell), Ok(()));
        assert!(told.lock().unwrap().is_empty(), "nobody asked");

        control.pause(true);
        std::thread::scope(|scope| {
            let standing = scope.spawn(|| halt.stand(|| on_the_way.load(Ordering::Relaxed) == 0, tell));
            for left in [1, 0] {
                std::thread::sleep(Duration::from_millis(20));
                assert!(told.lock().unwrap().is_empty(), "frames are still on their way");
                on_the_way.store(left, Ordering::Relaxed);
                control.frame_done();
            }
            wait_until("standing still", || *told.lock().unwrap() == [true]);
            std::thread::sleep(Duration::from_millis(30));
            assert!(!standing.is_finished());
            control.pause(false);
            assert_eq!(standing.join().unwrap(), Ok(()));
        });
        assert_eq!(*told.lock().unwrap(), [true, false]);
        let (all, worked) = (control.begun.elapsed(), control.worked());
        assert!(worked + Duration::from_millis(70) <= all, "{worked:?} of {all:?}");
    }

    #[test]
    fn a_stop_and_the_end_of_the_stage_end_a_pause() {
        for stop in [true, false] {
            let control = Control::default();
            let (halt, stood) = (Halt::new(&control), AtomicBool::new(false));
            control.pause(true);
            std::thread::scope(|scope| {
                let standing = scope.spawn(|| halt.stand(|| true, |_| stood.store(true, Ordering::Relaxed)));
                wait_until("standing still", || stood.load(Ordering::Relaxed));
                if stop {
                    control.stop();
                } else {
                    halt.end();
                }
                assert_eq!(standing.join().unwrap(), if stop { Err(Stopped) } else { Ok(()) });
            });
        }
    }
}
