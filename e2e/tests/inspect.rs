//! A look at a file before it is worked through: what it is, or why it is not taken, within seconds.
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
use std::time::{Duration, Instant};

use silhueta_e2e::Helper;
use silhueta_e2e::video::make;
use silhueta_e2e::worker::{Worker, brief};
use silhueta_shared::job::FailureCode;
use silhueta_shared::notice::VideoFacts;
use silhueta_shared::worker::{Command, Event};

/// What the worker says of a file.
fn inspect(helper: &Helper, path: &Path) -> Result<VideoFacts, FailureCode> {
    let started = Instant::now();
    let mut worker = Worker::start(helper);
    worker.send(&Command::Inspect { source: path.display().to_string() });
    let events = worker.to_the_end();
    assert_eq!(worker.exit(), Some(0));
    assert!(started.elapsed() < Duration::from_secs(20), "{}: {:?}", path.display(), started.elapsed());
    match events.last() {
        Some(Event::Inspected(facts)) => Ok(facts.clone()),
        Some(Event::Failed(failure)) => {
            let name = path.file_name().unwrap().to_string_lossy();
            assert!(failure.message.contains(&*name) && failure.hint.is_some(), "{failure:?}");
            Err(failure.code)
        }
        _ => panic!("{:?}", brief(&events)),
    }
}

fn write(helper: &Helper, name: &str, bytes: &[u8]) -> PathBuf {
    let path = helper.at(name);
    File::create(&path).unwrap().write_all(bytes).unwrap();
    path
}

#[test]
fn a_good_clip_is_told_with_its_size_rate_length_and_codec() {
    let Some(helper) = Helper::new("inspect: a good clip") else { return };
    let facts = inspect(&helper, &helper.data.join("clips/street_720p.mp4")).unwrap();
    assert_eq!((facts.width, facts.height, facts.frames, facts.codec.as_str()), (1280, 720, Some(314), "h264"));
    assert!((facts.fps - 30_000.0 / 1001.0).abs() < 1e-9, "{}", facts.fps);
    assert!((facts.seconds.unwrap() - 314.0 * 1001.0 / 30_000.0).abs() < 1e-6, "{:?}", facts.seconds);
}

#[test]
fn what_is_no_video_has_a_reason_of_its_own() {
    let Some(helper) = Helper::new("inspect: no video") else { return };
    let at = helper.folder.path();
    let text = write(&helper, "text.mp4", b"this is a text\n".repeat(100).as_slice());
    assert_eq!(inspect(&helper, &text), Err(FailureCode::SourceUnreadable));
    let empty = write(&helper, "empty.mp4", b"");
    assert_eq!(inspect(&helper, &empty), Err(FailureCode::SourceUnreadable));
    let sound = make(at, "sound.mp4", "-f lavfi -i sine=duration=1 -c:a aac");
    assert_eq!(inspect(&helper, &sound), Err(FailureCode::SourceWithoutPictures));
    assert_eq!(inspect(&helper, &helper.at("missing.mp4")), Err(FailureCode::SourceMissing));
    let list =
        write(&helper, "list.mp4", b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.0,\nsound.mp4\n#EXT-X-ENDLIST\n");
    assert_eq!(inspect(&helper, &list), Err(FailureCode::SourceUnreadable));
}

#[test]
fn a_truncated_clip_is_told_where_its_first_picture_is_whole() {
    let Some(helper) = Helper::new("inspect: truncated") else { return };
    let source = "-f lavfi -i testsrc2=size=320x180:rate=10:duration=4 -pix_fmt yuv420p -c:v libx264";
    let front =
        std::fs::read(make(helper.folder.path(), "front.mp4", &format!("{source} -movflags +faststart"))).unwrap();
    let half = write(&helper, "half.mp4", &front[..front.len() / 2]);
    let facts = inspect(&helper, &half).unwrap();
    assert_eq!((facts.width, facts.height, facts.frames), (320, 180, Some(40)));
    // With the index at the end nothing is left to read by.
    let back = std::fs::read(make(helper.folder.path(), "back.mp4", source)).unwrap();
    let head = write(&helper, "head.mp4", &back[..back.len() / 2]);
    assert_eq!(inspect(&helper, &head), Err(FailureCode::SourceUnreadable));
}

#[test]
fn the_largest_pictures_that_phones_take_fit() {
    let Some(helper) = Helper::new("inspect: 8K") else { return };
    let source =
        "-f lavfi -i testsrc2=size=4320x7680:rate=10 -frames:v 2 -pix_fmt yuv420p -c:v libx264 -preset ultrafast";
    let facts = inspect(&helper, &make(helper.folder.path(), "8k.mp4", source)).unwrap();
    assert_eq!((facts.width, facts.height), (4320, 7680));
}

#[test]
fn a_header_that_promises_too_much_costs_neither_memory_nor_time() {
    let Some(helper) = Helper::new("inspect: absurd headers") else { return };
    let at = helper.folder.path();
    let raw = "-f lavfi -i testsrc2=size=320x320:rate=10:duration=1 -c:v rawvideo -pix_fmt yuv420p -allow_raw_vfw 1";
    let mut wide = std::fs::read(make(at, "raw.mkv", raw)).unwrap();
    for element in [0xb0, 0xba] {
        let place = wide.windows(4).position(|w| w == [element, 0x82, 0x01, 0x40]).unwrap();
        wide[place + 2..place + 4].copy_from_slice(&[0x3a, 0x98]);
    }
    assert_eq!(inspect(&helper, &write(&helper, "wide.mkv", &wide)), Err(FailureCode::SourceTooLarge));

    // The table of sample sizes: four billion samples of one byte each, an index of a hundred gigabytes.
    let source = "-f lavfi -i testsrc2=size=320x180:rate=10:duration=1 -pix_fmt yuv420p -c:v libx264";
    let mut many = std::fs::read(make(at, "few.mp4", source)).unwrap();
    let place = many.windows(4).position(|w| w == b"stsz").unwrap() + 8;
    many[place..place + 8].copy_from_slice(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xf0]);
    let seen = inspect(&helper, &write(&helper, "many.mp4", &many));
    assert_eq!(seen, Err(FailureCode::SourceUnreadable));
}
