//! What the preview costs and how quick it is: `cargo xtask soak`. Figures are printed; a slow machine is no
//! failure, a broken rule is.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

use std::path::Path;
use std::time::Duration;

use silhueta_e2e::browser::journey;
use silhueta_e2e::client::fast;
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Client, Processar, Server, Tab};
use silhueta_shared::job::Stage;
use silhueta_shared::protocol::{HelperMessage, JobSettings};

const LONG: Duration = Duration::from_secs(900);
/// How long the preview is looked at: 30 s in four windows.
const WINDOW: Duration = Duration::from_millis(7500);

fn load() -> String {
    std::fs::read_to_string("/proc/loadavg").unwrap_or_default().split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// What the tile counted over a while.
async fn measure(tab: &Tab) -> (f64, Vec<f64>, u64) {
    let counted = "[silhuetaPreview.painted, silhuetaPreview.dropped, performance.now()]";
    let before: [f64; 3] = tab.eval(counted).await;
    tokio::time::sleep(WINDOW).await;
    let after: [f64; 3] = tab.eval(counted).await;
    let since = before[2];
    let latencies = format!(
        "silhuetaPreview.latencies.filter((_, i, all) => \
         silhuetaPreview.paintedAt[silhuetaPreview.paintedAt.length - all.length + i] > {since})"
    );
    let mut latencies: Vec<f64> = tab.eval(&latencies).await;
    latencies.sort_by(f64::total_cmp);
    let rate = (after[0] - before[0]) * 1000.0 / (after[2] - before[2]);
    (rate, latencies, (after[1] - before[1]) as u64)
}

fn say(what: &str, (rate, latencies, dropped): &(f64, Vec<f64>, u64)) {
    let at = |share: f64| latencies.get(((latencies.len() as f64 - 1.0) * share) as usize).copied().unwrap_or(f64::NAN);
    let (p50, p95) = (at(0.5), at(0.95));
    println!(
        "{what:<44} {rate:5.1} painted a second, posed to painted p50 {p50:.0} ms, p95 {p95:.0} ms, {dropped} dropped, load {}",
        load()
    );
}

#[test]
fn thirty_seconds_of_preview_and_a_stalled_second_client() {
    journey("soak: preview", async |server, browser| {
        server.clip("street_720p.mp4", "street.mp4", 600);
        let page = Processar::open(browser, &server.address).await;
        page.pick(server, &["street.mp4"]).await;
        page.small_networks().await;
        page.turn("video-toggle", false).await;
        page.turn("preview-toggle", true).await;
        page.start().await;
        page.tab.see_attr("tile", "data-state", "live", LONG).await;
        // Alone, beside, beside, alone: what the video itself does to the rate weighs on both alike.
        let (mut alone, mut beside) = (Vec::new(), Vec::new());
        for others in [false, true, true, false] {
            // One that asks for pictures and never reads, and one that grants without end and never reads.
            let mut clients = Vec::new();
            for grants in if others { &[2, 1000][..] } else { &[] } {
                let mut client = Client::connect(server).await;
                client.watch(true).await;
                client.grant(*grants).await;
                clients.push(client);
            }
            let window = measure(&page.tab).await;
            say(if others { "with two that never read" } else { "one page, 720p" }, &window);
            if others { &mut beside } else { &mut alone }.push(window.0);
        }
        assert!(page.tab.attr("stage-pose", "data-state").await.as_deref() == Some("now"), "pose was over too soon");
        let (alone, beside): (f64, f64) = (alone.iter().sum(), beside.iter().sum());
        println!("with them / alone: {:.2}", beside / alone);
        assert!(beside > 0.0, "a stalled client stops the others");
        page.tab.click("stop").await;
        page.video("street.mp4", "cancelled", SOON).await;
        page.tab.assert_quiet();
    });
}

#[tokio::test]
async fn the_jobs_speed_with_preview_on_against_off() {
    let Some(server) = Server::start("soak: cost of the preview") else { return };
    let path = server.clip("street_720p.mp4", "street.mp4", 90);
    let (mut off, mut on) = (Vec::new(), Vec::new());
    // Alternating, so that both see the same machine.
    for round in 0..3 {
        for is_on in [round % 2 == 0, round % 2 != 0] {
            let (fps, pictures) = pose_speed(&server, &path, is_on).await;
            println!(
                "preview {:<4} {fps:6.2} frames a second in pose, {pictures} pictures, load {}",
                if is_on { "on" } else { "off" },
                load()
            );
            assert_eq!(pictures > 0, is_on);
            if is_on { &mut on } else { &mut off }.push(fps);
        }
    }
    for speeds in [&mut off, &mut on] {
        speeds.sort_by(f64::total_cmp);
    }
    println!("pose with preview on / off: {:.3} (medians {:.2} / {:.2})", on[1] / off[1], on[1], off[1]);
}

/// Frames a second of pose, and how many pictures were encoded meanwhile.
async fn pose_speed(server: &Server, path: &Path, is_on: bool) -> (f64, u64) {
    let mut client = Client::connect(server).await;
    if client.snapshot.models.models.is_empty() {
        let found = |message: &HelperMessage| matches!(message, HelperMessage::Models(_)).then_some(());
        client.wait_for("the models", SOON, found).await;
    }
    client.watch(is_on).await;
    client.grant(if is_on { 2 } else { 0 }).await;
    let (_, jobs) = client.start(&[path], JobSettings { again: true, ..fast() }).await;
    let end = loop {
        match client.next().await {
            // As fast as a page could ever be.
            HelperMessage::Preview(_) => client.grant(1).await,
            HelperMessage::Job(view) if view.id == jobs[0] && view.state.has_ended() => break view,
            _ => {}
        }
    };
    let summary = server.helper.json(&server.out().join("street/summary.json"));
    let stages = summary["stages"].as_array().unwrap();
    let pose = stages.iter().find(|stage| stage["name"] == Stage::Pose.name()).unwrap();
    (pose["fps"].as_f64().unwrap(), end.results.unwrap().preview_frames)
}
