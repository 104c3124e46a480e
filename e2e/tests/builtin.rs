//! The main job for somebody who has nothing: the networks that are built in, an empty home, an empty models folder,
//! another working folder, no network.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use silhueta_e2e::{Helper, skip};

/// Ways to start a program that reaches no network: as root, and as anybody where the kernel permits it.
const CUT_OFF: [&[&str]; 2] = [&["unshare", "--net"], &["unshare", "--map-root-user", "--net"]];

/// The first of them that works here: there is no interface then but the loopback.
fn cut_off() -> Option<&'static [&'static str]> {
    CUT_OFF.into_iter().find(|words| {
        let seen = Command::new(words[0]).args(&words[1..]).args(["cat", "/proc/self/net/dev"]).output();
        seen.is_ok_and(|seen| {
            let devices = String::from_utf8_lossy(&seen.stdout).into_owned();
            seen.status.success() && devices.lines().skip(2).all(|line| line.trim_start().starts_with("lo:"))
        })
    })
}

/// `silhueta ARGS…`, behind `before`, of somebody who has nothing, from a folder with nothing in it.
fn newcomer(helper: &Helper, before: &[&str], args: &[&str]) -> Output {
    let (home, elsewhere) = (helper.at("home"), helper.at("elsewhere"));
    [&home, &elsewhere].into_iter().for_each(|folder| fs::create_dir_all(folder).unwrap());
    let program = helper.binary("silhueta").display().to_string();
    let words: Vec<&str> = before.iter().copied().chain([program.as_str()]).chain(args.iter().copied()).collect();
    let mut command = Command::new(words[0]);
    for variable in ["SILHUETA_MODELS", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
        command.env_remove(variable);
    }
    command.args(&words[1..]).current_dir(elsewhere).env("HOME", home).env("SILHUETA_ONNXRUNTIME", helper.runtime());
    command.stdin(Stdio::null()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What `silhueta-scenes ARGS…` says.
fn scenes(helper: &Helper, args: &[&Path]) -> String {
    let done = Command::new(helper.binary("silhueta-scenes")).args(args).output().expect("the generator starts");
    assert!(done.status.success(), "{}", text(&done.stderr));
    text(&done.stdout)
}

/// The number behind a word of a line that begins so.
fn figure(said: &str, line: &str, word: &str) -> f64 {
    let line = said.lines().find(|known| known.starts_with(line)).unwrap_or_else(|| panic!("no {line} in {said}"));
    let after = line.split_whitespace().skip_while(|known| *known != word).nth(1);
    after.and_then(|number| number.trim_end_matches(',').parse().ok()).unwrap_or_else(|| panic!("no {word} in {line}"))
}

#[test]
fn the_main_job_does_its_work_for_somebody_who_has_nothing() {
    let test = "built-in networks: the main job on the sample";
    let Some(helper) = Helper::bare(test) else { return };
    let Some(before) = cut_off() else {
        return skip(test, "the network can't be cut off: the kernel permits no `unshare --net`");
    };
    let folder = helper.at("scenes");
    scenes(&helper, &[Path::new("make"), Path::new("sample"), Path::new("--out"), &folder]);
    let (video, out) = (folder.join("sample.mp4").display().to_string(), helper.at("out").display().to_string());
    let done = newcomer(&helper, before, &["run", &video, "--out", &out]);
    let said = text(&done.stderr);
    assert!(done.status.success(), "{said}");
    // At the start, and with the result.
    let small = "the small ones that are built in: person_small, reid_small, pose_small";
    assert_eq!(said.matches(small).count(), 2, "{said}");
    assert!(said.contains("`silhueta models fetch` brings them"), "{said}");

    let results = Path::new(&out).join("sample");
    let summary = helper.json(&results.join("summary.json"));
    for role in ["detector", "reid", "pose"] {
        assert_eq!(summary["models"][role]["builtin"], true, "{summary}");
    }
    let warnings = summary["warnings"].as_array().unwrap();
    assert!(warnings.iter().filter_map(Value::as_str).any(|warning| warning.contains(small)), "{warnings:?}");
    assert!(fs::read_dir(helper.at("elsewhere")).unwrap().next().is_none(), "the working folder stays as it is");
    let kept: Vec<_> =
        fs::read_dir(helper.at("home/.cache")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(kept, ["silhueta"], "no library keeps anything of its own, least of all to send it home");

    // Five people cross the square. The networks are small: this is what they must do, not what they can.
    let told = scenes(&helper, &[Path::new("score"), &folder.join("sample.truth"), &results]);
    println!("{told}");
    let of = |line, word| figure(&told, line, word);
    assert!(of("identities", "DetA") >= 47.0, "people are found: {told}");
    assert!(of("identities", "IDF1") >= 62.0, "and followed: {told}");
    assert!(of("poses", "OKS") >= 0.65, "and their joints lie where they are: {told}");
    let people = summary["identities"].as_u64().unwrap();
    assert!((4..=8).contains(&people), "five people are {people}");
}

#[test]
fn a_cache_that_can_not_be_written_is_named_before_any_work() {
    let Some(helper) = Helper::bare("built-in networks: no cache") else { return };
    let (blocked, video) = (helper.at("blocked"), helper.at("video.mp4"));
    [&blocked, &video].into_iter().for_each(|file| drop(fs::File::create(file).unwrap()));
    let cache = format!("XDG_CACHE_HOME={}", blocked.display());
    let done = newcomer(&helper, &["env", &cache], &["run", &video.display().to_string()]);
    let said = text(&done.stderr);
    assert_eq!(done.status.code(), Some(4), "{said}");
    assert!(
        said.contains("can't be laid out in") && said.contains("blocked") && said.contains("XDG_CACHE_HOME"),
        "{said}"
    );
}

#[test]
fn they_are_listed_and_can_be_neither_fetched_nor_taken_away() {
    let Some(helper) = Helper::bare("built-in networks: listed") else { return };
    let run = |args: &[&str]| newcomer(&helper, &[], args);
    let doctor = text(&run(&["doctor"]).stdout);
    let list = text(&run(&["models", "list"]).stdout);
    for id in ["person_small", "reid_small", "pose_small", "lifter_small", "face_small"] {
        let is_told = |said: &str| said.lines().any(|line| line.contains(id) && line.contains("built in"));
        assert!(is_told(&doctor) && is_told(&list), "{id}\n{doctor}\n{list}");
    }
    for command in ["remove", "verify", "fetch"] {
        let done = run(&["models", command, "pose_small"]);
        let said = text(&done.stderr);
        assert!(
            !done.status.success() && said.contains("pose_small is built in: it is always there"),
            "{command}: {said}"
        );
    }
}
