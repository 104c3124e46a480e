//! A finished record as the metrics look at it: boxes and poses by frame.

use silhueta_shared::pose::KeypointSet;

use super::keypoints::Pose;
use super::sequence::Labelled;
use crate::record::RecordRow;
use crate::rect::Rect;
use crate::{Error, Result};

/// Which number of a row stays with a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Number {
    /// That of the person, after tracks were joined.
    #[default]
    Identity,
    /// That of the tracker.
    Track,
}

/// The frames of a record, from frame 0 of the source to the last with a row.
///
/// A job that looks at fewer frames than the source has leaves frames out: take those out of the truth too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recorded {
    /// Boxes that have a number.
    pub tracks: Vec<Vec<Labelled>>,
    /// Poses of COCO's 17 keypoints, with a number or without. Larger sets begin with those and give them: feet,
    /// face and hands are not scored.
    pub poses: Vec<Vec<Pose>>,
}

impl Recorded {
    /// From the rows of a [`RecordReader`](crate::record::RecordReader), or any others.
    ///
    /// # Errors
    /// Those of `rows`; [`Error::Joints`] for a pose of no [`KeypointSet`], whose first joints may be anything.
    pub fn of(rows: impl IntoIterator<Item = Result<RecordRow>>, number: Number) -> Result<Self> {
        let mut recorded = Self::default();
        for row in rows {
            let row = row?;
            let frame = row.frame as usize;
            if recorded.tracks.len() <= frame {
                recorded.tracks.resize(frame + 1, Vec::new());
                recorded.poses.resize(frame + 1, Vec::new());
            }
            let id = match number {
                Number::Identity => row.identity.map(|id| id.get()),
                Number::Track => row.track.map(|id| id.get()),
            };
            let bbox = Rect::from(row.bbox);
            recorded.tracks[frame].extend(id.map(|id| Labelled { id, bbox }));
            recorded.poses[frame].extend(pose(&row, bbox)?);
        }
        Ok(recorded)
    }
}

/// A pose's score is the mean of its joints' times the detector's, as COCO's own results have it.
fn pose(row: &RecordRow, bbox: Rect) -> Result<Option<Pose>> {
    let Some(joints) = &row.pose else { return Ok(None) };
    let known = KeypointSet::of_count(joints.len()).and_then(|_| joints.first_chunk::<17>());
    let joints = known.ok_or(Error::Joints { joints: joints.len() })?;
    let mean = joints.iter().map(|joint| f64::from(joint.score)).sum::<f64>() / 17.0;
    let keypoints = joints.map(|joint| [f64::from(joint.x), f64::from(joint.y)]);
    Ok(Some(Pose { keypoints, score: mean * f64::from(row.score), bbox }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use silhueta_shared::geometry::Bbox;
    use silhueta_shared::pose::Keypoint;
    use silhueta_shared::track::{IdentityId, TrackId};

    #[test]
    fn rows_become_frames_by_either_number() {
        let row = |frame, track, identity, joints: Option<usize>| {
            let point = |k| Keypoint { x: k as f32, y: 2.0, score: 0.5 };
            Ok(RecordRow {
                frame,
                pts: 0,
                track: TrackId::new(track),
                identity: IdentityId::new(identity),
                bbox: Bbox::new(1.0, 2.0, 11.0, 22.0),
                score: 0.5,
                pose: joints.map(|joints| (0..joints).map(point).collect()),
                flags: 0,
            })
        };
        let rows = || [row(1, 4, 1, Some(17)), row(1, 5, 0, None), row(3, 0, 2, Some(26)), row(3, 6, 1, None)];
        let ids = |number| -> Vec<Vec<u32>> {
            let tracks = Recorded::of(rows(), number).unwrap().tracks;
            tracks.iter().map(|frame| frame.iter().map(|b| b.id).collect()).collect()
        };
        assert_eq!(ids(Number::Identity), [vec![], vec![1], vec![], vec![2, 1]]);
        assert_eq!(ids(Number::Track), [vec![], vec![4, 5], vec![], vec![6]]);

        let recorded = Recorded::of(rows(), Number::Track).unwrap();
        assert_eq!(recorded.tracks[1][0].bbox, Rect::new(1.0, 2.0, 10.0, 20.0));
        assert_eq!(recorded.poses.iter().map(Vec::len).collect::<Vec<_>>(), [0, 1, 0, 1]);
        assert_eq!((recorded.poses[3][0].keypoints[16], recorded.poses[3][0].score), ([16.0, 2.0], 0.25));

        let error = Recorded::of([row(1, 4, 1, Some(21))], Number::Track).unwrap_err().to_string();
        assert!(error.contains("21 joints") && error.contains("26 (halpe26)"), "{error}");
    }
}
