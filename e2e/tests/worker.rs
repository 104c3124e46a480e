//! The real worker over its pipe: preview, pause, stop and inspection.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use silhueta_e2e::video::make_from;
use silhueta_e2e::worker::{Worker, brief, is_last, job};
use silhueta_e2e::{Helper, onnx};
use silhueta_shared::job::{JobSpec, Stage};
use silhueta_shared::notice::Notice;
use silhueta_shared::summary::Summary;
use silhueta_shared::worker::{Command, Event, Picture, PreviewWish};

/// The first frames of a real clip, as a file of its own.
fn clip(helper: &Helper, name: &str, frames: u32) -> PathBuf {
    let out = helper.at(name);
    let source = helper.data.join("clips").join(name);
    let words = format!("-i {{0}} -frames:v {frames} -c:v libx264 -preset veryfast -crf 16 -pix_fmt yuv420p -an");
    make_from(&[&source], &out, &words);
    out
}

fn wish(plain: u8, drawn: u8) -> Command {
    Command::Preview(PreviewWish { plain, drawn })
}

fn summary(events: &[Event]) -> &Summary {
    match events.last() {
        Some(Event::Done(summary)) => summary,
        _ => panic!("the job is not done: {:?}", brief(events)),
    }
}

fn pictures(events: &[Event]) -> Vec<&Picture> {
    let pictures =
        events.iter().filter_map(|event| if let Event::Preview(picture) = event { Some(&**picture) } else { None });
    pictures.collect()
}

/// Runs a job to its end, with something to say at the first frame of each event.
fn work(helper: &Helper, spec: JobSpec, mut at: impl FnMut(&Event, &mut Worker)) -> Vec<Event> {
    let (mut worker, mut events) = (Worker::start(helper), Vec::new());
    worker.send(&Command::Run(Box::new(spec)));
    loop {
        let event = worker.next();
        let last = is_last(&event);
        at(&event, &mut worker);
        events.push(event);
        if last {
            assert_eq!(worker.exit(), Some(0));
            return events;
        }
    }
}

/// What a job must make the same whatever else happens.
fn results(spec: &JobSpec) -> Vec<Vec<u8>> {
    let read = |name: &str| std::fs::read(Path::new(&spec.out_dir).join(name)).unwrap();
    ["record.parquet", "pose.json", "tracking.json"].map(read).into()
}

/// Stage of the last progress told before each picture.
fn stages_of_pictures(events: &[Event]) -> Vec<Option<(Stage, bool)>> {
    let (mut now, mut stages) = (None, Vec::new());
    for event in events {
        match event {
            Event::Progress(progress) => now = Some((progress.stage, progress.ended)),
            Event::Preview(_) => stages.push(now),
            _ => {}
        }
    }
    stages
}

#[test]
fn pictures_come_in_pose_only_and_as_many_as_were_wished_for() {
    let Some(helper) = Helper::new("worker: preview") else { return };
    let source = clip(&helper, "street_720p.mp4", 40);
    let spec = job(&helper, &source, "out");
    // Wished for long before there is anything to see.
    let mut said = false;
    let events = work(&helper, spec, |_, worker| {
        if !std::mem::replace(&mut said, true) {
            worker.send(&wish(2, 1));
        }
    });
    let (done, pictures) = (summary(&events), pictures(&events));
    assert_eq!(stages_of_pictures(&events), vec![Some((Stage::Pose, false)); pictures.len()]);
    assert_eq!(pictures.iter().filter(|p| p.jpeg.is_some()).count(), 2);
    assert_eq!(pictures.iter().filter(|p| p.drawn.is_some()).count(), 1);
    // One that a newer picture replaced on its way is made up for.
    let encoded = done.preview_frames;
    assert!(encoded.track == 0 && encoded.identify == 0 && (3..=5).contains(&encoded.pose), "{encoded:?}");

    let first = pictures[0];
    assert_eq!((first.source_size, first.size), ([1280, 720], [960, 540]));
    assert!(first.jpeg.as_ref().unwrap().starts_with(&[0xff, 0xd8, 0xff]));
    let both = pictures.iter().find(|p| p.drawn.is_some()).unwrap();
    assert_ne!(both.jpeg, both.drawn, "people are drawn on one of them");
    assert!(first.people.iter().all(|person| person.keypoints.len() == 17));
    assert!(first.people.iter().any(|person| person.bbox.is_valid()), "people of the first frame: {:?}", first.people);
    assert!(pictures[1].frame > first.frame && pictures[1].pts > first.pts && pictures[1].posed_at > first.posed_at);
}

