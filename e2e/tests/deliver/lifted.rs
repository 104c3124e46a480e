//! `human3d`: predictions in space, of a task with a lifter. The one that comes with the project; real clips.

use silhueta_shared::model::ModelFile;

use super::*;

fn lifter(file: &Path) -> ModelFile {
    ModelFile { id: "human3d".into(), file: file.display().to_string(), sha256: "1f".repeat(32), builtin: false }
}

fn small() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/builtin/lifter_small.onnx")
}

/// The same task with a lifter, and threads.
fn lifted(spec: JobSpec, lifter: ModelFile, threads: usize) -> JobSpec {
    let models = silhueta_shared::job::JobModels { lifter: Some(lifter), ..spec.models };
    JobSpec { models, threads, video: false, ..spec }
}

#[test]
fn a_task_with_a_lifter_tells_joints_in_space_of_the_same_people() {
    let Some(helper) = Helper::new("deliver: lifted") else { return };
    let source = clip(&helper, "jumping_jacks.mp4", 45);
    let flat = JobSpec { video: false, ..task(&helper, &source, "2d") };
    finish(&helper, &flat);
    let flat: Vec<Value> = serde_json::from_slice(&predictions(&flat)).unwrap();

    let spec = lifted(task(&helper, &source, "3d"), lifter(&small()), 1);
    let events = finish(&helper, &spec);
    let Some(Event::Done(summary)) = events.last() else { panic!("not done") };
    let used = summary.models.lifter.as_ref().unwrap();
    assert_eq!((used.id.as_str(), used.sha256.as_str()), ("human3d", "1f".repeat(32).as_str()));
    let bytes = predictions(&spec);
    let frames: Vec<Value> = serde_json::from_slice(&bytes).unwrap();
    assert_eq!((frames.len(), flat.len()), (45, 45));
    let mut people = 0;
    for (frame, flat) in frames.iter().zip(&flat) {
        assert_eq!(frame["frame_id"], flat["frame_id"]);
        let (found, there) = (frame["instances"].as_array().unwrap(), flat["instances"].as_array().unwrap());
        assert_eq!(found.len(), there.len(), "frame {}", frame["frame_id"]);
        for (one, flat) in found.iter().zip(there) {
            people += 1;
            for same in ["bbox", "bbox_score", "track_id"] {
                assert_eq!(one[same], flat[same]);
            }
            let joints: Vec<_> = one["keypoints"].as_array().unwrap().iter().map(numbers).collect();
            assert!(joints.len() == 17 && joints.iter().all(|joint| joint.len() == 3), "{joints:?}");
            assert_eq!(one["keypoint_scores"][14], flat["keypoint_scores"][6], "the right shoulder's");
            let lowest = joints.iter().map(|joint| joint[2]).fold(f64::INFINITY, f64::min);
            assert!(lowest.abs() < 1e-9, "stands at {lowest}");
            // Somebody who walks: the head over the hips, the hips over the feet, in metres.
            let (feet, hips, head) = ((joints[3][2] + joints[6][2]) / 2.0, joints[0][2], joints[10][2]);
            assert!(feet < 0.4 && (0.5..1.2).contains(&hips) && (1.0..2.1).contains(&head), "{feet} {hips} {head}");
        }
    }
    assert!(people > 40, "{people}");

    // More threads say the same.
    let again = lifted(task(&helper, &source, "3d-again"), lifter(&small()), 2);
    finish(&helper, &again);
    assert!(predictions(&again) == bytes);
    assert_eq!(names(source.parent().unwrap().join("predictions").as_path()).len(), 1, "nothing else is left");
}

#[test]
fn what_is_no_lifter_is_refused_before_any_work() {
    let Some(helper) = Helper::new("deliver: no lifter") else { return };
    let source = clip(&helper, "jumping_jacks.mp4", 10);
    let osnet = helper.data.join("models/osnet_x0_25_msmt17.onnx");
    let spec = lifted(task(&helper, &source, "wrong"), lifter(&osnet), 1);
    let worker = begin(&helper, &spec);
    let events = worker.to_the_end();
    let Some(Event::Failed(failure)) = events.last() else { panic!("{:?}", brief(&events)) };
    assert!(
        failure.message.contains("osnet_x0_25_msmt17.onnx: it is a reid network, a lifter is needed"),
        "{failure:?}"
    );
    assert!(!Path::new(&spec.deliver.unwrap().predictions).exists());
}
