//! One tab: what a person does with eyes, mouse and keyboard. Everything waits until it can be done, by
//! looking again and again until a deadline.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::browser::BrowserContextId;
use chromiumoxide::cdp::browser_protocol::dom::SetFileInputFilesParams;
use chromiumoxide::cdp::browser_protocol::emulation::{MediaFeature, SetDeviceMetricsOverrideParams};
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::browser_protocol::network::{EventLoadingFailed, EventResponseReceived};
use chromiumoxide::cdp::js_protocol::runtime::{ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::layout::Point;
use chromiumoxide::listeners::EventStream;
use chromiumoxide::page::ScreenshotParams;
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// The longest that the page may take for what should be there soon, on a busy machine.
pub const SOON: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// Where an element can be clicked: its middle, scrolled into view; nothing while it is disabled or covered.
const PLACE: &str = "(element) => {
    if (!element || element.disabled || element.getAttribute('aria-disabled') === 'true') return null;
    const middle = () => {
        const box = element.getBoundingClientRect();
        return [box.x + box.width / 2, box.y + box.height / 2, box.width * box.height];
    };
    const free = () => {
        const [x, y, area] = middle();
        const top = area > 0 ? document.elementFromPoint(x, y) : null;
        return top && element.contains(top) ? [x, y] : null;
    };
    if (!free()) element.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
    return free();
}";

type Errors = Arc<Mutex<Vec<String>>>;

/// A tab of the browser.
#[derive(Clone, Debug)]
pub struct Tab {
    page: Page,
    /// The browser that it belongs to, as far as the page can tell.
    context: BrowserContextId,
    errors: Errors,
}

/// The selector of a test id, or a selector as it is.
fn selector(what: &str) -> String {
    if what.contains(['[', '#', '.', '>', ' ']) { what.to_owned() } else { format!("[data-testid='{what}']") }
}

