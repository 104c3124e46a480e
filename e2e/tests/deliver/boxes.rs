//! Boxes from a file instead of detection: no network looks for people, and results say what the file says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use silhueta_e2e::Helper;
use silhueta_e2e::faults::Faults;
use silhueta_e2e::worker::{Worker, brief};
use silhueta_results::record::{RecordReader, flag};
use silhueta_shared::job::{FailureCode, JobModels, JobSpec, Stage};
use silhueta_shared::notice::{AnewReason, Notice};
use silhueta_shared::worker::{Command, Event};

use super::{begin, clip, finish, names, numbers, predictions, task};

/// A task with boxes, and without any network that looks for people.
fn given(helper: &Helper, source: &Path, name: &str, boxes: &str) -> JobSpec {
    let file = helper.at("boxes.json");
    File::create(&file).unwrap().write_all(boxes.as_bytes()).unwrap();
    let spec = task(helper, source, name);
    let models = JobModels { detector: None, reid: None, ..spec.models };
    JobSpec { models, boxes: Some(file.display().to_string()), ..spec }
}

/// The boxes of each frame of the predictions, by person.
fn told(spec: &JobSpec) -> Vec<BTreeMap<u64, Vec<f64>>> {
    let frames: Vec<Value> = serde_json::from_slice(&predictions(spec)).unwrap();
    let person = |person: &Value| (person["track_id"].as_u64().unwrap(), numbers(&person["bbox"]));
    frames.iter().map(|frame| frame["instances"].as_array().unwrap().iter().map(person).collect()).collect()
}

fn notices(events: &[Event]) -> Vec<&Notice> {
    events.iter().filter_map(|event| if let Event::Log(notice) = event { Some(notice) } else { None }).collect()
}

#[test]
fn what_a_detector_found_comes_back_without_one_and_gaps_are_filled() {
    let Some(helper) = Helper::new("boxes: as detected") else { return };
    let source = clip(&helper, "street_720p.mp4", 30);
    let found = task(&helper, &source, "found");
    finish(&helper, &found);
    let found = told(&found);
    // Two who are there all the time; of one, most boxes are left away.
    let stay: Vec<u64> = found[0].keys().copied().filter(|id| found.iter().all(|f| f.contains_key(id))).collect();
    let [a, b] = [stay[0], stay[1]];
    let is_kept = |frame: usize, id: u64| id == a || frame.is_multiple_of(7);
    let frames: Vec<Value> = (0..30)
        .map(|n| {
            let here = [b, a].into_iter().filter(|id| is_kept(n, *id));
            here.map(|id| json!({"bbox": found[n][&id], "track_id": id + 100, "score": 0.75})).collect()
        })
        .collect();

    let spec = given(&helper, &source, "given", &Value::from(frames).to_string());
    let events = finish(&helper, &spec);
    let told = told(&spec);
    assert_eq!(told.len(), 30);
    for (n, people) in told.iter().enumerate() {
        let ids: Vec<_> = people.keys().copied().collect();
        // The other's last box is in frame 28: behind it nothing is made up.
        let mut expected = if n <= 28 { vec![a + 100, b + 100] } else { vec![a + 100] };
        expected.sort_unstable();
        assert_eq!(ids, expected, "frame {n}");
        for id in [a, b].into_iter().filter(|id| is_kept(n, *id)) {
            assert_eq!(people[&(id + 100)], found[n][&id], "frame {n}");
        }
        if n <= 28 && !is_kept(n, b) {
            let (before, share) = (n / 7 * 7, (n % 7) as f64 / 7.0);
            for (k, edge) in people[&(b + 100)].iter().enumerate() {
                let (from, to) = (found[before][&b][k], found[before + 7][&b][k]);
                assert!((edge - (from + (to - from) * share)).abs() < 0.006, "frame {n}: {edge} of {from}, {to}");
            }
        }
    }

    let record = RecordReader::open(&Path::new(&spec.out_dir).join("record.parquet")).unwrap();
    for row in record.map(Result::unwrap) {
        let (id, n) = (u64::from(row.identity.unwrap().get()) - 100, row.frame as usize);
        assert_eq!(row.track.unwrap().get(), row.identity.unwrap().get());
        assert_eq!(row.flags, if is_kept(n, id) { 0 } else { flag::INTERPOLATED }, "frame {n}");
        assert!((row.score - 0.75).abs() < 1e-6);
        // Real networks on real people: most joints are found, within their boxes or close to them.
        let pose = row.pose.unwrap();
        let (w, h) = (row.bbox.width(), row.bbox.height());
        let near = pose.iter().filter(|j| {
            j.x > row.bbox.x1 - w && j.x < row.bbox.x2 + w && j.y > row.bbox.y1 - h && j.y < row.bbox.y2 + h
        });
        assert!(near.count() >= 12, "frame {n}");
    }
    let told: Vec<_> = notices(&events).iter().map(ToString::to_string).collect();
    let said = told.iter().find(|line| line.starts_with("boxes of 2 people in 30 frames from")).expect("it is told");
    assert!(said.contains("boxes.json") && said.ends_with("pose tinypose_256x192_simcc"), "{said}");
    assert!(!told.iter().any(|line| line.contains("detector") || line.contains("fewer")), "{told:?}");
    let summary = helper.json(&Path::new(&spec.out_dir).join("summary.json"));
    assert_eq!((&summary["tracks"], &summary["identities"], &summary["warnings"]), (&2.into(), &2.into(), &json!([])));
    assert_eq!((&summary["settings"]["tracker"], &summary["models"]["detector"]), (&"boxes".into(), &Value::Null));
}

