//! Records of tasks: found, listed in parts, made once by requests that are sent twice, forgotten.

use serde_json::json;
use silhueta_e2e::tasks::{ask, post, post_with, send, server, status, wait_for, wait_for_end};

use super::TASK;

#[test]
fn a_request_that_is_sent_twice_makes_one_task_also_over_a_restart() {
    let Some(mut server) = server("tasks: keys", &["--tasks", "1"]) else { return };
    let video = server.clip("walk_in_out.mp4", "street.mp4", 5).display().to_string();
    let key = "Idempotency-Key: night-run-7\r\n";
    let body = |model: &str| json!({"video_filename": video, "model": model, "fps": 5}).to_string();
    let first = send(&server, "POST", "/process", key, &body("vitpose"));
    assert_eq!((first.status, first.header("idempotent-replayed")), (200, None), "{}", first.text());
    let again = send(&server, "POST", "/process", key, &body("vitpose"));
    assert_eq!((again.status, again.header("idempotent-replayed")), (200, Some("true")));
    assert_eq!(again.body, first.body);
    server.kill();
    server.restart();
    let after = send(&server, "POST", "/process", key, &body("vitpose"));
    assert_eq!(after.body, first.body);
    let other = json!({"video_filename": video, "model": "vitpose"}).to_string();
    let other = send(&server, "POST", "/process", key, &other);
    assert_eq!((other.status, other.code().as_str()), (422, "bad_value"), "{}", other.text());
    assert_eq!(ask(&server, "GET", "/tasks", "").1["total_tasks"], 1);
}

#[test]
fn lists_come_whole_or_in_parts() {
    let Some(server) = server("tasks: lists", &["--tasks", "1"]) else { return };
    let (long, short) =
        (server.clip("walk_in_out.mp4", "long.mp4", 400), server.clip("walk_in_out.mp4", "short.mp4", 4));
    let first = post(&server, &long);
    wait_for(&server, &first, TASK, |now| now["status"] == "processing");
    let others: Vec<_> = (0..3).map(|_| post_with(&server, &short, json!({"model": null}))).collect();
    let list = |query: &str| {
        let (status, answer) = ask(&server, "GET", &format!("/tasks{query}"), "");
        assert_eq!(status, 200, "{query}: {answer}");
        let tasks = answer["tasks"].as_array().unwrap().iter();
        let ids: Vec<_> = tasks.map(|task| task["task_id"].as_str().unwrap().to_owned()).collect();
        (answer["total_tasks"].as_u64().unwrap(), ids)
    };
    let all = [vec![first.clone()], others.clone()].concat();
    assert_eq!(list(""), (4, all.clone()));
    assert_eq!(list("?limit=2&offset=1"), (4, all[1..3].to_vec()));
    assert_eq!(list("?order=newest&limit=1"), (4, vec![others[2].clone()]));
    assert_eq!(list("?status=processing"), (1, vec![first.clone()]));
    assert_eq!(list("?status=queued,completed&model=vitpose").0, 3);
    assert_eq!(list("?model=other"), (0, vec![]));
    assert_eq!(list("?video=long"), (1, vec![first]));
    assert_eq!(list("?offset=9"), (4, vec![]));
    // Each knows its turn.
    let places: Vec<_> = others.iter().map(|id| status(&server, id)["queue_position"].clone()).collect();
    assert_eq!(places, [json!(1), json!(2), json!(3)]);
    let (_, health) = ask(&server, "GET", "/health", "");
    assert_eq!(
        (&health["active_tasks"], &health["queued_tasks"], &health["total_tasks"]),
        (&json!(1), &json!(3), &json!(4))
    );
}

#[test]
fn a_deleted_record_leaves_the_work_unless_it_is_to_stop_too() {
    let Some(server) = server("tasks: deletion", &["--tasks", "1"]) else { return };
    let (long, short) =
        (server.clip("walk_in_out.mp4", "long.mp4", 400), server.clip("walk_in_out.mp4", "short.mp4", 4));
    let (works, waits, other) = (post(&server, &long), post(&server, &short), post(&server, &short));
    let jobs = [&works, &waits, &other].map(|task| status(&server, task)["job"].as_u64().unwrap());
    wait_for(&server, &works, TASK, |now| now["progress"]["stage"] == "track");
    for task in [&works, &waits] {
        let (code, answer) = ask(&server, "DELETE", &format!("/tasks/{task}"), "");
        assert_eq!(code, 200);
        assert_eq!(answer["message"], format!("Task {task} deleted successfully"));
        let gone = ask(&server, "GET", &format!("/status/{task}"), "");
        assert_eq!((gone.0, &gone.1["detail"]), (404, &json!(format!("Task {task} not found"))));
    }
    let state = |job: u64| {
        let (_, jobs) = ask(&server, "GET", "/api/v1/jobs", "");
        let job = jobs.as_array().unwrap().iter().find(|view| view["id"] == job).cloned();
        job.map(|view| view["state"].clone())
    };
    assert!(state(jobs[0]).unwrap().get("running").is_some(), "its work went with it: {:?}", state(jobs[0]));
    assert_eq!(state(jobs[1]), Some(json!("queued")));
    // Where the work is, it can be stopped; the one that waited comes to its turn.
    assert_eq!(ask(&server, "POST", &format!("/api/v1/jobs/{}/stop", jobs[0]), "").0, 200);
    assert_eq!(wait_for_end(&server, &other, TASK)["status"], "completed");
    assert_eq!(state(jobs[1]), Some(json!("completed")));
    assert!(server.videos().join("predictions/short_vitpose.json").is_file());

    let stopped = post(&server, &long);
    let job = status(&server, &stopped)["job"].as_u64().unwrap();
    wait_for(&server, &stopped, TASK, |now| now["progress"]["stage"] == "track");
    assert_eq!(ask(&server, "DELETE", &format!("/tasks/{stopped}?stop=true"), "").0, 200);
    let end = std::time::Instant::now() + TASK;
    while state(job) != Some(json!("cancelled")) {
        assert!(std::time::Instant::now() < end, "it goes on: {:?}", state(job));
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}
