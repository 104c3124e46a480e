//! `silhueta run` again, and `silhueta resume`.

use std::io::BufRead as _;
use std::path::Path;
use std::process::{Child, Command};

use serde_json::Value;
use silhueta_e2e::Helper;
use silhueta_e2e::server::children;

use super::{DATA, clip};

const FAST: [&str; 4] = ["--detector", "rtmdet_nano", "--pose", "tinypose_256x192_simcc"];

/// Starts a run and returns when it has some frames of a stage.
fn started(helper: &Helper, video: &Path, stage: &str, more: &[&str]) -> Child {
    let video = video.display().to_string();
    let args = [&["run", &video, "--out", "out", "--progress", "json"][..], &FAST, more].concat();
    let mut command = helper.command(&args);
    let mut child = command.env("SILHUETA_CHECKPOINT", "0.05").spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let there = std::io::BufReader::new(stdout).lines().any(|line| {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let progress = &event["progress"];
        progress["stage"] == stage && progress["done"].as_u64().unwrap() >= 8 && progress["ended"] == false
    });
    assert!(there, "{stage} never came");
    child
}

fn interrupt(mut child: Child) -> String {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130), "{said}");
    said
}

fn read(folder: &Path) -> [Vec<u8>; 4] {
    DATA.map(|name| std::fs::read(folder.join(name)).unwrap())
}

#[test]
fn the_same_command_again_and_resume_go_on_and_force_begins_anew() {
    let Some(helper) = Helper::new("resume: commands") else { return };
    let video = clip(&helper, "walk_in_out.mp4", 80);
    let calm = read(&helper.work(&video, "calm", &[&FAST[..], &["--no-video"]].concat()));

    // Ctrl+C in the first pass, then in the second; the same command goes on each time.
    interrupt(started(&helper, &video, "track", &["--no-video"]));
    assert!(helper.at("out/walk_in_out/.work/checkpoint").exists());
    interrupt(started(&helper, &video, "pose", &["--no-video"]));
    let video_text = video.display().to_string();
    let run = [&["run", &video_text, "--out", "out", "--no-video"][..], &FAST].concat();
    let done = helper.run(&run);
    assert_eq!(done.code, Some(0), "{}", done.stderr);
    assert!(done.stderr.contains("goes on at pose, frame "), "{}", done.stderr);
    let results = helper.at("out/walk_in_out");
    assert!(read(&results) == calm, "the interruptions changed the results");
    assert!(!results.join(".work").exists());

    // Forced again and cut off by kill -9, its results are still there; `resume` goes on with what is new.
    let mut child = started(&helper, &video, "pose", &["--no-video", "--force"]);
    let worker = children(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(worker.len(), 1);
    assert!(read(&results) == calm && results.join(".work/checkpoint").exists());
    let resumed = helper.run(&["resume", "out/walk_in_out"]);
    assert_eq!(resumed.code, Some(0), "{}", resumed.stderr);
    assert!(resumed.stderr.contains("goes on at "), "{}", resumed.stderr);
    assert!(read(&results) == calm && !results.join(".work").exists());

    // With --force, what an interrupted run left is not gone on with.
    interrupt(started(&helper, &video, "pose", &["--no-video", "--force"]));
    let forced = helper.run(&[&run[..], &["--force"]].concat());
    assert_eq!(forced.code, Some(0), "{}", forced.stderr);
    assert!(!forced.stderr.contains("goes on at"), "{}", forced.stderr);

    let nothing = helper.run(&["resume", "out/walk_in_out"]);
    assert_eq!(nothing.code, Some(3));
    assert!(nothing.stderr.contains("no unfinished work"), "{}", nothing.stderr);
}
