//! Stopped, killed or cut off, a job goes on where it was, and its data files are the very bytes of a run that
//! nobody disturbed: real worker, real networks, real video.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod commands;
mod damage;
mod disk;
mod kills;
mod stops;

use std::path::{Path, PathBuf};

use silhueta_e2e::Helper;
use silhueta_e2e::video::{make_from, probe_times};
use silhueta_e2e::worker::{Worker, brief, is_last};
use silhueta_shared::job::{JobSpec, Stage};
use silhueta_shared::notice::Notice;
use silhueta_shared::worker::{Command, Event};

/// Often enough that short videos have several.
const OFTEN: [(&str, &str); 1] = [("SILHUETA_CHECKPOINT", "0.05")];

/// Files that must come out the same whatever happens.
const DATA: [&str; 4] = ["record.parquet", "pose.json", "tracking.json", "identities.json"];

/// The first frames of a real clip, as a file of its own.
fn clip(helper: &Helper, name: &str, frames: u32) -> PathBuf {
    let out = helper.at(name);
    let source = helper.data.join("clips").join(name);
    let words = format!("-i {{0}} -frames:v {frames} -c:v libx264 -preset veryfast -crf 16 -pix_fmt yuv420p -an");
    make_from(&[&source], &out, &words);
    out
}

/// The data files of a job.
fn data(spec: &JobSpec) -> Vec<Vec<u8>> {
    let read = |name| std::fs::read(Path::new(&spec.out_dir).join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
    DATA.map(read).into()
}

/// The same job with its results elsewhere.
fn elsewhere(helper: &Helper, spec: &JobSpec, out: &str) -> JobSpec {
    std::fs::create_dir_all(helper.at(out)).unwrap();
    JobSpec { out_dir: helper.at(out).display().to_string(), ..spec.clone() }
}

/// Begins, or goes on with, a job.
fn begin(helper: &Helper, spec: &JobSpec) -> Worker {
    let mut worker = Worker::start_with(helper, &OFTEN);
    worker.send(&Command::Run(Box::new(spec.clone())));
    worker
}

/// Works to the end; the notices on the way.
fn finish(helper: &Helper, spec: &JobSpec) -> Vec<Notice> {
    let worker = begin(helper, spec);
    let events = worker.to_the_end();
    assert!(matches!(events.last(), Some(Event::Done(_))), "{:?}", brief(&events));
    assert_eq!(worker.exit(), Some(0));
    notices(&events)
}

fn notices(events: &[Event]) -> Vec<Notice> {
    events.iter().filter_map(|event| if let Event::Log(notice) = event { Some(notice.clone()) } else { None }).collect()
}

/// Where a run went on, if it did.
fn went_on(notices: &[Notice]) -> Option<(Stage, u64)> {
    notices.iter().find_map(|notice| match notice {
        Notice::GoesOn { stage, frame } => Some((*stage, *frame)),
        _ => None,
    })
}

/// Works until a stage has so many frames, then asks it to stop; what was said.
fn stop_at(helper: &Helper, spec: &JobSpec, stage: Stage, frames: u64) -> Vec<Notice> {
    let mut worker = begin(helper, spec);
    let mut events = worker.until(
        "the frame to stop at",
        |event| matches!(event, Event::Progress(p) if p.stage == stage && p.done >= frames && !p.ended),
    );
    worker.send(&Command::Stop);
    events.extend(worker.until("its last word", is_last));
    assert_eq!(events.last(), Some(&Event::Stopped), "{:?}", brief(&events));
    assert_eq!(worker.exit(), Some(0));
    assert!(Path::new(&spec.out_dir).join(".work/checkpoint").is_file());
    notices(&events)
}

/// Nothing but results is left, and the annotated video has every frame of the source.
fn assert_whole(spec: &JobSpec) {
    let out = Path::new(&spec.out_dir);
    let mut left: Vec<_> = out.read_dir().unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    let mut wanted = vec!["identities.json", "pose.json", "record.parquet", "summary.json", "tracking.json"];
    if spec.video {
        wanted.insert(1, "overlay.mp4");
        assert_eq!(probe_times(&out.join("overlay.mp4")), probe_times(Path::new(&spec.source)));
    }
    assert_eq!(left, wanted);
}
