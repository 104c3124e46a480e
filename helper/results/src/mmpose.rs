//! Predictions in MMPose's form, as scripts around its web server read them: an array with one object a frame that
//! was looked at, also where nobody is.
//!
//! Frames count from 0 on the source. `track_id` is the person over the whole video. Joints are all that the pose
//! network gives, in its order; coordinates have two decimals, scores four. A number that is not finite is never
//! written: a joint that has one lies at the origin with a score of 0, which no reader draws.

use std::io::{self, Write};

use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::Keypoint;
use silhueta_shared::track::IdentityId;

use crate::file::Pending;
use crate::json::{Edges, JsonFile, Score, decimal};
use crate::{Error, Result};

/// One person of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Instance<'a> {
    /// Who.
    pub identity: IdentityId,
    /// Where, in source pixels.
    pub bbox: Bbox,
    /// How sure the box is, 0..=1.
    pub score: f32,
    /// The joints.
    pub joints: Joints<'a>,
}

/// The joints of one person, in the order of the network's set.
#[derive(Clone, Copy, Debug)]
pub enum Joints<'a> {
    /// `[x, y]`, in source pixels.
    Plane(&'a [Keypoint]),
    /// `[x, y, z]`, and the scores of the joints in the plane that they were lifted from.
    Space(&'a [[f32; 3]], &'a [Keypoint]),
}

impl Joints<'_> {
    /// Coordinates, of which the last may not count, how many do, and the score.
    fn each(&self) -> impl Iterator<Item = ([f32; 3], usize, f32)> + '_ {
        let plane = match self {
            Self::Plane(plane) | Self::Space(_, plane) => *plane,
        };
        plane.iter().enumerate().map(|(k, joint)| {
            let (point, count) = match self {
                Self::Plane(_) => ([joint.x, joint.y, 0.0], 2),
                Self::Space(space, _) => (space.get(k).copied().unwrap_or([f32::NAN; 3]), 3),
            };
            let is_finite = joint.score.is_finite() && point.iter().all(|value| value.is_finite());
            if is_finite { (point, count, joint.score) } else { ([0.0; 3], count, 0.0) }
        })
    }
}

/// The file under way.
#[derive(Debug)]
pub struct Predictions {
    file: JsonFile,
    last: Option<u64>,
}

impl Predictions {
    /// Begins the file.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn create(pending: Pending) -> Result<Self> {
        let mut file = JsonFile::create(pending)?;
        file.put(|w| w.write_all(b"["))?;
        Ok(Self { file, last: None })
    }

    /// Adds the next frame that was looked at, with the people in it.
    ///
    /// # Errors
    /// [`Error::Row`] when it is not behind the last one, else [`Error::Write`].
    pub fn push<'a>(&mut self, frame: u64, people: impl IntoIterator<Item = Instance<'a>>) -> Result<()> {
        let last = self.last.replace(frame);
        if let Some(last) = last.filter(|last| frame <= *last) {
            return Err(Error::row(self.file.path(), format!("frame {frame} comes after frame {last}")));
        }
        self.file.put(|w| {
            write!(w, "{}\n{{\"frame_id\":{frame},\"instances\":[", if last.is_some() { "," } else { "" })?;
            for (i, person) in people.into_iter().enumerate() {
                w.write_all(if i == 0 { b"" } else { b"," })?;
                put(w, &person)?;
            }
            w.write_all(b"]}")
        })
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

fn put(w: &mut impl Write, person: &Instance<'_>) -> io::Result<()> {
    w.write_all(b"{\"keypoints\":[")?;
    for (k, (point, count, _)) in person.joints.each().enumerate() {
        w.write_all(if k == 0 { b"" } else { b"," })?;
        for (axis, value) in point.iter().take(count).enumerate() {
            write!(w, "{}{:?}", if axis == 0 { "[" } else { "," }, decimal(*value, 2))?;
        }
        w.write_all(b"]")?;
    }
    w.write_all(b"],\"keypoint_scores\":[")?;
    for (k, (_, _, score)) in person.joints.each().enumerate() {
        write!(w, "{}{}", if k == 0 { "" } else { "," }, Score(score))?;
    }
    let (edges, score) = (Edges(&person.bbox), Score(person.score));
    write!(w, "],\"bbox\":{edges},\"bbox_score\":{score},\"track_id\":{}}}", person.identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(identity: u32, joints: Joints<'_>) -> Instance<'_> {
        let identity = IdentityId::new(identity).unwrap();
        Instance { identity, bbox: Bbox::new(1.236, -0.001, 10.0, 20.5), score: 0.912_345, joints }
    }

    fn text(fill: impl FnOnce(&mut Predictions)) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("praça_rtmpose-l.json");
        let mut file = Predictions::create(Pending::new(&path)).unwrap();
        fill(&mut file);
        file.close().unwrap().commit().unwrap();
        std::fs::read_to_string(path).unwrap()
    }

    const JOINTS: [Keypoint; 2] =
        [Keypoint { x: 3.004, y: 1280.0, score: 0.5 }, Keypoint { x: f32::NAN, y: 2.0, score: 0.9 }];

    /// Scripts of others read this.
    #[test]
    fn the_bytes_are_pinned() {
        let bytes = text(|file| {
            let two = [person(7, Joints::Plane(&JOINTS)), person(2, Joints::Plane(&JOINTS[..1]))];
            file.push(0, two).unwrap();
            file.push(3, []).unwrap();
            file.push(6, [person(1, Joints::Space(&[[0.126, -4.0, 3.5], [1.0, f32::INFINITY, 1.0]], &JOINTS))])
                .unwrap();
        });
        let bbox = "\"bbox\":[1.24,0.0,10.0,20.5],\"bbox_score\":0.9123,\"track_id\"";
        let lines = [
            "[".to_owned(),
            format!(
                "{{\"frame_id\":0,\"instances\":[{{\"keypoints\":[[3.0,1280.0],[0.0,0.0]],\
                 \"keypoint_scores\":[0.5,0.0],{bbox}:7}},{{\"keypoints\":[[3.0,1280.0]],\"keypoint_scores\":[0.5],\
                 {bbox}:2}}]}},"
            ),
            "{\"frame_id\":3,\"instances\":[]},".into(),
            format!(
                "{{\"frame_id\":6,\"instances\":[{{\"keypoints\":[[0.13,-4.0,3.5],[0.0,0.0,0.0]],\
                 \"keypoint_scores\":[0.5,0.0],{bbox}:1}}]}}"
            ),
            "]".into(),
        ];
        assert_eq!(bytes.lines().collect::<Vec<_>>(), lines);
        serde_json::from_str::<serde_json::Value>(&bytes).unwrap();
        assert_eq!(text(|_| ()), "[\n]\n");
    }

    #[test]
    fn a_frame_that_goes_back_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = Predictions::create(Pending::new(folder.path().join("a.json"))).unwrap();
        file.push(4, []).unwrap();
        let said = file.push(4, []).unwrap_err().to_string();
        assert!(said.contains("a.json") && said.contains("frame 4"), "{said}");
    }
}
