//! The main job: from the choice of videos to results, with pause, stop and a second browser.

use silhueta_e2e::browser::journey;
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Processar, row};

use super::JOB;

#[test]
fn from_choosing_a_video_to_its_results() {
    journey("page: start to results", async |server, browser| {
        server.clip("crossing_360p.mp4", "Rua à noite.mp4", 30);
        let page = Processar::open(browser, &server.address).await;
        let tab = &page.tab;
        assert!(
            tab.eval::<bool>("document.querySelector(\"[data-testid='start']\").disabled").await,
            "nothing to start"
        );
        page.pick(server, &["Rua à noite.mp4"]).await;
        // What the video is, read by the helper.
        tab.see_text(&row("Rua à noite.mp4"), "640×360", SOON).await;
        page.small_networks().await;
        page.start().await;
        for stage in ["track", "identify", "pose", "export"] {
            page.stage(stage, "done", JOB).await;
        }
        page.video("Rua à noite.mp4", "completed", JOB).await;
        tab.see("results", SOON).await;
        for name in ["overlay.mp4", "pose.json", "tracking.json", "identities.json", "record.parquet", "summary.json"] {
            tab.see(&format!("[data-testid='result-link'][data-name='{name}']"), SOON).await;
        }
        // The links lead to the files.
        let fetched: Vec<(u16, String, u64)> = tab
            .eval(
                "Promise.all([...document.querySelectorAll(\"[data-testid='result-link']\")].map(async a => { \
                 const r = await fetch(a.href); return [r.status, r.headers.get('content-type'), (await r.arrayBuffer()).byteLength]; }))",
            )
            .await;
        assert_eq!(fetched.len(), 6);
        assert!(fetched.iter().all(|(status, _, size)| *status == 200 && *size > 100), "{fetched:?}");
        assert!(fetched.iter().any(|(_, kind, _)| kind == "video/mp4"), "{fetched:?}");
        // The log tells of it, and nothing failed.
        assert!(tab.count("log-line").await >= 5);
        assert_eq!(tab.count("[data-testid='log-line'][data-level='error']").await, 0);
        assert_eq!(tab.count("failure").await, 0);
        // Ready for the next.
        tab.see("start", SOON).await;
        tab.assert_quiet();
        let state = server.helper.json(&server.out().join("Rua à noite/summary.json"));
        assert_eq!(state["state"], "completed");
    });
}

#[test]
fn several_videos_one_after_another_and_a_bad_one_among_them() {
    journey("page: several videos", async |server, browser| {
        server.clip("crossing_360p.mp4", "a.mp4", 10);
        server.clip("jumping_jacks.mp4", "c.mp4", 10);
        let text = server.videos().join("b.mp4");
        std::io::Write::write_all(&mut std::fs::File::create(text).unwrap(), &b"no film\n".repeat(100)).unwrap();
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["a.mp4", "b.mp4", "c.mp4"]).await;
        page.small_networks().await;
        // Taken out again, and back.
        page.tab.click(&format!("{} [data-testid='remove-video']", row("b.mp4"))).await;
        page.tab.see_no(&row("b.mp4"), SOON).await;
        page.pick(server, &["b.mp4"]).await;
        page.start().await;
        page.video("a.mp4", "completed", JOB).await;
        page.video("c.mp4", "completed", JOB).await;
        page.video("b.mp4", "failed", JOB).await;
        page.tab.see("failure", SOON).await;
        assert!(page.tab.text("failure").await.contains("b.mp4"));
        page.tab.see("results", SOON).await;
        page.tab.assert_quiet();
    });
}

#[test]
fn pause_resume_and_stop() {
    journey("page: pause and stop", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 150);
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4"]).await;
        page.small_networks().await;
        page.start().await;
        page.stage("track", "now", JOB).await;
        page.tab.click("pause").await;
        page.video("street.mp4", "paused", SOON).await;
        page.stage("track", "paused", SOON).await;
        page.tab.click("resume").await;
        page.video("street.mp4", "running", SOON).await;
        page.tab.click("stop").await;
        page.video("street.mp4", "cancelled", SOON).await;
        // Free for the next; nothing says that it was done.
        page.tab.see("start", SOON).await;
        assert_eq!(page.tab.count("results").await, 0);
        assert_eq!(page.tab.count("lock-banner").await, 0);
        page.tab.assert_quiet();
    });
}

#[test]
fn a_second_browser_sees_who_works_and_can_start_nothing() {
    journey("page: a second browser", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 150);
        let first = Processar::open(browser, &server.address).await;
        let second = browser.tab(&format!("{}/testes", server.address)).await;
        second.see_attr("connection", "data-state", "online", SOON).await;
        assert_eq!(second.count("lock-banner").await, 0);
        first.pick(server, &["street.mp4"]).await;
        first.small_networks().await;
        first.start().await;
        // On every other page: who works, and on what.
        second.see_text("lock-banner", "street.mp4", SOON).await;
        assert_eq!(second.attr("lock-banner", "data-page").await.as_deref(), Some("processar"));
        second.see_attr("dot-processar", "data-state", "busy", SOON).await;
        for page in ["painel", "ao-vivo", "resultados", "configuracoes"] {
            second.go(&format!("{}/{page}", server.address)).await;
            second.see("lock-banner", SOON).await;
        }
        // On Processar it sees the same work, and no way to start another.
        second.go(&format!("{}/processar", server.address)).await;
        second.see(&row("street.mp4"), SOON).await;
        second.see("stop", SOON).await;
        assert_eq!(second.count("start").await, 0);
        // Everybody may stop it.
        second.click("stop").await;
        first.video("street.mp4", "cancelled", SOON).await;
        second.see("start", SOON).await;
        first.tab.assert_quiet();
        second.assert_quiet();
    });
}
