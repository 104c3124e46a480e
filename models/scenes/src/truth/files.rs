//! Truth as files: `events.json`, COCO's `coco.json`, MOTChallenge's `gt/gt.txt` and `seqinfo.ini`, our `record.parquet`.

use std::path::{Path, PathBuf};

use silhueta_results::coco;
use silhueta_results::file;
use silhueta_results::mot::{self, MotTruth, SeqInfo, class};
use silhueta_results::record::{RecordMeta, RecordRow, RecordWriter};
use silhueta_shared::pose::{Keypoint, KeypointSet};
use silhueta_shared::summary::Settings;
use silhueta_shared::time::TimeBase;
use silhueta_shared::track::{IdentityId, TrackId};

use super::{Events, FaceTruth, PersonTruth, Point, Sight};
use crate::script::Script;

/// Who is seen less than this isn't asked for: nobody could find them.
const LEAST_SEEN: f32 = 0.1;

/// What is true of a video.
#[derive(Clone, Copy, Debug)]
pub struct Truth<'a> {
    /// The scene's name.
    pub name: &'a str,
    /// Its script.
    pub script: &'a Script,
    /// Of each frame, everybody in it.
    pub people: &'a [Vec<PersonTruth>],
    /// What happens.
    pub events: &'a Events,
    /// SHA-256 of the video, lower-case hex.
    pub sha256: &'a str,
    /// Length of a frame.
    pub time_base: TimeBase,
}

/// Where the pictures of the frames would be, for tools that want them: `img1/000001.png` and on, from 1.
pub fn picture(frame: u32) -> PathBuf {
    Path::new(FOLDER).join(format!("{:06}.png", frame + 1))
}

/// MOTChallenge's name for it.
const FOLDER: &str = "img1";

impl Truth<'_> {
    /// Writes all files into `folder`, which must be there.
    ///
    /// # Errors
    /// The folder can't be written to.
    pub fn write(&self, folder: &Path) -> silhueta_results::Result<()> {
        file::write_whole(&folder.join("events.json"), |to| {
            serde_json::to_writer_pretty(to, self.events).map_err(std::io::Error::other)
        })?;
        self.coco().write(&folder.join("coco.json"))?;
        mot::write_truth(&folder.join("gt").join("gt.txt"), &self.mot())?;
        self.seqinfo().write(&folder.join("seqinfo.ini"))?;
        self.record(&folder.join("record.parquet"))
    }

    fn coco(&self) -> coco::Dataset {
        let [width, height] = self.script.size;
        let image = |frame: usize| coco::Image {
            id: frame as u64 + 1,
            file_name: picture(frame as u32).to_string_lossy().into_owned(),
            width,
            height,
            frame: Some(frame as u64),
        };
        let mut annotations = Vec::new();
        for (frame, person) in self.everybody() {
            let joints = person.joints.map(Point::coco).to_vec();
            let (bbox, area) = (person.full.clipped(width, height).into(), f64::from(person.area));
            annotations.push(coco::Annotation {
                track_id: Some(identity(person)),
                visible_bbox: person.visible.map(Into::into),
                visibility: Some(f64::from(person.visibility)),
                face: person.face.as_ref().map(face),
                ..coco::Annotation::person(annotations.len() as u64 + 1, frame as u64 + 1, bbox, area, joints)
            });
        }
        coco::Dataset {
            info: coco::Info { description: self.script.title.clone(), version: env!("CARGO_PKG_VERSION").into() },
            images: (0..self.people.len()).map(image).collect(),
            annotations,
            categories: vec![coco::Category::person()],
        }
    }

    fn mot(&self) -> Vec<MotTruth> {
        let row = |(frame, person): (usize, &PersonTruth)| MotTruth {
            frame: frame as u32 + 1,
            id: identity(person),
            bbox: person.full.into(),
            counts: person.visibility >= LEAST_SEEN,
            class: class::PEDESTRIAN,
            visibility: f64::from(person.visibility),
        };
        self.everybody().map(row).collect()
    }

    fn seqinfo(&self) -> SeqInfo {
        let [width, height] = self.script.size;
        SeqInfo {
            name: self.name.to_owned(),
            image_folder: FOLDER.into(),
            frame_rate: f64::from(self.script.fps),
            length: self.people.len() as u32,
            width,
            height,
            image_ending: ".png".into(),
        }
    }

    /// Our record of what can be seen: whole boxes as far as they are in the picture, the seen share as score;
    /// joints score 1 where seen, 0.5 where hidden, 0 outside of the picture.
    fn record(&self, path: &Path) -> silhueta_results::Result<()> {
        let [width, height] = self.script.size;
        let meta = RecordMeta {
            source_sha256: self.sha256.to_owned(),
            width,
            height,
            fps: f64::from(self.script.fps),
            time_base: self.time_base,
            frames: self.people.len() as u64,
            skeleton: KeypointSet::Coco17.into(),
            models: Vec::new(),
            settings: Settings {
                fps: None,
                precision: Default::default(),
                tracker: "truth".into(),
                identities: Default::default(),
                anchors: Vec::new(),
                pose_batch: 1,
                runtime: String::new(),
                cpu: String::new(),
                app: env!("CARGO_PKG_VERSION").into(),
            },
        };
        let mut record = RecordWriter::create(path, &meta)?;
        for (frame, person) in self.everybody().filter(|(_, person)| person.visible.is_some()) {
            let score = |sight: Sight| f32::from(sight as u8) / 2.0;
            let joint = |p: Point| Keypoint { x: p.x, y: p.y, score: score(p.sight) };
            record.push(&RecordRow {
                frame: frame as u32,
                pts: frame as i64,
                track: TrackId::new(identity(person)),
                identity: IdentityId::new(identity(person)),
                bbox: person.full.clipped(width, height),
                score: person.visibility,
                pose: Some(person.joints.map(joint).to_vec()),
                flags: 0,
            })?;
        }
        record.finish()
    }

    fn everybody(&self) -> impl Iterator<Item = (usize, &PersonTruth)> {
        self.people.iter().enumerate().flat_map(|(frame, people)| people.iter().map(move |person| (frame, person)))
    }
}

/// Counted from 1.
fn identity(person: &PersonTruth) -> u32 {
    person.player as u32 + 1
}

fn face(face: &FaceTruth) -> coco::Face {
    coco::Face {
        bbox: face.bbox.into(),
        landmarks: face.landmarks.map(Point::coco).to_vec(),
        yaw: f64::from(face.yaw),
        pitch: f64::from(face.pitch),
        roll: f64::from(face.roll),
        blur: f64::from(face.blur),
        visibility: f64::from(face.visibility),
    }
}
