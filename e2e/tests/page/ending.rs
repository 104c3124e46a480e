//! A worker that hangs under the page, and the page's own way to end the helper.

use std::time::Duration;

use silhueta_e2e::Processar;
use silhueta_e2e::browser::journey;
use silhueta_e2e::server::{GOODBYE, children, is_running, signal};
use silhueta_e2e::tab::SOON;

use super::JOB;

#[test]
fn a_worker_that_hangs_is_shown_and_stopped() {
    journey("page: a hung worker", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 150);
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4"]).await;
        page.small_networks().await;
        page.start().await;
        page.stage("track", "now", JOB).await;
        assert_eq!(page.tab.count("stall").await, 0);
        let workers = children(server.pid());
        workers.iter().for_each(|pid| signal(*pid, "STOP"));
        page.tab.see("stall", SOON).await;
        look(&page, "stall").await;
        // Back to life: the badge goes. And again to death.
        workers.iter().for_each(|pid| signal(*pid, "CONT"));
        page.tab.see_no("stall", SOON).await;
        workers.iter().for_each(|pid| signal(*pid, "STOP"));
        page.tab.click("stop").await;
        page.video("street.mp4", "cancelled", SOON).await;
        assert!(!workers.iter().any(|pid| is_running(*pid)), "the page says stopped and the worker is there");
        page.tab.see("start", SOON).await;
        page.tab.assert_quiet();
    });
}

#[test]
fn the_page_asks_and_then_ends_the_helper() {
    journey("page: shut down", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 150);
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4"]).await;
        page.small_networks().await;
        page.start().await;
        page.stage("track", "now", JOB).await;
        let workers = children(server.pid());
        page.tab.click("nav-configuracoes").await;
        page.tab.click("shut-down-ask").await;
        page.tab.see_text("shut-down", "street.mp4", SOON).await;
        look(&page, "shut-down").await;
        // Not meant: the work goes on.
        page.tab.click("[role='alertdialog'] .button:not(.danger)").await;
        page.tab.see_no("shut-down-yes", SOON).await;
        assert!(server.ended(Duration::from_millis(300)).is_none());
        page.tab.click("shut-down-ask").await;
        page.tab.click("shut-down-yes").await;
        let status = server.ended(GOODBYE).expect("it ends in time");
        assert_eq!(status.code(), Some(0), "{}", server.complaints());
        assert!(!workers.iter().any(|pid| is_running(*pid)), "a worker outlived its helper");
        page.tab.see_attr("connection", "data-state", "closed", SOON).await;
        page.tab.assert_quiet_but(&["WebSocket connection", "ERR_CONNECTION_REFUSED"]);
    });
}

/// Pictures for who wants to look at them, in the folder that `SILHUETA_SHOTS` names.
async fn look(page: &Processar, name: &str) {
    let Some(folder) = std::env::var_os("SILHUETA_SHOTS").map(std::path::PathBuf::from) else { return };
    for (width, height) in [(1440, 900), (390, 844)] {
        page.tab.resize(width, height).await;
        for theme in ["light", "dark"] {
            page.tab.prefer("prefers-color-scheme", theme).await;
            page.tab.picture(&folder.join(format!("{name}-{width}-{theme}.png"))).await;
        }
    }
    page.tab.resize(1280, 800).await;
}
