//! The page Tarefas with the real helper: what scripts post shows itself, is ended and tried again from the page, and
//! leaves the other pages alone.

use std::path::Path;
use std::process::Command;

use silhueta_e2e::browser::{find, journey_at};
use silhueta_e2e::tab::SOON;
use silhueta_e2e::tasks::{post, server, status, wait_for};
use silhueta_e2e::{Browser, Processar, Server, Tab, skip};

use super::JOB;

/// Walks through the page with a helper that has small networks for tasks, one task at a time.
fn walk(test: &str, journey: impl AsyncFnOnce(&mut Server, &Browser)) {
    let Some(chromium) = find(test) else { return };
    let Some(server) = server(test, &["--tasks", "1"]) else { return };
    journey_at(test, server, &chromium, journey);
}

async fn open(browser: &Browser, server: &Server) -> Tab {
    let tab = browser.tab(&format!("{}/tarefas", server.address)).await;
    tab.see_attr("connection", "data-state", "online", SOON).await;
    tab
}

fn row(task: &str) -> String {
    format!("[data-testid='task'][data-id='{task}']")
}

fn of(task: &str, what: &str) -> String {
    format!("{} [data-testid='{what}']", row(task))
}

/// Runs a line that the page shows, as a person pastes it; its answer.
async fn paste(tab: &Tab, name: &str, change: impl Fn(String) -> String) -> serde_json::Value {
    let line = change(tab.text(&format!("[data-testid='program-line'][data-name='{name}'] pre")).await);
    let out = Command::new("sh").args(["-c", &line]).output().unwrap();
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{line}\n{text}\n{}", String::from_utf8_lossy(&out.stderr)))
}

fn overwrite(file: &Path, bytes: &[u8]) {
    std::io::Write::write_all(&mut std::fs::File::create(file).unwrap(), bytes).unwrap();
}

#[test]
fn what_a_pasted_line_posts_shows_itself_with_who_posted_it_its_way_and_its_results() {
    if Command::new("curl").arg("--version").output().is_err() {
        return skip("page: a pasted line", "curl is not installed");
    }
    walk("page: a pasted line", async |server, browser| {
        let video = server.clip("walk_in_out.mp4", "o dia d'água.mp4", 60);
        let tab = open(browser, server).await;
        tab.see("tasks-empty", SOON).await;
        tab.select("locale", "pt-BR").await;
        let path = video.display().to_string().replace('\'', r"'\''");
        let posted = paste(&tab, "first", |line| line.replace("/caminho/do/video.mp4", &path)).await;
        let task = posted["task_id"].as_str().unwrap().to_owned();
        tab.see(&row(&task), SOON).await;
        tab.see_no("tasks-empty", SOON).await;
        tab.see(&of(&task, "task-progress"), JOB).await;
        tab.click(&of(&task, "task-main")).await;
        tab.see_text(&of(&task, "task-posted"), "curl/", SOON).await;
        tab.see(&of(&task, "log-line"), SOON).await;
        tab.see_attr(&row(&task), "data-state", "completed", JOB).await;

        let predictions = video.parent().unwrap().join("predictions/o dia d'água_vitpose.json");
        tab.see_text(&of(&task, "task-details"), &predictions.display().to_string(), SOON).await;
        assert!(predictions.is_file());
        for link in ["task-json", "task-video"] {
            let address = tab.attr(&of(&task, link), "href").await.unwrap();
            let status: u16 = tab.eval(&format!("fetch('{address}').then(answer => answer.status)")).await;
            assert_eq!(status, 200, "{address}");
        }
        // The other lines hold as they stand.
        assert_eq!(paste(&tab, "status", |line| line).await["status"], "completed");
        assert_eq!(paste(&tab, "failed", |line| line).await["total_tasks"], 0);
        assert_eq!(paste(&tab, "health", |line| line).await["status"], "healthy");
        let sent = paste(&tab, "upload", |line| line.replace("/caminho/do/video.mp4", &path)).await;
        let sent = sent["task_id"].as_str().unwrap_or_else(|| panic!("{sent}")).to_owned();
        tab.see(&row(&sent), SOON).await;
        // Now the newest, it stands in the lines.
        tab.see_text("[data-testid='program-line'][data-name='cancel'] pre", &sent, SOON).await;
        paste(&tab, "cancel", |line| line).await;
        tab.see_attr(&row(&sent), "data-state", "cancelled", SOON).await;
        paste(&tab, "delete", |line| line.replace(&sent, &task)).await;
        tab.see(&of(&task, "task-forgotten"), SOON).await;
        tab.see_no(&of(&task, "task-json"), SOON).await;
        tab.assert_quiet();
    });
}

