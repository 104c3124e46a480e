//! The files themselves, and what is left where there are none.

use std::path::Path;

use serde_json::Value;
use silhueta_e2e::Helper;
use silhueta_e2e::video::probe_times;
use silhueta_e2e::worker::brief;
use silhueta_results::record::RecordReader;
use silhueta_shared::job::{Deliver, FailureCode, JobSpec, Stage};
use silhueta_shared::worker::{Command, Event};

use silhueta_e2e::faults::Faults;
use silhueta_e2e::worker::Worker;
use silhueta_results::file::{part_of_job, remove_part_of_job};

use super::{begin, clip, finish, names, numbers, predictions, task};

#[test]
fn predictions_and_video_lie_beside_the_video_and_say_what_the_record_says() {
    let Some(helper) = Helper::new("deliver: files") else { return };
    let source = clip(&helper, "street_720p.mp4", 40);
    let spec = task(&helper, &source, "1f");
    finish(&helper, &spec);
    let folder = source.parent().unwrap();
    assert_eq!(names(folder), ["predictions", "street_720p.mp4", "visualizations"]);
    assert_eq!(names(&folder.join("predictions")), ["street_720p_tinypose.json"]);
    assert_eq!(names(&folder.join("visualizations")), ["street_720p_tinypose.mp4"]);
    assert_eq!(names(Path::new(&spec.out_dir)), ["identities.json", "record.parquet", "summary.json"]);
    let video = &spec.deliver.as_ref().unwrap().visualization;
    assert_eq!(probe_times(Path::new(video)), probe_times(&source));

    let frames: Vec<Value> = serde_json::from_slice(&predictions(&spec)).unwrap();
    assert_eq!(frames.len(), 40);
    let mut record = RecordReader::open(&Path::new(&spec.out_dir).join("record.parquet")).unwrap();
    let rows: Vec<_> = record.by_ref().map(Result::unwrap).filter(|row| row.identity.is_some()).collect();
    assert!(rows.len() > 80, "{} rows: several people a frame", rows.len());
    let mut rows = rows.iter().peekable();
    let near = |given: f64, meant: f32, by: f64| assert!((given - f64::from(meant)).abs() <= by, "{given}, {meant}");
    for (n, frame) in frames.iter().enumerate() {
        assert_eq!(frame["frame_id"], n);
        assert_eq!(frame.as_object().unwrap().len(), 2);
        for person in frame["instances"].as_array().unwrap() {
            let row = rows.next_if(|row| row.frame as usize == n).expect("nobody is told twice");
            let fields: Vec<_> = person.as_object().unwrap().keys().collect();
            assert_eq!(fields, ["bbox", "bbox_score", "keypoint_scores", "keypoints", "track_id"]);
            assert_eq!(person["track_id"], row.identity.unwrap().get());
            numbers(&person["bbox"])
                .iter()
                .zip(row.bbox.to_array())
                .for_each(|(edge, meant)| near(*edge, meant, 0.006));
            near(person["bbox_score"].as_f64().unwrap(), row.score, 6e-5);
            let (joints, scores) = (person["keypoints"].as_array().unwrap(), numbers(&person["keypoint_scores"]));
            let pose = row.pose.as_ref().unwrap();
            assert_eq!((joints.len(), scores.len(), pose.len()), (17, 17, 17));
            for ((joint, score), meant) in joints.iter().map(numbers).zip(scores).zip(pose) {
                assert_eq!(joint.len(), 2);
                near(joint[0], meant.x, 0.006);
                near(joint[1], meant.y, 0.006);
                near(score, meant.score, 6e-5);
                // A joint may lie a little outside, but no crop is further away.
                assert!((-640.0..1920.0).contains(&joint[0]) && (-360.0..1080.0).contains(&joint[1]), "{joint:?}");
            }
        }
    }
    assert!(rows.next().is_none(), "somebody is missing");
}

