//! Many tasks at once, many who ask, and a helper that is killed in the middle: none is lost, none is stuck, and
//! every status is true.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;
use silhueta_e2e::raw;
use silhueta_e2e::server::children;
use silhueta_e2e::tasks::{ask, server_with};

const TASKS: usize = if cfg!(feature = "soak") { 500 } else { 24 };
const ASKING: usize = if cfg!(feature = "soak") { 50 } else { 8 };
const AT_ONCE: usize = 5;
const LIMIT: Duration = Duration::from_secs(if cfg!(feature = "soak") { 3600 } else { 400 });

/// How far a status is; it never goes back but from work to the queue, by the restart.
fn rank(status: &str) -> u8 {
    match status {
        "queued" => 0,
        "processing" => 1,
        "completed" | "failed" => 2,
        other => panic!("{other} is no status"),
    }
}

#[test]
fn no_task_is_lost_or_stuck_when_many_come_and_the_helper_is_killed() {
    let at_once = AT_ONCE.to_string();
    let variables = [("SILHUETA_CHECKPOINT", "1")];
    let Some(mut server) = server_with("tasks: load", &["--tasks", &at_once], &variables) else { return };
    let video = server.clip("walk_in_out.mp4", "street.mp4", 15).display().to_string();
    let body = serde_json::json!({"video_filename": video, "model": "vitpose"}).to_string();
    let began = Instant::now();
    let ids: Vec<String> = std::thread::scope(|scope| {
        let server = &server;
        let posting: Vec<_> = (0..10)
            .map(|poster| {
                let (body, share) = (body.clone(), TASKS / 10 + usize::from(poster < TASKS % 10));
                scope.spawn(move || {
                    let post = || ask(server, "POST", "/process", &body);
                    (0..share).map(|_| post()).collect::<Vec<_>>()
                })
            })
            .collect();
        let answers = posting.into_iter().flat_map(|poster| poster.join().unwrap());
        answers
            .map(|(code, answer)| {
                assert_eq!(code, 200, "{answer}");
                answer["task_id"].as_str().unwrap().to_owned()
            })
            .collect()
    });
    println!("{TASKS} tasks taken in {:.1} s", began.elapsed().as_secs_f64());
    assert_eq!(ids.iter().collect::<std::collections::HashSet<_>>().len(), TASKS);

    let (ended, asked, down) = (AtomicBool::new(false), AtomicU64::new(0), AtomicBool::new(false));
    let end = Instant::now() + LIMIT;
    let done = |server: &silhueta_e2e::Server| {
        let (_, health) = ask(server, "GET", "/health", "");
        let (active, queued) = (health["active_tasks"].as_u64().unwrap(), health["queued_tasks"].as_u64().unwrap());
        assert_eq!(health["total_tasks"], TASKS, "{health}");
        assert!(active as usize <= AT_ONCE, "{health}");
        (active, queued)
    };
    let killed = std::sync::RwLock::new(&mut server);
    std::thread::scope(|scope| {
        for client in 0..ASKING {
            let (killed, ended, asked, down, ids) = (&killed, &ended, &asked, &down, &ids);
            scope.spawn(move || {
                let mut seen: HashMap<&str, (u8, u64)> = HashMap::new();
                for id in ids.iter().cycle().skip(client * 7) {
                    if ended.load(Ordering::Relaxed) {
                        return;
                    }
                    let server = killed.read().unwrap();
                    if down.load(Ordering::Relaxed) {
                        continue;
                    }
                    let reply = raw::send(&server, &raw::request(&server, "GET", &format!("/status/{id}"), "", ""));
                    assert_eq!(reply.status, 200, "{id}: {}", reply.text());
                    let now: Value = serde_json::from_slice(&reply.body).unwrap();
                    let (rank, attempt) = (rank(now["status"].as_str().unwrap()), now["attempt"].as_u64().unwrap());
                    let before = seen.insert(id, (rank, attempt));
                    assert!(before.is_none_or(|before| (before.1, before.0) <= (attempt, rank)), "{before:?}: {now}");
                    assert_eq!(now["result"].is_null(), now["status"] != "completed", "{now}");
                    assert_eq!(now["progress"].is_null(), now["status"] != "processing", "{now}");
                    asked.fetch_add(1, Ordering::Relaxed);
                    drop(server);
                    std::thread::sleep(Duration::from_millis(100));
                }
            });
        }
        // Killed when some are done, some work and many wait.
        loop {
            let (active, queued) = done(&killed.read().unwrap());
            if active > 1 && queued as usize <= TASKS * 3 / 4 {
                break;
            }
            assert!(Instant::now() < end, "nothing moves");
            std::thread::sleep(Duration::from_millis(100));
        }
        {
            let mut server = killed.write().unwrap();
            down.store(true, Ordering::Relaxed);
            server.kill();
            server.restart();
            down.store(false, Ordering::Relaxed);
        }
        loop {
            if done(&killed.read().unwrap()) == (0, 0) {
                break;
            }
            assert!(Instant::now() < end, "tasks are stuck: {:?}", done(&killed.read().unwrap()));
            std::thread::sleep(Duration::from_millis(200));
        }
        ended.store(true, Ordering::Relaxed);
    });
    println!(
        "{TASKS} tasks done in {:.1} s, asked for {} times",
        began.elapsed().as_secs_f64(),
        asked.load(Ordering::Relaxed)
    );
    let (_, list) = ask(&server, "GET", "/tasks", "");
    let tasks = list["tasks"].as_array().unwrap();
    let all: std::collections::HashSet<_> = tasks.iter().map(|task| task["task_id"].as_str().unwrap()).collect();
    assert!(ids.iter().all(|id| all.contains(id.as_str())), "a task is lost");
    for task in tasks {
        assert_eq!(task["status"], "completed", "{task}");
        assert!(std::path::Path::new(task["result"]["predictions_file"].as_str().unwrap()).is_file(), "{task}");
    }
    assert!(tasks.iter().any(|task| task["attempt"] == 2), "the kill met nobody at work");
    assert!(children(server.pid()).is_empty(), "a worker is left");
}
