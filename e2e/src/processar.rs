//! The page Processar as a person uses it.

use std::time::Duration;

use crate::tab::SOON;
use crate::{Browser, Server, Tab};

/// The page in a tab.
#[derive(Clone, Debug)]
pub struct Processar {
    /// For what is not of this page alone.
    pub tab: Tab,
}

impl Processar {
    /// Opens it and waits until it is connected and knows its models.
    pub async fn open(browser: &Browser, address: &str) -> Self {
        let page = Self { tab: browser.tab(&format!("{address}/processar")).await };
        page.connected().await;
        page
    }

    /// Waits until it is connected.
    pub async fn connected(&self) {
        self.tab.see_attr("connection", "data-state", "online", SOON).await;
    }

    /// Chooses videos in the folder that is open from the start.
    pub async fn pick(&self, server: &Server, names: &[&str]) {
        self.tab.click("open-folder").await;
        self.tab.see("[data-testid='picker'][open]", SOON).await;
        let root = format!("[data-testid='picker-root'][data-path='{}']", server.videos().display());
        self.tab.click(&root).await;
        for name in names {
            let entry = format!("[data-testid='picker-entry'][data-name='{name}']");
            self.tab.click(&entry).await;
        }
        self.tab.click("picker-choose").await;
        self.tab.see_no("[data-testid='picker'][open]", SOON).await;
        for name in names {
            self.tab.see(&row(name), SOON).await;
        }
    }

    /// Chooses the small networks.
    pub async fn small_networks(&self) {
        self.tab.select("detector", "rtmdet_nano").await;
    }

    /// Presses start and waits for the run.
    pub async fn start(&self) {
        self.tab.click("start").await;
        self.tab.see("stop", SOON).await;
    }

    /// Waits until a stage stands so.
    pub async fn stage(&self, name: &str, state: &str, limit: Duration) {
        self.tab.see_attr(&format!("stage-{name}"), "data-state", state, limit).await;
    }

    /// Waits until a video stands so.
    pub async fn video(&self, name: &str, state: &str, limit: Duration) {
        self.tab.see_attr(&row(name), "data-state", state, limit).await;
    }

    /// Whether a switch is on.
    pub async fn is_on(&self, switch: &str) -> bool {
        self.tab.attr(switch, "aria-checked").await.as_deref() == Some("true")
    }

    /// Turns a switch to where it should be.
    pub async fn turn(&self, switch: &str, on: bool) {
        self.tab.see(switch, SOON).await;
        if self.is_on(switch).await != on {
            self.tab.click(switch).await;
        }
        self.tab.see_attr(switch, "aria-checked", if on { "true" } else { "false" }, SOON).await;
    }

    /// Preview pictures that were painted since the page was loaded.
    pub async fn painted(&self) -> u64 {
        self.tab.eval("window.silhuetaPreview?.painted ?? 0").await
    }
}

/// The selector of a video's row.
pub fn row(name: &str) -> String {
    format!("[data-testid='video-row'][data-name='{name}']")
}
