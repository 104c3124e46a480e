//! What int8 copies are made and judged by: a network's inputs on real frames, and two networks compared.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test: a failure here is a failed test")]

use std::path::Path;

use silhueta_e2e::Helper;
use silhueta_e2e::worker::Worker;
use silhueta_shared::job::JobModels;
use silhueta_shared::model::{ModelFile, Role};
use silhueta_shared::quantize::{Calibrate, Change, Compare, Frames};
use silhueta_shared::worker::{Command, Event};

fn models(data: &Path) -> JobModels {
    let model = |id: &str| {
        let file = data.join(format!("models/{id}.onnx")).display().to_string();
        ModelFile { id: id.into(), file, ..ModelFile::default() }
    };
    JobModels {
        detector: Some(model("rtmdet_nano")),
        reid: Some(model("osnet_x0_25_msmt17")),
        pose: model("tinypose_256x192_simcc"),
        lifter: None,
    }
}

fn frames(data: &Path, count: u32) -> Frames {
    Frames { videos: vec![data.join("clips/crossing_360p.mp4").display().to_string()], count }
}

fn ask(helper: &Helper, command: &Command) -> Event {
    let mut worker = Worker::start(helper);
    worker.send(command);
    worker.to_the_end().pop().unwrap()
}

#[test]
fn what_a_network_is_fed_with_is_written_down() {
    let Some(helper) = Helper::new("what_a_network_is_fed_with_is_written_down") else { return };
    for (role, shape) in [(Role::Detector, [3, 640, 640]), (Role::Reid, [3, 256, 128]), (Role::Pose, [3, 256, 192])] {
        let out = helper.at(role.name());
        let spec = Calibrate {
            role,
            models: models(&helper.data),
            frames: frames(&helper.data, 3),
            out: out.display().to_string(),
        };
        match ask(&helper, &Command::Calibrate(Box::new(spec))) {
            Event::Calibrated(done) => {
                assert_eq!(done.shape, shape);
                assert!(done.count >= 3 && done.count <= 24, "{done:?}");
                let bytes = done.count * 4 * shape.iter().product::<usize>() as u64;
                assert_eq!(out.metadata().unwrap().len(), bytes);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_copy_that_is_the_original_changes_nothing_and_another_network_does() {
    let Some(helper) = Helper::new("a_copy_that_is_the_original_changes_nothing_and_another_network_does") else {
        return;
    };
    let compare = |role, copy: &str| {
        let spec = Compare {
            role,
            models: models(&helper.data),
            copy: helper.data.join(format!("models/{copy}.onnx")).display().to_string(),
            frames: frames(&helper.data, 2),
            truth: (role == Role::Pose)
                .then(|| helper.data.join("keypoints/coco/test_coco.json").display().to_string()),
        };
        match ask(&helper, &Command::Compare(Box::new(spec))) {
            Event::Compared(comparison) => *comparison,
            other => panic!("{other:?}"),
        }
    };
    let pose = compare(Role::Pose, "tinypose_256x192_simcc");
    assert!(pose.runs > 0 && pose.original_ms > 0.0 && pose.copy_ms > 0.0, "{pose:?}");
    let truth = pose.truth.unwrap();
    assert!(truth.people == 12 && truth.original == truth.copy && (truth.original - 0.8965).abs() < 0.002, "{truth:?}");
    assert!(matches!(pose.change, Change::Pose { shift: 0.0, oks, .. } if oks > 0.999), "{pose:?}");

    let same = compare(Role::Detector, "rtmdet_nano").change;
    assert!(
        matches!(same, Change::Detector { people, found, new: 0, .. } if people > 0 && found == people),
        "{same:?}"
    );
    let other = compare(Role::Detector, "yolov8n").change;
    assert!(matches!(other, Change::Detector { overlap, .. } if overlap < 0.99), "{other:?}");
    let reid = compare(Role::Reid, "osnet_x0_25_msmt17").change;
    assert!(matches!(reid, Change::Reid { cosine, .. } if (cosine - 1.0).abs() < 1e-6), "{reid:?}");
}
