//! `silhueta eval` through the real program: the field's figures, and what it says of files that are wrong.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test: a failure here is a failed test")]
#![expect(clippy::disallowed_methods, reason = "files to be read")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.at(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }
}

fn silhueta(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_silhueta")).args(args).output().unwrap()
}

fn mot(gt: &Path, tracks: &Path, more: &[&str]) -> Output {
    let (gt, tracks) = (gt.to_str().unwrap(), tracks.to_str().unwrap());
    silhueta(&[&["eval", "mot", "--gt", gt, "--tracks", tracks], more].concat())
}

fn json(output: &Output) -> Value {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn complaint(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn holds(answer: &Value, key: &str, expected: f64) {
    let got = answer[key].as_f64().unwrap_or_else(|| panic!("{key} is missing: {answer}"));
    assert!((got - expected).abs() < 5e-6, "{key} is {got} instead of {expected}");
}

const INFO: &str =
    "[Sequence]\nname=NAME\nimDir=img1\nframeRate=10\nseqLength=4\nimWidth=100\nimHeight=100\nimExt=.jpg\n";

/// Two people over four frames. Track 1 becomes 3 in frame 3; the second person is missed in frame 3 and found again.
const TRUTH: &str = "1,1,0,0,10,20,1,1,1\n1,2,50,0,10,20,1,1,1\n2,1,2,0,10,20,1,1,1\n2,2,50,0,10,20,1,1,1\n\
                     3,1,4,0,10,20,1,1,1\n3,2,50,0,10,20,1,1,1\n4,1,6,0,10,20,1,1,1\n4,2,50,0,10,20,1,1,1\n";
const TRACKS: &str = "1,1,0,0,10,20,1,-1,-1,-1\n1,2,50,0,10,20,1,-1,-1,-1\n2,1,2,0,10,20,1,-1,-1,-1\n\
                      2,2,50,0,10,20,1,-1,-1,-1\n3,3,4,0,10,20,1,-1,-1,-1\n3,9,80,50,10,20,1,-1,-1,-1\n\
                      4,3,6,0,10,20,1,-1,-1,-1\n4,2,50,0,10,20,1,-1,-1,-1\n";

#[test]
fn a_made_case_has_the_figures_that_were_worked_out_by_hand() {
    let folder = Folder::new();
    let (gt, tracks) = (folder.write("gt.txt", TRUTH), folder.write("tracks.txt", TRACKS));
    let answer = json(&mot(&gt, &tracks, &["--json"]));
    let all = &answer["combined"];
    // 8 boxes of people, 7 matched perfectly, 1 missed, 1 false alarm, 1 switch, 1 fragmentation.
    for (key, expected) in [
        ("tp", 7.0),
        ("fn", 1.0),
        ("fp", 1.0),
        ("idsw", 1.0),
        ("frag", 1.0),
        ("mota", 5.0 / 8.0),
        ("motp", 1.0),
        ("loc_a", 1.0),
        ("det_a", 7.0 / 9.0),
        // Person 1: 2 frames by track 1 and 2 by track 3, each 2 / 4. Person 2: 3 frames by track 2, 3 / 4.
        ("ass_a", (2.0 * 0.5 + 2.0 * 0.5 + 3.0 * 0.75) / 7.0),
        ("hota", (7.0 / 9.0f64 * (4.25 / 7.0)).sqrt()),
        // One of the halves and the three.
        ("idtp", 5.0),
        ("idf1", 5.0 / 8.0),
    ] {
        holds(all, key, expected);
    }
    assert_eq!(answer["sequences"][0]["frames"], 4);

    let table = mot(&gt, &tracks, &[]);
    let text = String::from_utf8(table.stdout).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0][..6], ["HOTA", "DetA", "AssA", "LocA", "MOTA", "IDF1"], "{text}");
    assert_eq!(lines[1][1..7], ["68.718", "77.778", "60.714", "100.000", "62.500", "62.500"], "{text}");
    assert_eq!(lines.len(), 2, "one sequence is not told twice: {text}");
}

