//! Real runs with pose networks of every keypoint set, by what they leave: record, `pose.json`, overlay, summary. The
//! larger networks are the smaller one with rows of joints repeated: it is known what must come out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test: a failure here is a failed test")]

use std::io::Write as _;
use std::path::{Path, PathBuf};

use silhueta_e2e::worker::{self, Worker};
use silhueta_e2e::{Helper, onnx, video};
use silhueta_results::metrics::recorded::{Number, Recorded};
use silhueta_results::record::{RecordReader, RecordRow, Skeleton};
use silhueta_results::summary::read_summary;
use silhueta_shared::pose::KeypointSet;
use silhueta_shared::worker::{Command, Event, PreviewWish};

const FRAMES: u32 = 12;

/// For each joint of the set, the one of COCO's that stands for it.
fn rows(set: KeypointSet) -> Vec<i64> {
    let body = 0..17;
    match set {
        KeypointSet::Coco17 => body.collect(),
        KeypointSet::Halpe26 => body.chain([0, 5, 11, 15, 16, 15, 16, 15, 16]).collect(),
        KeypointSet::Wholebody133 => {
            let feet = [15, 15, 15, 16, 16, 16];
            body.chain(feet).chain((0..68).map(|n| n % 5)).chain([9; 21]).chain([10; 21]).collect()
        }
    }
}

/// The real network with these rows, as a file.
fn network(helper: &Helper, name: &str, rows: &[i64]) -> PathBuf {
    let real = std::fs::read(helper.data.join("models/tinypose_256x192_simcc.onnx")).unwrap();
    let path = helper.at(name);
    let made = onnx::with_rows(&real, rows, [384, 512]);
    std::fs::File::create(&path).unwrap().write_all(&made).unwrap();
    path
}

fn clip(helper: &Helper) -> PathBuf {
    let words = format!("-i {{0}} -frames:v {FRAMES} -c:v libx264 -preset veryfast -crf 16 -pix_fmt yuv420p -an");
    let out = helper.at("crossing.mp4");
    video::make_from(&[&helper.data.join("clips/crossing_360p.mp4")], &out, &words);
    out
}

fn record(results: &Path) -> (Skeleton, Vec<RecordRow>) {
    let reader = RecordReader::open(&results.join("record.parquet")).unwrap();
    let skeleton = reader.meta().skeleton.clone();
    (skeleton, reader.map(|row| row.unwrap()).collect())
}

#[test]
fn every_keypoint_set_goes_through_to_record_and_overlay_and_begins_with_cocos_poses() {
    let Some(helper) = Helper::new("results: keypoint sets") else { return };
    let video = clip(&helper);
    let run = |set: KeypointSet| {
        let pose = network(&helper, &format!("pose_{set}.onnx"), &rows(set));
        helper.work(&video, set.name(), &["--detector", "rtmdet_nano", "--pose", &pose.display().to_string()])
    };
    let real = helper.work(&video, "real", &["--detector", "rtmdet_nano", "--pose", "tinypose_256x192_simcc"]);
    let (coco, of_17) = record(&real);
    assert_eq!(coco, KeypointSet::Coco17.into());
    assert!(of_17.iter().filter(|row| row.pose.is_some()).count() > 2 * FRAMES as usize, "{} rows", of_17.len());

    for set in KeypointSet::ALL {
        let results = run(set);
        let summary = read_summary(&results.join("summary.json")).unwrap();
        assert_eq!(summary.keypoints, set.name());
        assert_eq!(video::probe_times(&results.join("overlay.mp4")), video::probe_times(&video), "{set}");
        for name in ["pose.json", "tracking.json"] {
            let read = |folder: &Path| std::fs::read(folder.join(name)).unwrap();
            assert!(read(&results) == read(&real), "{set}: {name} is not that of COCO's 17");
        }

        let (skeleton, found) = record(&results);
        assert_eq!(skeleton, set.into());
        assert_eq!(found.len(), of_17.len());
        for (row, coco) in found.iter().zip(&of_17) {
            let all = coco.pose.as_ref().map(|pose| rows(set).iter().map(|&i| pose[i as usize]).collect::<Vec<_>>());
            assert_eq!(row.pose, all, "{set}: frame {}", row.frame);
        }
        let scored = |rows: &[RecordRow]| Recorded::of(rows.iter().cloned().map(Ok), Number::Identity).unwrap().poses;
        assert_eq!(scored(&found), scored(&of_17), "{set} is not scored as its first 17 joints");
    }
}

#[test]
fn a_network_of_an_unknown_set_is_refused_with_what_it_gives_and_what_is_needed() {
    let Some(helper) = Helper::new("results: an unknown keypoint set") else { return };
    let video = clip(&helper);
    let hand: Vec<i64> = (0..17).chain(0..4).collect();
    let pose = network(&helper, "hand21.onnx", &hand);
    let done = helper.run(&[
        "run",
        &video.display().to_string(),
        "--out",
        "out",
        "--detector",
        "rtmdet_nano",
        "--pose",
        &pose.display().to_string(),
    ]);
    assert_eq!(done.code, Some(4), "{}", done.stderr);
    for part in ["hand21", "21 keypoints", "17 (coco17), 26 (halpe26), 133 (wholebody133)"] {
        assert!(done.stderr.contains(part), "{part} is missing in: {}", done.stderr);
    }
    assert!(!helper.at("out/crossing").exists());
}

#[test]
fn a_preview_has_every_joint_of_a_whole_body() {
    let Some(helper) = Helper::new("results: a preview of whole bodies") else { return };
    let set = KeypointSet::Wholebody133;
    let mut spec = worker::job(&helper, &clip(&helper), "out");
    spec.models.pose.file = network(&helper, "whole.onnx", &rows(set)).display().to_string();
    let mut worker = Worker::start(&helper);
    worker.send(&Command::Run(Box::new(spec)));
    worker.send(&Command::Preview(PreviewWish { plain: 1, drawn: 1 }));
    let events = worker.to_the_end();
    assert!(matches!(events.last(), Some(Event::Done(_))), "{:?}", worker::brief(&events));
    let picture = events.iter().find_map(|event| match event {
        Event::Preview(picture) => Some(picture),
        _ => None,
    });
    let picture = picture.expect("a picture");
    assert!(picture.people.len() >= 3 && picture.drawn.is_some(), "{} people", picture.people.len());
    for person in &picture.people {
        let expected: Vec<_> = rows(set).iter().map(|&row| person.keypoints[row as usize]).collect();
        assert_eq!(person.keypoints, expected);
    }
}
