//! The decoder against `ffprobe`, on the real clips and on made files with everything that goes wrong.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use silhueta_e2e::video::{make, make_from, probe_pts};
use silhueta_shared::notice::VideoWarning;
use silhueta_vision::frame::Frame;
use silhueta_vision::video::{Coding, Decoder, Encoder, Limits, VideoError};

fn open(path: &Path) -> Result<Decoder, VideoError> {
    Decoder::open(path, &Limits::default(), 2, &Arc::default())
}

fn frames(path: &Path) -> (Vec<Frame>, Vec<VideoWarning>) {
    let mut decoder = open(path).unwrap();
    let mut frames = Vec::new();
    while let Some(mut frame) = decoder.next_frame().unwrap() {
        assert_eq!(frame.bgr.len(), (frame.width * frame.height * 3) as usize);
        if frames.len() > 3 {
            frame.bgr = Vec::new().into();
        }
        frames.push(frame);
    }
    (frames, decoder.warnings())
}

fn assert_times_are_ffprobes(path: &Path) {
    let (frames, _) = frames(path);
    let ours: Vec<_> = frames.iter().map(|frame| frame.pts).collect();
    assert_eq!(ours, probe_pts(path), "{}", path.display());
    assert!(frames.iter().enumerate().all(|(i, frame)| frame.index == i as u64));
}

const SOURCE: &str = "-f lavfi -i testsrc2=size=320x180:rate=30:duration=2";

#[test]
fn times_of_the_real_clips_are_ffprobes() {
    let Some(data) = silhueta_e2e::data("decoding: times of the real clips") else { return };
    let mut clips: Vec<_> = std::fs::read_dir(data.join("clips")).unwrap().map(|e| e.unwrap().path()).collect();
    clips.sort();
    assert_eq!(clips.len(), 8);
    clips.iter().for_each(|clip| assert_times_are_ffprobes(clip));
}

#[test]
fn times_of_made_files_are_ffprobes() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let b_frames = "-c:v libx264 -bf 3 -pix_fmt yuv420p";
    let vfr = "-vf select='not(mod(n\\,3))+lt(n\\,20)' -vsync vfr";
    for (name, words) in [
        ("b_frames.mp4", format!("{SOURCE} {b_frames}")),
        ("vfr.mp4", format!("{SOURCE} {vfr} {b_frames}")),
        ("vfr.mkv", format!("{SOURCE} {vfr} {b_frames}")),
        ("offset.mp4", format!("{SOURCE} {b_frames} -output_ts_offset 5")),
        ("offset.ts", format!("{SOURCE} {b_frames}")),
        ("vp9.webm", format!("{SOURCE} -c:v libvpx-vp9 -deadline realtime")),
        ("mpeg4.avi", format!("{SOURCE} -c:v mpeg4 -bf 0")),
    ] {
        assert_times_are_ffprobes(&make(at, name, &words));
    }
}

#[test]
fn an_avi_with_b_frames_has_every_time_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = make(folder.path(), "b.avi", &format!("{SOURCE} -c:v libx264 -bf 3 -pix_fmt yuv420p"));
    let (frames, _) = frames(&path);
    let pts: Vec<_> = frames.iter().map(|frame| frame.pts).collect();
    assert_eq!(pts, (0..60).collect::<Vec<_>>());
}

#[test]
fn a_truncated_file_gives_what_is_left_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let whole =
        make(folder.path(), "whole.mp4", &format!("{SOURCE} -c:v libx264 -pix_fmt yuv420p -movflags +faststart"));
    let bytes = std::fs::read(&whole).unwrap();
    let cut = folder.path().join("cut.mp4");
    std::io::Write::write_all(&mut std::fs::File::create(&cut).unwrap(), &bytes[..bytes.len() * 6 / 10]).unwrap();
    let (frames, warnings) = frames(&cut);
    assert!(frames.len() > 10 && frames.len() < 60, "{}", frames.len());
    let told = warnings.iter().any(|warning| {
        let (VideoWarning::EndedEarly { frames: decoded, .. } | VideoWarning::CutOff { decoded, .. }) = warning else {
            return false;
        };
        *decoded == frames.len() as u64
    });
    assert!(told, "{warnings:?}");
    let ours: Vec<_> = frames.iter().map(|frame| frame.pts).collect();
    assert_eq!(ours, probe_pts(&cut));
}

#[test]
fn a_phones_rotation_is_applied() {
    let folder = tempfile::tempdir().unwrap();
    // Left half red, right half blue.
    let filter = "-f lavfi -i color=red:size=160x120:rate=10:duration=1 -f lavfi -i color=blue:size=160x120:rate=10:duration=1 \
                  -filter_complex hstack -c:v libx264 -pix_fmt yuv420p";
    let flat = make(folder.path(), "flat.mp4", filter);
    // Where players put the red half, by the tag that ffmpeg writes.
    for (turn, size, red_at) in [(90, (120, 320), (60, 300)), (270, (120, 320), (60, 20)), (180, (320, 120), (300, 60))]
    {
        let turned = folder.path().join(format!("turned{turn}.mp4"));
        make_from(&[&flat], &turned, &format!("-i {{0}} -c copy -metadata:s:v:0 rotate={turn}"));
        let (frames, _) = frames(&turned);
        let first = &frames[0];
        assert_eq!((first.width, first.height), size, "{turn}");
        let at = ((red_at.1 * first.width + red_at.0) * 3) as usize;
        let [b, _, r] = first.bgr[at..at + 3] else { panic!("out of the picture") };
        assert!(r > 200 && b < 60, "{turn}: red {r}, blue {b}");
    }
}

