//! `silhueta track` through the real program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test: a failure here is a failed test")]
#![expect(clippy::disallowed_methods, reason = "files to be read")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const INFO: &str =
    "[Sequence]\nname=made\nimDir=img1\nframeRate=10\nseqLength=40\nimWidth=640\nimHeight=480\nimExt=.jpg\n";

fn track(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_silhueta")).arg("track").args(args).output().unwrap()
}

fn said(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Two who walk past each other at some distance; `shift` tells two sequences apart.
fn detections(shift: f64) -> String {
    let row = |frame: u32| {
        let x = 5.0 * f64::from(frame) + shift;
        format!("{frame},-1,{x},20,40,100,0.9\n{frame},-1,{},180,40,100,0.8\n", 400.0 - x)
    };
    (1..=40).map(row).collect()
}

fn folder() -> (tempfile::TempDir, impl Fn(&str) -> PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    for (name, place, shift) in [("a", "det/det.txt", 0.0), ("b", "det.txt", 9.0)] {
        let file = path.join("seqs").join(name).join(place);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, detections(shift)).unwrap();
        std::fs::write(path.join("seqs").join(name).join("seqinfo.ini"), INFO).unwrap();
    }
    (folder, move |name| path.join(name))
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_sequence_and_a_folder_of_them_give_the_same_tracks_each_time() {
    let (_folder, at) = folder();
    let (seqs, out) = (at("seqs"), at("made/on/the/way"));
    for online in [&["--online"][..], &[]] {
        said(&track(&[&["--detections", text(&seqs), "--out", text(&out)], online].concat()), 0);
        for name in ["a", "b"] {
            let whole = std::fs::read_to_string(out.join(format!("{name}.txt"))).unwrap();
            assert_eq!(whole.lines().count(), 80, "{name}: {whole}");
            let ids: std::collections::BTreeSet<_> = whole.lines().map(|l| l.split(',').nth(1).unwrap()).collect();
            assert_eq!(ids.len(), 2, "{name}: {whole}");
            let one = at("one.txt");
            let detections = at("seqs").join(name);
            said(&track(&[&["--detections", text(&detections), "--out", text(&one)], online].concat()), 0);
            assert_eq!(std::fs::read_to_string(&one).unwrap(), whole, "{name}");
        }
        assert_eq!(std::fs::read_dir(&out).unwrap().count(), 2, "nothing but the tracks is left");
    }
}

#[test]
fn what_is_missing_or_wrong_is_named_with_a_way_out_and_leaves_nothing() {
    let (_folder, at) = folder();
    let (det, out) = (at("det.txt"), at("out.txt"));
    std::fs::write(&det, detections(0.0)).unwrap();
    let error = said(&track(&["--detections", text(&det), "--out", text(&out)]), 3);
    assert!(error.contains("det.txt") && error.contains("--seqinfo"), "{error}");
    let info = at("short.ini");
    std::fs::write(&info, INFO.replace("seqLength=40", "seqLength=39")).unwrap();
    let error = said(&track(&["--detections", text(&det), "--seqinfo", text(&info), "--out", text(&out)]), 3);
    assert!(error.contains("det.txt, line 79") && error.contains("frame 40 is beyond the 39"), "{error}");
    std::fs::write(&info, INFO.replace("frameRate=10", "frameRate=0")).unwrap();
    let error = said(&track(&["--detections", text(&det), "--seqinfo", text(&info), "--out", text(&out)]), 3);
    assert!(error.contains("frame rate 0") && error.contains("hint: "), "{error}");
    std::fs::write(&det, "1,-1,a,2,3,4,1\n").unwrap();
    std::fs::write(&info, INFO).unwrap();
    let error = said(&track(&["--detections", text(&det), "--seqinfo", text(&info), "--out", text(&out)]), 3);
    assert!(error.contains("line 1: its left is \"a\"") && error.contains("frame,-1,left"), "{error}");
    let error = said(&track(&["--detections", text(&at("seqs")), "--seqinfo", text(&info), "--out", text(&out)]), 3);
    assert!(error.contains("has several"), "{error}");
    assert!(!out.exists());
}

#[test]
fn scores_on_another_scale_are_pointed_out() {
    let (_folder, at) = folder();
    std::fs::write(at("seqs/a/det/det.txt"), "1,-1,0,0,10,20,45.5\n2,-1,0,0,10,20,0.5\n").unwrap();
    let noted = said(&track(&["--detections", text(&at("seqs/a")), "--out", text(&at("out.txt"))]), 0);
    assert!(noted.contains("1 of 2 scores are not between 0 and 1"), "{noted}");
}