impl Tab {
    pub(crate) async fn open(page: Page, context: BrowserContextId, url: &str) -> Self {
        let errors = Errors::default();
        page.enable_log().await.expect("the log is on");
        watch::<EventConsoleApiCalled>(&page, &errors, |event| {
            let is_bad = matches!(event.r#type, ConsoleApiCalledType::Error | ConsoleApiCalledType::Warning);
            is_bad.then(|| {
                format!("console: {}", json!(event.args.iter().map(|a| (&a.value, &a.description)).collect::<Vec<_>>()))
            })
        })
        .await;
        watch::<EventExceptionThrown>(&page, &errors, |event| {
            let details = &event.exception_details;
            let what = details.exception.as_ref().and_then(|thrown| thrown.description.clone()).unwrap_or_default();
            Some(format!("exception: {} {what}", details.text))
        })
        .await;
        watch::<EventEntryAdded>(&page, &errors, |event| {
            let entry = &event.entry;
            let is_bad = matches!(entry.level, LogEntryLevel::Error | LogEntryLevel::Warning);
            is_bad.then(|| format!("log: {} {}", entry.text, entry.url.as_deref().unwrap_or_default()))
        })
        .await;
        watch::<EventLoadingFailed>(&page, &errors, |event| {
            // What the page itself broke off is its own business.
            (event.canceled != Some(true)).then(|| format!("request failed: {}", event.error_text))
        })
        .await;
        watch::<EventResponseReceived>(&page, &errors, |event| {
            let response = &event.response;
            (response.status >= 400).then(|| format!("answer {} to {}", response.status, response.url))
        })
        .await;
        let tab = Self { page, context, errors };
        tab.go(url).await;
        tab
    }

    /// Opens an address in this tab.
    pub async fn go(&self, url: &str) {
        self.page.goto(url).await.unwrap_or_else(|error| panic!("{url} opens: {error}"));
    }

    /// Loads the page again.
    pub async fn reload(&self) {
        self.page.reload().await.expect("the page loads again");
    }

    /// The value of a JavaScript expression.
    pub async fn eval<T: DeserializeOwned>(&self, expression: &str) -> T {
        let value = self.page.evaluate_expression(expression).await;
        let value = value.unwrap_or_else(|error| panic!("{expression}: {error}"));
        // Chromium says nothing instead of null.
        let value = value.value().cloned().unwrap_or(Value::Null);
        serde_json::from_value(value).unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    /// Waits until an expression is true.
    pub async fn wait(&self, what: &str, limit: Duration, expression: &str) {
        let end = Instant::now() + limit;
        loop {
            // While a page loads there may be nothing to ask.
            let value = self.page.evaluate_expression(format!("!!({expression})")).await;
            if value.is_ok_and(|value| value.into_value::<bool>().unwrap_or(false)) {
                return;
            }
            assert!(Instant::now() < end, "waited {limit:?} in vain for {what}\n{}", self.state().await);
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Waits until there is such an element.
    pub async fn see(&self, what: &str, limit: Duration) {
        self.wait(what, limit, &format!("document.querySelector({})", json!(selector(what)))).await;
    }

    /// Waits until there is no such element.
    pub async fn see_no(&self, what: &str, limit: Duration) {
        let gone = format!("!document.querySelector({})", json!(selector(what)));
        self.wait(&format!("{what} to be gone"), limit, &gone).await;
    }

    /// Waits until an attribute of an element has this value.
    pub async fn see_attr(&self, what: &str, name: &str, value: &str, limit: Duration) {
        let find = format!(
            "document.querySelector({})?.getAttribute({}) === {}",
            json!(selector(what)),
            json!(name),
            json!(value)
        );
        self.wait(&format!("{what} with {name}={value}"), limit, &find).await;
    }

    /// Waits until the text of an element contains this.
    pub async fn see_text(&self, what: &str, text: &str, limit: Duration) {
        let find = format!("document.querySelector({})?.innerText.includes({})", json!(selector(what)), json!(text));
        self.wait(&format!("{what} with the text {text:?}"), limit, &find).await;
    }

    /// How many such elements there are.
    pub async fn count(&self, what: &str) -> usize {
        self.eval(&format!("document.querySelectorAll({}).length", json!(selector(what)))).await
    }

    /// An attribute of an element that is there.
    pub async fn attr(&self, what: &str, name: &str) -> Option<String> {
        self.eval(&format!("document.querySelector({})?.getAttribute({}) ?? null", json!(selector(what)), json!(name)))
            .await
    }

    /// The text of an element; empty when it isn't there.
    pub async fn text(&self, what: &str) -> String {
        self.eval(&format!("document.querySelector({})?.innerText ?? ''", json!(selector(what)))).await
    }

    /// The value of an input.
    pub async fn value(&self, what: &str) -> String {
        self.eval(&format!("String(document.querySelector({})?.value ?? '')", json!(selector(what)))).await
    }

    /// Clicks with the mouse, once it is there, enabled, and nothing lies over it.
    pub async fn click(&self, what: &str) {
        let place = format!("({PLACE})(document.querySelector({}))", json!(selector(what)));
        let end = Instant::now() + SOON;
        loop {
            let found = self.page.evaluate_expression(place.as_str()).await;
            if let Some([x, y]) = found.ok().and_then(|found| found.into_value::<Option<[f64; 2]>>().ok()).flatten() {
                let clicked = self.page.click(Point::new(x, y)).await;
                clicked.unwrap_or_else(|error| panic!("click on {what}: {error}"));
                return;
            }
            assert!(Instant::now() < end, "{what} can't be clicked\n{}", self.state().await);
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Writes into an input, in place of what was there.
    pub async fn fill(&self, what: &str, text: &str) {
        self.click(what).await;
        self.eval::<Value>(&format!("document.querySelector({}).select?.() ?? null", json!(selector(what)))).await;
        let element = self.page.find_element(selector(what)).await.expect("it is there");
        if text.is_empty() {
            element.press_key("Delete").await.expect("it can be emptied");
        }
        element.type_str(text).await.expect("it can be written into");
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, what: &str, key: &str) {
        let element = self.page.find_element(selector(what)).await.expect("it is there");
        element.focus().await.expect("it takes the focus").press_key(key).await.expect("it takes the key");
    }

    /// Chooses a value of a `<select>`.
    pub async fn select(&self, what: &str, value: &str) {
        let option = format!("{} option[value='{value}']", selector(what));
        self.see(&option, SOON).await;
        self.eval::<Value>(&format!(
            "(() => {{ const e = document.querySelector({}); e.value = {}; \
             e.dispatchEvent(new Event('input', {{bubbles: true}})); e.dispatchEvent(new Event('change', {{bubbles: true}})); return null; }})()",
            json!(selector(what)),
            json!(value)
        ))
        .await;
    }

    /// Gives files to a file input.
    pub async fn give_files(&self, what: &str, files: &[&Path]) {
        self.see(what, SOON).await;
        let element = self.page.find_element(selector(what)).await.expect("it is there");
        let files: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
        let mut params = SetFileInputFilesParams::new(files);
        params.backend_node_id = Some(element.backend_node_id);
        self.page.execute(params).await.expect("it takes files");
    }

    /// Changes the size of the window's inside.
    pub async fn resize(&self, width: i64, height: i64) {
        let params = SetDeviceMetricsOverrideParams::new(width, height, 1.0, false);
        self.page.execute(params).await.expect("the size changes");
    }

    /// What the system asks for: for instance `prefers-color-scheme`, `dark`.
    pub async fn prefer(&self, name: &str, value: &str) {
        let feature = MediaFeature { name: name.to_owned(), value: value.to_owned() };
        self.page.emulate_media_features(vec![feature]).await.expect("the preference is set");
    }

    /// Saves a picture.
    pub async fn picture(&self, file: &Path) {
        self.page.save_screenshot(ScreenshotParams::default(), file).await.expect("a picture is saved");
    }

    /// Panics if the page complained of anything since the last look, but for what contains one of these.
    pub fn assert_quiet_but(&self, expected: &[&str]) {
        let errors = std::mem::take(&mut *self.errors.lock().unwrap_or_else(PoisonError::into_inner));
        let bad: Vec<_> = errors.iter().filter(|error| !expected.iter().any(|known| error.contains(known))).collect();
        assert!(bad.is_empty(), "the page complained: {bad:#?}");
    }

    /// Panics if the page complained of anything since the last look.
    pub fn assert_quiet(&self) {
        self.assert_quiet_but(&[]);
    }

    /// What is to be seen, for messages of failures.
    async fn state(&self) -> String {
        let mut text = String::new();
        let seen = self.page.evaluate_expression("location.pathname + '\\n' + document.body?.innerText").await;
        let seen = seen.ok().and_then(|value| value.into_value::<String>().ok()).unwrap_or_default();
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner).join("\n");
        let _ = write!(text, "── the page shows:\n{seen}\n── it complained of:\n{errors}");
        text
    }

    /// Closes it, as a person does. What it leaves behind is what [`crate::Browser::reopen`] finds.
    pub async fn close(self) -> BrowserContextId {
        self.page.close().await.expect("the tab closes");
        self.context
    }
}

/// Keeps what of the events is a complaint.
async fn watch<E>(page: &Page, errors: &Errors, complaint: impl Fn(&E) -> Option<String> + Send + 'static)
where
    E: chromiumoxide::cdp::IntoEventKind + Send + Sync + Unpin + 'static,
{
    let mut events: EventStream<E> = page.event_listener::<E>().await.expect("events can be listened to");
    let errors = Arc::clone(errors);
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            if let Some(text) = complaint(&event) {
                errors.lock().unwrap_or_else(PoisonError::into_inner).push(text);
            }
        }
    });
}
