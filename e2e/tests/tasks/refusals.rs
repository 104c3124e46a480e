//! What can be refused is refused at once, with the thing and the way out.

use std::fs::File;
use std::io::Write as _;

use serde_json::{Value, json};
use silhueta_e2e::tasks::{ask, post, send, server};

#[test]
fn what_can_not_be_done_is_said_at_once_and_nothing_is_kept_of_it() {
    let Some(server) = server("tasks: refusals", &[]) else { return };
    let video = server.clip("walk_in_out.mp4", "street.mp4", 5).display().to_string();
    let bad = |name: &str, text: &str| {
        let path = server.videos().join(name);
        File::create(&path).unwrap().write_all(text.as_bytes()).unwrap();
        path.display().to_string()
    };
    let (half, short) = (bad("half.json", "[[[1,2,3"), bad("short.json", "[[[1,2,3]]]"));
    let folder = server.videos().display().to_string();
    for (body, status, field, told) in [
        (json!({"video_filename": "/no/such/street.mp4", "model": "vitpose"}), 404, "video_filename", "street.mp4"),
        (json!({"video_filename": folder}), 404, "video_filename", "is no file"),
        (json!({"video_filename": "street.mp4"}), 400, "video_filename", "absolute path"),
        (json!({"model": "vitpose"}), 400, "video_filename", "whole path"),
        (json!({"video_filename": video, "model": "vitpose_swimming"}), 400, "model", "there are: pose_small, vitpose"),
        (json!({"video_filename": video, "bboxes_path": "/no/boxes.json"}), 404, "bboxes_path", "boxes.json"),
        (json!({"video_filename": video, "bboxes_path": half}), 400, "bboxes_path", "half.json"),
        (json!({"video_filename": video, "bboxes_path": short}), 400, "bboxes_path", "short.json"),
        (json!({"video_filename": video, "fps": -1}), 400, "fps", "0.001"),
        (json!({"video_filename": video, "webhook_url": "file:///etc/passwd"}), 400, "webhook_url", "http"),
        (json!({"video_filename": video, "boxes": "x"}), 400, "", "bboxes_path"),
        (json!(["street.mp4"]), 400, "", "object"),
    ] {
        let (got, answer) = ask(&server, "POST", "/process", &body.to_string());
        assert_eq!(got, status, "{body}: {answer}");
        assert!(answer["detail"].as_str().unwrap().contains(told), "{body}: {answer}");
        assert_eq!(answer["field"].as_str().unwrap_or_default(), field, "{body}: {answer}");
    }
    let (status, answer) = ask(&server, "POST", "/process", "video_filename=street.mp4");
    assert!(status == 400 && answer["detail"].as_str().unwrap().contains("not JSON"), "{answer}");
    for (method, path) in [
        ("GET", "/status/none"),
        ("GET", "/tasks/none"),
        ("DELETE", "/tasks/none"),
        ("POST", "/tasks/none/cancel"),
        ("GET", "/tasks/none/predictions"),
    ] {
        let (status, answer) = ask(&server, method, path, "");
        assert_eq!((status, &answer["detail"]), (404, &Value::from("Task none not found")), "{method} {path}");
    }
    let (status, answer) = ask(&server, "GET", "/tasks?status=done", "");
    assert!(status == 400 && answer["hint"].as_str().unwrap().contains("completed"), "{answer}");
    assert_eq!(ask(&server, "GET", "/tasks?page=2", "").0, 400);
    let (_, answer) = ask(&server, "GET", "/tasks", "");
    assert_eq!(answer, json!({"total_tasks": 0, "tasks": []}));
}

#[test]
fn a_page_of_a_browser_names_only_what_is_in_open_folders() {
    let Some(server) = server("tasks: from a browser", &[]) else { return };
    let open = server.clip("walk_in_out.mp4", "street.mp4", 5);
    let closed = server.helper.at("closed.mp4");
    std::fs::copy(&open, &closed).unwrap();
    let headers = format!("Origin: {}\r\nContent-Type: application/json\r\n", server.address);
    let post = |video: &std::path::Path, headers: &str| {
        let body = json!({"video_filename": video.display().to_string(), "model": "vitpose"}).to_string();
        send(&server, "POST", "/process", headers, &body)
    };
    let refused = post(&closed, &headers);
    assert_eq!((refused.status, refused.code().as_str()), (403, "outside_roots"), "{}", refused.text());
    assert_eq!(post(&open, &headers).status, 200);
    assert_eq!(post(&closed, "").status, 200, "a program may name what the user could");
    let foreign = post(&open, "Origin: http://evil.example\r\n");
    assert_eq!(foreign.status, 403);
}

#[test]
fn a_full_queue_says_when_to_come_back() {
    let Some(server) = server("tasks: a full queue", &["--tasks", "1", "--task-queue", "2"]) else { return };
    let video = server.clip("walk_in_out.mp4", "street.mp4", 200);
    let first = post(&server, &video);
    silhueta_e2e::tasks::wait_for(&server, &first, super::TASK, |now| now["status"] == "processing");
    for _ in 0..2 {
        post(&server, &video);
    }
    let body = json!({"video_filename": video.display().to_string(), "model": "vitpose"}).to_string();
    let refused = send(&server, "POST", "/process", "", &body);
    assert_eq!(refused.status, 429, "{}", refused.text());
    assert!(refused.header("retry-after").is_some() && refused.text().contains("--task-queue"));
    assert_eq!(ask(&server, "GET", "/tasks", "").1["total_tasks"], 3);
}