#[test]
fn nobody_asks_and_nothing_is_encoded_and_off_ends_it() {
    let Some(helper) = Helper::new("worker: no preview") else { return };
    let source = clip(&helper, "crossing_360p.mp4", 60);
    let spec = job(&helper, &source, "out");
    let events = work(&helper, spec.clone(), |_, _| {});
    assert_eq!((pictures(&events).len(), summary(&events).preview_frames.pose), (0, 0));

    // Wished for and taken back before `pose`: nothing. Wished for again, and off after the first picture.
    let mut off_at = None;
    let events = work(&helper, spec, |event, worker| match event {
        Event::Progress(progress) if progress.stage == Stage::Track && progress.done == 0 => {
            worker.send(&wish(9, 9));
            worker.send(&wish(0, 0));
        }
        Event::Progress(progress) if progress.stage == Stage::Pose && progress.done == 0 => worker.send(&wish(200, 0)),
        Event::Preview(picture) if off_at.is_none() => {
            worker.send(&wish(0, 0));
            off_at = Some(picture.frame);
        }
        _ => {}
    });
    let (count, encoded) = (pictures(&events).len(), summary(&events).preview_frames.pose);
    assert!(count >= 1 && encoded <= 8, "{count} pictures came, {encoded} were encoded, of 60 frames");
}

#[test]
fn a_wish_topped_up_all_the_time_leaves_the_same_bytes_and_the_newest_frames() {
    let Some(helper) = Helper::new("worker: same bytes with preview") else { return };
    let source = clip(&helper, "street_720p.mp4", 50);
    let without = JobSpec { video: true, ..job(&helper, &source, "without") };
    work(&helper, without.clone(), |_, _| {});
    let with = JobSpec { video: true, ..job(&helper, &source, "with") };
    let events = work(&helper, with.clone(), |event, worker| {
        if matches!(event, Event::Preview(_) | Event::Progress(_)) {
            worker.send(&wish(2, 2));
        }
    });
    assert!(results(&without) == results(&with), "preview changed the results");
    let (pictures, encoded) = (pictures(&events), summary(&events).preview_frames.pose);
    assert!(pictures.len() >= 5, "{} pictures", pictures.len());
    assert_eq!(stages_of_pictures(&events), vec![Some((Stage::Pose, false)); pictures.len()]);
    let jpegs = pictures.iter().map(|p| u64::from(p.jpeg.is_some()) + u64::from(p.drawn.is_some())).sum::<u64>();
    assert!(jpegs <= encoded, "{jpegs} came, {encoded} were encoded");
    assert!(pictures.is_sorted_by(|a, b| a.frame < b.frame));
    // Thirty a second at most: no two offers are closer than that.
    assert!(
        pictures.is_sorted_by(|a, b| b.posed_at - a.posed_at >= 33_000),
        "{:?}",
        pictures.iter().map(|p| p.posed_at).collect::<Vec<_>>()
    );
}

#[test]
fn a_frame_with_nobody_takes_the_last_skeletons_away() {
    let Some(helper) = Helper::new("worker: empty overlay") else { return };
    let source = helper.at("empty.mkv");
    make_from(
        &[],
        &source,
        "-f lavfi -i testsrc=size=201x359:rate=10:duration=2 -vf drawbox=color=black:t=fill -c:v ffv1",
    );
    let events = work(&helper, job(&helper, &source, "out"), |event, worker| {
        if matches!(event, Event::Progress(progress) if progress.done == 0) {
            worker.send(&wish(1, 1));
        }
    });
    let pictures = pictures(&events);
    assert!(!pictures.is_empty());
    for picture in pictures {
        assert_eq!((picture.size, &picture.people), ([201, 359], &Vec::new()), "frame {}", picture.frame);
    }
}

#[test]
fn a_pause_stands_still_keeps_beating_and_goes_on() {
    let Some(helper) = Helper::new("worker: pause") else { return };
    let source = clip(&helper, "walk_in_out.mp4", 60);
    for stage in [Stage::Track, Stage::Pose] {
        let mut worker = Worker::start(&helper);
        worker.send(&Command::Run(Box::new(job(&helper, &source, "out"))));
        worker.until("the stage", |event| matches!(event, Event::Progress(p) if p.stage == stage));
        worker.send(&Command::Pause);
        let before = worker.until("standing still", |event| matches!(event, Event::Paused(_)));
        assert_eq!(before.last(), Some(&Event::Paused(true)), "{stage}");
        let meanwhile = worker.within(Duration::from_millis(2500));
        let beats: Vec<_> = meanwhile
            .iter()
            .map(|event| match event {
                Event::Heartbeat { stage, frame } => (*stage, *frame),
                other => panic!("{stage}: {other:?} while it stands still"),
            })
            .collect();
        assert!(beats.len() >= 2, "{stage}: its heart goes on: {beats:?}");
        assert!(beats.iter().all(|beat| *beat == beats[0]), "{stage}: no frame is done meanwhile: {beats:?}");
        worker.send(&Command::Resume);
        let after = worker.to_the_end();
        let told: Vec<_> = after.iter().filter(|event| matches!(event, Event::Paused(_))).collect();
        assert_eq!(told, [&Event::Paused(false)], "{stage}");
        // Speeds are of work, not of waiting.
        let timing = summary(&after).stages.iter().find(|timing| timing.name == stage).unwrap().clone();
        assert!(timing.frames == 60 && timing.fps * timing.seconds > 59.0, "{timing:?}");
    }
}

