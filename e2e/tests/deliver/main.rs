//! What a task's worker leaves where its caller looks: MMPose's predictions and the annotated video beside the
//! video, whole or not at all. Real worker, real networks, real video.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

mod files;

use std::path::{Path, PathBuf};

use serde_json::Value;
use silhueta_e2e::Helper;
use silhueta_e2e::video::make_from;
use silhueta_e2e::worker::{Worker, brief, job};
use silhueta_shared::job::{Deliver, JobSpec};
use silhueta_shared::worker::{Command, Event};

/// The first frames of a real clip, in a folder of its own.
fn clip(helper: &Helper, name: &str, frames: u32) -> PathBuf {
    let folder = helper.at("videos");
    std::fs::create_dir_all(&folder).unwrap();
    let (out, source) = (folder.join(name), helper.data.join("clips").join(name));
    let words = format!("-i {{0}} -frames:v {frames} -c:v libx264 -preset veryfast -crf 16 -pix_fmt yuv420p -an");
    make_from(&[&source], &out, &words);
    out
}

/// A task on `source` under the name `task`.
fn task(helper: &Helper, source: &Path, task: &str) -> JobSpec {
    let (folder, stem) = (source.parent().unwrap(), source.file_stem().unwrap().to_str().unwrap());
    let at = |place: &str, ending: &str| folder.join(place).join(format!("{stem}_tinypose{ending}"));
    let deliver = Deliver {
        predictions: at("predictions", ".json").display().to_string(),
        visualization: at("visualizations", ".mp4").display().to_string(),
    };
    let out = format!("tasks/{task}");
    JobSpec { video: true, deliver: Some(deliver), ..job(helper, source, &out) }
}

fn begin(helper: &Helper, spec: &JobSpec) -> Worker {
    let mut worker = Worker::start_with(helper, &[("SILHUETA_CHECKPOINT", "0.05")]);
    worker.send(&Command::Run(Box::new(spec.clone())));
    worker
}

/// Works to the end, which is a good one; what was said.
fn finish(helper: &Helper, spec: &JobSpec) -> Vec<Event> {
    let worker = begin(helper, spec);
    let events = worker.to_the_end();
    assert!(matches!(events.last(), Some(Event::Done(_))), "{:?}", brief(&events));
    assert_eq!(worker.exit(), Some(0));
    events
}

/// All that is in a folder, also what is hidden; sorted. Nothing where there is no folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn predictions(spec: &JobSpec) -> Vec<u8> {
    std::fs::read(&spec.deliver.as_ref().unwrap().predictions).unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}
