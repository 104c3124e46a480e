//! Tasks at work: beside each other, after pages' jobs, stopped, paused, and over restarts of the helper.

use serde_json::{Value, json};
use silhueta_e2e::client::fast;
use silhueta_e2e::tasks::{ask, post, send, server, server_with, status, wait_for, wait_for_end};
use silhueta_e2e::{Client, Server};
use silhueta_shared::protocol::Ask;

use super::TASK;

fn processing(server: &Server) -> usize {
    let (_, list) = ask(server, "GET", "/tasks?status=processing", "");
    list["tasks"].as_array().unwrap().len()
}

#[test]
fn a_task_can_be_cancelled_paused_and_tried_again() {
    let Some(server) = server("tasks: acts", &["--tasks", "1"]) else { return };
    let (long, short) =
        (server.clip("walk_in_out.mp4", "long.mp4", 300), server.clip("walk_in_out.mp4", "short.mp4", 4));
    let (task, behind) = (post(&server, &long), post(&server, &short));
    wait_for(&server, &task, TASK, |now| now["progress"]["frames_done"].as_u64() > Some(0));
    let act = |task: &str, verb: &str| ask(&server, "POST", &format!("/tasks/{task}/{verb}"), "");
    assert_eq!(act(&task, "pause").0, 200);
    let paused = wait_for(&server, &task, TASK, |now| now["paused"] == true);
    assert_eq!(paused["status"], "processing");
    assert_eq!(act(&task, "resume").0, 200);
    wait_for(&server, &task, TASK, |now| now["paused"] == false);
    assert_eq!(act(&task, "cancel").0, 200);
    let ended = wait_for_end(&server, &task, TASK);
    assert_eq!(
        (&ended["status"], &ended["cancelled"], &ended["error"]),
        (&json!("failed"), &json!(true), &json!("it was cancelled"))
    );
    let again = act(&task, "cancel");
    assert_eq!((again.0, &again.1["code"]), (409, &json!("illegal_state")), "{}", again.1);
    assert_eq!(wait_for_end(&server, &behind, TASK)["status"], "completed");
    // Nothing of what was stopped is where its caller looks.
    let left: Vec<_> = std::fs::read_dir(server.videos().join("predictions")).unwrap().flatten().collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(act(&task, "retry").0, 200);
    assert_eq!(wait_for_end(&server, &task, TASK)["status"], "completed");
    assert_eq!(status(&server, &task)["attempt"], 2);
    assert_eq!(act(&task, "retry").0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_wait_for_pages_jobs_and_no_page_is_locked_by_them() {
    let Some(server) = server("tasks: beside pages", &["--tasks", "2"]) else { return };
    let (long, short) =
        (server.clip("walk_in_out.mp4", "long.mp4", 200), server.clip("walk_in_out.mp4", "short.mp4", 4));
    let mut client = Client::connect(&server).await;
    let (first, second) = (post(&server, &long), post(&server, &long));
    wait_for(&server, &second, TASK, |now| now["status"] == "processing");
    assert_eq!(processing(&server), 2, "several at once");
    // A page's job begins at once, though both places of tasks are taken.
    let (_, jobs) = client.start(&[&long], fast()).await;
    let third = post(&server, &short);
    let page = client.wait_for_job(jobs[0], TASK, |view| view.state.is_active()).await;
    assert!(page.task.is_none());
    assert_eq!(ask(&server, "POST", &format!("/tasks/{first}/cancel"), "").0, 200);
    wait_for_end(&server, &first, TASK);
    assert_eq!(status(&server, &third)["status"], "queued", "a task began while a page works");
    assert_eq!(ask(&server, "GET", "/health", "").1["current_process"], "processar");
    client.ask(Ask::Stop { job: jobs[0] }).await.unwrap();
    assert_eq!(wait_for_end(&server, &third, TASK)["status"], "completed");
    assert_eq!(status(&server, &second)["status"], "processing", "a page's job disturbed a task");
}

#[test]
fn after_a_kill_tasks_go_on_by_themselves_and_give_the_same_bytes() {
    let variables = [("SILHUETA_CHECKPOINT", "0.1")];
    let Some(mut server) = server_with("tasks: restarts", &["--tasks", "1"], &variables) else { return };
    let video = server.clip("walk_in_out.mp4", "street.mp4", 40);
    let read = || std::fs::read(server_file(&video)).unwrap();
    fn server_file(video: &std::path::Path) -> std::path::PathBuf {
        video.parent().unwrap().join("predictions/street_vitpose.json")
    }
    let whole = post(&server, &video);
    assert_eq!(wait_for_end(&server, &whole, TASK)["status"], "completed");
    let wanted = read();
    let (cut, waits) = (post(&server, &video), post(&server, &video));
    for stage in ["track", "pose"] {
        wait_for(&server, &cut, TASK, |now| {
            now["progress"]["stage"] == stage && now["progress"]["frames_done"].as_u64() > Some(8)
        });
        std::fs::remove_file(server_file(&video)).ok();
        server.kill();
        server.restart();
        let now = status(&server, &cut);
        assert!(["queued", "processing"].contains(&now["status"].as_str().unwrap()), "{now}");
    }
    let done = wait_for_end(&server, &cut, TASK);
    assert_eq!((&done["status"], &done["attempt"]), (&json!("completed"), &json!(3)), "{done}");
    assert!(read() == wanted, "the bytes differ");
    assert_eq!(wait_for_end(&server, &waits, TASK)["attempt"], 1);
    let (_, jobs) = ask(&server, "GET", "/api/v1/jobs", "");
    assert!(jobs.as_array().unwrap().iter().all(|job| job["state"] == "completed"), "{jobs}");
    let names: Vec<_> = std::fs::read_dir(video.parent().unwrap().join("predictions")).unwrap().flatten().collect();
    assert_eq!(names.len(), 1, "parts are left: {names:?}");
}

#[test]
fn ctrl_c_ends_tasks_in_time_and_they_go_on_without_counting() {
    let Some(mut server) = server("tasks: ctrl+c", &["--tasks", "2"]) else { return };
    let video = server.clip("walk_in_out.mp4", "street.mp4", 60);
    let tasks = [post(&server, &video), post(&server, &video), post(&server, &video)];
    wait_for(&server, &tasks[1], TASK, |now| now["progress"]["stage"] == "track");
    server.interrupt();
    server.restart();
    for task in &tasks {
        let done = wait_for_end(&server, task, TASK);
        assert_eq!(done["status"], "completed", "{done}");
    }
    let (_, jobs) = ask(&server, "GET", "/api/v1/jobs", "");
    let cuts: Vec<&Value> = jobs.as_array().unwrap().iter().map(|job| &job["task"]["cut_off"]).collect();
    assert!(cuts.iter().all(|cut| **cut == 0), "{cuts:?}");
    let refused = send(&server, "GET", &format!("/tasks/{}/predictions", tasks[0]), "", "");
    assert_eq!(refused.status, 200);
}
