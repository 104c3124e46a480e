//! The page Modelos: downloads from a server made for the test, files that are brought, models taken away and back.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use silhueta_e2e::browser::{find, journey_at};
use silhueta_e2e::depot::{Answer, Asked, Depot};
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Browser, Helper, Processar, Server, Tab};

use super::JOB;

/// What the server gives: id, family, role, the file of the test data.
const KNOWN: [(&str, &str, &str, &str); 3] = [
    ("finder", "rtmdet", "detector", "rtmdet_nano"),
    ("teller", "osnet", "reid", "osnet_x0_25_msmt17"),
    ("poser", "simcc", "pose", "tinypose_256x192_simcc"),
];
/// Bytes after which the server may fall silent.
const FIRST: usize = 2 << 20;
/// Every value that the bars of a page had, by the model's name.
const WATCH_BARS: &str = "(() => { window.bars = {}; const look = () => document
    .querySelectorAll(\"[data-testid='offer'] [role='progressbar']\").forEach(bar => {
        const all = window.bars[bar.getAttribute('aria-label')] ??= [], now = Number(bar.getAttribute('aria-valuenow'));
        if (all.at(-1) !== now) all.push(now); });
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true }); return null; })()";

/// Walks through the page with a helper of its own: a models folder with copies of these files of the test data, and
/// a server of what is known.
fn walk(
    test: &str,
    there: &[&str],
    plan: impl Fn(&Asked, &[u8]) -> Answer + Send + Sync + 'static,
    journey: impl AsyncFnOnce(&mut Server, &Browser, &Depot),
) {
    let Some((helper, chromium)) = Helper::new(test).zip(find(test)) else { return };
    let data = helper.data.join("models");
    let files =
        KNOWN.map(|(id, _, _, file)| (format!("/{id}.onnx"), fs::read(data.join(format!("{file}.onnx"))).unwrap()));
    let depot = Depot::open(move |asked| {
        let bytes = files.iter().find(|(path, _)| *path == asked.path).map(|(_, bytes)| bytes);
        bytes.map_or_else(|| Answer::status(404), |bytes| plan(asked, bytes))
    });
    let manifest: String = KNOWN
        .iter()
        .map(|(id, family, role, file)| {
            let size = data.join(format!("{file}.onnx")).metadata().unwrap().len();
            let url = format!("{}/{id}.onnx", depot.address);
            let more = if *role == "pose" { "keypoints = \"coco17\"\n" } else { "" };
            format!(
                "[[model]]\nid = \"{id}\"\nfamily = \"{family}\"\nrole = \"{role}\"\nprofile = \"fast\"\nurl = \"{url}\"\n\
                 size = {size}\nsha256 = \"unpinned\"\nlicence = \"Apache-2.0\"\n{more}\n"
            )
        })
        .collect();
    let (models, list) = (helper.at("models"), helper.at("manifest.toml"));
    fs::create_dir_all(&models).unwrap();
    write(&list, manifest.as_bytes());
    for name in there {
        copy(&data.join(format!("{name}.onnx")), &models);
    }
    let list = list.display().to_string();
    let variables = [("SILHUETA_MANIFEST", list.as_str()), ("NO_PROXY", "127.0.0.1")];
    let server = Server::with_variables(helper, models, &[], &variables);
    journey_at(test, server, &chromium, async |server, browser| journey(server, browser, &depot).await);
}

fn write(path: &Path, bytes: &[u8]) {
    std::io::Write::write_all(&mut fs::File::create(path).unwrap(), bytes).unwrap();
}

/// The test data can't be written to, and so can't a plain copy of it.
fn copy(from: &Path, folder: &Path) -> PathBuf {
    let to = folder.join(from.file_name().unwrap());
    write(&to, &fs::read(from).unwrap());
    to
}

async fn open(browser: &Browser, server: &Server) -> Tab {
    let tab = browser.tab(&format!("{}/modelos", server.address)).await;
    tab.see_attr("connection", "data-state", "online", SOON).await;
    tab.see("models-here", SOON).await;
    tab
}

fn model(id: &str) -> String {
    format!("[data-testid='model'][data-id='{id}']")
}