#[test]
fn folders_are_scored_by_sequence_and_together_and_what_is_missing_is_named() {
    let folder = Folder::new();
    for (name, place) in [("a", "gt/gt.txt"), ("b", "gt.txt")] {
        folder.write(&format!("truth/{name}/{place}"), TRUTH);
        folder.write(&format!("truth/{name}/seqinfo.ini"), &INFO.replace("NAME", &name.repeat(3)));
    }
    let (gt, tracks) = (folder.at("truth"), folder.at("tracks"));
    folder.write("tracks/a.txt", TRACKS);
    let said = complaint(&mot(&gt, &tracks, &["--json"]), 3);
    assert!(said.contains("has no tracks of b") && said.contains("hint: ") && said.contains("--only"), "{said}");
    let only = json(&mot(&gt, &tracks, &["--json", "--only", "a"]));
    assert_eq!(only["sequences"].as_array().unwrap().len(), 1);
    let said = complaint(&mot(&gt, &tracks, &["--only", "c"]), 3);
    assert!(said.contains("no sequence c") && said.contains("it has a, b"), "{said}");

    // Some name their files after seqinfo.ini, not after the folder.
    folder.write("tracks/bbb.txt", &TRACKS.replace("\n3,3,", "\n3,1,").replace("\n4,3,", "\n4,1,"));
    let both = json(&mot(&gt, &tracks, &["--json"]));
    holds(&both["sequences"][0], "idsw", 1.0);
    holds(&both["sequences"][1], "idsw", 0.0);
    holds(&both["combined"], "idsw", 1.0);
    holds(&both["combined"], "tp", 14.0);
    let text = String::from_utf8(mot(&gt, &tracks, &[]).stdout).unwrap();
    let names: Vec<_> = text.lines().skip(1).map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(names, ["a", "b", "combined"]);
}

#[test]
fn bad_files_are_named_with_the_line_and_a_way_out() {
    let folder = Folder::new();
    let (gt, tracks) = (folder.write("s/gt.txt", TRUTH), folder.write("tracks.txt", TRACKS));
    folder.write("s/seqinfo.ini", INFO);
    let beyond = folder.write("beyond.txt", &format!("{TRACKS}5,1,0,0,10,20,1\n"));
    let twice = folder.write("twice.txt", &TRACKS.replace("1,2,50", "1,1,50"));
    let text = folder.write("text.txt", &TRACKS.replace("2,2,50,0", "2,2,here,0"));
    let record = folder.write("record.parquet", "PAR1 no record PAR1");
    let empty = folder.write("empty.txt", "");
    let missing = folder.at("nowhere.txt");
    for (gt, tracks, parts) in [
        (&gt, &beyond, ["beyond.txt, line 9", "frame 5 is beyond the 4 frames", "seqLength"]),
        (&gt, &twice, ["twice.txt, line 2", "frame 1 has id 1 twice", "another id"]),
        (&gt, &text, ["text.txt", "line 4: its left is \"here\"", "frame,id,left,top"]),
        (&gt, &record, ["record.parquet", "is not a Silhueta record", "finished results"]),
        (&empty, &tracks, ["empty.txt", "has no boxes", "counts,class,visibility"]),
        (&missing, &tracks, ["can't read", "nowhere.txt", ""]),
        (&gt, &missing, ["can't read", "nowhere.txt", ""]),
    ] {
        let said = complaint(&mot(gt, tracks, &["--json"]), 3);
        assert!(parts.iter().all(|part| said.contains(part)), "{parts:?}: {said}");
    }
}

