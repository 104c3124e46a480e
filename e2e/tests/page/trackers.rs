//! Tracker and identities in the settings: chosen, explained, kept, and what the work is done with.

use silhueta_e2e::browser::journey;
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Processar, Server};

use super::JOB;

#[test]
fn tracker_and_identities_are_chosen_kept_and_worked_with() {
    journey("page: trackers", async |server: &mut Server, browser| {
        server.clip("crossing_360p.mp4", "crossing.mp4", 10);
        let page = Processar::open(browser, &server.address).await;
        let tab = &page.tab;
        tab.select("locale", "en").await;
        page.pick(server, &["crossing.mp4"]).await;
        assert_eq!((&*tab.value("tracker").await, &*tab.value("identities").await), ("botsort silhueta", "silhueta"));
        tab.see_text("identities-note", "stays the same person", SOON).await;

        tab.select("tracker", "bytetrack").await;
        tab.select("identities", "neurapose").await;
        tab.see_text("identities-note", "people who stand still are deleted", SOON).await;
        tab.select("identities", "off").await;
        tab.see_text("identities-note", "counts as another", SOON).await;
        tab.wait("the choice to be kept", SOON, "localStorage['silhueta.processar'].includes('bytetrack')").await;
        tab.reload().await;
        page.connected().await;
        assert_eq!((&*tab.value("tracker").await, &*tab.value("identities").await), ("bytetrack", "off"));

        page.small_networks().await;
        page.start().await;
        page.video("crossing.mp4", "completed", JOB).await;
        let summary = std::fs::read_to_string(server.out().join("crossing/summary.json")).unwrap();
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        assert_eq!(summary["settings"]["tracker"], "bytetrack");
        assert_eq!(summary["tracks"], summary["identities"], "every track is a person");
        tab.assert_quiet();
    });
}
