//! Files come back as they were written, and say what is wrong with them.

use std::path::PathBuf;

use super::*;
use crate::Error;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    #[expect(clippy::disallowed_methods, reason = "a file to be read")]
    fn file(&self, text: &str) -> PathBuf {
        let path = self.0.path().join("file.txt");
        std::fs::write(&path, text).unwrap();
        path
    }
}

fn why<T: std::fmt::Debug>(read: crate::Result<T>) -> String {
    match read {
        Err(Error::Format { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn truth_is_written_in_the_challenges_columns_and_read_again() {
    let folder = Folder::new();
    let rows = [
        MotTruth {
            frame: 1,
            id: 4,
            bbox: Rect::new(-3.5, 0.0, 70.25, 200.125),
            counts: true,
            class: 1,
            visibility: 0.5,
        },
        MotTruth { frame: 2, id: 9, bbox: Rect::new(10.0, 20.0, 7.0, 8.0), counts: false, class: 8, visibility: 1.0 },
    ];
    let path = folder.file("");
    write_truth(&path, &rows).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "1,4,-3.5,0,70.25,200.125,1,1,0.5\n2,9,10,20,7,8,0,8,1\n");
    assert_eq!(read_truth(&path).unwrap(), rows);
}

#[test]
fn tracks_and_detections_are_written_in_the_challenges_columns_and_read_again() {
    let folder = Folder::new();
    let path = folder.file("");
    let bbox = Rect::new(1.5, 2.0, 30.0, 40.0);
    let tracks = [MotTrack { frame: 3, id: 0, bbox, score: 0.875 }];
    write_tracks(&path, &tracks).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "3,0,1.5,2,30,40,0.875,-1,-1,-1\n");
    assert_eq!(read_tracks(&path).unwrap(), tracks);

    let detections = [MotDetection { frame: 3, bbox, score: 12.5 }];
    write_detections(&path, &detections).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "3,-1,1.5,2,30,40,12.5\n");
    assert_eq!(read_detections(&path).unwrap(), detections);
}

#[test]
fn what_other_programs_write_is_read() {
    let folder = Folder::new();
    let read = read_tracks(&folder.file("1.0, 2.0, 1e1, 2, 3, 4\r\n\r\n2,2,1,2,3,4,0.5,-1,-1,-1,\r\n")).unwrap();
    assert_eq!(read.iter().map(|row| (row.frame, row.id, row.score)).collect::<Vec<_>>(), [(1, 2, 1.0), (2, 2, 0.5)]);
    assert_eq!(read[0].bbox, Rect::new(10.0, 2.0, 3.0, 4.0));
    assert_eq!(read_truth(&folder.file("1,1,1,2,3,4,1,1")).unwrap()[0].visibility, 1.0);
}

#[test]
fn the_lines_of_a_row_are_found_again() {
    let folder = Folder::new();
    let path = folder.file("1,1,1,2,3,4\n\n2,1,1,2,3,4\n2,3,1,2,3,4\n2.0, 1.0,9,9,9,9\n");
    assert_eq!(lines_of(&path, 2, Some(1)).unwrap(), [3, 5]);
    assert_eq!(lines_of(&path, 2, None).unwrap(), [3, 4, 5]);
    assert!(lines_of(&path, 7, None).unwrap().is_empty());
}

#[test]
fn errors_name_file_line_and_field() {
    let folder = Folder::new();
    let good = "1,1,1,2,3,4,1,1,1\n";
    for (bad, expected) in [
        ("1,1,1,2,abc,4,1,1,1", "line 3: its width is \"abc\""),
        ("1,1,1,2,3,inf,1,1,1", "line 3: its height is \"inf\""),
        ("0,1,1,2,3,4,1,1,1", "line 3: its frame is 0 instead of a whole number from 1"),
        ("1,-1,1,2,3,4,1,1,1", "line 3: its id is -1 instead of a whole number from 0"),
        ("1,1.5,1,2,3,4,1,1,1", "line 3: its id is 1.5 instead of a whole number from 0"),
        ("1,1,1,2,3,4,1", "line 3: there is no class"),
    ] {
        assert_eq!(why(read_truth(&folder.file(&format!("{good}\n{bad}\n{good}")))), expected);
    }
    let path = folder.file("1;2");
    assert!(read_tracks(&path).unwrap_err().to_string().contains("file.txt"));
}

#[test]
fn seqinfo_is_written_and_read_again() {
    let folder = Folder::new();
    let path = folder.file("");
    let info = SeqInfo {
        name: "sample".into(),
        image_folder: "img1".into(),
        frame_rate: 29.97,
        length: 314,
        width: 1280,
        height: 720,
        image_ending: ".jpg".into(),
    };
    info.write(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with("[Sequence]\nname=sample\nimDir=img1\nframeRate=29.97\nseqLength=314\n"), "{text}");
    assert_eq!(SeqInfo::read(&path).unwrap(), info);
    assert_eq!(why(SeqInfo::read(&folder.file(&text.replace("314", "many")))), "its seqLength is \"many\"");
    assert_eq!(why(SeqInfo::read(&folder.file(&text.replace("imExt", "ext")))), "it does not say its imExt");
    assert_eq!(why(SeqInfo::read(&folder.file("name=x"))), "it does not begin with [Sequence]");
}
