//! The preview's rules over the socket: only in pose, only what was granted, and no change of results.

use std::time::Instant;

use silhueta_e2e::client::fast;
use silhueta_e2e::{Client, Server};
use silhueta_shared::job::Stage;
use silhueta_shared::protocol::{ClientMessage, HelperMessage, JobId, JobSettings, Page};

use super::{JOB, SOON, connect, wait_for_end};

#[tokio::test]
async fn no_picture_before_pose_none_without_a_grant_none_after_off() {
    let Some(server) = Server::start("socket: preview") else { return };
    let path = server.clip("street_720p.mp4", "street.mp4", 90);
    // One that watches and never grants, one that grants and watches another page: both listen to the end.
    let (mut client, mut idle, mut elsewhere) =
        (connect(&server).await, connect(&server).await, connect(&server).await);
    idle.watch(true).await;
    elsewhere.send(&ClientMessage::Watch { page: Page::AoVivo, on: true }).await;
    elsewhere.grant(2).await;
    let quiet = [idle, elsewhere].map(|mut quiet| {
        tokio::spawn(async move {
            let ended = |message: &HelperMessage| match message {
                HelperMessage::Preview(_) => panic!("a picture for one who didn't ask"),
                HelperMessage::Job(view) if view.state.has_ended() => Some(()),
                _ => None,
            };
            quiet.wait_for("the end", JOB, ended).await;
        })
    });
    client.watch(true).await;
    client.grant(1).await;
    let (_, jobs) = client.start(&[&path], fast()).await;
    let mut stage = None;
    let first = loop {
        match client.next().await {
            HelperMessage::Progress { progress, .. } => stage = Some(progress.stage),
            HelperMessage::Job(view) => {
                stage = view.state.stage().or(stage);
                assert!(!view.state.has_ended(), "no picture came: {view:?}");
            }
            HelperMessage::Preview(frame) => break frame,
            _ => {}
        }
    };
    assert_eq!(stage, Some(Stage::Pose), "a picture before pose");
    assert_eq!((first.job, first.seq, first.source_size), (jobs[0], 1, [1280, 720]));
    assert_eq!(first.size, [960, 540]);
    assert!(first.jpeg.starts_with(b"\xff\xd8") && first.jpeg.ends_with(b"\xff\xd9"), "no JPEG");
    assert!(first.people.len() >= 5, "{} people", first.people.len());
    assert!(first.people.iter().all(|person| person.keypoints.len() == 17));

    // One grant, one picture: then none while ten frames more are posed.
    let before = posed(&mut client, jobs[0]).await;
    let none = |message: &HelperMessage| match message {
        HelperMessage::Preview(frame) => panic!("picture {} was not granted", frame.seq),
        HelperMessage::Progress { progress, .. } => (progress.done >= before + 10).then_some(()),
        _ => None,
    };
    client.wait_for("ten frames more", JOB, none).await;

    // Granted one after another: numbers without a gap, frames that rise.
    let (mut last, mut frame) = (first.frame, 0);
    let mut waits = Vec::new();
    for seq in 2..=6 {
        let granted = Instant::now();
        client.grant(1).await;
        let next = client.picture(SOON).await;
        waits.push(granted.elapsed().as_millis());
        assert_eq!(next.seq, seq);
        assert!(next.frame > last);
        (last, frame) = (next.frame, next.frame);
    }
    // Off: nothing more, though there was a grant.
    client.grant(2).await;
    client.watch(false).await;
    let end = loop {
        match client.next().await {
            HelperMessage::Job(view) if view.id == jobs[0] && view.state.has_ended() => break view,
            HelperMessage::Preview(late) => assert!(late.seq <= 8, "picture {} after off", late.seq),
            _ => {}
        }
    };
    let results = end.results.expect("results");
    let pose = end.stages.iter().find(|stage| stage.stage == Stage::Pose).expect("pose");
    println!("grant to picture {waits:?} ms; pose takes {:.0} ms a frame", 1000.0 / pose.fps);
    println!("encoded {} pictures, off at frame {frame} of 90", results.preview_frames);
    // Six were taken, two granted before off may have been made.
    assert!((6..=9).contains(&results.preview_frames), "{} were encoded", results.preview_frames);
    let summary = server.helper.json(&server.out().join("street/summary.json"));
    assert_eq!(summary["preview_frames"]["pose"], results.preview_frames);
    assert_eq!((&summary["preview_frames"]["track"], &summary["preview_frames"]["identify"]), (&0.into(), &0.into()));
    for quiet in quiet {
        quiet.await.unwrap();
    }
}

/// The next progress of pose.
async fn posed(client: &mut Client, job: JobId) -> u64 {
    let done = |message: &HelperMessage| match message {
        HelperMessage::Progress { job: of, progress } if *of == job && progress.stage == Stage::Pose => {
            Some(progress.done)
        }
        _ => None,
    };
    client.wait_for("progress of pose", SOON, done).await
}

#[tokio::test]
async fn the_same_bytes_come_out_with_and_without_a_viewer() {
    let Some(server) = Server::start("socket: same bytes") else { return };
    let path = server.clip("crossing_360p.mp4", "crossing.mp4", 40);
    let mut client = connect(&server).await;
    let again = JobSettings { again: true, ..fast() };
    let (_, jobs) = client.start(&[&path], again.clone()).await;
    assert_eq!(wait_for_end(&mut client, jobs[0]).await.results.unwrap().preview_frames, 0);
    let folder = server.out().join("crossing");
    let files = ["pose.json", "tracking.json", "record.parquet"];
    let plain = files.map(|name| std::fs::read(folder.join(name)).unwrap());
    client.watch(true).await;
    client.grant(2).await;
    let (_, jobs) = client.start(&[&path], again).await;
    let mut seen = 0;
    let end = loop {
        match client.next().await {
            HelperMessage::Preview(_) => {
                seen += 1;
                client.grant(1).await;
            }
            HelperMessage::Job(view) if view.id == jobs[0] && view.state.has_ended() => break view,
            _ => {}
        }
    };
    let made = end.results.unwrap().preview_frames;
    assert!(seen >= 1 && made >= seen, "{seen} seen, {made} made");
    for (name, before) in files.iter().zip(plain) {
        assert!(std::fs::read(folder.join(name)).unwrap() == before, "{name} differs with a viewer");
    }
}
