//! The two JSON files that NeuraPose and what was built around it read, written row by row.
//!
//! `pose.json` has COCO's 17 joints of each person, whatever the pose network gives: its readers expect them, and
//! larger sets begin with them. Feet, face and hands are in the record.
//!
//! Frames count from 0 on the source. Coordinates have two decimals, scores four; a number that is not
//! finite is never written: a joint that has one becomes `[0,0,0]`, as that system marks a missing joint.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::path::Path;

use silhueta_shared::pose::Keypoint;

use crate::file::Pending;
use crate::json::{Edges, JsonFile, Score, decimal};
use crate::record::RecordRow;
use crate::{Error, Result};

/// Joints per row: the readers expect COCO's 17, which larger skeletons have in front.
const JOINTS: usize = 17;

/// `pose.json`: an array with one object per line for each row that has track, identity and pose.
#[derive(Debug)]
pub struct PoseJson {
    file: JsonFile,
    rows: u64,
}

impl PoseJson {
    /// Begins the file that will be at `path`.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn create(path: &Path) -> Result<Self> {
        let mut file = JsonFile::create(Pending::new(path))?;
        file.put(|w| w.write_all(b"["))?;
        Ok(Self { file, rows: 0 })
    }

    /// Adds a row; one without track, identity or pose is passed over.
    ///
    /// # Errors
    /// [`Error::Row`] when its pose has fewer than 17 joints, else [`Error::Write`].
    pub fn push(&mut self, row: &RecordRow) -> Result<()> {
        let (Some(track), Some(identity), Some(pose)) = (row.track, row.identity, &row.pose) else { return Ok(()) };
        let Some(pose) = pose.get(..JOINTS) else {
            return Err(Error::row(self.file.path(), format!("a pose of {} joints", pose.len())));
        };
        let start = if self.rows == 0 { "\n" } else { ",\n" };
        self.rows += 1;
        self.file.put(|w| {
            write!(w, "{start}{{\"frame\":{},\"botsort_id\":{track},\"id_persistente\":{identity},", row.frame)?;
            write!(w, "\"bbox\":{},\"confidence\":{},\"keypoints\":[", Edges(&row.bbox), Score(row.score))?;
            for (k, point) in pose.iter().enumerate() {
                write!(w, "{}{}", if k == 0 { "" } else { "," }, Joint(point))?;
            }
            w.write_all(b"]}")
        })
    }

    /// Closes the array and gives the file its name.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn finish(self) -> Result<()> {
        self.close()?.commit()
    }

    /// Closes the array; the file has yet to get its name.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn close(mut self) -> Result<Pending> {
        self.file.put(|w| w.write_all(b"\n]\n"))?;
        self.file.close()
    }
}

/// `tracking.json`: boxes by frame, for frames and tracks that have any.
///
/// `id_map` comes last in the object, because only then is it known which tracks have rows.
#[derive(Debug)]
pub struct TrackingJson {
    file: JsonFile,
    frame: Option<u32>,
    ids: BTreeMap<u32, u32>,
}

impl TrackingJson {
    /// Begins the file that will be at `path`, for the video with file name `video` and so many frames.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn create(path: &Path, video: &str, total_frames: u64) -> Result<Self> {
        let mut file = JsonFile::create(Pending::new(path))?;
        file.put(|w| {
            w.write_all(b"{\"video\":")?;
            serde_json::to_writer(&mut *w, video)?;
            write!(w, ",\"total_frames\":{total_frames},\"tracking_by_frame\":{{")
        })?;
        Ok(Self { file, frame: None, ids: BTreeMap::new() })
    }

    /// Adds a row; one without track or identity is passed over. Rows come in the order of their frames.
    ///
    /// # Errors
    /// [`Error::Row`] when its frame is before the last one's, else [`Error::Write`].
    pub fn push(&mut self, row: &RecordRow) -> Result<()> {
        let (Some(track), Some(identity)) = (row.track, row.identity) else { return Ok(()) };
        if let Some(last) = self.frame.filter(|&last| row.frame < last) {
            let why = format!("frame {} comes after frame {last}", row.frame);
            return Err(Error::row(self.file.path(), why));
        }
        let last = self.frame.replace(row.frame);
        self.ids.insert(track.get(), identity.get());
        self.file.put(|w| {
            match last {
                Some(last) if last == row.frame => w.write_all(b",")?,
                Some(_) => write!(w, "],\n\"{}\":[", row.frame)?,
                None => write!(w, "\n\"{}\":[", row.frame)?,
            }
            write!(w, "{{\"botsort_id\":{track},\"id_persistente\":{identity},")?;
            write!(w, "\"bbox\":{},\"confidence\":{}}}", Edges(&row.bbox), Score(row.score))
        })
    }

    /// Closes the object and gives the file its name.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn finish(self) -> Result<()> {
        self.close()?.commit()
    }

    /// Closes the object; the file has yet to get its name.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn close(mut self) -> Result<Pending> {
        let (ids, any) = (&self.ids, self.frame.is_some());
        self.file.put(|w| {
            w.write_all(if any { b"]\n},\"id_map\":" } else { b"},\"id_map\":" })?;
            serde_json::to_writer(&mut *w, ids)?;
            w.write_all(b"}\n")
        })?;
        self.file.close()
    }
}

struct Joint<'a>(&'a Keypoint);

