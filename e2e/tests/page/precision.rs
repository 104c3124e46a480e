//! The precision in the settings: chosen, explained, kept, refused with the way out, and told with the results.

use silhueta_e2e::browser::{find, journey_at};
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Helper, Processar, Server, models};

use super::JOB;

#[test]
fn a_precision_is_explained_refused_where_it_is_not_to_be_had_and_told_with_the_results() {
    const TEST: &str = "page: precision";
    let Some((helper, chromium)) = Helper::new(TEST).zip(find(TEST)) else { return };
    let folder = models::with_a_copy(&helper);
    let server = Server::with(helper, folder, &[]);
    journey_at(TEST, server, &chromium, async |server, browser| {
        server.clip("crossing_360p.mp4", "crossing.mp4", 10);
        let page = Processar::open(browser, &server.address).await;
        let tab = &page.tab;
        tab.select("locale", "en").await;
        page.pick(server, &["crossing.mp4"]).await;
        assert_eq!(tab.value("precision").await, "auto");
        tab.see_text("precision-note", "As the models are", SOON).await;

        // This machine's processor has no half precision: said before anything is started.
        tab.select("device", "cpu").await;
        tab.select("precision", "fp16").await;
        tab.see_text("precision-note", "fp16 needs TensorRT", SOON).await;
        tab.see("[data-testid='start']:disabled", SOON).await;
        tab.see_text("#start-reason", "fp16", SOON).await;
        // Of these networks none has a copy …
        tab.select("detector", "yolox_nano").await;
        tab.select("precision", "int8").await;
        tab.see_text("precision-note", "silhueta models quantize", SOON).await;
        tab.see("[data-testid='start']:disabled", SOON).await;
        // … and of these one has.
        page.small_networks().await;
        tab.see_text("precision-note", "faster on the CPU", SOON).await;
        tab.see("[data-testid='start']:enabled", SOON).await;
        tab.wait("the choice to be kept", SOON, "localStorage['silhueta.processar'].includes('int8')").await;
        tab.reload().await;
        page.connected().await;
        assert_eq!(tab.value("precision").await, "int8");

        page.start().await;
        assert!(tab.eval::<bool>("document.querySelector(\"[data-testid='precision']\").disabled").await);
        page.video("crossing.mp4", "completed", JOB).await;
        tab.see_text("ran", "CPU · int8 · rtmdet_nano-int8, ", SOON).await;
        tab.assert_quiet();
    });
}
