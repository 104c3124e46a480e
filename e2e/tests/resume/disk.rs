//! The disk is full in the middle of a job.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command as Program;

use silhueta_e2e::worker::{brief, job};
use silhueta_e2e::{Helper, skip};
use silhueta_shared::job::{FailureCode, JobSpec, Stage};
use silhueta_shared::worker::{Command, Event};

use super::{assert_whole, begin, clip, data, finish, went_on};

/// A small disk of its own; gone with the test.
struct Disk(PathBuf);

impl Disk {
    /// `None`, said aloud, where nobody may mount anything.
    fn mount(at: PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&at).unwrap();
        let mut mount = Program::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=100m", "tmpfs"]).arg(&at);
        match mount.output() {
            Ok(output) if output.status.success() => Some(Self(at)),
            _ => {
                skip("resume: disk full", "a small disk can't be mounted: that needs root");
                None
            }
        }
    }

    /// Leaves no room at all.
    fn fill(&self) -> PathBuf {
        let (path, mut room) = (self.0.join("filler"), 1 << 20);
        let mut file = File::create(&path).unwrap();
        while room > 0 {
            if file.write_all(&vec![1; room]).is_err() {
                room /= 2;
            }
        }
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _it_stays_then = Program::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_is_an_error_that_says_so_and_the_job_goes_on_when_there_is_room() {
    let Some(helper) = Helper::new("resume: disk full") else { return };
    let Some(disk) = Disk::mount(helper.at("disk")) else { return };
    let source = clip(&helper, "walk_in_out.mp4", 40);
    let spec = JobSpec { video: true, ..job(&helper, &source, "disk/out") };
    let earlier = JobSpec { fps: Some(10.0), ..spec.clone() };
    finish(&helper, &earlier);
    let before = data(&spec);
    for (stage, frames) in [(Stage::Track, 10), (Stage::Pose, 10)] {
        let mut worker = begin(&helper, &spec);
        worker.until(
            "the frame at which the disk is full",
            |event| matches!(event, Event::Progress(p) if p.stage == stage && p.done >= frames && !p.ended),
        );
        // Held still meanwhile, or it would be done first.
        worker.send(&Command::Pause);
        worker.until("standing still", |event| matches!(event, Event::Paused(true)));
        let filler = disk.fill();
        worker.send(&Command::Resume);
        let events = worker.to_the_end();
        match events.last() {
            Some(Event::Failed(failure)) => {
                assert_eq!(failure.code, FailureCode::NoSpace, "{failure:?}");
                assert!(failure.message.contains(&helper.at("disk").display().to_string()), "{failure:?}");
            }
            _ => panic!("{stage}: {:?}", brief(&events)),
        }
        assert!(data(&spec) == before, "{stage}: the earlier results are others now");
        assert!(Path::new(&spec.out_dir).join("summary.json").exists());
        std::fs::remove_file(filler).unwrap();
    }
    let (stage, frame) = went_on(&finish(&helper, &spec)).unwrap();
    assert!(stage == Stage::Pose && frame > 0, "{stage} {frame}");
    let calm = JobSpec { out_dir: helper.at("calm").display().to_string(), ..spec.clone() };
    finish(&helper, &calm);
    assert!(data(&calm) == data(&spec), "the full disk changed the results");
    assert_whole(&calm);
}