#[test]
fn odd_sizes_and_single_frames_come_whole() {
    let folder = tempfile::tempdir().unwrap();
    let odd = make(
        folder.path(),
        "odd.mkv",
        "-f lavfi -i testsrc=size=201x359:rate=10:duration=1 -pix_fmt yuv420p -c:v ffv1",
    );
    let (frames_odd, warnings) = frames(&odd);
    assert_eq!((frames_odd.len(), frames_odd[0].width, frames_odd[0].height), (10, 201, 359));
    assert!(warnings.is_empty(), "{warnings:?}");
    let one = make(folder.path(), "one.mp4", "-f lavfi -i testsrc2=size=64x64:rate=10 -frames:v 1 -pix_fmt yuv420p");
    assert_eq!(frames(&one).0.len(), 1);
}

#[test]
fn what_is_no_video_is_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::io::Write::write_all(&mut std::fs::File::create(&path).unwrap(), bytes).unwrap();
        path
    };
    let sound = make(folder.path(), "sound.mp4", "-f lavfi -i sine=duration=1 -c:a aac");
    for path in [
        write("text.mp4", b"this is a text, not a video\n".repeat(100).as_slice()),
        write("empty.mp4", b""),
        write("tiny.mp4", b"\0"),
        sound,
        folder.path().join("missing.mp4"),
        folder.path().to_path_buf(),
    ] {
        let error = open(&path).unwrap_err().to_string();
        assert!(error.contains(path.to_str().unwrap()), "{error}");
    }
}

#[test]
fn a_frame_above_the_limit_is_refused_before_it_is_decoded() {
    let folder = tempfile::tempdir().unwrap();
    let path =
        make(folder.path(), "large.mp4", "-f lavfi -i testsrc2=size=640x360:rate=10 -frames:v 2 -pix_fmt yuv420p");
    let limits = Limits { pixels: 640 * 359, ..Limits::default() };
    let error = Decoder::open(&path, &limits, 1, &Arc::default()).unwrap_err();
    assert!(matches!(error, VideoError::TooLarge { width: 640, height: 360, .. }), "{error}");
}

/// A server that takes the connection and never says a word: the hanging source of every camera's nightmare.
#[test]
fn an_open_that_hangs_ends_by_the_flag_and_by_the_limit() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("tcp://{}", server.local_addr().unwrap());
    let stop = Arc::new(AtomicBool::new(false));
    let limits = Limits { protocols: "tcp", stall: Duration::from_secs(20), ..Limits::default() };
    let opening = {
        let (url, stop, limits) = (url.clone(), Arc::clone(&stop), limits.clone());
        std::thread::spawn(move || Decoder::open(Path::new(&url), &limits, 1, &stop).unwrap_err())
    };
    std::thread::sleep(Duration::from_millis(300));
    assert!(!opening.is_finished());
    let asked = Instant::now();
    stop.store(true, Ordering::Relaxed);
    let error = opening.join().unwrap();
    assert!(matches!(error, VideoError::Stopped), "{error}");
    assert!(asked.elapsed() < Duration::from_secs(5));

    let limits = Limits { stall: Duration::from_millis(500), ..limits };
    let error = Decoder::open(Path::new(&url), &limits, 1, &Arc::default()).unwrap_err();
    assert!(matches!(error, VideoError::Stalled { .. }), "{error}");
}

#[test]
fn an_encoded_file_has_the_sources_times_and_even_sides() {
    let folder = tempfile::tempdir().unwrap();
    let vfr = "-vf select='not(mod(n\\,3))+lt(n\\,20)' -vsync vfr";
    let source = make(
        folder.path(),
        "odd.mkv",
        &format!("-f lavfi -i testsrc=size=201x359:rate=30:duration=2 {vfr} -pix_fmt yuv420p -c:v ffv1"),
    );
    let mut decoder = open(&source).unwrap();
    let out = folder.path().join("out.mp4");
    let info = decoder.info().clone();
    let mut encoder =
        Encoder::create(&out, (info.width, info.height), info.time_base, info.fps, Coding::fine(2)).unwrap();
    while let Some(frame) = decoder.next_frame().unwrap() {
        encoder.write(&frame).unwrap();
    }
    encoder.finish().unwrap();
    assert_eq!(silhueta_e2e::video::probe_times(&out), silhueta_e2e::video::probe_times(&source));
    let stream = silhueta_e2e::video::probe(&out, "stream=codec_name,width,height,pix_fmt");
    assert_eq!(stream.trim(), "h264,202,360,yuv420p");
}
