//! The long checks: `cargo xtask soak`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

use std::path::Path;
use std::process::Command;

use silhueta_e2e::video::make_from;
use silhueta_e2e::worker::{Worker, is_last, job};
use silhueta_e2e::{Helper, models};
use silhueta_shared::job::Stage;
use silhueta_shared::worker::{Command as Order, Event, PreviewWish};

/// Frames after which memory must stand still, and frames to the end.
const EARLY: u64 = 1_000;
const LATE: u64 = 20_000;

/// Memory is flat however long the video is: the highest use at 20,000 frames is within 5 % of that at 1,000.
#[test]
fn memory_is_flat_over_twenty_thousand_frames() {
    let Some(helper) = Helper::new("soak: memory") else { return };
    let source = helper.data.join("clips/walk_in_out.mp4");
    let peak = |name: &str, frames: u64| {
        let video = helper.at(name);
        make_from(&[&source], &video, &format!("-stream_loop -1 -i {{0}} -frames:v {frames} -c copy -an"));
        peak_of_worker(&helper, &video)
    };
    let (early, late) = (peak("early.mp4", EARLY), peak("late.mp4", LATE));
    println!(
        "peak memory: {early} kB at {EARLY} frames, {late} kB at {LATE} frames, ratio {:.3}",
        late as f64 / early as f64
    );
    assert!(late * 100 <= early * 105, "{early} kB grew to {late} kB");
}

/// What a preview costs the pose stage at 720p: off, plain and plain with drawn, in turn and twice. Processor time
/// beside the rate, because the machine's other work moves the rate more than a preview does.
#[test]
fn the_cost_of_a_preview() {
    let Some(helper) = Helper::new("soak: preview") else { return };
    let source = helper.at("street.mp4");
    make_from(&[&helper.data.join("clips/street_720p.mp4")], &source, "-i {0} -frames:v 120 -c copy -an");
    let kinds = [("off", 0, 0), ("plain", 2, 0), ("plain and drawn", 2, 2)];
    let (mut fps, mut cpu, mut pictures) = ([0.0; 3], [0.0; 3], [0; 3]);
    for round in 0..2 {
        for (kind, (name, plain, drawn)) in kinds.into_iter().enumerate() {
            let wish = Order::Preview(PreviewWish { plain, drawn });
            let mut worker = Worker::start(&helper);
            worker.send(&Order::Run(Box::new(job(&helper, &source, &format!("out{round}{kind}")))));
            let (mut begun, mut spent) = (None, 0.0);
            let done = loop {
                let event = worker.next();
                match &event {
                    Event::Progress(progress) if progress.stage == Stage::Pose => {
                        let now = processor_seconds(worker.pid());
                        spent = now - *begun.get_or_insert(now);
                    }
                    _ => {}
                }
                if matches!(event, Event::Preview(_) | Event::Progress(_)) && plain > 0 {
                    worker.send(&wish);
                }
                if is_last(&event) {
                    break event;
                }
            };
            let Event::Done(summary) = done else { panic!("{done:?}") };
            let pose = summary.stages.iter().find(|timing| timing.name == Stage::Pose).unwrap();
            let encoded = summary.preview_frames.pose;
            println!("round {round}, {name}: {:.2} fps, {spent:.2} s of processor, {encoded} pictures", pose.fps);
            fps[kind] += pose.fps;
            cpu[kind] += spent;
            pictures[kind] += encoded;
        }
    }
    for kind in [1, 2] {
        let (rate, time) = (fps[kind] / fps[0], cpu[kind] / cpu[0]);
        println!("{}: {rate:.3} of the frames a second, {time:.3} of the processor time", kinds[kind].0);
    }
    assert!(pictures[0] == 0 && pictures[1] > 0 && pictures[2] > pictures[1], "{pictures:?}");
}

/// `models quantize` with Python's real tools, on a detector and a pose network: the report has its numbers, the copies
/// are kept and then run by `--precision int8`. How fast they are is printed, not judged.
#[test]
fn int8_copies_are_made_reported_and_used() {
    let Some(helper) = Helper::new("soak: int8 copies") else { return };
    let (detector, pose) = ("yolov8n", "tinypose_256x192_simcc");
    let folder = models::folder(&helper, &[detector, pose, "osnet_x0_25_msmt17"]);
    let clip = helper.data.join("clips/crossing_360p.mp4").display().to_string();
    let silhueta = |args: &[&str]| {
        let done = helper.command(args).env("SILHUETA_MODELS", &folder).output().expect("silhueta starts");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{args:?}: {said}{}", String::from_utf8_lossy(&done.stderr));
        println!("{said}");
        said
    };
    for id in [detector, pose] {
        // Kept also where this machine gains nothing by it.
        let said = silhueta(&["models", "quantize", id, "--calibrate", &clip, "--frames", "8", "--keep"]);
        let report = helper.json(&folder.join(format!("{id}-int8.json")));
        let comparison = &report["comparison"];
        assert_eq!(report["original"]["id"], id);
        assert!(["original_ms", "copy_ms"].iter().all(|ms| comparison[ms].as_f64().unwrap() > 0.0), "{report}");
        let change = &comparison["change"][if id == detector { "detector" } else { "pose" }];
        let people = change["people"].as_u64().unwrap();
        assert!(people > 8, "{report}");
        if id == detector {
            let (found, overlap) = (change["found"].as_u64().unwrap(), change["overlap"].as_f64().unwrap());
            assert!(found * 10 >= people * 8 && overlap > 0.8, "the copy finds others: {report}");
        } else {
            // Such small pose networks lose much: whoever makes a copy is told.
            let oks = change["oks"].as_f64().unwrap();
            assert!((0.5..=1.0).contains(&oks), "{report}");
            assert_eq!(said.contains("WARNING"), oks < 0.95, "{said}");
        }
    }
    silhueta(&["run", &clip, "--fps", "4", "--no-video", "--out", "out", "--precision", "int8"]);
    let summary = helper.json(&helper.at("out/crossing_360p/summary.json"));
    assert_eq!(summary["models"]["detector"]["id"], format!("{detector}-int8"));
    assert_eq!(summary["models"]["pose"]["id"], format!("{pose}-int8"));
    assert_eq!(summary["settings"]["precision"], "int8");
    assert!(summary["identities"].as_u64().unwrap() > 0, "{summary}");
}

/// Processor time that a process has used, in seconds.
fn processor_seconds(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // After the name, which may hold anything: user and system time are the 12th and 13th, in hundredths.
    let fields = stat.rsplit(") ").next().unwrap().split(' ');
    fields.skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap() / 100.0).sum()
}

/// The highest resident memory, in kB, of the worker that does the main job on `video`.
fn peak_of_worker(helper: &Helper, video: &Path) -> u64 {
    // GNU time reports the largest child, which is the worker.
    let report = helper.at("time");
    let job = helper.command(&["run", &video.display().to_string(), "--out", "out", "--detector", "rtmdet_nano"]);
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["-f", "%M", "-o"]).arg(&report).arg(job.get_program()).args(job.get_args());
    timed.current_dir(helper.folder.path());
    timed.envs(job.get_envs().filter_map(|(name, value)| Some((name, value?))));
    assert!(timed.status().expect("GNU time is installed").success());
    let text = std::fs::read_to_string(&report).expect("its report");
    text.trim().parse().expect("a number of kilobytes")
}
