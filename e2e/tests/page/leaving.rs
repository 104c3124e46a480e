//! The browser is closed and opened again, soon and late, with work that is attached to its page and without.

use silhueta_e2e::browser::{find, journey_at};
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Browser, Client, Processar, Server};
use silhueta_shared::protocol::{HelperMessage, JobView};
use silhueta_shared::state::JobState;

use super::JOB;

/// A helper with a grace time of its own.
fn journey(test: &str, grace: &str, walk: impl AsyncFnOnce(&mut Server, &Browser)) {
    let Some((server, chromium)) = Server::start_with(test, &["--grace", grace]).zip(find(test)) else { return };
    journey_at(test, server, &chromium, walk);
}

/// Two videos at work, attached or not, seen by a program that only looks on.
async fn at_work(server: &Server, browser: &Browser, attached: bool) -> (Processar, Client) {
    server.clip("street_720p.mp4", "street.mp4", 100);
    server.clip("crossing_360p.mp4", "later.mp4", 8);
    let page = Processar::open(browser, &server.address).await;
    page.pick(server, &["street.mp4", "later.mp4"]).await;
    page.small_networks().await;
    page.turn("attached-toggle", attached).await;
    let watcher = Client::connect(server).await;
    page.start().await;
    page.stage("track", "now", JOB).await;
    (page, watcher)
}

async fn job(watcher: &mut Client, what: &str, wanted: impl Fn(&JobView) -> bool) -> JobView {
    let found = |message: &HelperMessage| match message {
        HelperMessage::Job(view) if wanted(view) => Some((**view).clone()),
        _ => None,
    };
    watcher.wait_for(what, JOB, found).await
}

async fn reopened(server: &Server, browser: &Browser, page: Processar) -> Processar {
    page.tab.assert_quiet();
    let browser_data = page.tab.close().await;
    let page = Processar { tab: browser.reopen(browser_data, &format!("{}/processar", server.address)).await };
    page.connected().await;
    page
}

#[test]
fn attached_work_stops_after_the_grace_time_and_one_press_continues_it() {
    journey("page: attached, closed for long", "1", async |server, browser| {
        let (page, mut watcher) = at_work(server, browser, true).await;
        let browser_data = page.tab.close().await;
        job(&mut watcher, "the end of the grace time", |view| view.state == JobState::Interrupted).await;
        job(&mut watcher, "the end of what ran", |view| {
            view.state == JobState::Interrupted && view.source.name() == "street.mp4"
        })
        .await;
        let page = Processar { tab: browser.reopen(browser_data, &format!("{}/processar", server.address)).await };
        page.connected().await;
        page.video("street.mp4", "interrupted", SOON).await;
        page.video("later.mp4", "interrupted", SOON).await;
        assert!(page.is_on("attached-toggle").await, "the choice is remembered");
        assert_eq!(page.tab.count("results").await, 0);
        page.tab.click("continue-run").await;
        page.video("street.mp4", "completed", JOB).await;
        page.video("later.mp4", "completed", JOB).await;
        assert_eq!(page.tab.count("unfinished").await, 0);
        page.tab.assert_quiet();
    });
}

#[test]
fn attached_work_goes_on_when_the_browser_is_back_in_time() {
    journey("page: attached, closed for a moment", "600", async |server, browser| {
        let (page, mut watcher) = at_work(server, browser, true).await;
        // A reload is a moment too.
        page.tab.reload().await;
        page.connected().await;
        let page = reopened(server, browser, page).await;
        page.tab.see("stop", SOON).await;
        // The same session: it is its own work, still attached, and no other window's.
        assert!(page.is_on("attached-toggle").await);
        assert_eq!(page.tab.count("owner-note").await, 0);
        let street = |view: &JobView| view.source.name() == "street.mp4" && view.state.has_ended();
        assert_eq!(job(&mut watcher, "its end", street).await.state, JobState::Completed);
        page.video("later.mp4", "completed", JOB).await;
        page.tab.assert_quiet();
    });
}

#[test]
fn detached_work_goes_on_however_long_the_browser_is_closed() {
    journey("page: detached, closed for long", "1", async |server, browser| {
        let (page, mut watcher) = at_work(server, browser, false).await;
        let browser_data = page.tab.close().await;
        // The grace time is over when nobody owns it any more.
        let disowned = job(&mut watcher, "the end of the grace time", |view| view.owner.is_none()).await;
        assert!(!disowned.state.has_ended(), "{disowned:?}");
        let page = Processar { tab: browser.reopen(browser_data, &format!("{}/processar", server.address)).await };
        page.connected().await;
        assert!(!page.is_on("attached-toggle").await);
        page.video("street.mp4", "completed", JOB).await;
        page.video("later.mp4", "completed", JOB).await;
        page.tab.assert_quiet();
    });
}

#[test]
fn detached_work_is_its_owners_again_when_the_browser_is_back_in_time() {
    journey("page: detached, closed for a moment", "600", async |server, browser| {
        let (page, _) = at_work(server, browser, false).await;
        let page = reopened(server, browser, page).await;
        page.tab.see("stop", SOON).await;
        assert_eq!(page.tab.count("owner-note").await, 0);
        // Changed while it runs: the helper says so, and the switch with it.
        let mut watcher = Client::connect(server).await;
        page.turn("attached-toggle", true).await;
        job(&mut watcher, "the tie to the page", |view| view.attached && view.state.is_active()).await;
        page.turn("attached-toggle", false).await;
        job(&mut watcher, "the tie to be loosened", |view| !view.attached && view.state.is_active()).await;
        page.tab.click("stop").await;
        page.video("street.mp4", "cancelled", SOON).await;
        page.tab.assert_quiet();
    });
}