/// Fewer frames than there are, no video, and files that were there before.
#[test]
fn frames_that_are_not_looked_at_have_no_entry_and_an_older_video_stays() {
    let Some(helper) = Helper::new("deliver: sampled") else { return };
    let source = clip(&helper, "crossing_360p.mp4", 30);
    let spec = JobSpec { fps: Some(10.0), video: false, ..task(&helper, &source, "1f") };
    let Deliver { predictions: data, visualization } = spec.deliver.clone().unwrap();
    for old in [&data, &visualization] {
        std::fs::create_dir_all(Path::new(old).parent().unwrap()).unwrap();
        std::io::Write::write_all(&mut std::fs::File::create(old).unwrap(), b"old").unwrap();
    }
    finish(&helper, &spec);
    let frames: Vec<Value> = serde_json::from_slice(&predictions(&spec)).unwrap();
    let ids: Vec<_> = frames.iter().map(|frame| frame["frame_id"].as_u64().unwrap()).collect();
    assert!((8..=15).contains(&ids.len()) && ids[0] == 0 && ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert_eq!(std::fs::read(visualization).unwrap(), b"old");
}

#[test]
fn two_tasks_on_the_same_video_at_once_do_not_meet() {
    let Some(helper) = Helper::new("deliver: two at once") else { return };
    let source = clip(&helper, "walk_in_out.mp4", 30);
    let specs = ["1f", "2e"].map(|name| task(&helper, &source, name));
    let mut workers = specs.each_ref().map(|spec| begin(&helper, spec));
    // Both are in their last stage before either goes on.
    for worker in &mut workers {
        worker.until("pose", |event| matches!(event, Event::Progress(p) if p.stage == Stage::Pose));
        worker.send(&Command::Pause);
        worker.until("standing still", |event| *event == Event::Paused(true));
    }
    workers.iter_mut().for_each(|worker| worker.send(&Command::Resume));
    for worker in workers {
        let events = worker.to_the_end();
        assert!(matches!(events.last(), Some(Event::Done(_))), "{:?}", brief(&events));
        assert_eq!(worker.exit(), Some(0));
    }
    let folder = source.parent().unwrap();
    assert_eq!(names(&folder.join("predictions")), ["walk_in_out_tinypose.json"]);
    assert_eq!(names(&folder.join("visualizations")), ["walk_in_out_tinypose.mp4"]);
    assert_eq!(serde_json::from_slice::<Vec<Value>>(&predictions(&specs[0])).unwrap().len(), 30);
    assert_eq!(probe_times(Path::new(&specs[0].deliver.as_ref().unwrap().visualization)), probe_times(&source));
}

/// How a task that must fail does so.
fn fails(helper: &Helper, spec: &JobSpec) -> (FailureCode, String, String) {
    let worker = begin(helper, spec);
    let events = worker.to_the_end();
    assert!(
        !events.iter().any(|event| matches!(event, Event::Progress(p) if p.stage == Stage::Track)),
        "it is said before the work: {:?}",
        brief(&events)
    );
    match events.last() {
        Some(Event::Failed(failure)) => {
            (failure.code, failure.message.clone(), failure.hint.clone().unwrap_or_default())
        }
        _ => panic!("{:?}", brief(&events)),
    }
}

#[test]
fn a_place_that_can_not_be_written_is_said_before_the_work_with_the_way_out() {
    let Some(helper) = Helper::new("deliver: unwritable") else { return };
    let source = clip(&helper, "crossing_360p.mp4", 5);
    let good = task(&helper, &source, "1f");
    let predictions_at = |place: String| {
        let deliver = Deliver { predictions: place, ..good.deliver.clone().unwrap() };
        JobSpec { deliver: Some(deliver), ..good.clone() }
    };
    // The system's own folder takes no files from anybody, whoever runs this.
    #[cfg(target_os = "linux")]
    {
        let (code, message, hint) = fails(&helper, &predictions_at("/sys/predictions/a.json".into()));
        assert_eq!(code, FailureCode::OutputUnwritable);
        assert!(message.contains("/sys/predictions/a.json") && message.contains("read-only"), "{message}");
        assert!(hint.contains("--task-out"), "{hint}");
    }
    // A file where the folder should be.
    let (code, message, hint) = fails(&helper, &predictions_at(source.join("a.json").display().to_string()));
    assert!(code == FailureCode::OutputUnwritable && message.contains("a.json"), "{message}");
    assert!(hint.contains("--task-out"), "{hint}");
    // A folder where the file should be.
    let folder = helper.at("videos/predictions/taken.json");
    std::fs::create_dir_all(&folder).unwrap();
    let (code, message, _) = fails(&helper, &predictions_at(folder.display().to_string()));
    assert!(code == FailureCode::OutputUnwritable && message.contains("taken.json"), "{message}");
    assert_eq!(names(source.parent().unwrap()), ["crossing_360p.mp4", "predictions"]);
    assert_eq!(names(&helper.at("videos/predictions")), ["taken.json"]);
    assert!(!Path::new(&good.out_dir).exists());
}

#[test]
fn a_stop_leaves_nothing_beside_the_video_and_it_goes_on_to_the_same_bytes() {
    let Some(helper) = Helper::new("deliver: stop") else { return };
    let source = clip(&helper, "street_720p.mp4", 40);
    let calm = task(&helper, &source, "calm");
    finish(&helper, &calm);
    let bytes = predictions(&calm);
    for folder in ["predictions", "visualizations"] {
        std::fs::remove_dir_all(source.with_file_name(folder)).unwrap();
    }

    let spec = task(&helper, &source, "1f");
    for stage in [Stage::Track, Stage::Pose, Stage::Export] {
        let mut worker = begin(&helper, &spec);
        worker.until("the stage", |event| matches!(event, Event::Progress(p) if p.stage == stage));
        worker.send(&Command::Stop);
        let events = worker.to_the_end();
        if stage == Stage::Export && matches!(events.last(), Some(Event::Done(_))) {
            // It was through before it heard us.
            break;
        }
        assert_eq!(events.last(), Some(&Event::Stopped), "{stage}: {:?}", brief(&events));
        assert_eq!(worker.exit(), Some(0));
        assert_eq!(names(source.parent().unwrap()), ["street_720p.mp4"], "{stage}");
    }
    finish(&helper, &spec);
    assert!(predictions(&spec) == bytes, "the stops changed the predictions");
    assert_eq!(names(&source.with_file_name("predictions")), ["street_720p_tinypose.json"]);
    assert_eq!(names(&source.with_file_name("visualizations")), ["street_720p_tinypose.mp4"]);
}

/// Who keeps tasks knows what a killed worker leaves, and nobody else's files go with it.
#[test]
fn what_a_killed_worker_leaves_is_known_by_the_tasks_name() {
    let Some(helper) = Helper::new("deliver: killed") else { return };
    let source = clip(&helper, "crossing_360p.mp4", 20);
    let (spec, other) = (task(&helper, &source, "1f"), task(&helper, &source, "2e"));
    let faults = Faults::new(&helper);
    let environment = faults.environment(&helper, false);
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    faults.set("hang@export:5");
    let mut workers = [&spec, &other].map(|spec| {
        let mut worker = Worker::start_with(&helper, &environment);
        worker.send(&Command::Run(Box::new(spec.clone())));
        worker
    });
    for worker in &mut workers {
        worker.until("export", |event| matches!(event, Event::Progress(p) if p.stage == Stage::Export));
        // It has begun its files by its next heartbeats.
        worker.until("a beat", |event| matches!(event, Event::Heartbeat { stage: Stage::Export, frame: 1.. }));
        worker.kill();
    }
    let folder = source.with_file_name("predictions");
    assert_eq!(names(&folder), [".1f.json.part", ".2e.json.part"]);
    let target = spec.deliver.as_ref().unwrap().predictions.as_str();
    assert_eq!(part_of_job(Path::new(target), Path::new(&spec.out_dir)), folder.join(".1f.json.part"));
    remove_part_of_job(Path::new(target), Path::new(&spec.out_dir)).unwrap();
    assert_eq!(names(&folder), [".2e.json.part"]);
    // It goes on, and writes over what nobody took away.
    finish(&helper, &other);
    assert_eq!(names(&folder), ["crossing_360p_tinypose.json"]);
}
