//! `silhueta identities` through the real program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test: a failure here is a failed test")]
#![expect(clippy::disallowed_methods, reason = "files to be read")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use silhueta_results::identities::{FILE_NAME, IDENTITIES_VERSION, Identities, Join, Place, Sighting, Split, Watch};
use silhueta_results::record::{RecordMeta, RecordRow, RecordWriter, flag};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::Precision;
use silhueta_shared::pose::KeypointSet;
use silhueta_shared::summary::Settings;
use silhueta_shared::time::TimeBase;
use silhueta_shared::track::{IdentityId, JoinReason, SplitReason, TrackId};

fn identities(folder: &Path, more: &[&str]) -> Output {
    let all = [&["identities", folder.to_str().unwrap()], more].concat();
    Command::new(env!("CARGO_BIN_EXE_silhueta")).args(all).output().unwrap()
}

/// Frame, track and person of each box; 10 frames a second.
const SEEN: [(u32, u32, u32); 6] = [(0, 1, 1), (1, 1, 1), (1, 2, 2), (2, 2, 2), (31, 3, 1), (32, 3, 1)];

fn record(folder: &Path) {
    let settings = Settings {
        fps: None,
        precision: Precision::Auto,
        tracker: "silhueta".into(),
        identities: Default::default(),
        anchors: Vec::new(),
        pose_batch: 1,
        runtime: "1".into(),
        cpu: "x".into(),
        app: "0".into(),
    };
    let meta = RecordMeta {
        source_sha256: "0".repeat(64),
        width: 100,
        height: 100,
        fps: 10.0,
        time_base: TimeBase::new(1, 10).unwrap(),
        frames: 40,
        skeleton: KeypointSet::Coco17.into(),
        models: Vec::new(),
        settings,
    };
    let mut writer = RecordWriter::create(&folder.join("record.parquet"), &meta).unwrap();
    for (frame, track, identity) in SEEN {
        let row = RecordRow {
            frame,
            pts: frame.into(),
            track: TrackId::new(track),
            identity: IdentityId::new(identity),
            bbox: Bbox::new(0.0, 0.0, 10.0, 20.0),
            score: 0.9,
            pose: None,
            flags: if frame == 2 { flag::INTERPOLATED } else { 0 },
        };
        writer.push(&row).unwrap();
    }
    writer.finish().unwrap();
}

fn reasons(folder: &Path) {
    let (track, person) = (|n| TrackId::new(n).unwrap(), IdentityId::new(1).unwrap());
    let mut watch = Watch::new(1.0);
    for (frame, number, identity) in SEEN {
        let identity = IdentityId::new(identity).unwrap();
        let seconds = f64::from(frame) / 10.0;
        let is_filled = frame == 2;
        watch.see(Sighting { frame: frame.into(), seconds, identity, track: Some(track(number)), is_filled });
    }
    let join = Join {
        identity: person,
        into: Place { track: track(1), frame: 1 },
        from: Place { track: track(3), frame: 31 },
        gap_seconds: 3.0,
        appearance: Some(0.125),
        motion: None,
        reason: JoinReason::Appearance,
        confidence: 0.93,
    };
    let split = Split {
        at: Place { track: track(3), frame: 35 },
        seconds: 3.5,
        appearance: 0.5,
        reason: SplitReason::Appearance,
        confidence: 0.8,
    };
    let all = Identities { version: IDENTITIES_VERSION, people: watch.end(), joins: vec![join], splits: vec![split] };
    all.close(&folder.join(FILE_NAME)).unwrap().commit().unwrap();
}

#[test]
fn who_was_seen_when_and_why_they_are_one_is_told() {
    let folder = tempfile::tempdir().unwrap();
    record(folder.path());
    reasons(folder.path());
    let told = identities(folder.path(), &[]);
    let text = String::from_utf8(told.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "person 1: 0:00.0 to 0:00.1, 0:03.1 to 0:03.2",
            "  4 frames; tracks 1, 3",
            "  track 1 (to frame 1) goes on after 3.0 s as track 3 (from frame 31): they look alike (distance 0.12); 93 % sure",
            "person 2: 0:00.1 to 0:00.2",
            "  2 frames, 1 of them filled in; track 2",
            "track 3 is another person from 0:03.5 (frame 35): its looks changed for good (distance 0.50); 80 % sure",
        ]
    );
    assert!(told.stderr.is_empty(), "{}", String::from_utf8_lossy(&told.stderr));
    let json: Value = serde_json::from_slice(&identities(folder.path(), &["--json"]).stdout).unwrap();
    assert_eq!(json["joins"][0]["reason"], "appearance");
    assert_eq!(json["people"][0]["spans"][1]["first_frame"], 31);
}

#[test]
fn older_results_tell_who_was_seen_when_and_that_reasons_are_not_there() {
    let folder = tempfile::tempdir().unwrap();
    record(folder.path());
    let old = identities(folder.path(), &["--json"]);
    let said = String::from_utf8_lossy(&old.stderr);
    assert!(said.contains("no identities.json") && said.contains("run --force"), "{said}");
    let old: Value = serde_json::from_slice(&old.stdout).unwrap();
    assert!(old["joins"].is_null() && old["splits"].is_null(), "{old}");
    reasons(folder.path());
    let new: Value = serde_json::from_slice(&identities(folder.path(), &["--json"]).stdout).unwrap();
    assert_eq!(old["people"], new["people"], "the record alone tells the same people");
}

#[test]
fn what_holds_no_results_is_named_with_a_way_out() {
    let folder = tempfile::tempdir().unwrap();
    let said = |expected: [&str; 2]| {
        let output = identities(folder.path(), &[]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(3), "{said}");
        assert!(expected.iter().all(|part| said.contains(part)) && said.contains("hint: "), "{said}");
    };
    said(["holds no results", "one video"]);
    std::fs::write(folder.path().join("record.parquet"), "nothing").unwrap();
    said(["record.parquet is not a Silhueta record", "one video"]);
    std::fs::write(folder.path().join(FILE_NAME), "{\"version\": 9}").unwrap();
    said(["identities.json", "version 9"]);
}
