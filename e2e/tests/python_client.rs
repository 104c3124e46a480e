//! PROTOCOL.md is good enough to write a client from: this one is of another language, and works.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use silhueta_e2e::{Helper, Server, skip, video};

fn python(test: &str) -> Option<PathBuf> {
    let python = std::env::var_os("SILHUETA_REFERENCE_PYTHON").map(PathBuf::from);
    if python.is_none() {
        skip(test, "SILHUETA_REFERENCE_PYTHON is not set: `cargo xtask test` makes it");
    }
    python
}

fn run(python: &Path, server: &Server, args: &[&str]) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/python/silhueta_client.py");
    let url = format!("ws://{}{}", server.host(), silhueta_shared::protocol::PATH);
    Command::new(python).arg(script).arg(url).args(args).output().expect("the client runs")
}

#[test]
fn a_client_of_another_language_starts_a_job_and_sees_it() {
    let test = "python client: a job";
    let Some((python, server)) = python(test).zip(Server::start(test)) else { return };
    let clip = server.videos().join("crossing.mp4");
    let source = server.helper.data.join("clips/crossing_360p.mp4");
    video::make_from(&[&source], &clip, "-i {0} -frames:v 40 -c:v libx264 -preset veryfast -pix_fmt yuv420p -an");
    let picture = server.helper.at("picture.jpg");
    let (clip_text, picture_text) = (clip.display().to_string(), picture.display().to_string());
    let done = run(&python, &server, &[&clip_text, "--picture", &picture_text, "--detector", "rtmdet_nano"]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
    print!("{said}");
    for word in ["track: ", "pose: 40 of 40 frames", "[info] opened", "picture of frame", "people, "] {
        assert!(said.contains(word), "{word} is missing in:\n{said}");
    }
    // A picture that others can read, no wider than it should be.
    assert_eq!(video::probe(&picture, "stream=width,height").trim(), "640,360");
    let summary = server.helper.json(&server.out().join("crossing/summary.json"));
    assert!(summary["preview_frames"]["pose"].as_u64().unwrap() >= 1, "{summary}");

    // Without a picture nobody watches, and nothing is encoded.
    let done = run(&python, &server, &[&clip_text, "--detector", "rtmdet_nano"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let summary = server.helper.json(&server.out().join("crossing/summary.json"));
    assert_eq!(summary["preview_frames"]["pose"], 0);

    // What is refused is said.
    let refused = run(&python, &server, &["/nowhere.mp4"]);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("not_found"), "{refused:?}");
}

#[test]
fn the_token_lets_a_client_in() {
    let test = "python client: token";
    let Some((python, helper)) = python(test).zip(Helper::new(test)) else { return };
    let models = helper.data.join("models");
    let server = Server::with(helper, models, &["--auth", "token"]);
    let without = run(&python, &server, &["/nowhere.mp4"]);
    assert!(String::from_utf8_lossy(&without.stderr).contains("401"), "{without:?}");
    let token = server.state().join("token").display().to_string();
    let with = run(&python, &server, &["/nowhere.mp4", "--token-file", &token]);
    assert!(String::from_utf8_lossy(&with.stderr).contains("not_found"), "{with:?}");
}