fn offer(id: &str) -> String {
    format!("[data-testid='offer'][data-id='{id}']")
}

fn arrival(name: &str) -> String {
    format!("[data-testid='arrival'][data-name='{name}']")
}

/// All of a file, or its beginning and then silence, until it is asked for the rest.
fn stands_still_once(asked: &Asked, bytes: &[u8]) -> Answer {
    let file = Answer::file(asked, bytes, "v1");
    // Slow enough that what came is told before the silence.
    if asked.from.is_none() { file.cut(FIRST).slow(Duration::from_millis(30)).hang() } else { file }
}

#[test]
fn a_newcomer_gets_larger_networks_with_one_press() {
    let slow = |asked: &Asked, bytes: &[u8]| Answer::file(asked, bytes, "v1").slow(Duration::from_millis(40));
    walk("page: models for a newcomer", &[], slow, async |server, browser, _| {
        server.clip("crossing_360p.mp4", "crossing.mp4", 8);
        let tab = open(browser, server).await;
        tab.see(&model("pose_small"), SOON).await;
        tab.see("large-networks", SOON).await;
        tab.eval::<Value>(WATCH_BARS).await;
        tab.click("fetch-needed").await;
        // How far, while it comes; then it is here, and nothing does better.
        tab.see("[data-testid='wanted'] [data-testid='progress']", SOON).await;
        for (id, ..) in KNOWN {
            tab.see(&model(id), JOB).await;
            tab.see_no(&offer(id), SOON).await;
        }
        tab.see_no("large-networks", SOON).await;
        tab.see_text("models-disk", &server.helper.at("models").display().to_string(), SOON).await;
        let bars: std::collections::BTreeMap<String, Vec<f64>> = tab.eval("window.bars").await;
        assert!(bars.values().any(|seen| seen.len() > 2), "no progress was to be seen: {bars:?}");
        assert!(bars.values().all(|seen| seen.is_sorted()), "progress went back: {bars:?}");
        tab.assert_quiet();
        // They do their work.
        tab.click("nav-processar").await;
        let page = Processar { tab };
        page.pick(server, &["crossing.mp4"]).await;
        page.start().await;
        page.video("crossing.mp4", "completed", JOB).await;
        page.tab.assert_quiet();
    });
}

#[test]
fn a_download_that_stands_still_is_told_cancelled_and_gone_on_with() {
    walk("page: model cancelled and continued", &["rtmdet_nano"], stands_still_once, async |server, browser, depot| {
        let tab = open(browser, server).await;
        let poser = offer("poser");
        let act = format!("{poser} [data-testid='act']");
        tab.click(&act).await;
        tab.see_attr(&format!("{poser} [data-testid='progress']"), "data-stalled", "true", SOON).await;
        // Right after a reload it is seen where it is.
        tab.reload().await;
        tab.see_attr(&poser, "data-state", "running", SOON).await;
        tab.see_attr(&act, "data-act", "cancel", SOON).await;
        let share = tab.attr(&format!("{poser} [role='progressbar']"), "aria-valuenow").await;
        assert!(share.as_deref().is_some_and(|share| share.parse::<u32>().unwrap() >= 20), "{share:?} of what came");
        // Narrow, in every language, nothing is out of reach.
        tab.resize(360, 780).await;
        for locale in ["ru", "en", "pt-BR"] {
            tab.select("locale", locale).await;
            tab.wait("the language", SOON, &format!("document.documentElement.lang === '{locale}'")).await;
            tab.wait("no scrolling sideways", SOON, "document.documentElement.scrollWidth <= innerWidth").await;
        }
        tab.resize(1280, 900).await;

        tab.click(&act).await;
        tab.see(&format!("{poser} [data-testid='kept']"), SOON).await;
        tab.see_attr(&act, "data-act", "goon", SOON).await;
        tab.click(&act).await;
        tab.see(&model("poser"), SOON).await;
        let from = depot.ranges().into_iter().flatten().max();
        assert!(from.is_some_and(|from| from > 0), "it began anew: {:?}", depot.ranges());

        // What is not wanted any more is thrown away, and can be fetched from the beginning.
        let finder = offer("finder");
        tab.click(&format!("{finder} [data-testid='act']")).await;
        tab.see_attr(&finder, "data-state", "running", SOON).await;
        tab.see(&format!("{finder} [role='progressbar'][aria-valuenow]:not([aria-valuenow='0'])"), SOON).await;
        tab.click(&format!("{finder} [data-testid='act']")).await;
        tab.click(&format!("{finder} [data-testid='drop-partial']")).await;
        tab.see_attr(&format!("{finder} [data-testid='act']"), "data-act", "fetch", SOON).await;
        tab.see_no(&format!("{finder} [data-testid='kept']"), SOON).await;
        tab.assert_quiet();
    });
}

