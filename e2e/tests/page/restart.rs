//! What a reload, a return, and the end of the helper leave as it was.

use silhueta_e2e::browser::journey;
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Processar, row};

use super::JOB;

#[test]
fn a_reload_in_mid_job_brings_everything_back() {
    journey("page: reload", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 150);
        server.clip("crossing_360p.mp4", "later.mp4", 10);
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4", "later.mp4"]).await;
        page.small_networks().await;
        page.tab.select("fps", "15").await;
        page.turn("preview-toggle", false).await;
        page.turn("video-toggle", false).await;
        page.start().await;
        page.stage("track", "now", JOB).await;
        page.tab.see("log-line", SOON).await;
        let first_line = page.tab.text("log-line").await;

        page.tab.reload().await;
        page.connected().await;
        page.tab.see(&row("street.mp4"), SOON).await;
        page.tab.see(&row("later.mp4"), SOON).await;
        assert_eq!(page.tab.value("detector").await, "rtmdet_nano");
        assert_eq!(page.tab.value("fps").await, "15");
        assert!(!page.is_on("preview-toggle").await && !page.is_on("video-toggle").await);
        page.video("later.mp4", "queued", SOON).await;
        page.tab.see("stop", SOON).await;
        // At the stage where it is, and it goes on.
        page.tab
            .wait("a stage at work", SOON, "document.querySelector(\"[data-testid^='stage-'][data-state='now']\")")
            .await;
        page.tab.see_text("log-line", &first_line, SOON).await;

        // Away to another page of the app and back: the same.
        page.tab.click("nav-painel").await;
        page.tab.see_no("stop", SOON).await;
        page.tab.click("nav-processar").await;
        page.tab.see(&row("street.mp4"), SOON).await;
        assert_eq!(page.tab.value("fps").await, "15");
        page.tab.click("stop").await;
        page.video("street.mp4", "cancelled", SOON).await;
        page.video("later.mp4", "cancelled", SOON).await;
        // And after it has ended, inputs are still those.
        page.tab.reload().await;
        page.connected().await;
        page.tab.see(&row("later.mp4"), SOON).await;
        assert_eq!(page.tab.value("detector").await, "rtmdet_nano");
        page.tab.assert_quiet();
    });
}

#[test]
fn the_helper_ends_and_comes_back_under_an_open_page() {
    journey("page: restart of the helper", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 150);
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4"]).await;
        page.small_networks().await;
        page.turn("again-toggle", true).await;
        for violently in [false, true] {
            page.start().await;
            page.stage("track", "now", JOB).await;
            if violently {
                server.kill();
            } else {
                server.interrupt();
            }
            page.tab.wait(
                "the page to say that the helper is away",
                SOON,
                "['offline', 'connecting', 'closed'].includes(document.querySelector(\"[data-testid='connection']\").dataset.state)",
            )
            .await;
            // Nothing is lost while it is away.
            assert_eq!(page.tab.count(&row("street.mp4")).await, 1);
            server.restart();
            page.connected().await;
            page.video("street.mp4", "interrupted", SOON).await;
            assert_eq!(page.tab.value("detector").await, "rtmdet_nano");
            assert!(page.is_on("again-toggle").await);
            page.tab.see("start", SOON).await;
        }
        // One press, and what was killed goes on to its end.
        page.tab.click("[data-testid='halted'][data-name='street.mp4'] [data-testid='continue']").await;
        page.video("street.mp4", "completed", JOB).await;
        page.tab.see("results", SOON).await;
        assert_eq!(page.tab.count("unfinished").await, 0);
        // A socket that can't be opened is all that it may complain of.
        page.tab.assert_quiet_but(&[
            "WebSocket connection",
            "ERR_CONNECTION_REFUSED",
            "ERR_CONNECTION_RESET",
            "ERR_EMPTY_RESPONSE",
        ]);
    });
}
