//! COCO's JSON documents: annotated people of a set of images, and results to be scored against them.
//!
//! Lengths are in pixels from the left and top edge of the image, boxes are `[left, top, width, height]`,
//! keypoints `[x, y, v, …]` with `v` 0 for not annotated, 1 for hidden and 2 for seen. Images, people and
//! categories are numbered from 1: pycocotools takes an annotation 0 for none. What COCO has no field for
//! ([`Annotation::track_id`] and what follows) stands beside its fields, where its readers pass it over.

mod numbers;

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use silhueta_shared::pose::{COCO17, KeypointSet};

use crate::file::write_whole;
use crate::metrics::keypoints::{Image as Scored, Person, Pose};
use crate::metrics::oks::PersonTruth;
use crate::rect::Rect;
use crate::{Error, Result};

/// The category of people, in COCO and here.
pub const PERSON: u32 = 1;

/// COCO's bones, as pairs of joints counted from 1, in its order. (Those that NeuraPose draws are
/// [`COCO17_BONES`](silhueta_shared::pose::COCO17_BONES).)
const SKELETON: [[u32; 2]; 19] = [
    [16, 14],
    [14, 12],
    [17, 15],
    [15, 13],
    [12, 13],
    [6, 12],
    [7, 13],
    [6, 7],
    [6, 8],
    [7, 9],
    [8, 10],
    [9, 11],
    [2, 3],
    [1, 2],
    [1, 3],
    [2, 4],
    [3, 5],
    [4, 6],
    [5, 7],
];

/// An annotation file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Dataset {
    /// Where it comes from.
    #[serde(default)]
    pub info: Info,
    /// Its images.
    pub images: Vec<Image>,
    /// Who is in them.
    pub annotations: Vec<Annotation>,
    /// What annotations can be of.
    pub categories: Vec<Category>,
}

/// Where a dataset comes from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Info {
    /// What it shows.
    pub description: String,
    /// Which version of it.
    pub version: String,
}

/// An image, or a frame of a video.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Image {
    /// Its number, from 1.
    pub id: u64,
    /// Its file, beside the annotations.
    pub file_name: String,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// The frame of the video that it is, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frame: Option<u64>,
}

/// What annotations can be of.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// Its number.
    pub id: u32,
    /// Its name.
    pub name: String,
    /// The wider group it belongs to.
    #[serde(default)]
    pub supercategory: String,
    /// Names of its keypoints.
    #[serde(default)]
    pub keypoints: Vec<String>,
    /// Pairs of keypoints, counted from 1, that belong together.
    #[serde(default)]
    pub skeleton: Vec<[u32; 2]>,
}

impl Category {
    /// People with COCO's 17 keypoints.
    pub fn person() -> Self {
        Self {
            id: PERSON,
            name: "person".into(),
            supercategory: "person".into(),
            keypoints: COCO17.map(str::to_owned).into(),
            skeleton: SKELETON.into(),
        }
    }
}

/// One person in one image.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// Its number, from 1.
    pub id: u64,
    /// [`Image::id`].
    pub image_id: u64,
    /// [`Category::id`].
    pub category_id: u32,
    /// The whole person.
    #[serde(serialize_with = "numbers::rect")]
    pub bbox: Rect,
    /// Area of the person's outline in square pixels: the scale of OKS.
    #[serde(serialize_with = "numbers::number")]
    pub area: f64,
    /// 1 for a group in one annotation.
    #[serde(default)]
    pub iscrowd: u8,
    /// `[x, y, v]` of each keypoint; none where they were not annotated.
    #[serde(default, with = "numbers::flat", skip_serializing_if = "Vec::is_empty")]
    pub keypoints: Vec<[f64; 3]>,
    /// How many of them have `v` above 0.
    #[serde(default)]
    pub num_keypoints: u32,
    /// The person over all frames.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track_id: Option<u32>,
    /// The box around what can be seen of the person.
    #[serde(default, serialize_with = "numbers::some_rect", skip_serializing_if = "Option::is_none")]
    pub visible_bbox: Option<Rect>,
    /// Share of the person that can be seen, 0..=1.
    #[serde(default, serialize_with = "numbers::some", skip_serializing_if = "Option::is_none")]
    pub visibility: Option<f64>,
    /// The person's face, where it is turned to the camera.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub face: Option<Face>,
}

/// A face. Degrees as the scene generator has them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Face {
    /// Where.
    #[serde(serialize_with = "numbers::rect")]
    pub bbox: Rect,
    /// `[x, y, v]` of the person's own left eye, right eye, tip of the nose, left and right corner of the mouth.
    #[serde(with = "numbers::flat")]
    pub landmarks: Vec<[f64; 3]>,
    /// 0 looks into the camera, positive to the right of the picture, ±90 is a profile.
    #[serde(serialize_with = "numbers::number")]
    pub yaw: f64,
    /// Positive looks up.
    #[serde(serialize_with = "numbers::number")]
    pub pitch: f64,
    /// Positive is tilted clockwise in the picture.
    #[serde(serialize_with = "numbers::number")]
    pub roll: f64,
    /// Blur as the standard deviation of a Gaussian in pixels.
    #[serde(serialize_with = "numbers::number")]
    pub blur: f64,
    /// Share of the landmarks that nothing hides, 0..=1.
    #[serde(serialize_with = "numbers::number")]
    pub visibility: f64,
}