#[test]
fn without_a_network_it_says_so_and_offers_to_try_again() {
    walk("page: models without a network", &[], stands_still_once, async |server, browser, depot| {
        let tab = open(browser, server).await;
        let teller = offer("teller");
        // A server that is gone is as far as any other.
        let list = server.helper.at("manifest.toml");
        let text = fs::read_to_string(&list).unwrap().replace(&depot.address, "http://127.0.0.1:1");
        server.interrupt();
        write(&list, text.as_bytes());
        server.restart();
        tab.see_attr("connection", "data-state", "online", SOON).await;
        tab.click(&format!("{teller} [data-testid='act']")).await;
        let failed = format!("{teller} [data-testid='fetch-failed']");
        tab.see_attr(&failed, "data-code", "Offline", JOB).await;
        assert!(tab.text(&failed).await.contains("127.0.0.1"), "{}", tab.text(&failed).await);
        // Who comes later sees it, too, and may try again.
        tab.reload().await;
        tab.see_attr(&failed, "data-code", "Offline", SOON).await;
        tab.see_attr(&format!("{teller} [data-testid='act']"), "data-act", "retry", SOON).await;
        tab.click(&format!("{teller} [data-testid='drop-partial']")).await;
        tab.see_no(&failed, SOON).await;
        tab.assert_quiet_but(&["WebSocket connection", "ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET"]);
    });
}

#[test]
fn a_model_is_taken_away_and_comes_back() {
    let there = ["rtmdet_nano", "osnet_x0_25_msmt17"];
    walk("page: model removed and restored", &there, stands_still_once, async |server, browser, _| {
        let tab = open(browser, server).await;
        let file = server.helper.at("models/rtmdet_nano.onnx");
        let row = model("rtmdet_nano");
        // What is known of it is said beside it.
        tab.click(&format!("{row} [data-testid='verify']")).await;
        tab.see(&format!("{row} [data-testid='verdict']"), SOON).await;
        tab.click("verify-all").await;
        tab.see(&format!("{} [data-testid='verdict']", model("osnet_x0_25_msmt17")), SOON).await;

        tab.click(&format!("{row} [data-testid='remove']")).await;
        tab.see_no(&row, SOON).await;
        assert!(!file.exists());
        tab.see("removed-notice", SOON).await;
        tab.click("undo").await;
        tab.see(&row, SOON).await;
        tab.see_no("removed-notice", SOON).await;
        assert!(file.exists());

        // Later, and after a reload, from the list.
        tab.click(&format!("{row} [data-testid='remove']")).await;
        tab.see("[data-testid='removed'][data-id='rtmdet_nano']", SOON).await;
        tab.reload().await;
        tab.click("[data-testid='removed'][data-id='rtmdet_nano'] [data-testid='restore']").await;
        tab.see(&row, SOON).await;
        tab.see_no("models-removed", SOON).await;
        assert!(file.exists());
        tab.assert_quiet();
    });
}

