use std::fs::File;
use std::io::Write as _;

use proptest::prelude::*;
use silhueta_shared::job::{JobModels, TrackerKind, TrackerPreset};
use silhueta_shared::model::ModelFile;

use super::*;

fn key() -> JobKey {
    let text = |text: &str| text.to_owned();
    JobKey {
        source: text("ab"),
        models: ["yolo", "osnet", "rtmpose"].map(|id| (text(id), text("00"))).into(),
        boxes: None,
        fps: None,
        video: true,
        precision: Precision::Auto,
        pose_channels: ChannelOrder::Rgb,
        identities: IdentityPreset::Silhueta,
        anchors: Vec::new(),
        pose_batch: 1,
        tracker: text("silhueta"),
        device: Device::Cpu,
        runtime: text("1.31.1"),
        ffmpeg: text("libavcodec 62.1.1"),
        cpu: text("Some Processor"),
        app: text("0.1.0"),
    }
}

fn checkpoint(done: u64) -> Checkpoint {
    let model =
        |id: &str| ModelFile { id: id.into(), file: format!("/m/{id}.onnx"), sha256: "00".into(), builtin: false };
    Checkpoint {
        key: key(),
        spec: JobSpec {
            source: "/v/praça.mp4".into(),
            out_dir: "/out/praça".into(),
            device: Device::Auto,
            precision: Precision::Auto,
            models: JobModels {
                detector: Some(model("yolo")),
                reid: Some(model("osnet")),
                pose: model("rtmpose"),
                lifter: None,
            },
            fps: None,
            tracker: TrackerKind::Botsort,
            preset: TrackerPreset::Silhueta,
            video: true,
            threads: 2,
            pose_batch: None,
            pose_channels: ChannelOrder::Rgb,
            identities: IdentityPreset::Silhueta,
            anchors: Vec::new(),
            anew: false,
            boxes: None,
            deliver: None,
        },
        stage: Stage::Track,
        done,
        total: Some(900),
        mark: Some(Mark { frame: done, pts: 512, crc: 7 }),
        lengths: Lengths { tracks: 12, tracklets: 12, poses: 0 },
        counted: None,
        stages: vec![StageTiming { name: Stage::Probe, frames: 0, seconds: 0.5, fps: 0.0 }],
    }
}

#[test]
fn the_last_one_written_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    for (done, state) in [(3, &b"early"[..]), (8, b"late")] {
        write_checkpoint(&path, &checkpoint(done), state).unwrap();
    }
    assert_eq!(read_checkpoint(&path).unwrap(), (checkpoint(8), b"late".to_vec()));
    assert!(matches!(read_checkpoint(&folder.path().join("none")), Err(Error::Read { .. })));
}

#[test]
fn another_version_is_none_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint");
    write_checkpoint(&path, &checkpoint(3), b"state").unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[8] += 1;
    File::create(&path).unwrap().write_all(&bytes).unwrap();
    let said = read_checkpoint(&path).unwrap_err().to_string();
    assert!(said.contains("version"), "{said}");
}

#[test]
fn whatever_changes_the_bytes_is_told_apart() {
    let other = |change: fn(&mut JobKey)| {
        let mut other = key();
        change(&mut other);
        key().misfit(&other)
    };
    assert_eq!(other(|_| {}), None);
    assert_eq!(other(|key| key.source.push('c')), Some(AnewReason::Source));
    assert_eq!(other(|key| key.models[2].1.push('1')), Some(AnewReason::Models));
    let settings: [fn(&mut JobKey); 7] = [
        |key| key.fps = Some(10.0),
        |key| key.video = false,
        |key| key.precision = Precision::Int8,
        |key| key.pose_channels = ChannelOrder::Bgr,
        |key| key.identities = IdentityPreset::Off,
        |key| key.tracker.push('2'),
        |key| key.pose_batch = 8,
    ];
    for change in settings {
        assert_eq!(other(change), Some(AnewReason::Settings));
    }
    let of = |file: Option<&str>| JobKey { boxes: file.map(Into::into), ..key() };
    assert_eq!(of(Some("12")).misfit(&of(Some("12"))), None);
    assert_eq!(of(Some("12")).misfit(&of(Some("34"))), Some(AnewReason::Boxes));
    assert_eq!(of(Some("12")).misfit(&of(None)), Some(AnewReason::Settings));
    let machine: [fn(&mut JobKey); 5] = [
        |key| key.device = Device::Cuda,
        |key| key.runtime.push('2'),
        |key| key.ffmpeg.push('2'),
        |key| key.cpu.push('2'),
        |key| key.app.push('2'),
    ];
    for change in machine {
        assert_eq!(other(change), Some(AnewReason::Machine));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn one_that_is_torn_or_flipped_anywhere_is_not_used(
        state in prop::collection::vec(any::<u8>(), 0..40), at in 0.0f64..1.0, mask in 1u8.., cut in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint");
        write_checkpoint(&path, &checkpoint(3), &state).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let place = (bytes.len() as f64 * at) as usize;
        if cut { bytes.truncate(place) } else { bytes[place] ^= mask }
        File::create(&path).unwrap().write_all(&bytes).unwrap();
        let is_refused = matches!(read_checkpoint(&path), Err(Error::Format { .. }));
        prop_assert!(is_refused, "a damaged checkpoint was taken");
    }
}