/// As the original's scripts write it: one person, `NaN` and empty lists, too few or too many frames.
#[test]
fn the_originals_layout_is_read_and_a_file_of_another_length_is_said() {
    let Some(helper) = Helper::new("boxes: original layout") else { return };
    let source = clip(&helper, "crossing_360p.mp4", 12);
    let head = "[[[NaN,NaN,NaN,NaN]], [[100,50,180,300]], [], null, [[108,50,188,300]], [[-40,-40,20,20]], \
                [[700,50,780,300]], [[10,10,10.01,10.01]]";
    for (more, length) in [("]".to_owned(), 8), (", null".repeat(20) + "]", 28)] {
        let spec = JobSpec { video: false, ..given(&helper, &source, "1f", &format!("{head}{more}")) };
        let events = finish(&helper, &spec);
        let told = told(&spec);
        let boxes: Vec<_> = told.iter().map(|people| people.get(&1).map(Vec::as_slice)).collect();
        let mut expected = vec![None; 12];
        expected[1] = Some(&[100.0, 50.0, 180.0, 300.0][..]);
        expected[2] = Some(&[102.67, 50.0, 182.67, 300.0]);
        expected[3] = Some(&[105.33, 50.0, 185.33, 300.0]);
        expected[4] = Some(&[108.0, 50.0, 188.0, 300.0]);
        // What is in the picture; the next one is not.
        expected[5] = Some(&[0.0, 0.0, 20.0, 20.0]);
        // However small it is.
        expected[7] = Some(&[10.0, 10.0, 10.01, 10.01]);
        assert_eq!(boxes, expected);
        let mismatch = Notice::BoxesMismatch { boxes: length, video: 12 };
        assert!(notices(&events).contains(&&mismatch), "{:?}", brief(&events));
        let summary = helper.json(&Path::new(&spec.out_dir).join("summary.json"));
        assert_eq!(summary["warnings"], json!([mismatch.to_string()]));
        std::fs::remove_dir_all(&spec.out_dir).unwrap();
        std::fs::create_dir(&spec.out_dir).unwrap();
    }
}

/// Five people who walk, with gaps.
fn walkers(frames: usize) -> String {
    let mut text = "[".to_owned();
    for n in 0..frames {
        let place = |k: usize| {
            let x = 40.0 + 220.0 * k as f64 + 3.25 * n as f64;
            if (n + k).is_multiple_of(3) { "null".to_owned() } else { format!("[{x},200.5,{},520]", x + 120.0) }
        };
        let _ = write!(text, "{}[{}]", if n == 0 { "" } else { "," }, (0..5).map(place).collect::<Vec<_>>().join(","));
    }
    text + "]"
}

