//! The preview: only in pose, only when wanted, and soon when it is.

use std::time::{Duration, Instant};

use silhueta_e2e::Processar;
use silhueta_e2e::browser::journey;
use silhueta_e2e::tab::SOON;

use super::JOB;

#[test]
fn no_picture_before_pose_and_pictures_in_it() {
    journey("page: preview gate", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 60);
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4"]).await;
        page.small_networks().await;
        page.turn("preview-toggle", true).await;
        page.start().await;
        page.tab.see_attr("tile", "data-state", "waiting", SOON).await;
        // Which stages there were when the first picture was painted, noted by the page itself.
        let stages: Vec<String> = page
            .tab
            .eval(
                "new Promise(done => { const look = () => { \
                 if (!(window.silhuetaPreview?.painted > 0)) return requestAnimationFrame(look); \
                 done(['track', 'identify', 'pose'].map(s => document.querySelector(`[data-testid='stage-${s}']`).dataset.state)); }; look(); })",
            )
            .await;
        assert_eq!(stages[..2], ["done", "done"], "{stages:?}");
        assert!(stages[2] != "waiting", "{stages:?}");
        page.tab.see_attr("tile", "data-state", "live", SOON).await;
        // It is really painted: not one colour.
        let colours: usize = page.tab.eval(COLOURS).await;
        assert!(colours > 20, "{colours} colours");
        page.video("street.mp4", "completed", JOB).await;
        page.tab.see_attr("tile", "data-state", "ended", SOON).await;
        let colours: usize = page.tab.eval(COLOURS).await;
        assert!(colours > 20, "the last picture is gone");
        page.tab.assert_quiet();
    });
}

/// Notes when the preview was switched on, when the page next spoke, and when a picture came.
const CLOCKS: &str = "(() => { const now = () => performance.now(); \
    document.querySelector(\"[data-testid='preview-toggle']\").addEventListener('click', () => { \
        window.switchedAt = now(); const send = WebSocket.prototype.send; \
        WebSocket.prototype.send = function (data) { window.sentAt ??= now(); \
            this.addEventListener('message', e => { if (e.data.byteLength > 8000) window.arrivedAt ??= now(); }); \
            return send.call(this, data); }; }, { once: true, capture: true }); return null; })()";

/// How many colours the tile's first canvas shows, on a coarse grid.
const COLOURS: &str = "(() => { const c = document.querySelector(\"[data-testid='tile'] canvas\"); \
    const copy = Object.assign(document.createElement('canvas'), { width: c.width, height: c.height }); \
    const g = copy.getContext('2d', { willReadFrequently: true }); g.drawImage(c, 0, 0); \
    const d = g.getImageData(0, 0, c.width, c.height).data; const seen = new Set(); \
    for (let i = 0; i < d.length; i += 4 * 997) seen.add(d[i] << 16 | d[i + 1] << 8 | d[i + 2]); return seen.size; })()";

#[test]
fn switched_on_in_mid_pose_it_shows_and_switched_off_nothing_is_encoded() {
    journey("page: preview in mid-pose", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 200);
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4"]).await;
        page.small_networks().await;
        page.turn("preview-toggle", false).await;
        page.turn("video-toggle", false).await;
        page.start().await;
        page.tab.see_attr("tile", "data-state", "off", SOON).await;
        page.stage("pose", "now", JOB).await;
        assert_eq!(page.painted().await, 0);

        // The page's own clock: the click, the first word to the helper after it, the first picture's arrival.
        page.tab.eval::<serde_json::Value>(CLOCKS).await;
        let asked = Instant::now();
        page.tab.click("preview-toggle").await;
        page.tab.wait("the first picture", Duration::from_secs(10), "window.silhuetaPreview?.painted > 0").await;
        let waited = asked.elapsed();
        let to_paint: f64 = page.tab.eval("window.silhuetaPreview.paintedAt[0] - window.switchedAt").await;
        let latency: f64 = page.tab.eval("window.silhuetaPreview.latencies[0]").await;
        let [sent, arrived]: [f64; 2] = page.tab.eval("[sentAt - switchedAt, arrivedAt - switchedAt]").await;
        println!(
            "switched on in mid-pose: asked after {sent:.0} ms, picture there after {arrived:.0}, painted after \
             {to_paint:.0} by the page's clock ({waited:.0?} by ours), posed to painted {latency:.0} ms"
        );
        page.tab.wait("five pictures", SOON, "window.silhuetaPreview.painted >= 5").await;

        // Off: what is on its way is all that was encoded.
        page.turn("preview-toggle", false).await;
        page.tab.see_attr("tile", "data-state", "off", SOON).await;
        let painted = page.painted().await;
        let dropped: u64 = page.tab.eval("window.silhuetaPreview.dropped ?? 0").await;
        let stage = page.tab.attr("stage-pose", "data-state").await;
        assert_eq!(stage.as_deref(), Some("now"), "pose was over too soon for this test to say anything");
        page.video("street.mp4", "completed", JOB).await;
        assert_eq!(page.painted().await, painted, "painted after off");
        let summary = server.helper.json(&server.out().join("street/summary.json"));
        let encoded = summary["preview_frames"]["pose"].as_u64().unwrap();
        let pose = summary["stages"].as_array().unwrap().iter().find(|stage| stage["name"] == "pose").unwrap();
        println!("pose took {:.0} ms a frame", 1000.0 / pose["fps"].as_f64().unwrap());
        println!("{painted} painted, {dropped} replaced, {encoded} encoded");
        assert!(
            encoded >= painted && encoded <= painted + dropped + 4,
            "{encoded} encoded, {painted} painted, {dropped} replaced"
        );
        assert_eq!(
            (&summary["preview_frames"]["track"], &summary["preview_frames"]["identify"]),
            (&0.into(), &0.into())
        );
        page.tab.assert_quiet();
    });
}

#[test]
fn the_tiles_switches_and_a_hidden_picture() {
    journey("page: the tile's switches", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 40);
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4"]).await;
        page.small_networks().await;
        page.start().await;
        page.tab.see_attr("tile", "data-state", "live", JOB).await;
        for switch in ["look-boxes", "look-names", "look-skeletons", "look-privacy"] {
            let before = page.tab.attr(switch, "aria-pressed").await.unwrap();
            page.tab.click(switch).await;
            let after = if before == "true" { "false" } else { "true" };
            page.tab.see_attr(switch, "aria-pressed", after, SOON).await;
        }
        // Privacy is on now: the picture itself is not on the screen.
        page.video("street.mp4", "completed", JOB).await;
        let colours: usize = page.tab.eval(COLOURS).await;
        assert!(colours < 20, "{colours} colours of the picture are to be seen");
        page.tab.reload().await;
        page.connected().await;
        page.tab.see_attr("look-privacy", "aria-pressed", "true", SOON).await;
        page.tab.assert_quiet();
    });
}