#[test]
fn a_pause_before_the_first_frame_takes_hold_there() {
    let Some(helper) = Helper::new("worker: early pause") else { return };
    let source = clip(&helper, "crossing_360p.mp4", 12);
    let mut worker = Worker::start(&helper);
    worker.send(&Command::Pause);
    worker.send(&Command::Run(Box::new(job(&helper, &source, "out"))));
    let before = worker.until("standing still", |event| matches!(event, Event::Paused(_)));
    let mut done =
        before.iter().filter_map(|e| if let Event::Progress(p) = e { Some((p.stage, p.done)) } else { None });
    assert_eq!(done.next_back(), Some((Stage::Track, 0)));
    // Asked to stop where it stands.
    worker.send(&Command::Stop);
    assert_eq!(worker.to_the_end().last(), Some(&Event::Stopped));
    assert_eq!(worker.exit(), Some(0));
    assert!(!helper.at("out").exists(), "nothing is left of it");
}

#[test]
fn pauses_anywhere_leave_the_same_bytes() {
    let Some(helper) = Helper::new("worker: same bytes with pauses") else { return };
    let source = clip(&helper, "street_720p.mp4", 40);
    let spec = |out: &str| JobSpec { pose_batch: Some(4), ..job(&helper, &source, out) };
    let calm = spec("calm");
    work(&helper, calm.clone(), |_, _| {});
    for round in 0..3u64 {
        let disturbed = spec(&format!("disturbed{round}"));
        let (mut count, mut paused) = (round, 0);
        work(&helper, disturbed.clone(), |event, worker| match event {
            Event::Progress(_) => {
                // After every third word, each round another.
                count += 1;
                if count % 3 == 0 {
                    worker.send(&Command::Pause);
                }
            }
            Event::Paused(true) => {
                paused += 1;
                worker.send(&Command::Resume);
            }
            _ => {}
        });
        assert!(paused >= 2, "it stood still {paused} times");
        assert!(results(&calm) == results(&disturbed), "round {round}: pauses changed the results");
    }
}

#[test]
fn what_happens_is_told_when_it_happens() {
    let Some(helper) = Helper::new("worker: notices") else { return };
    let whole = helper.at("whole.mp4");
    let source = helper.data.join("clips/crossing_360p.mp4");
    make_from(&[&source], &whole, "-i {0} -frames:v 40 -c:v libx264 -pix_fmt yuv420p -movflags +faststart -an");
    let bytes = std::fs::read(&whole).unwrap();
    let cut = helper.at("cut.mp4");
    File::create(&cut).unwrap().write_all(&bytes[..bytes.len() * 7 / 10]).unwrap();
    let events = work(&helper, job(&helper, &cut, "out"), |_, _| {});
    let done = summary(&events);

    let mut told = Vec::new();
    for event in &events {
        match event {
            Event::Progress(p) if p.ended => told.push(format!("{} ended", p.stage)),
            Event::Log(Notice::Opened(facts)) => told.push(format!("opened {}x{}", facts.width, facts.height)),
            Event::Log(Notice::DeviceUsed { device }) => told.push(format!("on {device}")),
            Event::Log(Notice::Models { detector, reid, pose }) => told.push(format!("{detector} {reid} {pose}")),
            Event::Log(Notice::StageEnded { stage, frames, .. }) => told.push(format!("{stage} {frames}")),
            Event::Log(Notice::Identified { tracks, people }) => told.push(format!("{tracks} are {people}")),
            Event::Log(Notice::Video(warning)) => told.push(warning.to_string()),
            Event::Log(other) => panic!("{other:?}"),
            _ => {}
        }
    }
    let (frames, people) = (done.source.frames, format!("{} are {}", done.tracks, done.identities));
    assert!((15..39).contains(&frames) && !done.warnings.is_empty(), "{frames}, {:?}", done.warnings);
    let mut expected = vec!["opened 640x360".to_owned(), "on cpu".into()];
    expected.push("rtmdet_nano osnet_x0_25_msmt17 tinypose_256x192_simcc".into());
    expected.extend(["probe ended".into(), "probe 0".into(), "track ended".into(), format!("track {frames}")]);
    expected.extend(done.warnings.clone());
    expected.extend(["identify ended".into(), "identify 0".into(), people, "pose ended".into()]);
    expected.extend([format!("pose {frames}"), "export ended".into(), format!("export {frames}")]);
    assert_eq!(told, expected);
}

#[test]
fn a_batch_that_can_not_be_made_free_is_told_once_with_the_way_out() {
    let Some(helper) = Helper::new("worker: a fixed batch") else { return };
    let mut spec = job(&helper, &clip(&helper, "crossing_360p.mp4", 6), "out");
    let reid = spec.models.reid.as_mut().unwrap();
    let real = std::fs::read(&reid.file).unwrap();
    let fixed = helper.at("osnet_of_four.onnx");
    File::create(&fixed).unwrap().write_all(&onnx::with_a_batch_that_matters(&real, 4)).unwrap();
    reid.id = "osnet_of_four".into();
    reid.file = fixed.display().to_string();
    assert!(spec.threads > 1, "several callers open it");
    let events = work(&helper, spec, |_, _| {});
    summary(&events);
    let told: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::Log(notice @ Notice::FixedBatch { .. }) => Some(notice.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("osnet_of_four takes 4 pictures") && told[0].contains("export it"), "{told:?}");
}
