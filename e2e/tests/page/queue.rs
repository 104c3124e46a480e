//! The queue on the page: another order, a pause, out of it and back in.

use silhueta_e2e::browser::journey;
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Processar, row};

use super::JOB;

/// The names of the list, from top to bottom.
async fn list(page: &Processar) -> Vec<String> {
    page.tab.eval("[...document.querySelectorAll(\"[data-testid='video-row']\")].map(row => row.dataset.name)").await
}

async fn see_list(page: &Processar, names: &[&str]) {
    let order = format!(
        "JSON.stringify([...document.querySelectorAll(\"[data-testid='video-row']\")].map(row => row.dataset.name)) === {:?}",
        serde_json::to_string(names).unwrap()
    );
    page.tab.wait(&format!("the order {names:?}"), SOON, &order).await;
}

#[test]
fn the_queue_is_moved_by_keyboard_paused_and_left_and_what_was_stopped_goes_on() {
    journey("page: the queue", async |server, browser| {
        server.clip("street_720p.mp4", "a.mp4", 150);
        for name in ["b.mp4", "c.mp4", "d.mp4"] {
            server.clip("crossing_360p.mp4", name, 8);
        }
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["a.mp4", "b.mp4", "c.mp4", "d.mp4"]).await;
        page.small_networks().await;
        page.start().await;
        page.stage("track", "now", JOB).await;
        assert_eq!(list(&page).await, ["a.mp4", "b.mp4", "c.mp4", "d.mp4"]);
        // Up twice without touching the mouse: the button keeps the focus while its row moves.
        let up = format!("{} [data-testid='move-up']", row("d.mp4"));
        page.tab.press(&up, "Enter").await;
        see_list(&page, &["a.mp4", "b.mp4", "d.mp4", "c.mp4"]).await;
        let focused = "document.activeElement?.dataset.testid === 'move-up' && document.activeElement.closest('li').dataset.name === 'd.mp4'";
        page.tab.wait("the focus on the button", SOON, focused).await;
        page.tab.press(&up, "Enter").await;
        see_list(&page, &["a.mp4", "d.mp4", "b.mp4", "c.mp4"]).await;
        // A reload, and another window, see the same order.
        page.tab.reload().await;
        page.connected().await;
        see_list(&page, &["a.mp4", "d.mp4", "b.mp4", "c.mp4"]).await;

        page.tab.click("pause-queue").await;
        page.tab.see_attr("queue-bar", "data-paused", "true", SOON).await;
        let second = Processar::open(browser, &server.address).await;
        second.tab.see_attr("queue-bar", "data-paused", "true", SOON).await;
        see_list(&second, &["a.mp4", "d.mp4", "b.mp4", "c.mp4"]).await;
        assert_eq!(second.tab.count("start").await, 0);
        second.tab.see("owner-note", SOON).await;

        // Out of the queue; then what runs is stopped alone by its end of the run's rest.
        page.tab.click(&format!("{} [data-testid='remove-video']", row("c.mp4"))).await;
        page.video("c.mp4", "cancelled", SOON).await;
        page.tab.click("stop").await;
        for name in ["a.mp4", "b.mp4", "d.mp4"] {
            page.video(name, "cancelled", SOON).await;
        }
        page.tab.see("start", SOON).await;
        assert_eq!(page.tab.count("results").await, 0);

        // Continued as they were, but the queue is paused.
        let of = |name: &str, what: &str| format!("[data-testid='halted'][data-name='{name}'] [data-testid='{what}']");
        page.tab.click(&of("c.mp4", "continue")).await;
        page.video("c.mp4", "queued", SOON).await;
        second.video("c.mp4", "queued", SOON).await;
        second.tab.click("pause-queue").await;
        page.video("c.mp4", "completed", JOB).await;
        page.tab.see_no("queue-bar", SOON).await;
        page.tab.click("continue-run").await;
        for name in ["a.mp4", "d.mp4", "b.mp4"] {
            page.video(name, "completed", JOB).await;
        }
        assert_eq!(page.tab.count("unfinished").await, 0);
        page.tab.assert_quiet();
        second.tab.assert_quiet();
    });
}

#[test]
fn what_was_stopped_says_where_it_goes_on_and_is_forgotten_only_after_a_question() {
    journey("page: unfinished", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 120);
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4"]).await;
        page.small_networks().await;
        page.start().await;
        page.tab.see_attr("stage-pose", "data-state", "now", JOB).await;
        page.tab
            .wait("frames of pose", JOB, "/[1-9]\\d* \\/ /.test(document.querySelector(\"[data-testid='stage-pose'] .stage-frames\")?.innerText ?? '')")
            .await;
        page.tab.click("stop").await;
        page.video("street.mp4", "cancelled", SOON).await;
        page.tab.see_text("kept", "Pose", SOON).await;
        let kept = server.out().join("street/.work");
        assert!(kept.is_dir());
        page.tab.click("remove-job").await;
        page.tab.click("keep").await;
        page.tab.see("continue", SOON).await;
        page.tab.click("retry").await;
        page.stage("track", "now", JOB).await;
        page.tab.click("stop").await;
        page.video("street.mp4", "cancelled", SOON).await;
        page.tab.see("halted", SOON).await;
        page.tab.click("remove-job").await;
        // There may be nothing yet that would be lost: then nothing is asked.
        page.tab
            .wait("a question or the end", SOON, "document.querySelector(\"[data-testid='discard']\") || !document.querySelector(\"[data-testid='halted']\")")
            .await;
        if page.tab.count("discard").await == 1 {
            page.tab.click("discard").await;
        }
        page.tab.see_no("halted", SOON).await;
        // It is in the list as before it was started, and starts from its beginning.
        page.video("street.mp4", "ready", SOON).await;
        assert!(!kept.exists());
        page.tab.see("start", SOON).await;
        page.tab.assert_quiet();
    });
}