#[test]
fn real_tracks_have_trackevals_figures_to_five_decimals() {
    let Some(data) = silhueta_e2e::data("real_tracks_have_trackevals_figures_to_five_decimals") else { return };
    let expected = std::fs::read_to_string(data.join("golden/expected.csv")).unwrap();
    let mut rows = expected.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let names = rows.next().unwrap();
    let folder = Folder::new();
    for row in rows {
        let tracker = data.join(format!("golden/{}_tracker.txt", row[0]));
        let answer = json(&mot(&data.join("mot").join(row[0]), &tracker, &["--json"]));
        for (name, value) in names.iter().zip(&row).skip(1) {
            let key = match *name {
                "HOTA___AUC" => "hota",
                "DetA___AUC" => "det_a",
                "AssA___AUC" => "ass_a",
                "LocA___AUC" => "loc_a",
                "CLR_TP" => "tp",
                "CLR_FN" => "fn",
                "CLR_FP" => "fp",
                other => &other.to_lowercase(),
            };
            holds(&answer["sequences"][0], key, value.parse().unwrap());
        }
        std::fs::copy(&tracker, folder.at(&format!("{}.txt", row[0]))).unwrap();
    }
    // Both taken together, by TrackEval 1.3.0.
    let both = json(&mot(&data.join("mot"), folder.0.path(), &["--json", "--only", "MOT17-05,MOT17-09"]));
    for (key, expected) in
        [("hota", 0.681_109_474), ("ass_a", 0.617_349_526), ("mota", 0.866_198_334), ("idf1", 0.789_606_312)]
    {
        holds(&both["combined"], key, expected);
    }
}

fn keypoints(gt: &Path, results: &Path, more: &[&str]) -> Output {
    let (gt, results) = (gt.to_str().unwrap(), results.to_str().unwrap());
    silhueta(&[&["eval", "keypoints", "--gt", gt, "--results", results], more].concat())
}

/// Two people of 100 × 100 pixels in two images.
fn people() -> Value {
    let points: Vec<f64> = (0..17).flat_map(|k| [f64::from(k) * 6.25, f64::from(k % 5) * 25.0, 2.0]).collect();
    let person = |id: u32| {
        serde_json::json!({"id": id, "image_id": id, "category_id": 1, "bbox": [0, 0, 100, 100], "area": 10_000,
            "num_keypoints": 17, "keypoints": points})
    };
    let image = |id: u32| serde_json::json!({"id": id, "file_name": format!("{id}.jpg"), "width": 200, "height": 200});
    serde_json::json!({"images": [image(1), image(2)], "annotations": [person(1), person(2)],
        "categories": [{"id": 1, "name": "person"}]})
}

/// A pose for each of them, a hit in the first image and far beside in the second.
fn poses() -> Value {
    let truth = people();
    let pose = |index: usize, off: f64| {
        let points = truth["annotations"][index]["keypoints"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap());
        let points: Vec<f64> = points.enumerate().map(|(i, n)| if i % 3 == 0 { n + off } else { n }).collect();
        serde_json::json!({"image_id": index + 1, "category_id": 1, "keypoints": points, "score": 0.9 - off / 1000.0})
    };
    serde_json::json!([pose(0, 0.0), pose(1, 300.0)])
}

#[test]
fn poses_have_the_figures_that_were_worked_out_by_hand() {
    let folder = Folder::new();
    let (gt, results) = (folder.write("gt.json", &people().to_string()), folder.write("r.json", &poses().to_string()));
    let answer = json(&keypoints(&gt, &results, &["--json"]));
    // Perfect up to half of the people, nothing beyond: 51 of the 101 recalls at which precision is read.
    for (key, expected) in [("ap", 51.0 / 101.0), ("ap50", 51.0 / 101.0), ("ar", 0.5), ("ar_large", 0.5)] {
        holds(&answer, key, expected);
    }
    assert!(answer["ap_medium"].is_null() && answer["people"] == 2 && answer["poses"] == 2, "{answer}");
    holds(&answer["oks"], "mean", 1.0);
    assert_eq!((&answer["oks"]["found"], &answer["oks"]["people"]), (&Value::from(1), &Value::from(2)));
    let text = String::from_utf8(keypoints(&gt, &results, &[]).stdout).unwrap();
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[1], ["AP", "50.495", "50.495", "50.495", "-", "50.495"], "{text}");
    assert_eq!(lines[2], ["AR", "50.000", "50.000", "50.000", "-", "50.000"], "{text}");
    assert!(text.contains("mean OKS 1.00000 of 1 found people among 2"), "{text}");
}

