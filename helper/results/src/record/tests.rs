//! A record comes back as it was written, and always as the same bytes.

use super::*;
use crate::Error;
use crate::file::write_whole;
use silhueta_shared::job::Precision;
use silhueta_shared::model::Role;
use silhueta_shared::pose::KeypointSet;
use silhueta_shared::summary::Settings;
use silhueta_shared::time::TimeBase;
use std::fs::File;
use std::io::Write;
use std::path::Path;

fn meta(joints: usize) -> RecordMeta {
    RecordMeta {
        source_sha256: "5d".repeat(32),
        width: 1280,
        height: 720,
        fps: 30_000.0 / 1001.0,
        time_base: TimeBase::new(1, 30_000).unwrap(),
        frames: 314,
        skeleton: Skeleton {
            name: "chain".into(),
            joints: (0..joints).map(|i| format!("joint_{i}")).collect(),
            bones: (1..joints).map(|i| (i - 1, i)).collect(),
        },
        models: vec![RecordModel { role: Role::Detector, id: "yolox_m".into(), sha256: "ab".repeat(32) }],
        settings: Settings {
            fps: None,
            precision: Precision::Fp32,
            tracker: "botsort".into(),
            identities: Default::default(),
            anchors: Vec::new(),
            pose_batch: 8,
            runtime: "1.23".into(),
            cpu: "x86_64 avx2".into(),
            app: "0.1.0".into(),
        },
    }
}

/// Rows with and without track, identity and pose, across more than one row group when `count` is large.
fn rows(count: u32, joints: usize) -> Vec<RecordRow> {
    let row = |i: u32| {
        let x = (i as f32 * 0.37).sin() * 600.0;
        let point = |k: usize| Keypoint { x: x + k as f32, y: x - k as f32, score: 0.1 * k as f32 };
        RecordRow {
            frame: i / 3,
            pts: i64::from(i / 3) * 1001 - 500,
            track: TrackId::new(i % 4),
            identity: IdentityId::new(i % 5),
            bbox: Bbox::new(x, 1.0, x + 40.5, 99.0),
            score: 0.5,
            pose: (!i.is_multiple_of(7)).then(|| (0..joints).map(point).collect()),
            flags: (i % 8) as u8,
        }
    };
    (0..count).map(row).collect()
}

fn write(path: &Path, meta: &RecordMeta, rows: &[RecordRow]) {
    let mut writer = RecordWriter::create(path, meta).unwrap();
    rows.iter().for_each(|row| writer.push(row).unwrap());
    writer.finish().unwrap();
}

#[test]
fn rows_and_facts_come_back_across_row_groups() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.parquet");
    for count in [0, 1, 1024, 40_000] {
        let written = rows(count, 17);
        write(&path, &meta(17), &written);
        let reader = RecordReader::open(&path).unwrap();
        assert_eq!(reader.meta(), &meta(17));
        let read: Vec<_> = reader.map(|row| row.unwrap()).collect();
        assert!(read == written, "{count} rows");
    }
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let (a, b) = (folder.path().join("a.parquet"), folder.path().join("b.parquet"));
    for path in [&a, &b] {
        write(path, &meta(17), &rows(20_000, 17));
    }
    assert!(std::fs::read(a).unwrap() == std::fs::read(b).unwrap());
}

/// Changing what is pinned (or an update of the Parquet crate that changes the bytes) shows here.
#[test]
fn the_bytes_are_pinned() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.parquet");
    let mut pinned = rows(0, 2);
    for frame in 0..3000 {
        let point = |k: u32| Keypoint { x: (frame * 3 + k) as f32, y: 2.5, score: 0.25 };
        pinned.push(RecordRow {
            frame,
            pts: i64::from(frame) * 512,
            track: TrackId::new(frame % 3),
            identity: IdentityId::new(frame % 2),
            bbox: Bbox::new(frame as f32, 0.0, 10.0, 20.0),
            score: 0.75,
            pose: (frame % 3 != 0).then(|| (0..2).map(point).collect()),
            flags: flag::EDITED | flag::PREDICTED,
        });
    }
    write(&path, &meta(2), &pinned);
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!((bytes.len(), crc32c::crc32c(&bytes)), (14029, 0xA5F8_D795));
}