#[test]
fn a_file_is_brought_replaced_only_after_a_word_and_weights_are_answered() {
    walk("page: model brought", &["rtmdet_nano"], stands_still_once, async |server, browser, _| {
        let data = server.helper.data.join("models");
        let mine = server.helper.at("Minha rede.onnx");
        write(&mine, &fs::read(data.join("osnet_x0_25_msmt17.onnx")).unwrap());
        let tab = open(browser, server).await;
        tab.give_files("model-input", &[&mine]).await;
        tab.see_attr(&arrival("Minha rede.onnx"), "data-state", "done", SOON).await;
        tab.see(&model("Minha rede"), SOON).await;
        tab.assert_quiet();

        // Another file of that name: asked, left alone, asked again, replaced.
        write(&mine, &fs::read(data.join("osnet_x0_5.onnx")).unwrap());
        let stored = server.helper.at("models/Minha rede.onnx");
        let size = |path: &Path| path.metadata().unwrap().len();
        let before = size(&stored);
        tab.give_files("model-input", &[&mine]).await;
        tab.see_attr(&arrival("Minha rede.onnx"), "data-state", "asks", SOON).await;
        tab.click("replace-not").await;
        tab.see_no(&arrival("Minha rede.onnx"), SOON).await;
        assert_eq!(size(&stored), before);
        tab.give_files("model-input", &[&mine]).await;
        tab.click("replace").await;
        tab.see_attr(&arrival("Minha rede.onnx"), "data-state", "done", SOON).await;
        assert_eq!(size(&stored), size(&mine));

        // What is no model, and weights without a network, by a drop.
        let notes = server.helper.at("notas.onnx");
        write(&notes, b"no network");
        tab.give_files("model-input", &[&notes]).await;
        tab.see_attr(&arrival("notas.onnx"), "data-state", "failed", SOON).await;
        tab.eval::<Value>(
            "(() => { const files = new DataTransfer(); files.items.add(new File(['weights'], 'yolo11n.pt'));
             document.querySelector(\"[data-testid='model-drop']\").dispatchEvent(
                 new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true })); return null; })()",
        )
        .await;
        tab.see_attr(&arrival("yolo11n.pt"), "data-state", "checkpoint", SOON).await;
        tab.see_text("export-command", "yolo export model=\"yolo11n.pt\" format=onnx", SOON).await;
        tab.assert_quiet_but(&["answer 400", "answer 409", "status of 400", "status of 409"]);
    });
}

#[test]
fn while_another_page_works_models_can_be_read_and_checked_and_a_download_ended() {
    let there = ["rtmdet_nano", "osnet_x0_25_msmt17", "tinypose_256x192_simcc"];
    walk("page: models are locked", &there, stands_still_once, async |server, browser, _| {
        server.clip("street_720p.mp4", "street.mp4", 150);
        let tab = open(browser, server).await;
        let poser = offer("poser");
        tab.click(&format!("{poser} [data-testid='act']")).await;
        tab.see_attr(&poser, "data-state", "running", SOON).await;
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4"]).await;
        page.start().await;
        tab.see_text("lock-banner", "street.mp4", SOON).await;
        let disabled = "[...document.querySelectorAll(\"[data-testid='remove'], [data-testid='choose-model'], \
             [data-testid='act']:not([data-act='cancel'])\")].every(button => button.disabled)";
        tab.wait("what changes models to be switched off", SOON, disabled).await;
        // Nothing of a drop, either.
        tab.eval::<Value>(
            "(() => { const files = new DataTransfer(); files.items.add(new File(['x'], 'a.onnx'));
             document.querySelector(\"[data-testid='model-drop']\").dispatchEvent(
                 new DragEvent('drop', { dataTransfer: files, bubbles: true, cancelable: true })); return null; })()",
        )
        .await;
        tab.click(&format!("{} [data-testid='verify']", model("rtmdet_nano"))).await;
        tab.see(&format!("{} [data-testid='verdict']", model("rtmdet_nano")), SOON).await;
        assert_eq!(tab.count("arrival").await, 0);
        tab.click(&format!("{poser} [data-testid='act'][data-act='cancel']")).await;
        tab.see(&format!("{poser} [data-testid='kept']"), SOON).await;
        page.tab.click("stop").await;
        page.video("street.mp4", "cancelled", SOON).await;
        // Free again.
        tab.see_no("lock-banner", SOON).await;
        tab.click(&format!("{} [data-testid='remove']", model("rtmdet_nano"))).await;
        tab.see("removed-notice", SOON).await;
        tab.assert_quiet();
        page.tab.assert_quiet();
    });
}