#[test]
fn poses_that_would_be_passed_over_are_errors() {
    let folder = Folder::new();
    let gt = folder.write("gt.json", &people().to_string());
    let changed = |name: &str, change: &dyn Fn(&mut Value)| {
        let mut poses = poses();
        change(&mut poses);
        folder.write(name, &poses.to_string())
    };
    let missing = folder.at("nowhere.json");
    let strange = changed("strange.json", &|poses| poses[1]["image_id"] = 7.into());
    let joints = changed("joints.json", &|poses| poses[0]["keypoints"] = vec![1.0; 63].into());
    let mut nobody = people();
    nobody["annotations"] = Value::Array(Vec::new());
    let nobody = folder.write("nobody.json", &nobody.to_string());
    let (good, text) =
        (folder.write("good.json", &poses().to_string()), folder.write("text.json", "[\n{\"image_id\": x"));
    for (gt, results, parts) in [
        (&gt, &strange, ["strange.json: result 2 is of image 7", "hint: "]),
        (&gt, &joints, ["joints.json: result 1 has 21 keypoints", "halpe26"]),
        (&gt, &text, ["text.json", "line 2"]),
        (&text, &good, ["text.json", "COCO dataset"]),
        (&nobody, &good, ["nobody with keypoints", "person_keypoints"]),
        (&gt, &missing, ["can't read", "nowhere.json"]),
    ] {
        let said = complaint(&keypoints(gt, results, &["--json"]), 3);
        assert!(parts.iter().all(|part| said.contains(part)), "{parts:?}: {said}");
    }
}

#[test]
fn real_people_have_the_figures_of_pycocotools() {
    let Some(data) = silhueta_e2e::data("eval: real_people_have_the_figures_of_pycocotools") else { return };
    let gt = data.join("keypoints/coco/test_coco.json");
    let truth: Value = serde_json::from_slice(&std::fs::read(&gt).unwrap()).unwrap();
    // Off by an amount that depends on the person.
    let pose = |(i, person): (usize, &Value)| {
        let points: Vec<f64> = person["keypoints"].as_array().unwrap().iter().map(|n| n.as_f64().unwrap()).collect();
        let moved = |point: &[f64]| [point[0] + (i % 5) as f64, point[1] - (i % 3) as f64, 1.0];
        let points: Vec<f64> = points.chunks(3).flat_map(moved).collect();
        serde_json::json!({"image_id": person["image_id"], "category_id": 1, "keypoints": points,
            "score": ((i * 7) % 10) as f64 / 10.0})
    };
    let poses: Vec<Value> = truth["annotations"].as_array().unwrap().iter().enumerate().map(pose).collect();
    let folder = Folder::new();
    let answer = json(&keypoints(&gt, &folder.write("r.json", &Value::from(poses).to_string()), &["--json"]));
    // pycocotools 2.0.11's.
    for (key, expected) in [
        ("ap", 0.866_277_699),
        ("ap50", 0.964_639_321),
        ("ap75", 0.821_546_440),
        ("ap_medium", 0.807_260_726),
        ("ap_large", 0.975_742_574),
        ("ar", 0.933_333_333),
        ("ar50", 1.0),
        ("ar75", 0.916_666_667),
        ("ar_medium", 0.86),
        ("ar_large", 0.985_714_286),
    ] {
        holds(&answer, key, expected);
    }
}
