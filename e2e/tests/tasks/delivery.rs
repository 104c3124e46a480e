//! What comes with a task and what comes of it: uploads, the files over HTTP, boxes that were given.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use silhueta_e2e::raw::{self, Reply};
use silhueta_e2e::tasks::{ask, post_with, send, server, status, wait_for_end};
use silhueta_e2e::{Server, video};

use super::TASK;

/// A form with fields and files, as curl's `-F` sends it.
fn form(server: &Server, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Reply {
    let mut body = Vec::new();
    for (name, value) in fields {
        write!(body, "--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
    }
    for (name, file, bytes) in files {
        write!(body, "--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n").unwrap();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--XX--\r\n");
    let (host, length) = (server.host(), body.len());
    let head = format!(
        "POST /process HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\
         Content-Type: multipart/form-data; boundary=XX\r\n\r\n"
    );
    raw::send(server, &[head.into_bytes(), body].concat())
}

/// Everything that a helper keeps of what was sent to it.
fn kept(server: &Server) -> usize {
    let entries = |path: &Path| std::fs::read_dir(path).into_iter().flatten().flatten().count();
    entries(&server.state().join("uploads")) + entries(&server.out().join("tasks"))
}

#[test]
fn a_video_can_be_sent_along_and_its_results_fetched() {
    let Some(server) = server("tasks: uploads", &[]) else { return };
    let clip = server.clip("walk_in_out.mp4", "street.mp4", 12);
    let bytes = std::fs::read(&clip).unwrap();
    let sent = form(&server, &[("model", "vitpose"), ("fps", "10")], &[("video", "rua 1.mp4", &bytes)]);
    assert_eq!(sent.status, 200, "{}", sent.text());
    let task = serde_json::from_slice::<Value>(&sent.body).unwrap()["task_id"].as_str().unwrap().to_owned();
    let done = wait_for_end(&server, &task, TASK);
    assert_eq!((&done["status"], &done["video_path"]), (&json!("completed"), &json!("rua 1.mp4")), "{done}");

    let predictions = send(&server, "GET", &format!("/tasks/{task}/predictions"), "", "");
    assert_eq!((predictions.status, predictions.header("content-type")), (200, Some("application/json")));
    let file = done["result"]["predictions_file"].as_str().unwrap();
    assert!(file.ends_with("/predictions/rua 1_vitpose.json"), "{file}");
    assert_eq!(predictions.body, std::fs::read(file).unwrap());
    let frames: Vec<Value> = serde_json::from_slice(&predictions.body).unwrap();
    assert!(!frames.is_empty() && frames.len() < 12, "every frame, or none, was looked at: {}", frames.len());
    let seen = send(&server, "GET", &format!("/tasks/{task}/visualization"), "", "");
    assert_eq!((seen.status, seen.header("content-type")), (200, Some("video/mp4")));
    let part = send(&server, "GET", &format!("/tasks/{task}/visualization"), "Range: bytes=0-3\r\n", "");
    assert_eq!((part.status, part.body.len()), (206, 4));

    // Nobody else can name it: with its record it goes.
    assert!(kept(&server) > 0);
    assert_eq!(ask(&server, "DELETE", &format!("/tasks/{task}"), "").0, 200);
    assert_eq!(kept(&server), 0);
}

#[test]
fn a_form_that_is_refused_leaves_nothing() {
    let Some(server) = server("tasks: forms", &[]) else { return };
    let video = ("video", "street.mp4", b"not looked at yet".as_slice());
    for (fields, files, told) in [
        (vec![("model", "vitpose")], vec![], "-F video=@"),
        (vec![("model", "resnet")], vec![video], "there are: pose_small, vitpose"),
        (vec![("modell", "vitpose")], vec![video], "modell"),
        (vec![("video_filename", "/v/a.mp4")], vec![video], "helper's machine"),
        (vec![("model", "vitpose")], vec![video, video], "twice"),
        (vec![("model", "vitpose")], vec![("video", "notes.txt", b"x".as_slice())], "not the name of a video"),
        (vec![("model", "vitpose")], vec![video, ("bboxes", "b.json", b"[[[1,".as_slice())], "bboxes"),
    ] {
        let refused = form(&server, &fields, &files);
        assert_eq!(refused.status, 400, "{fields:?}: {}", refused.text());
        assert!(refused.text().contains(told), "{fields:?}: {}", refused.text());
        assert_eq!(kept(&server), 0, "{fields:?}");
    }
    assert_eq!(ask(&server, "GET", "/tasks", "").1["total_tasks"], 0);
    // What is no video is found out at work, and said.
    let sent = form(&server, &[("model", "vitpose")], &[video]);
    let task = serde_json::from_slice::<Value>(&sent.body).unwrap()["task_id"].as_str().unwrap().to_owned();
    let failed = wait_for_end(&server, &task, TASK);
    assert_eq!(failed["status"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("street.mp4"), "{failed}");
}

#[test]
fn results_lie_beside_the_video_as_the_mmpose_server_put_them() {
    let Some(server) = server("tasks: delivery", &[]) else { return };
    let clip = server.clip("walk_in_out.mp4", "street.mp4", 10);
    let task = post_with(&server, &clip, json!({"model": "vitpose"}));
    let done = wait_for_end(&server, &task, TASK);
    let at = |place: &str| server.videos().join(place).display().to_string();
    assert_eq!(done["status"], "completed", "{done}");
    assert_eq!(done["result"]["predictions_dir"], at("predictions"));
    assert_eq!(done["result"]["visualization_dir"], at("visualizations"));
    assert_eq!(done["result"]["predictions_file"], at("predictions/street_vitpose.json"));
    for time in ["created_at", "started_at", "completed_at"] {
        let text = done[time].as_str().unwrap();
        assert!(text.len() == 26 && text.contains('T') && !text.ends_with('Z'), "{time}: {text}");
    }
    let frames: Vec<Value> =
        serde_json::from_slice(&std::fs::read(at("predictions/street_vitpose.json")).unwrap()).unwrap();
    assert_eq!(frames.len(), 10);
    assert!(frames.iter().enumerate().all(|(n, frame)| frame["frame_id"] == n));
    let people: Vec<_> = frames.iter().flat_map(|frame| frame["instances"].as_array().unwrap()).collect();
    assert!(!people.is_empty());
    for person in people {
        let [points, scores, bbox] =
            ["keypoints", "keypoint_scores", "bbox"].map(|key| person[key].as_array().unwrap());
        assert_eq!((points.len(), scores.len(), bbox.len()), (17, 17, 4), "{person}");
        assert!(points.iter().all(|point| point.as_array().unwrap().len() == 2));
        assert!(person["bbox_score"].is_number() && person["track_id"].is_u64(), "{person}");
    }
    assert_eq!(video::probe_pts(Path::new(&at("visualizations/street_vitpose.mp4"))).len(), 10);

    // No annotated video where none is wanted; other places where they are asked for.
    let other = server.clip("walk_in_out.mp4", "other.mp4", 4);
    let task = post_with(&server, &other, json!({"visualization": false}));
    let done = wait_for_end(&server, &task, TASK);
    assert!(done["status"] == "completed" && done["model"] == "vitpose", "{done}");
    assert!(
        done["result"]["visualization_file"].is_null() && !Path::new(&at("visualizations/other_vitpose.mp4")).exists()
    );
    assert_eq!(ask(&server, "GET", &format!("/tasks/{task}/visualization"), "").0, 404);
}

#[test]
fn boxes_that_are_given_are_the_ones_that_are_used() {
    let Some(server) = server("tasks: boxes", &[]) else { return };
    let clip = server.clip("walk_in_out.mp4", "street.mp4", 9);
    let boxes = server.videos().join("boxes.json");
    // The middle is interpolated.
    let text = "[[[100,50,200,300]],[],[],[],[[NaN,NaN,NaN,NaN]],[],[],[],[[140,50,240,300]]]";
    File::create(&boxes).unwrap().write_all(text.as_bytes()).unwrap();
    let task = post_with(&server, &clip, json!({"model": "vitpose", "bboxes_path": boxes.display().to_string()}));
    let done = wait_for_end(&server, &task, TASK);
    assert_eq!(
        (&done["status"], &done["bboxes_path"]),
        (&json!("completed"), &json!(boxes.display().to_string())),
        "{done}"
    );
    let file = done["result"]["predictions_file"].as_str().unwrap();
    let frames: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let left: Vec<_> = frames.iter().map(|frame| frame["instances"][0]["bbox"][0].as_f64().unwrap()).collect();
    assert_eq!(left, (0..9).map(|n| 100.0 + 5.0 * f64::from(n)).collect::<Vec<_>>());
    assert!(frames.iter().all(|frame| frame["instances"].as_array().unwrap().len() == 1));
    assert_eq!(status(&server, &task)["result"]["people"], 1);
}

#[test]
fn joints_in_space_need_no_import_and_what_is_imported_can_be_asked_for_at_once() {
    let Some(server) = server("tasks: imports", &[]) else { return };
    let clip = server.clip("walk_in_out.mp4", "street.mp4", 6);
    let heatmaps = server.helper.data.join("models/tinypose_256x192_heatmap.onnx");
    for (name, file, numbers) in [("human3d", None, 3), ("vitpose_swimming", Some(heatmaps), 2)] {
        if let Some(file) = file {
            let body = json!({"video_filename": clip.display().to_string(), "model": name}).to_string();
            let (code, answer) = ask(&server, "POST", "/process", &body);
            assert_eq!((code, &answer["code"]), (400, &json!("model_unfit")), "{answer}");
            let mut command = server.helper.command(&["models", "import", &file.display().to_string(), "--name", name]);
            let imported = command.env("SILHUETA_MODELS", server.helper.at("models")).output().unwrap();
            assert!(imported.status.success(), "{}", String::from_utf8_lossy(&imported.stderr));
        }
        let task = post_with(&server, &clip, json!({"model": name}));
        let done = wait_for_end(&server, &task, TASK);
        assert_eq!(done["status"], "completed", "{done}");
        let file = done["result"]["predictions_file"].as_str().unwrap();
        assert!(file.ends_with(&format!("street_{name}.json")), "{file}");
        let frames: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let people: Vec<_> = frames.iter().flat_map(|frame| frame["instances"].as_array().unwrap()).collect();
        assert!(!people.is_empty());
        for person in people {
            let points = person["keypoints"].as_array().unwrap();
            assert_eq!(points.len(), 17);
            assert!(points.iter().all(|point| point.as_array().unwrap().len() == numbers), "{name}: {person}");
        }
    }
}