impl fmt::Display for Joint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &Keypoint { x, y, score } = self.0;
        if [x, y, score].iter().all(|value| value.is_finite()) {
            write!(f, "[{:?},{:?},{:?}]", decimal(x, 2), decimal(y, 2), decimal(score, 4))
        } else {
            f.write_str("[0.0,0.0,0.0]")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};
    use silhueta_shared::geometry::Bbox;
    use silhueta_shared::track::{IdentityId, TrackId};

    fn row(frame: u32, track: u32, identity: u32) -> RecordRow {
        RecordRow {
            frame,
            pts: 0,
            track: TrackId::new(track),
            identity: IdentityId::new(identity),
            bbox: Bbox::new(1.236, -0.001, 10.0, 20.5),
            score: 0.912_345,
            pose: Some(vec![Keypoint { x: 3.004, y: 4.006, score: 0.5 }; 17]),
            flags: 0,
        }
    }

    fn poses(rows: &[RecordRow]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pose.json");
        let mut file = PoseJson::create(&path).unwrap();
        rows.iter().for_each(|row| file.push(row).unwrap());
        file.finish().unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    fn tracking(rows: &[RecordRow]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tracking.json");
        let mut file = TrackingJson::create(&path, "pra\"ça.mp4", 9).unwrap();
        rows.iter().for_each(|row| file.push(row).unwrap());
        file.finish().unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    #[test]
    fn a_pose_row_is_one_line_of_the_known_fields() {
        let text = poses(&[row(0, 2, 1), row(3, 4, 1)]);
        assert_eq!(text.lines().count(), 4, "{text}");
        let joints = vec!["[3.0,4.01,0.5]"; 17].join(",");
        let line = format!(
            "{{\"frame\":0,\"botsort_id\":2,\"id_persistente\":1,\"bbox\":[1.24,0.0,10.0,20.5],\"confidence\":0.9123,\
             \"keypoints\":[{joints}]}},"
        );
        assert_eq!(text.lines().nth(1), Some(line.as_str()));
        let parsed: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert_eq!(parsed[1]["frame"], 3);
    }

    #[test]
    fn rows_without_track_identity_or_pose_are_passed_over() {
        let no_pose = RecordRow { pose: None, ..row(2, 1, 1) };
        let left_out = [row(0, 0, 1), row(1, 1, 0), no_pose];
        assert_eq!(serde_json::from_str::<Value>(&poses(&left_out)).unwrap(), json!([]));
        let tracked: Value = serde_json::from_str(&tracking(&left_out)).unwrap();
        let box_only = json!({"2": [{"botsort_id": 1, "id_persistente": 1, "bbox": [1.24, 0.0, 10.0, 20.5],
            "confidence": 0.9123}]});
        assert_eq!(tracked["tracking_by_frame"], box_only);
    }

    #[test]
    fn what_is_not_finite_is_never_written() {
        let mut odd = row(0, 1, 1);
        odd.bbox.x1 = f32::NAN;
        odd.score = f32::INFINITY;
        odd.pose.as_mut().unwrap()[3].y = f32::NAN;
        let parsed: Value = serde_json::from_str(&poses(&[odd.clone()])).unwrap();
        assert_eq!(parsed[0]["keypoints"][3], json!([0.0, 0.0, 0.0]));
        assert_eq!(parsed[0]["bbox"][0], 0.0);
        serde_json::from_str::<Value>(&tracking(&[odd])).unwrap();
    }

    #[test]
    fn larger_skeletons_give_their_first_17_joints_and_smaller_ones_none() {
        let halpe = RecordRow { pose: Some(vec![Keypoint::default(); 26]), ..row(0, 1, 1) };
        let parsed: Value = serde_json::from_str(&poses(&[halpe])).unwrap();
        assert_eq!(parsed[0]["keypoints"].as_array().unwrap().len(), 17);
        let folder = tempfile::tempdir().unwrap();
        let mut file = PoseJson::create(&folder.path().join("pose.json")).unwrap();
        let face = RecordRow { pose: Some(vec![Keypoint::default(); 5]), ..row(0, 1, 1) };
        assert!(matches!(file.push(&face), Err(Error::Row { .. })));
    }

    #[test]
    fn tracking_groups_rows_by_frame_and_maps_only_ids_with_rows() {
        let rows = [row(0, 1, 1), row(0, 12, 2), row(7, 3, 1)];
        let parsed: Value = serde_json::from_str(&tracking(&rows)).unwrap();
        assert_eq!(parsed["video"], "pra\"ça.mp4");
        assert_eq!(parsed["total_frames"], 9);
        assert_eq!(parsed["id_map"], json!({"1": 1, "3": 1, "12": 2}));
        let frames = parsed["tracking_by_frame"].as_object().unwrap();
        assert_eq!(
            frames.iter().map(|(f, b)| (f.as_str(), b.as_array().unwrap().len())).collect::<Vec<_>>(),
            [("0", 2), ("7", 1)]
        );
        assert_eq!(frames["0"][1]["botsort_id"], 12);
    }

    #[test]
    fn a_video_without_people_gives_valid_empty_files() {
        assert_eq!(serde_json::from_str::<Value>(&poses(&[])).unwrap(), json!([]));
        let parsed: Value = serde_json::from_str(&tracking(&[])).unwrap();
        assert_eq!(parsed["tracking_by_frame"], json!({}));
        assert_eq!(parsed["id_map"], json!({}));
    }
}
