//! The main job from the command line: real binaries, real networks, real video.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::Value;
use silhueta_e2e::Helper;
use silhueta_e2e::server::{children, is_running};
use silhueta_e2e::video::{make, make_from, probe, probe_pts, probe_times};

/// The first frames of a real clip, as a file of its own.
fn clip(helper: &Helper, name: &str, frames: u32) -> std::path::PathBuf {
    let out = helper.at(name);
    let source = helper.data.join("clips").join(name);
    let words = format!("-i {{0}} -frames:v {frames} -c:v libx264 -preset veryfast -crf 16 -pix_fmt yuv420p -an");
    make_from(&[&source], &out, &words);
    out
}

/// Small networks, for tests that are not about accuracy.
const FAST: [&str; 2] = ["--detector", "rtmdet_nano"];

#[test]
fn a_real_clip_comes_back_with_people_and_the_data_behind_it() {
    let Some(helper) = Helper::new("main job: a real clip") else { return };
    let video = clip(&helper, "crossing_360p.mp4", 24);
    let results = helper.work(&video, "out", &[]);

    let summary = helper.json(&results.join("summary.json"));
    assert_eq!((&summary["version"], &summary["state"]), (&Value::from(1), &Value::from("completed")));
    assert_eq!(summary["source"]["frames"], 24);
    assert_eq!(summary["source"]["sha256"].as_str().unwrap().len(), 64);
    let stages: Vec<_> = summary["stages"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap()).collect();
    assert_eq!(stages, ["probe", "track", "identify", "pose", "export"]);
    for role in ["detector", "reid", "pose"] {
        assert_eq!(summary["models"][role]["sha256"].as_str().unwrap().len(), 64);
    }
    assert_eq!(summary["device"]["used"], "cpu");
    assert_eq!(summary["device"]["passed_over"].as_array().unwrap().len(), 3);
    assert_eq!(summary["preview_frames"]["track"], 0);
    assert!(summary["identities"].as_u64().unwrap() >= 5);

    let poses = helper.json(&results.join("pose.json"));
    let poses = poses.as_array().unwrap();
    assert!(poses.len() > 24 * 4, "several people a frame: {}", poses.len());
    for row in poses {
        assert!(row["frame"].as_u64().unwrap() < 24);
        assert!(row["botsort_id"].as_u64().unwrap() > 0 && row["id_persistente"].as_u64().unwrap() > 0);
        assert_eq!((row["bbox"].as_array().unwrap().len(), row["keypoints"].as_array().unwrap().len()), (4, 17));
    }
    let tracking = helper.json(&results.join("tracking.json"));
    assert_eq!((&tracking["video"], &tracking["total_frames"]), (&Value::from("crossing_360p.mp4"), &Value::from(24)));
    assert_eq!(tracking["tracking_by_frame"].as_object().unwrap().len(), 24);
    assert_eq!(tracking["id_map"].as_object().unwrap().len() as u64, summary["tracks"].as_u64().unwrap());

    assert_eq!(probe_times(&results.join("overlay.mp4")), probe_times(&video));
    let mut left: Vec<_> = std::fs::read_dir(&results).unwrap().map(|e| e.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(
        left,
        ["identities.json", "overlay.mp4", "pose.json", "record.parquet", "summary.json", "tracking.json"]
    );

    // Again: skipped at once, unless forced.
    let again = helper.run(&["run", &video.display().to_string(), "--out", "out"]);
    assert_eq!(again.code, Some(0));
    assert!(again.stderr.contains("finished before"), "{}", again.stderr);
    let written = |name: &str| results.join(name).metadata().unwrap().modified().unwrap();
    let before = written("summary.json");
    helper.work(&video, "out", &["--force", "--no-video"]);
    assert!(written("summary.json") > before);
    assert!(!results.join("overlay.mp4").exists(), "an earlier run's video is not this one's");
}

#[test]
fn every_detector_does_the_main_job() {
    let Some(helper) = Helper::new("main job: every detector") else { return };
    let video = clip(&helper, "crossing_360p.mp4", 6);
    for detector in ["yolov8n", "yolox_nano", "yolo26n_int8", "rtmdet_nano"] {
        let results = helper.work(&video, detector, &["--detector", detector, "--no-video"]);
        let summary = helper.json(&results.join("summary.json"));
        assert_eq!(summary["models"]["detector"]["id"], detector);
        assert!(summary["tracks"].as_u64().unwrap() >= 3, "{detector}: {summary}");
        assert!(!results.join("overlay.mp4").exists());
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_threads() {
    let Some(helper) = Helper::new("main job: same bytes") else { return };
    let video = clip(&helper, "street_720p.mp4", 20);
    let names = ["pose.json", "tracking.json", "record.parquet"];
    let run = |out: &str, args: &[&str]| {
        let results = helper.work(&video, out, &[args, &FAST, &["--no-video"]].concat());
        names.map(|name| std::fs::read(results.join(name)).unwrap())
    };
    let one = run("one", &["--threads", "1"]);
    for (out, threads) in [("two", "2"), ("again", "2"), ("three", "3")] {
        let other = run(out, &["--threads", threads]);
        for ((name, a), b) in names.iter().zip(&one).zip(&other) {
            assert!(a == b, "{name} differs with {threads} threads");
        }
    }

    // Larger batches may move a joint by one bin, and rarely do.
    let batched = run("batched", &["--pose-batch", "8"]);
    let rows = |bytes: &[u8]| serde_json::from_slice::<Vec<Value>>(bytes).unwrap();
    let (one, batched) = (rows(&one[0]), rows(&batched[0]));
    assert_eq!(one.len(), batched.len());
    let (mut equal, mut all) = (0, 0);
    for (a, b) in one.iter().zip(&batched) {
        for (a, b) in a["keypoints"].as_array().unwrap().iter().zip(b["keypoints"].as_array().unwrap()) {
            all += 1;
            equal += usize::from(a[0] == b[0] && a[1] == b[1]);
        }
    }
    assert!(all > 1000 && equal * 1000 >= all * 999, "{equal} of {all} keypoints are equal");
}

#[test]
fn fewer_frames_are_looked_at_when_asked() {
    let Some(helper) = Helper::new("main job: frame rate") else { return };
    let video = clip(&helper, "walk_in_out.mp4", 90);
    let results = helper.work(&video, "out", &[&["--fps", "10"], &FAST[..]].concat());
    let summary = helper.json(&results.join("summary.json"));
    assert_eq!(summary["source"]["frames"], 90);
    assert_eq!(summary["stages"][1]["frames"], 30);
    assert_eq!(probe_pts(&results.join("overlay.mp4")).len(), 30);
    for row in helper.json(&results.join("pose.json")).as_array().unwrap() {
        assert_eq!(row["frame"].as_u64().unwrap() % 3, 0, "frames are counted on the source");
    }
}

#[test]
fn odd_turned_and_uneven_videos_come_back_whole() {
    let Some(helper) = Helper::new("main job: odd videos") else { return };
    let at = helper.folder.path();
    let person = helper.data.join("clips/jumping_jacks.mp4");
    let made = |name: &str, words: &str| {
        make_from(&[&person], &at.join(name), words);
        at.join(name)
    };
    let x264 = "-frames:v 12 -c:v libx264 -pix_fmt yuv420p -an";
    let flat = made("flat.mp4", &format!("-i {{0}} {x264}"));
    let turned = at.join("turned.mp4");
    make_from(&[&flat], &turned, "-i {0} -c copy -metadata:s:v:0 rotate=90");
    let uneven = made("uneven.mp4", &format!("-i {{0}} -vf select='lt(n\\,6)+not(mod(n\\,4))' -vsync vfr {x264}"));
    let odd = made("odd.mkv", "-i {0} -frames:v 8 -vf scale=201:359 -c:v ffv1 -an");
    let one = made("one.mp4", "-i {0} -frames:v 1 -c:v libx264 -pix_fmt yuv420p -an");
    let nobody = make(at, "nobody.mp4", "-f lavfi -i color=gray:size=320x240:rate=10:duration=1 -pix_fmt yuv420p");
    for (video, size) in
        [(&turned, "360,640"), (&uneven, "640,360"), (&odd, "202,360"), (&one, "640,360"), (&nobody, "320,240")]
    {
        let results = helper.work(video, "out", &FAST);
        let overlay = results.join("overlay.mp4");
        assert_eq!(probe(&overlay, "stream=width,height").trim(), size, "{}", video.display());
        assert_eq!(probe_times(&overlay), probe_times(video), "{}", video.display());
    }
    let results = at.join("out/nobody");
    assert_eq!(helper.json(&results.join("pose.json")), Value::Array(vec![]));
    assert_eq!(helper.json(&results.join("summary.json"))["identities"], 0);
    let odd = helper.json(&at.join("out/odd/summary.json"));
    assert_eq!((&odd["source"]["width"], &odd["source"]["height"]), (&Value::from(201), &Value::from(359)));
}

#[test]
fn videos_of_one_name_get_folders_of_their_own() {
    let Some(helper) = Helper::new("main job: equal names") else { return };
    let (a, b) = (helper.at("a"), helper.at("b"));
    for folder in [&a, &b] {
        std::fs::create_dir(folder).unwrap();
        make(folder, "same.mp4", "-f lavfi -i color=gray:size=64x64:rate=5:duration=1 -pix_fmt yuv420p");
    }
    let done = helper.run(&["run", "a", "b", "--out", "out", "--detector", "rtmdet_nano", "--no-video"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    let source = |name: &str| helper.json(&helper.at(name))["source"]["path"].as_str().unwrap().to_owned();
    assert!(source("out/same/summary.json").ends_with("a/same.mp4"));
    assert!(source("out/same-2/summary.json").ends_with("b/same.mp4"));
}

/// Whether nothing but what was there before is in the folder.
fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

#[test]
fn bad_input_is_an_error_that_names_the_thing_and_leaves_nothing() {
    let Some(helper) = Helper::new("main job: bad input") else { return };
    let write = |name: &str, bytes: &[u8]| {
        std::io::Write::write_all(&mut std::fs::File::create(helper.at(name)).unwrap(), bytes).unwrap();
    };
    write("text.mp4", b"this is a text\n".repeat(50).as_slice());
    write("empty.mp4", b"");
    write("broken.onnx", b"not a model");
    make(helper.folder.path(), "sound.mp4", "-f lavfi -i sine=duration=1 -c:a aac");
    make(helper.folder.path(), "good.mp4", "-f lavfi -i color=gray:size=64x64:rate=5:duration=1 -pix_fmt yuv420p");
    let large = std::fs::read(helper.data.join("clips/crossing_360p.mp4")).unwrap();
    write("head.mp4", &large[..600]);
    for (args, code, says) in [
        (&["text.mp4"][..], 3, "text.mp4"),
        (&["empty.mp4"], 3, "the file is empty"),
        (&["head.mp4"], 3, "head.mp4"),
        (&["sound.mp4"], 3, "no video stream"),
        (&["missing.mp4"], 3, "missing.mp4"),
        (&["good.mp4", "--detector", "nothing"], 4, "rtmdet_nano"),
        (&["good.mp4", "--detector", "osnet_x0_5"], 4, "osnet_x0_5"),
        (&["good.mp4", "--pose", "broken.onnx"], 4, "broken.onnx"),
        (&["good.mp4", "--pose", "yolox_nano"], 4, "a pose network is wanted"),
        (&["good.mp4", "--precision", "int8"], 4, "models quantize yolov8n"),
        (&["good.mp4", "--precision", "fp16", "--device", "cpu"], 4, "fp16"),
        (&["good.mp4", "--device", "cuda"], 4, "cuda"),
        (&["good.mp4", "--fps", "none"], 2, "source"),
        (&["good.mp4", "--device", "toaster"], 2, "toaster"),
        (&[], 2, "VIDEO"),
    ] {
        let done = helper.run(&[&["run", "--out", "out"], args].concat());
        assert_eq!(done.code, Some(code), "{args:?}: {}", done.stderr);
        assert!(done.stderr.contains(says), "{args:?} should say {says}: {}", done.stderr);
        assert!(!done.stderr.contains("panicked"), "{}", done.stderr);
        assert!(is_empty(&helper.at("out")), "{args:?} left something");
    }
    // One bad video among good ones: the good one is done, the code tells of the bad one.
    let done = helper.run(&["run", "text.mp4", "good.mp4", "--out", "out", "--no-video"]);
    assert_eq!(done.code, Some(3), "{}", done.stderr);
    assert!(helper.at("out/good/summary.json").exists());
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_job_and_its_worker() {
    let Some(helper) = Helper::new("main job: Ctrl+C") else { return };
    let video = helper.data.join("clips/street_720p.mp4");
    for (signal, code, frames) in [("INT", 130, 5), ("TERM", 143, 0)] {
        let args = ["run", &video.display().to_string(), "--out", "out", "--progress", "json", "--no-video"];
        let mut child = helper.start(&args);
        // Wait until it is in the stage: the first event of `track` with frames done.
        let stdout = child.stdout.take().unwrap();
        for line in std::io::BufRead::lines(std::io::BufReader::new(stdout)) {
            let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
            let progress = &event["progress"];
            if progress["stage"] == "track" && progress["done"].as_u64().unwrap() >= frames {
                break;
            }
        }
        let worker = children(child.id());
        assert_eq!(worker.len(), 1, "one worker");
        let asked = Instant::now();
        let sent = std::process::Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
        assert!(!Path::new(&format!("/proc/{}", worker[0])).exists(), "the worker outlived its daemon");
        // No results, only what the next run goes on with; nothing where no frame was done.
        let left = std::fs::read_dir(helper.at("out/street_720p")).into_iter().flatten();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert!(left == [".work"] || frames == 0 && left.is_empty(), "{left:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_killed_daemon_takes_its_worker_with_it() {
    let Some(helper) = Helper::new("main job: kill -9") else { return };
    let video = helper.data.join("clips/street_720p.mp4");
    let mut child = helper.start(&["run", &video.display().to_string(), "--out", "out", "--no-video"]);
    let limit = Instant::now() + Duration::from_secs(20);
    let worker = loop {
        match children(child.id()).first() {
            Some(worker) => break *worker,
            None => assert!(Instant::now() < limit, "no worker came"),
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    std::thread::sleep(Duration::from_millis(1500));
    child.kill().unwrap();
    child.wait().unwrap();
    let limit = Instant::now() + Duration::from_secs(2);
    while is_running(worker) {
        assert!(Instant::now() < limit, "the worker outlived its daemon by two seconds");
        std::thread::sleep(Duration::from_millis(20));
    }
    // What the killed job left is no obstacle to the next.
    let results = helper.work(&video, "out", &[&["--fps", "1", "--no-video"], &FAST[..]].concat());
    assert!(results.ends_with("out/street_720p") && results.join("summary.json").exists());
}

#[test]
fn doctor_tells_what_is_there() {
    let Some(helper) = Helper::new("main job: doctor") else { return };
    let done = helper.run(&["doctor"]);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    for word in ["ONNX Runtime 1.", "cpu", "not cuda:", "H.264 encoder", "yolov8n", "GB free"] {
        assert!(done.stdout.contains(word), "{word} is missing in:\n{}", done.stdout);
    }
    let done = helper.command(&["doctor"]).env("SILHUETA_ONNXRUNTIME", "/nowhere.so").output().unwrap();
    assert_eq!(done.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&done.stdout).contains("/nowhere.so"));
}
