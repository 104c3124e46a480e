//! Headless Chromium with a profile of its own. Each tab is a browser of its own to the page: other storage,
//! other cookies. What a tab complains of is kept; a failed journey leaves a picture of every tab.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chromiumoxide::browser::{Browser as Chromium, BrowserConfig};
use chromiumoxide::cdp::browser_protocol::browser::BrowserContextId;
use chromiumoxide::cdp::browser_protocol::target::{CreateBrowserContextParams, CreateTargetParams};
use chromiumoxide::page::ScreenshotParams;
use futures_util::{FutureExt as _, StreamExt as _};

use crate::{Server, Tab, skip};

/// Flags beside those that the driver sets.
const FLAGS: [&str; 6] = [
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
];

/// A running Chromium.
#[derive(Debug)]
pub struct Browser {
    chromium: Chromium,
    test: String,
    tabs: Mutex<Vec<chromiumoxide::Page>>,
    /// Gone with the browser.
    _profile: tempfile::TempDir,
}

/// Runs a journey through the page: a helper, a browser, and pictures if it fails. Skipped, aloud, where
/// something is missing.
pub fn journey(test: &str, walk: impl AsyncFnOnce(&mut Server, &Browser)) {
    let Some((server, chromium)) = Server::start(test).zip(find(test)) else { return };
    journey_at(test, server, &chromium, walk);
}

/// The same with a helper that was started in its own way.
pub fn journey_at(test: &str, mut server: Server, chromium: &Path, walk: impl AsyncFnOnce(&mut Server, &Browser)) {
    browse(test, chromium, async |browser| walk(&mut server, browser).await);
}

/// The same with no helper: the test brings what the page talks to.
pub fn journey_alone(test: &str, walk: impl AsyncFnOnce(&Browser)) {
    if let Some(chromium) = find(test) {
        browse(test, &chromium, walk);
    }
}

fn browse(test: &str, chromium: &Path, walk: impl AsyncFnOnce(&Browser)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let browser = Browser::launch(test, chromium).await;
        let walked = AssertUnwindSafe(walk(&browser)).catch_unwind().await;
        if let Err(panic) = walked {
            browser.picture_all().await;
            std::panic::resume_unwind(panic);
        }
    });
}

/// Chromium's program and the built page; `None`, said aloud, without one of them.
pub fn find(test: &str) -> Option<PathBuf> {
    let page = std::env::var_os("SILHUETA_PAGE").map(PathBuf::from);
    if !page.is_some_and(|folder| folder.join("index.html").is_file()) {
        skip(test, "SILHUETA_PAGE names no built page: `cargo xtask test` builds it");
        return None;
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let programs = std::env::split_paths(&folders).flat_map(|at| ["chromium", "chromium-browser"].map(|n| at.join(n)));
    let found = programs.into_iter().find(|program| program.is_file());
    if found.is_none() {
        skip(test, "there is no chromium: `cargo xtask test` installs it");
    }
    found
}

impl Browser {
    async fn launch(test: &str, chromium: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a temporary folder");
        let config = BrowserConfig::builder()
            .chrome_executable(chromium)
            .user_data_dir(profile.path())
            .no_sandbox()
            .new_headless_mode()
            .viewport(None)
            .window_size(1280, 900)
            .request_timeout(Duration::from_secs(60))
            .args(FLAGS)
            // A name that an attacker would point at this machine.
            .arg(("host-resolver-rules", "MAP evil.example 127.0.0.1"))
            .build()
            .expect("a configuration of Chromium");
        let (chromium, mut handler) = Chromium::launch(config).await.expect("Chromium starts");
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        Self { chromium, test: test.to_owned(), tabs: Mutex::default(), _profile: profile }
    }

    /// Opens an address in a context of its own.
    pub async fn tab(&self, url: &str) -> Tab {
        let context = self.chromium.create_browser_context(CreateBrowserContextParams::default()).await;
        self.reopen(context.expect("a browser context"), url).await
    }

    /// Opens an address in the context of a tab that was closed, as a person opens the browser again.
    pub async fn reopen(&self, context: BrowserContextId, url: &str) -> Tab {
        let mut blank = CreateTargetParams::new("about:blank");
        blank.browser_context_id = Some(context.clone());
        let page = self.chromium.new_page(blank).await.expect("a tab");
        self.tabs.lock().unwrap_or_else(PoisonError::into_inner).push(page.clone());
        Tab::open(page, context, url).await
    }

    /// Pictures of all tabs in `target/e2e-failures/`.
    async fn picture_all(&self) {
        let folder = failures();
        let tabs = self.tabs.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (n, page) in tabs.iter().enumerate() {
            let file = folder.join(format!("{}-{n}.png", self.test.replace([' ', ':'], "-")));
            let saved = page.save_screenshot(ScreenshotParams::default(), &file).await;
            match saved {
                Ok(_) => eprintln!("picture of the failure: {}", file.display()),
                Err(error) => eprintln!("no picture of the failure: {error}"),
            }
        }
    }
}

/// The folder for pictures of failures.
fn failures() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let target = target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"));
    let folder = target.join("e2e-failures");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}
