//! An hour of video through the task API: `cargo xtask soak`. Time, peak memory, and a status that is never wrong.
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
use silhueta_e2e::server::children;
use silhueta_e2e::tasks::{post, server, status};
use silhueta_e2e::video::{make_from, probe};

/// Seconds of video; `SILHUETA_SOAK_SECONDS` says another number.
const SECONDS: u64 = 3600;
/// Frames a second of the clip.
const FPS: u64 = 10;
const LIMIT: Duration = Duration::from_secs(4 * 3600);
const STAGES: [&str; 5] = ["probe", "track", "identify", "pose", "export"];

/// The largest memory that a process had, in kB.
fn peak(pid: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Where a task at work is: stage and frames, which never go back.
fn place(now: &Value) -> (usize, u64) {
    let progress = &now["progress"];
    let stage = STAGES.iter().position(|stage| progress["stage"] == *stage);
    (stage.unwrap_or_else(|| panic!("{now}")), progress["frames_done"].as_u64().unwrap())
}

#[test]
fn an_hour_of_video_is_worked_through_and_its_status_is_always_true() {
    let Some(server) = server("soak: an hour of video", &[]) else { return };
    let seconds = std::env::var("SILHUETA_SOAK_SECONDS").map_or(SECONDS, |text| text.parse().expect("a number"));
    let (frames, video) = (seconds * FPS, server.videos().join("hour.mp4"));
    let clip = server.helper.data.join("clips/one_by_one.mp4");
    make_from(&[&clip], &video, &format!("-stream_loop -1 -i {{0}} -frames:v {frames} -c copy -an"));
    let began = Instant::now();
    let task = post(&server, &video);
    let (mut before, mut percent, mut asked) = ((0, 0), 0.0, 0u64);
    let (mut helper, mut worker, mut early) = (0, 0, None);
    let mut begins: Vec<(usize, Instant)> = Vec::new();
    let done = loop {
        std::thread::sleep(Duration::from_secs(1));
        let now = status(&server, &task);
        asked += 1;
        match now["status"].as_str().unwrap() {
            "queued" => assert!(begun_nothing(&now) && begins.is_empty(), "{now}"),
            "processing" => {
                let here = place(&now);
                assert!(here >= before, "{before:?} was further: {now}");
                if begins.last().is_none_or(|(stage, _)| *stage != here.0) {
                    begins.push((here.0, Instant::now()));
                }
                let share = now["progress"]["percent"].as_f64().unwrap_or(percent);
                assert!((0.0..100.0).contains(&share) && share >= percent, "{percent} and then {now}");
                assert!(
                    now["result"].is_null() && now["completed_at"].is_null() && !now["started_at"].is_null(),
                    "{now}"
                );
                (before, percent) = (here, share);
            }
            _ => break now,
        }
        helper = helper.max(peak(server.pid()));
        worker = children(server.pid()).into_iter().map(peak).chain([worker]).max().unwrap_or(0);
        if early.is_none() && before >= (1, 1000) {
            early = Some(worker);
        }
        assert!(began.elapsed() < LIMIT, "it does not end: {now}");
    };
    let took = began.elapsed().as_secs_f64();
    assert_eq!(done["status"], "completed", "{done}");
    let stages: Vec<_> = begins.iter().zip(begins.iter().skip(1).map(|(_, at)| *at).chain([Instant::now()])).collect();
    for ((stage, from), to) in stages {
        println!("{:8} {:.0} s", STAGES[*stage], to.duration_since(*from).as_secs_f64());
    }
    println!(
        "{frames} frames ({seconds} s of video) in {took:.0} s, {:.1} frames a second; asked {asked} times; peak memory: \
         helper {helper} kB, worker {worker} kB ({:?} kB after 1000 frames)",
        frames as f64 / took,
        early
    );
    let file = Path::new(done["result"]["predictions_file"].as_str().unwrap());
    let entries: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(entries.len() as u64, frames);
    assert!(entries.iter().any(|entry| !entry["instances"].as_array().unwrap().is_empty()));
    let annotated = Path::new(done["result"]["visualization_file"].as_str().unwrap());
    assert_eq!(probe(annotated, "stream=nb_frames").trim().trim_end_matches(','), frames.to_string());
    // Memory does not grow with the video: what is read at the end is as large at the beginning.
    let early = early.unwrap_or(worker);
    assert!(worker * 100 <= early * 125, "{early} kB grew to {worker} kB");
}

fn begun_nothing(now: &Value) -> bool {
    now["progress"].is_null() && now["started_at"].is_null() && now["result"].is_null()
}
