//! Documents come back as they were written and read as COCO's.

use serde_json::{Value, json};

use super::*;

fn document() -> Dataset {
    let mut keypoints = vec![[0.0; 3]; 17];
    keypoints[0] = [10.123_456, 20.0, 2.0];
    keypoints[16] = [11.0, 90.5, 1.0];
    let person = Annotation::person(1, 7, Rect::new(1.0, 2.0, 30.25, 100.0), 1500.0, keypoints);
    let face = Face {
        bbox: Rect::new(8.0, 15.0, 6.0, 8.0),
        landmarks: vec![[9.0, 17.0, 2.0]; 5],
        yaw: -12.5,
        pitch: 3.0,
        roll: 0.5,
        blur: 0.25,
        visibility: 1.0,
    };
    Dataset {
        info: Info { description: "a scene".into(), version: "1".into() },
        images: vec![Image { id: 7, file_name: "000000.jpg".into(), width: 1280, height: 720, frame: Some(0) }],
        annotations: vec![Annotation {
            track_id: Some(3),
            visible_bbox: Some(Rect::new(1.0, 2.0, 15.0, 100.0)),
            visibility: Some(0.5),
            face: Some(face),
            ..person
        }],
        categories: vec![Category::person()],
    }
}

#[test]
fn a_dataset_is_cocos_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("truth.json");
    let mut written = document();
    written.write(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let json: Value = serde_json::from_slice(&bytes).unwrap();
    let person = &json["annotations"][0];
    assert_eq!(person["bbox"], json!([1, 2, 30.25, 100]));
    assert_eq!(person["keypoints"].as_array().unwrap().len(), 51);
    assert_eq!(person["keypoints"].as_array().unwrap()[..3], [json!(10.123), json!(20), json!(2)]);
    assert_eq!((&person["num_keypoints"], &person["iscrowd"], &person["track_id"]), (&json!(2), &json!(0), &json!(3)));
    let category = &json["categories"][0];
    assert_eq!((&category["keypoints"][5], &category["skeleton"][0]), (&json!("left_shoulder"), &json!([16, 14])));

    let read = Dataset::read(&path).unwrap();
    written.annotations[0].keypoints[0][0] = 10.123;
    assert!(read == written, "{read:?}");
    read.write(&path).unwrap();
    assert!(std::fs::read(&path).unwrap() == bytes);
}

#[test]
fn what_nobody_annotated_is_not_written() {
    let bare = Annotation { id: 1, image_id: 1, category_id: 1, ..Annotation::default() };
    let written = serde_json::to_value(&bare).unwrap();
    let keys: Vec<&str> = written.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["area", "bbox", "category_id", "id", "image_id", "iscrowd", "num_keypoints"]);
    assert_eq!(serde_json::from_value::<Annotation>(written).unwrap(), bare);
}

#[test]
fn results_come_back_and_are_scored_beside_their_people() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("poses.json");
    let row = |image_id, category_id, joints: usize| PoseResult {
        image_id,
        category_id,
        keypoints: (0..joints).map(|i| [i as f64, 2.5 * i as f64, 0.75]).collect(),
        score: 0.123_457,
    };
    let rows = [row(7, PERSON, 17), row(7, 18, 17), row(8, PERSON, 17), row(7, PERSON, 21), row(7, PERSON, 133)];
    PoseResult::write_all(&path, &rows).unwrap();
    let read = PoseResult::read_all(&path).unwrap();
    assert_eq!(read, rows);

    let scored = scored(&document(), &read);
    assert_eq!((scored.len(), scored[0].people.len(), scored[0].poses.len()), (1, 1, 2));
    assert_eq!(scored[0].poses[0].bbox, Rect::new(0.0, 0.0, 16.0, 40.0));
    assert_eq!(scored[0].poses[1], scored[0].poses[0], "the first 17 of 133");
    assert_eq!(scored[0].people[0].truth.keypoints[16], [11.0, 90.5, 1.0]);
}

#[test]
fn damage_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("truth.json");
    let text = serde_json::to_string_pretty(&document()).unwrap().replacen("10.123,", "", 1);
    write_whole(&path, |file| file.write_all(text.as_bytes())).unwrap();
    let error = Dataset::read(&path).unwrap_err().to_string();
    assert!(error.contains("truth.json") && error.contains("50 numbers are no list of keypoints at line"), "{error}");
}
