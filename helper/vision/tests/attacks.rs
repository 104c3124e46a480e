//! Files that want more than to be read: other files, the network, all memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test: a failure here is a failed test"
)]

use std::fs::File;
use std::io::Write as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use silhueta_e2e::video::{make, make_from};
use silhueta_vision::video::{Decoder, Limits, VideoError};

const SOURCE: &str = "-f lavfi -i testsrc2=size=320x180:rate=10:duration=1 -pix_fmt yuv420p";

fn open(path: &Path) -> Result<Decoder, VideoError> {
    Decoder::open(path, &Limits::default(), 1, &Arc::default())
}

/// Opens and decodes all; returns how many frames there were.
fn read(path: &Path) -> Result<u64, VideoError> {
    let mut decoder = open(path)?;
    let mut frames = 0;
    while decoder.next_frame()?.is_some() {
        frames += 1;
    }
    Ok(frames)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    File::create(&path).unwrap().write_all(bytes).unwrap();
    path
}

/// Puts `to` in the place of the only `from` of the same length.
fn patch(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    let places: Vec<_> = bytes.windows(from.len()).enumerate().filter(|(_, w)| *w == from).map(|(at, _)| at).collect();
    assert_eq!((places.len(), from.len()), (1, to.len()), "{from:x?} is at {places:?}");
    bytes[places[0]..places[0] + to.len()].copy_from_slice(to);
}

#[test]
fn a_playlist_or_a_script_under_a_videos_name_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    // What they point to is there and can be read: only the refusal keeps it closed.
    let secret = make(at, "secret.ts", SOURCE);
    assert_eq!(read(&secret).unwrap(), 10);
    let secret = secret.display();
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let port = server.local_addr().unwrap().port();
    let hls = |target: &str| {
        format!("#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.0,\n{target}\n#EXT-X-ENDLIST\n")
    };
    let dash = format!(
        "<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\" \
         mediaPresentationDuration=\"PT1S\" profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\"><Period>\
         <AdaptationSet mimeType=\"video/mp4\"><Representation id=\"1\" bandwidth=\"1\">\
         <BaseURL>http://127.0.0.1:{port}/a.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>"
    );
    for (name, text) in [
        ("hls_file.mp4", hls(&format!("file://{secret}"))),
        ("hls_relative.mp4", hls("secret.ts")),
        ("hls_passwd.mp4", hls("file:///etc/passwd")),
        ("hls_http.mp4", hls(&format!("http://127.0.0.1:{port}/a.ts"))),
        ("hls_concat.avi", hls(&format!("concat:http://127.0.0.1:{port}/|file://{secret}"))),
        ("hls.m3u8", hls("secret.ts")),
        ("script.mp4", "ffconcat version 1.0\nfile secret.ts\n".to_owned()),
        ("script_absolute.mkv", format!("ffconcat version 1.0\nfile '{secret}'\n")),
        ("dash.mp4", dash),
        (
            "session.mp4",
            format!(
                "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n"
            ),
        ),
        ("pattern%03d.png", "not a picture".to_owned()),
    ] {
        let path = write(at, name, text.as_bytes());
        let started = Instant::now();
        let error = read(&path).expect_err(name).to_string();
        assert!(error.contains(name) && error.contains("not one of the video formats"), "{error}");
        assert!(started.elapsed() < Duration::from_secs(10), "{name}: {:?}", started.elapsed());
    }
    let connected = server.accept().map(|(_, from)| from).map_err(|error| error.kind());
    assert_eq!(connected, Err(std::io::ErrorKind::WouldBlock), "somebody knocked");
}

#[test]
fn a_playlist_is_refused_although_its_protocol_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    make(folder.path(), "part.ts", SOURCE);
    let list = b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1.0,\npart.ts\n#EXT-X-ENDLIST\n";
    let path = write(folder.path(), "list.mp4", list);
    let open = |containers: &'static str| {
        Decoder::open(&path, &Limits { containers, ..Limits::default() }, 1, &Arc::default()).map(drop)
    };
    // The attack works where playlists are let in: the refusal above is what stops it.
    open("hls,mpegts").unwrap();
    open(Limits::default().containers).unwrap_err();
}

/// A header of 65,535 × 65,535 would be 13 GB a picture.
#[test]
fn pictures_of_absurd_size_are_refused_before_anything_is_allocated() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let square = "-f lavfi -i testsrc2=size=320x320:rate=10:duration=1";
    // Matroska's PixelWidth and PixelHeight; the pictures say nothing of their size themselves.
    let mkv = std::fs::read(make(at, "raw.mkv", &format!("{square} -c:v rawvideo -pix_fmt yuv420p -allow_raw_vfw 1")));
    let mkv = mkv.unwrap();
    let claims = |[a, b]: [u8; 2]| {
        let mut bytes = mkv.clone();
        patch(&mut bytes, &[0xb0, 0x82, 0x01, 0x40], &[0xb0, 0x82, a, b]);
        patch(&mut bytes, &[0xba, 0x82, 0x01, 0x40], &[0xba, 0x82, a, b]);
        bytes
    };
    // An MP4's sample entry, before its 72 dpi, and the track's header.
    let mut mp4 = std::fs::read(make(at, "raw.mov", &format!("{square} -c:v rawvideo -pix_fmt yuyv422"))).unwrap();
    patch(&mut mp4, &[0x01, 0x40, 0x01, 0x40, 0x00, 0x48], &[0xff, 0xff, 0xff, 0xff, 0x00, 0x48]);
    patch(&mut mp4, &[0x01, 0x40, 0, 0, 0x01, 0x40, 0, 0], &[0xff, 0xff, 0, 0, 0xff, 0xff, 0, 0]);
    for (name, bytes) in [("15000.mkv", claims([0x3a, 0x98])), ("65535.mkv", claims([0xff; 2])), ("65535.mov", mp4)] {
        let path = write(at, name, &bytes);
        let (before, started) = (peak_memory(), Instant::now());
        let error = read(&path).expect_err(name);
        let grown = peak_memory().saturating_sub(before);
        assert!(error.to_string().contains(name), "{error}");
        if name == "15000.mkv" {
            assert!(matches!(error, VideoError::TooLarge { width: 15_000, height: 15_000, .. }), "{error}");
        }
        assert!(grown < 300_000, "{name} took {grown} kB");
        assert!(started.elapsed() < Duration::from_secs(20), "{name}");
    }
    // A true picture of that kind: small as a file.
    let bomb = make(at, "bomb.mkv", "-f lavfi -i color=black:size=12000x12000 -frames:v 1 -c:v png");
    assert!(bomb.metadata().unwrap().len() < 2_000_000);
    let error = read(&bomb).unwrap_err();
    assert!(matches!(error, VideoError::TooLarge { width: 12_000, height: 12_000, .. }), "{error}");
}

