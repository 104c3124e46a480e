//! `--auth token` as a person meets it: the address that was opened lets in once, others type the token.

use std::time::{Duration, Instant};

use silhueta_e2e::browser::{find, journey_at};
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Helper, Server};

#[test]
fn the_opened_address_lets_in_once_and_the_token_lets_in_too() {
    let test = "page: access";
    let Some((helper, chromium)) = Helper::new(test).zip(find(test)) else { return };
    let models = helper.data.join("models");
    let server = Server::with(helper, models, &["--auth", "token"]);
    journey_at(test, server, &chromium, async |server, browser| {
        let end = Instant::now() + Duration::from_secs(10);
        while !server.complaints().contains("#code=") {
            assert!(Instant::now() < end, "no address was told:\n{}", server.complaints());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let said = server.complaints();
        let url = said.split_whitespace().find(|word| word.contains("#code=")).unwrap().to_owned();
        let first = browser.tab(&url).await;
        first.see_attr("connection", "data-state", "online", SOON).await;
        // No trace of the code is left in the address, and scripts see no cookie.
        assert_eq!(first.eval::<String>("location.hash + document.cookie").await, "");
        first.reload().await;
        first.see_attr("connection", "data-state", "online", SOON).await;
        first.assert_quiet_but(&["401", "HTTP Authentication failed"]);

        // Another browser with the same address comes too late.
        let second = browser.tab(&url).await;
        second.see("access-form", SOON).await;
        let start = "document.querySelector(\"[data-testid='start']\")?.checkVisibility() ?? false";
        assert!(!second.eval::<bool>(start).await, "the page is to be seen behind the form");
        second.fill("[data-testid='access-form'] input", "a guess").await;
        second.click("[data-testid='access-form'] button").await;
        second.see("[data-testid='access-form'] [aria-invalid]", SOON).await;
        let token = std::fs::read_to_string(server.state().join("token")).unwrap();
        second.fill("[data-testid='access-form'] input", token.trim()).await;
        second.click("[data-testid='access-form'] button").await;
        second.see_attr("connection", "data-state", "online", SOON).await;
        second.see_no("access-form", SOON).await;
        second.assert_quiet_but(&["401", "HTTP Authentication failed"]);
    });
}