#[test]
fn a_row_that_does_not_fit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.parquet");
    let mut writer = RecordWriter::create(&path, &meta(17)).unwrap();
    let row = |frame| RecordRow { frame, ..rows(2, 17)[1].clone() };
    writer.push(&row(5)).unwrap();
    writer.push(&row(5)).unwrap();
    assert!(matches!(writer.push(&row(4)), Err(Error::Row { .. })));
    let short = RecordRow { pose: Some(vec![Keypoint::default(); 16]), ..row(6) };
    assert!(matches!(writer.push(&short), Err(Error::Row { .. })));
    drop(writer);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "an unfinished record leaves nothing");
}

#[test]
fn what_is_not_a_record_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.parquet");
    write(&path, &meta(17), &rows(100, 17));
    let whole = std::fs::read(&path).unwrap();
    for bytes in [&b""[..], b"not parquet at all", &whole[..whole.len() / 2]] {
        write_whole(&path, |w| w.write_all(bytes)).unwrap();
        let error = RecordReader::open(&path).unwrap_err();
        assert!(matches!(error, Error::Format { .. }), "{error}");
        assert!(error.to_string().contains("record.parquet"), "{error}");
    }
    assert!(matches!(RecordReader::open(&folder.path().join("none")), Err(Error::Read { .. })));
}

#[test]
fn a_record_of_another_version_is_refused() {
    let mut pairs = meta(17).to_pairs().unwrap();
    assert!(pairs.is_sorted_by(|a, b| a.key < b.key));
    assert_eq!(RecordMeta::from_pairs(&pairs), Ok(meta(17)));
    let version = pairs.iter_mut().find(|pair| pair.key.ends_with("schema_version")).unwrap();
    version.value = Some("2".into());
    assert!(RecordMeta::from_pairs(&pairs).unwrap_err().contains("version is 2"));
}

#[test]
fn a_record_says_which_joints_it_has_and_which_belong_together() {
    let fact = |pairs: &[parquet::file::metadata::KeyValue], name: &str| {
        let of_name = pairs.iter().find(|pair| pair.key == format!("silhueta.{name}"));
        of_name.and_then(|pair| pair.value.clone()).unwrap()
    };
    for set in KeypointSet::ALL {
        let written = RecordMeta { skeleton: set.into(), ..meta(0) };
        let mut pairs = written.to_pairs().unwrap();
        assert_eq!(RecordMeta::from_pairs(&pairs), Ok(written.clone()));
        assert_eq!(fact(&pairs, "skeleton_name"), set.name());
        let joints: Vec<String> = serde_json::from_str(&fact(&pairs, "skeleton")).unwrap();
        let edges: Vec<[usize; 2]> = serde_json::from_str(&fact(&pairs, "skeleton_edges")).unwrap();
        assert_eq!((joints.len(), edges.len()), (set.count(), set.bones().len()));
        // The first records named the joints alone.
        pairs.retain(|pair| !pair.key.contains("skeleton_"));
        assert_eq!(RecordMeta::from_pairs(&pairs), Ok(written));
    }
    let mut odd = meta(17);
    odd.skeleton.bones.push((3, 17));
    assert!(RecordMeta::from_pairs(&odd.to_pairs().unwrap()).unwrap_err().contains("joint 17 of 17"));
    odd.skeleton.bones.pop();
    let mut nameless = odd.to_pairs().unwrap();
    nameless.retain(|pair| !pair.key.ends_with("skeleton_name"));
    assert!(RecordMeta::from_pairs(&nameless).unwrap_err().contains("silhueta.skeleton_name"));
}

/// Some of these make the Parquet crate panic.
#[test]
fn a_damaged_record_is_an_error_or_rows_but_never_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record.parquet");
    write(&path, &meta(3), &rows(5, 3));
    let whole = std::fs::read(&path).unwrap();
    for offset in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[offset] ^= 0x9a;
        File::create(&path).unwrap().write_all(&bytes).unwrap();
        if let Ok(reader) = RecordReader::open(&path) {
            assert!(reader.take(10_000).count() < 10_000, "byte {offset}");
        }
    }
}