#[test]
fn stopped_in_every_pass_it_goes_on_to_the_same_bytes() {
    let Some(helper) = Helper::new("boxes: stops") else { return };
    let source = clip(&helper, "street_720p.mp4", 60);
    let batches = |spec| JobSpec { fps: Some(12.0), pose_batch: Some(4), ..spec };
    let calm = batches(given(&helper, &source, "calm", &walkers(60)));
    finish(&helper, &calm);
    let results =
        |spec: &JobSpec| (std::fs::read(Path::new(&spec.out_dir).join("record.parquet")).unwrap(), predictions(spec));
    let expected = results(&calm);

    let spec = batches(given(&helper, &source, "1f", &walkers(60)));
    // Decoding alone is over at once: it is killed where it hangs, after a checkpoint a frame.
    let faults = Faults::new(&helper);
    faults.set("hang@track.decode:40");
    let mut environment = faults.environment(&helper, false);
    environment.push(("SILHUETA_CHECKPOINT", "0".into()));
    let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut worker = Worker::start_with(&helper, &environment);
    worker.send(&Command::Run(Box::new(spec.clone())));
    worker.until("a beat in track", |event| {
        matches!(event, Event::Heartbeat { stage: Stage::Track, .. }) && faults.is_reached()
    });
    worker.kill();

    let mut went_on = Vec::new();
    for done in [3, 10] {
        let mut worker = begin(&helper, &spec);
        // It stands still before it is stopped, so that it can't get through meanwhile.
        let is_there = |event: &Event| matches!(event, Event::Progress(p) if p.stage == Stage::Pose && p.done >= done);
        let mut events = worker.until("the frame", is_there);
        worker.send(&Command::Pause);
        events.extend(worker.until("standing still", |event| *event == Event::Paused(true)));
        worker.send(&Command::Stop);
        let end = worker.to_the_end();
        assert_eq!(end.last(), Some(&Event::Stopped), "{:?}", brief(&end));
        assert_eq!(worker.exit(), Some(0));
        let on = notices(&events).into_iter().find_map(|notice| match notice {
            Notice::GoesOn { stage, frame } => Some((*stage, *frame)),
            _ => None,
        });
        went_on.push(on);
    }
    finish(&helper, &spec);
    let is_past = |at: usize, of, frames| went_on[at].is_some_and(|(stage, done)| stage == of && done >= frames);
    assert!(is_past(0, Stage::Track, 10) && is_past(1, Stage::Pose, 3), "{went_on:?}");
    assert!(results(&spec) == expected, "the stops changed the results");
    assert_eq!(names(Path::new(&spec.out_dir)), ["identities.json", "record.parquet", "summary.json"]);
}

#[test]
fn a_file_that_changed_is_begun_anew_with_and_one_that_is_wrong_or_gone_is_said() {
    let Some(helper) = Helper::new("boxes: changed") else { return };
    let source = clip(&helper, "crossing_360p.mp4", 20);
    let text = "[".to_owned() + &"[[100,50,180,300]],".repeat(19) + "[[100,50,180,300]]]";
    let spec = given(&helper, &source, "1f", &text);
    let stop = || {
        let mut worker = begin(&helper, &spec);
        worker.until("pose", |event| matches!(event, Event::Progress(p) if p.stage == Stage::Pose));
        worker.send(&Command::Pause);
        worker.until("standing still", |event| *event == Event::Paused(true));
        worker.send(&Command::Stop);
        assert_eq!(worker.to_the_end().last(), Some(&Event::Stopped));
        assert_eq!(worker.exit(), Some(0));
    };
    let fails = || {
        let worker = begin(&helper, &spec);
        match worker.to_the_end().pop() {
            Some(Event::Failed(failure)) => (failure.code, failure.message, failure.hint.unwrap_or_default()),
            other => panic!("{other:?}"),
        }
    };
    stop();
    given(&helper, &source, "1f", &text.replacen("100", "90", 1));
    let events = finish(&helper, &spec);
    assert!(notices(&events).contains(&&Notice::BeginsAnew { why: AnewReason::Boxes }), "{:?}", brief(&events));
    assert_eq!(told(&spec)[0][&1], [90.0, 50.0, 180.0, 300.0]);

    given(&helper, &source, "1f", &text.replacen("180", "80", 1));
    let (code, message, _) = fails();
    assert_eq!(code, FailureCode::BoxesUnfit);
    assert!(message.contains("boxes.json") && message.contains("frame 0, box 0: x2 (80) is less"), "{message}");
    std::fs::remove_file(helper.at("boxes.json")).unwrap();
    let (code, message, hint) = fails();
    assert!(code == FailureCode::BoxesUnfit && message.contains("boxes.json"), "{message}");
    assert!(hint.contains("check the path"), "{hint}");
    // Earlier results stay.
    assert_eq!(names(Path::new(&spec.out_dir)), ["identities.json", "record.parquet", "summary.json"]);
}
