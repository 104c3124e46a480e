//! Videos that are sent to the helper, and networks that are there without any.

use std::io::{Seek as _, SeekFrom, Write as _};

use silhueta_e2e::browser::{find, journey, journey_at};
use silhueta_e2e::tab::SOON;
use silhueta_e2e::{Helper, Processar, Server, row};

use super::JOB;

#[test]
fn a_video_is_sent_worked_through_and_removed() {
    journey("page: upload", async |server, browser| {
        let made = server.clip("crossing_360p.mp4", "made.mp4", 10);
        // Outside of every open folder.
        let sent = server.helper.at("férias na praia.mp4");
        std::fs::rename(made, &sent).unwrap();
        let page = Processar::open(browser, &server.address).await;
        page.tab.give_files("file-input", &[&sent]).await;
        page.tab.see_text(&row("férias na praia.mp4"), "640×360", SOON).await;
        page.small_networks().await;
        page.start().await;
        page.video("férias na praia.mp4", "completed", JOB).await;
        assert!(server.out().join("férias na praia/summary.json").exists());
        // After a reload it is still there.
        page.tab.reload().await;
        page.connected().await;
        page.tab.see(&row("férias na praia.mp4"), SOON).await;
        page.tab.assert_quiet();
    });
}

#[test]
fn an_upload_can_be_cancelled_and_leaves_nothing() {
    journey("page: cancelled upload", async |server, browser| {
        let sent = server.helper.at("large.mp4");
        let mut file = std::fs::File::create(&sent).unwrap();
        // Four gigabytes that take no room here.
        file.seek(SeekFrom::Start(4 << 30)).unwrap();
        file.write_all(b"end").unwrap();
        let page = Processar::open(browser, &server.address).await;
        page.tab.give_files("file-input", &[&sent]).await;
        page.tab.click("cancel-upload").await;
        page.tab.see_no("cancel-upload", SOON).await;
        assert_eq!(page.tab.count(&row("large.mp4")).await, 0);
        let uploads = server.state().join("uploads");
        page.tab.wait("a moment", SOON, "true").await;
        let end = std::time::Instant::now() + SOON;
        while std::fs::read_dir(&uploads).is_ok_and(|mut left| left.next().is_some()) {
            assert!(std::time::Instant::now() < end, "something of it is left in {}", uploads.display());
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        page.tab.assert_quiet_but(&["ERR_ABORTED"]);
    });
}

#[test]
fn what_is_no_video_is_refused_with_a_word() {
    journey("page: refused files", async |server, browser| {
        let notes = server.helper.at("notes.txt");
        std::fs::File::create(&notes).unwrap().write_all(b"notes").unwrap();
        let page = Processar::open(browser, &server.address).await;
        page.tab.give_files("file-input", &[&notes]).await;
        page.tab.wait("a word about it", SOON, "document.body.innerText.includes('notes.txt')").await;
        assert_eq!(page.tab.count(&row("notes.txt")).await, 0);
        page.tab.assert_quiet();
    });
}

#[test]
fn without_models_small_ones_run_and_it_says_so() {
    let test = "page: small networks";
    let Some((helper, chromium)) = Helper::new(test).zip(find(test)) else { return };
    let models = helper.at("models");
    std::fs::create_dir_all(&models).unwrap();
    let server = Server::with(helper, models.clone(), &[]);
    journey_at(test, server, &chromium, async |server, browser| {
        server.clip("crossing_360p.mp4", "crossing.mp4", 8);
        let page = Processar::open(browser, &server.address).await;
        page.tab.see_text("small-networks", "pose_small", SOON).await;
        page.pick(server, &["crossing.mp4"]).await;
        page.start().await;
        page.video("crossing.mp4", "completed", JOB).await;
        page.tab.see("ran-small", SOON).await;

        // Better ones that are put into the folder by hand.
        page.tab.click("nav-modelos").await;
        page.tab.see("large-networks", SOON).await;
        assert_eq!(page.tab.count("[data-id='pose_small'] [data-testid='remove']").await, 0);
        let data = server.helper.data.join("models");
        for name in ["rtmdet_nano", "osnet_x0_25_msmt17", "tinypose_256x192_simcc"] {
            std::fs::copy(data.join(format!("{name}.onnx")), models.join(format!("{name}.onnx"))).unwrap();
        }
        page.tab.click("scan-models").await;
        page.tab.see_no("large-networks", SOON).await;
        page.tab.click("nav-processar").await;
        page.tab.see("results", SOON).await;
        page.tab.see_no("small-networks", SOON).await;
        // Who names a small one gets it, and is told.
        page.tab.select("pose", "pose_small").await;
        page.tab.see_text("small-networks", "pose_small", SOON).await;
        page.tab.assert_quiet();
    });
}