impl Annotation {
    /// A person with keypoints, whose visible ones are counted here.
    pub fn person(id: u64, image_id: u64, bbox: Rect, area: f64, keypoints: Vec<[f64; 3]>) -> Self {
        let num_keypoints = keypoints.iter().filter(|&&[_, _, v]| v > 0.0).count() as u32;
        Self { id, image_id, category_id: PERSON, bbox, area, keypoints, num_keypoints, ..Self::default() }
    }

    /// As something to be scored, by COCO's 17 keypoints, with which every [`KeypointSet`] begins. An annotation
    /// of no such set has none that count.
    pub fn truth(&self) -> Person {
        let keypoints = first_17(&self.keypoints).copied().unwrap_or_default();
        Person { truth: PersonTruth { keypoints, area: self.area, bbox: self.bbox.into() }, crowd: self.iscrowd != 0 }
    }
}

impl Dataset {
    /// Reads a file. Fields it does not know are passed over.
    ///
    /// # Errors
    /// [`Error::Read`]; [`Error::Format`], which names line and column.
    pub fn read(path: &Path) -> Result<Self> {
        read(path, "a COCO dataset")
    }

    /// Writes a file, lengths to a thousandth of a pixel. The same dataset gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write(&self, path: &Path) -> Result<()> {
        write(path, self)
    }
}

/// A pose in a results file, which is a list of them. No box: pycocotools would take it for a result of
/// boxes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PoseResult {
    /// [`Image::id`].
    pub image_id: u64,
    /// [`Category::id`].
    pub category_id: u32,
    /// `[x, y, score]` of each keypoint.
    #[serde(with = "numbers::flat")]
    pub keypoints: Vec<[f64; 3]>,
    /// How sure.
    #[serde(serialize_with = "numbers::score")]
    pub score: f64,
}

impl PoseResult {
    /// Reads a file.
    ///
    /// # Errors
    /// [`Error::Read`]; [`Error::Format`], which names line and column.
    pub fn read_all(path: &Path) -> Result<Vec<Self>> {
        read(path, "a list of COCO keypoint results")
    }

    /// Writes a file, rows in the order given, lengths to a thousandth of a pixel.
    ///
    /// # Errors
    /// [`Error::Write`].
    pub fn write_all(path: &Path, rows: &[Self]) -> Result<()> {
        write(path, rows)
    }

    /// As something to be scored, by COCO's 17 keypoints, with which every [`KeypointSet`] begins, and their hull
    /// as box; `None` for any other number of keypoints.
    pub fn pose(&self) -> Option<Pose> {
        let keypoints = first_17(&self.keypoints)?.map(|[x, y, _]| [x, y]);
        let [(left, right), (top, bottom)] = [0, 1].map(|axis| {
            let ends = (f64::INFINITY, f64::NEG_INFINITY);
            keypoints.iter().fold(ends, |(low, high), point| (low.min(point[axis]), high.max(point[axis])))
        });
        Some(Pose { keypoints, score: self.score, bbox: Rect::new(left, top, right - left, bottom - top) })
    }
}

fn first_17(keypoints: &[[f64; 3]]) -> Option<&[[f64; 3]; 17]> {
    KeypointSet::of_count(keypoints.len()).and_then(|_| keypoints.first_chunk())
}

/// People and poses by image, in the order of the images' numbers, for
/// [`KeypointScores`](crate::metrics::keypoints::KeypointScores). Results of images that the dataset does not have are left out.
pub fn scored(dataset: &Dataset, results: &[PoseResult]) -> Vec<Scored> {
    let mut ids: Vec<u64> = dataset.images.iter().map(|image| image.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut images = vec![Scored::default(); ids.len()];
    for annotation in dataset.annotations.iter().filter(|annotation| annotation.category_id == PERSON) {
        if let Ok(index) = ids.binary_search(&annotation.image_id) {
            images[index].people.push(annotation.truth());
        }
    }
    for result in results.iter().filter(|result| result.category_id == PERSON) {
        if let Ok(index) = ids.binary_search(&result.image_id) {
            images[index].poses.extend(result.pose());
        }
    }
    images
}

fn read<T: DeserializeOwned>(path: &Path, what: &'static str) -> Result<T> {
    let file = File::open(path).map_err(|source| Error::read(path, source))?;
    serde_json::from_reader(BufReader::new(file)).map_err(|error| match error.io_error_kind() {
        Some(kind) => Error::read(path, kind),
        None => Error::format(path, what, error.to_string()),
    })
}

fn write<T: Serialize + ?Sized>(path: &Path, document: &T) -> Result<()> {
    write_whole(path, |file| {
        serde_json::to_writer(&mut *file, document)?;
        file.write_all(b"\n")
    })
}

#[cfg(test)]
mod tests;