#[test]
fn a_task_is_cancelled_and_another_tried_again_from_the_page() {
    walk("page: a task cancelled", async |server, browser| {
        let long = server.clip("walk_in_out.mp4", "long.mp4", 400);
        let short = server.clip("walk_in_out.mp4", "short.mp4", 4);
        let tab = open(browser, server).await;
        let (first, second) = (post(server, &long), post(server, &short));
        tab.see(&of(&first, "task-progress"), JOB).await;
        tab.see_attr(&row(&second), "data-state", "queued", SOON).await;
        // What waits is no video any more when its turn comes.
        let whole = std::fs::read(&short).unwrap();
        overwrite(&short, b"no video");
        tab.click(&of(&first, "task-cancel")).await;
        tab.see_attr(&row(&first), "data-state", "cancelled", SOON).await;
        assert_eq!(status(server, &first)["cancelled"], true);
        tab.see_attr(&row(&second), "data-state", "failed", JOB).await;
        tab.see(&of(&second, "task-failure"), SOON).await;
        tab.click(&of(&second, "task-main")).await;
        tab.see_text(&of(&second, "task-technical"), "short.mp4", SOON).await;
        overwrite(&short, &whole);
        tab.click(&of(&second, "task-continue")).await;
        tab.see_attr(&row(&second), "data-state", "completed", JOB).await;
        // And forgotten, by the API too.
        tab.click(&of(&second, "task-forget")).await;
        tab.see_no(&row(&second), SOON).await;
        tab.assert_quiet();
    });
}

#[test]
fn processar_stays_free_while_tasks_work_and_they_wait_for_it() {
    walk("page: tasks beside Processar", async |server, browser| {
        server.clip("walk_in_out.mp4", "mine.mp4", 300);
        let long = server.clip("walk_in_out.mp4", "long.mp4", 400);
        let page = Processar::open(browser, &server.address).await;
        let first = post(server, &long);
        wait_for(server, &first, JOB, |now| now["progress"]["frames_done"].as_u64() > Some(0));
        page.tab.see_attr("dot-tarefas", "data-state", "busy", SOON).await;
        let of_work = ["stop", "lock-banner", "log-line", "results", "dot-processar"];
        for what in of_work {
            assert_eq!(page.tab.count(what).await, 0, "{what}");
        }
        page.pick(server, &["mine.mp4"]).await;
        page.start().await;
        let second = post(server, &long);
        let tab = open(browser, server).await;
        tab.see_attr("tasks-held", "data-page", "processar", SOON).await;
        tab.see_text("tasks-held", "mine.mp4", SOON).await;
        tab.see_attr(&row(&second), "data-state", "queued", SOON).await;
        assert_eq!((tab.count("lock-banner").await, tab.count("task").await), (0, 2), "a page's job is no task");
        // Whoever works, tasks can be ended.
        tab.click(&of(&first, "task-cancel")).await;
        tab.see_attr(&row(&first), "data-state", "cancelled", SOON).await;
        page.tab.click("stop").await;
        page.video("mine.mp4", "cancelled", SOON).await;
        tab.see_no("tasks-held", SOON).await;
        tab.see_attr(&row(&second), "data-state", "running", JOB).await;
        page.tab.see("start", SOON).await;
        tab.click(&of(&second, "task-cancel")).await;
        tab.see_attr(&row(&second), "data-state", "cancelled", SOON).await;
        tab.assert_quiet();
        page.tab.assert_quiet();
    });
}
