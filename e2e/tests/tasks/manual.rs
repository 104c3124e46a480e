//! The manual's own lines, run one after the other with real curl on a real clip; what it says of their answers holds.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use silhueta_e2e::tasks::{server, wait_for_end};
use silhueta_e2e::{Server, skip};

use super::TASK;

const MANUAL: &str = include_str!("../../../docs/TASKS.md");
const CHAPTER: &str = "## A task from its beginning to its end";

/// The lines of a chapter, each with what its answer looks like.
fn lines(manual: &str) -> Vec<(String, Value)> {
    let (_, chapter) = manual.split_once(CHAPTER).expect("the chapter is there");
    let chapter = chapter.split("\n## ").next().unwrap_or_default();
    let blocks: Vec<_> = chapter.split("```").skip(1).step_by(2).collect();
    let (pairs, []) = blocks.as_chunks::<2>() else { panic!("a line without its answer") };
    let pair = |[line, answer]: &[&str; 2]| {
        let line = line.strip_prefix("sh\n").unwrap_or_else(|| panic!("{line} is no line"));
        let answer = answer.strip_prefix("json\n").unwrap_or_else(|| panic!("{answer} is no answer"));
        (line.trim().to_owned(), serde_json::from_str(answer).unwrap_or_else(|e| panic!("{answer}: {e}")))
    };
    pairs.iter().map(pair).collect()
}

/// Whether all that is promised is there: keys, texts (but those with `…`), kinds of the rest.
fn holds(promised: &Value, got: &Value, at: &str) {
    match (promised, got) {
        (Value::Object(promised), Value::Object(got)) => promised.iter().for_each(|(key, value)| {
            let got = got.get(key).unwrap_or_else(|| panic!("{at}: no {key} in {got:?}"));
            holds(value, got, &format!("{at}.{key}"));
        }),
        (Value::Array(promised), Value::Array(got)) => {
            assert!(promised.is_empty() || !got.is_empty(), "{at} is empty");
            for (value, got) in promised.iter().zip(got) {
                holds(value, got, &format!("{at}[]"));
            }
        }
        (Value::String(promised), Value::String(got)) => {
            assert!(promised.contains('…') || promised == got, "{at}: {got}");
        }
        (promised, got) => {
            assert_eq!(std::mem::discriminant(promised), std::mem::discriminant(got), "{at}: {got}");
        }
    }
}

fn run(server: &Server, line: &str) -> Value {
    let output = Command::new("sh").args(["-c", line]).current_dir(server.videos()).output().expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout);
    println!("$ {line}\n{}", text.chars().take(400).collect::<String>());
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{line}: {e}: {text}"))
}

#[test]
fn the_manuals_lines_work_as_they_stand() {
    if Command::new("curl").arg("--version").output().is_err() {
        return skip("tasks: the manual's lines", "curl is not installed");
    }
    let Some(server) = server("tasks: the manual's lines", &[]) else { return };
    let clip = server.clip("walk_in_out.mp4", "video.mp4", 12);
    let folder = clip.parent().unwrap().display().to_string();
    let mut task = String::new();
    let chapter = lines(MANUAL);
    assert!(chapter.len() >= 7, "the chapter got short");
    for (line, promised) in chapter {
        let real = |text: &str| text.replace("/path/to", &folder).replace("{task_id}", &task);
        let line = real(&line.replace("localhost:8000", server.host()));
        let got = run(&server, &line);
        if task.is_empty() {
            holds(&promised, &got, "answer");
            task = got["task_id"].as_str().unwrap().to_owned();
            wait_for_end(&server, &task, TASK);
            continue;
        }
        let promised = serde_json::from_str(&real(&promised.to_string())).unwrap();
        holds(&promised, &got, "answer");
        if let Some(file) = got["result"]["predictions_file"].as_str() {
            assert!(Path::new(file).is_file(), "the file that was told is not there: {file}");
        }
    }
}