#[test]
fn a_stream_that_grows_over_the_limit_on_the_way_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let small = make(at, "small.h264", &format!("{SOURCE} -c:v libx264 -g 5"));
    let large = make(
        at,
        "large.h264",
        "-f lavfi -i testsrc2=size=2560x1440:rate=10:duration=1 -pix_fmt yuv420p -c:v libx264 -g 5",
    );
    let both: Vec<_> = [small, large].iter().flat_map(|path| std::fs::read(path).unwrap()).collect();
    let path = write(at, "grows.h264", &both);
    let frames = |pixels: u64| {
        let limits = Limits { pixels, ..Limits::default() };
        let mut decoder = Decoder::open(&path, &limits, 1, &Arc::default()).unwrap();
        let mut count = 0;
        while let Some(frame) = decoder.next_frame().unwrap() {
            assert_eq!((frame.width, frame.height), (320, 180));
            count += 1;
        }
        (count, decoder.warnings().len())
    };
    let (all, _) = frames(7680 * 4320);
    let (within, warnings) = frames(640 * 360);
    assert!(all == 20 && (8..=12).contains(&within) && warnings > 0, "{all}, {within}, {warnings}");
}

/// An MP4's data reference: "my pictures are in that file beside me".
#[test]
fn pictures_in_another_file_are_not_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let outside = std::fs::read(make(folder.path(), "outside.mp4", &format!("{SOURCE} -c:v libx264"))).unwrap();
    assert_eq!(read(&folder.path().join("outside.mp4")).unwrap(), 10);
    // The same index over the same places, but of the other file; nothing of its own.
    let mut inside = with_alias(&outside, "outside.mp4");
    let data = inside.windows(4).position(|w| w == b"mdat").unwrap() + 4;
    let index = inside.windows(4).position(|w| w == b"moov").unwrap() - 4;
    assert!(data < index, "the index is behind the pictures, or it would have moved them");
    inside[data..index].fill(0);
    let error = read(&write(folder.path(), "inside.mp4", &inside)).unwrap_err().to_string();
    assert!(error.contains("inside.mp4"), "{error}");
}

/// The file with every data reference made an alias of `name` in its folder.
fn with_alias(file: &[u8], name: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), file);
    while let [a, b, c, d, kind @ ..] = rest {
        let size = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        let (kind, body) = (&kind[..4], &rest[8..size]);
        let body = match kind {
            b"moov" | b"trak" | b"mdia" | b"minf" | b"dinf" => with_alias(body, name),
            b"dref" => {
                let path = format!("/{name}");
                let mut alias = vec![0; 10 + 28 + 12 + 64 + 16];
                // One level up from us and one down to it, then its path.
                alias.extend([0, 1, 0, 1]);
                alias.extend([0; 16]);
                alias.extend([0, 2, 0, path.len() as u8]);
                alias.extend(path.bytes().chain((path.len() % 2 == 1).then_some(0)));
                alias.extend([0xff; 4]);
                let size = 12 + alias.len() as u32;
                [&[0, 0, 0, 0, 0, 0, 0, 1][..], &size.to_be_bytes(), b"alis", &[0; 4], &alias].concat()
            }
            _ => body.to_vec(),
        };
        out.extend((8 + body.len() as u32).to_be_bytes());
        out.extend(kind);
        out.extend(body);
        rest = &rest[size..];
    }
    out
}

#[test]
fn many_subtitles_and_attachments_are_read_over_and_too_many_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let subtitle = write(at, "line.srt", b"1\n00:00:00,000 --> 00:00:01,000\nline\n");
    let font = write(at, "font.ttf", &[7; 200_000]);
    let video = make(at, "plain.mp4", &format!("{SOURCE} -c:v libx264"));
    let laden = |name: &str, subtitles: usize| {
        let inputs = format!("-i {{0}} {}", "-i {1} ".repeat(subtitles));
        let maps: String = (1..=subtitles).map(|i| format!(" -map {i}")).collect();
        let attach: String = (0..20).map(|i| format!(" -attach {{2}} -metadata:s:t:{i} mimetype=font/ttf")).collect();
        let path = at.join(name);
        make_from(&[&video, &subtitle, &font], &path, &format!("{inputs} -map 0{maps} -c copy{attach}"));
        path
    };
    assert_eq!(read(&laden("laden.mkv", 40)).unwrap(), 10);
    let error = read(&laden("heavy.mkv", 150)).unwrap_err().to_string();
    assert!(error.contains("heavy.mkv") && error.contains("more streams"), "{error}");
}

/// Highest resident memory of this process so far, in kB.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
