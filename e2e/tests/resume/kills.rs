//! Killed at any moment.

use std::path::Path;
use std::time::{Duration, Instant};

use silhueta_e2e::Helper;
use silhueta_e2e::worker::{Worker, is_last, job};
use silhueta_shared::job::JobSpec;
use silhueta_shared::worker::Event;

use super::{assert_whole, begin, clip, data, elsewhere, finish, went_on};

/// How often the worker is killed; `SILHUETA_KILLS` says another number.
const KILLS: u64 = if cfg!(feature = "soak") { 200 } else { 10 };

/// Numbers that look random and are the same each time (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n.max(1)
    }
}

/// Waits until the job is done or that time is over; then the worker is killed.
fn work_for(worker: &mut Worker, time: Duration) -> bool {
    let end = Instant::now() + time;
    while Instant::now() < end {
        let left = end.saturating_duration_since(Instant::now());
        if worker.within(left.min(Duration::from_millis(20))).iter().any(is_last) {
            return true;
        }
    }
    worker.kill();
    false
}

#[test]
fn killed_at_random_moments_it_goes_on_and_gives_the_same_bytes() {
    let Some(helper) = Helper::new("resume: kill -9") else { return };
    let kills = std::env::var("SILHUETA_KILLS").map_or(KILLS, |n| n.parse().expect("a number"));
    let source = clip(&helper, "walk_in_out.mp4", 24);
    let calm = JobSpec { video: true, pose_batch: Some(3), ..job(&helper, &source, "calm") };
    let begun = Instant::now();
    finish(&helper, &calm);
    let (whole, wanted) = (begun.elapsed(), data(&calm));

    let (mut chance, mut killed, mut gone_on) = (Chance(6), 0, 0);
    while killed < kills {
        let spec = elsewhere(&helper, &calm, "killed");
        // Up to three kills a job, anywhere within the time that all of it takes.
        for _ in 0..=chance.below(3) {
            let time = whole.mul_f64(chance.below(1000) as f64 / 1000.0);
            let mut worker = begin(&helper, &spec);
            if work_for(&mut worker, time) {
                break;
            }
            killed += 1;
        }
        // Killed between its last word and its end, the work is done.
        gone_on += u64::from(went_on(&finish(&helper, &spec)).is_some());
        assert!(data(&spec) == wanted, "after {killed} kills the results are others");
        assert_whole(&spec);
        std::fs::remove_dir_all(&spec.out_dir).unwrap();
    }
    println!("{killed} kills, {gone_on} jobs went on");
    assert!(gone_on * 4 >= killed / 3, "it hardly ever went on: {gone_on} of {killed}");
}

/// The system lets go of the folder with the process, however it ends.
#[test]
fn a_killed_worker_holds_no_lock() {
    let Some(helper) = Helper::new("resume: lock") else { return };
    let source = clip(&helper, "walk_in_out.mp4", 24);
    let spec = job(&helper, &source, "out");
    let mut worker = begin(&helper, &spec);
    worker.until("the first frame", |event| matches!(event, Event::Progress(p) if p.done > 0));
    assert!(Path::new(&spec.out_dir).join(".work/lock").exists());
    worker.kill();
    finish(&helper, &spec);
    assert_whole(&spec);
}
