//! How real a scene looks, by the word of networks that were trained on real pictures.

use std::path::Path;
use std::sync::Arc;

use silhueta_results::metrics::oks::{PersonTruth as Annotated, oks};
use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::{ChannelOrder, Device};
use silhueta_shared::model::ModelFile;
use silhueta_vision::detector::Detector;
use silhueta_vision::networks;
use silhueta_vision::osnet::Osnet;
use silhueta_vision::pose::PoseNetwork;
use silhueta_vision::runtime::{Runtime, RuntimeError};

use crate::film::Film;
use crate::make::to_frame;
use crate::truth::{self, PersonTruth, Point};

/// Detections below this don't count.
const LEAST_SCORE: f32 = 0.25;
/// A detection means a person from this overlap on.
const LEAST_OVERLAP: f32 = 0.5;
/// Who is seen at least so much is unoccluded.
const UNOCCLUDED: f32 = 0.9;
/// Smaller people (in pixels of height) aren't asked for.
const SMALLEST: f32 = 40.0;

/// The three networks of the main job.
pub struct Judge {
    detector: Detector,
    pose: PoseNetwork,
    reid: Osnet,
}

impl std::fmt::Debug for Judge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judge").finish_non_exhaustive()
    }
}

/// What the networks say of a scene. Add up those of several scenes with [`Self::add`].
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// Unoccluded people that were looked at.
    pub people: usize,
    /// Of these, how many the detector found.
    pub found: usize,
    /// Detections of a person where none is, not even a hidden one.
    pub ghosts: usize,
    /// OKS of each unoccluded person, in its true box.
    pub oks: Vec<f64>,
    /// Cosines of pairs of crops of one person from different frames.
    pub same: Vec<f32>,
    /// Cosines of pairs of crops of two people.
    pub different: Vec<f32>,
    /// Crops whose most similar crop of another frame is of the same person, and how many were asked: those of people
    /// who are in another frame.
    pub nearest: (usize, usize),
}

impl Judge {
    /// Opens the networks.
    ///
    /// # Errors
    /// A file isn't there or is another network.
    pub fn open(runtime: &Runtime, detector: &Path, pose: &Path, reid: &Path) -> Result<Self, RuntimeError> {
        let file = |path: &Path| ModelFile {
            id: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            file: path.to_string_lossy().into_owned(),
            ..ModelFile::default()
        };
        Ok(Self {
            detector: networks::detector(runtime, Device::Cpu, &file(detector))?,
            pose: networks::pose(runtime, Device::Cpu, &file(pose), ChannelOrder::Rgb)?,
            reid: networks::reid(runtime, Device::Cpu, &file(reid))?,
        })
    }

    /// Looks at `count` frames spread over a film.
    ///
    /// # Errors
    /// The runtime's.
    pub fn look(&mut self, film: &Film<'_>, count: u32) -> Result<Verdict, RuntimeError> {
        let mut verdict = Verdict::default();
        let mut crops: Vec<(u32, usize, Vec<f32>)> = Vec::new();
        for n in 0..count {
            let number = (n * 2 + 1) * film.script().frames() / (count * 2);
            let frame = film.frame(number);
            let people = truth::of_frame(film, &frame);
            let picture = Arc::new(to_frame(&frame.picture, number));
            let [width, height] = film.script().size;
            let whole = |person: &PersonTruth| person.full.clipped(width, height);
            let clear = |person: &&PersonTruth| person.visibility >= UNOCCLUDED && whole(person).height() >= SMALLEST;
            let clear: Vec<&PersonTruth> = people.iter().filter(clear).collect();

            let mut detections = self.detector.detect(&picture)?;
            detections.retain(|detection| detection.score >= LEAST_SCORE);
            let mut free: Vec<Bbox> = detections.iter().map(|detection| detection.bbox).collect();
            for person in &clear {
                let overlap = |bbox: &Bbox| bbox.iou(&whole(person));
                let best = free.iter().enumerate().max_by(|a, b| overlap(a.1).total_cmp(&overlap(b.1)));
                verdict.people += 1;
                if let Some((at, _)) = best.filter(|(_, bbox)| overlap(bbox) >= LEAST_OVERLAP) {
                    free.swap_remove(at);
                    verdict.found += 1;
                }
            }
            let meant = |bbox: &Bbox| people.iter().any(|p| bbox.iou(&whole(p)) > 0.1);
            verdict.ghosts += free.iter().filter(|bbox| !meant(bbox)).count();

            for person in &clear {
                let poses = self.pose.estimate(&[(picture.clone(), whole(person))])?;
                let Some(found) = poses.first().and_then(|pose| pose.first_chunk::<17>()) else { continue };
                verdict.oks.push(oks(&found.map(|p| [f64::from(p.x), f64::from(p.y)]), &annotated(person)));
            }
            let boxes: Vec<Bbox> = clear.iter().map(|person| whole(person)).collect();
            let embeddings = self.reid.embed(&picture, &boxes)?;
            crops.extend(clear.iter().zip(embeddings).map(|(person, e)| (number, person.player, unit(e))));
        }
        verdict.compare(&crops);
        Ok(verdict)
    }
}

impl Verdict {
    /// Adds another scene's.
    pub fn add(&mut self, other: &Self) {
        self.people += other.people;
        self.found += other.found;
        self.ghosts += other.ghosts;
        self.oks.extend(&other.oks);
        self.same.extend(&other.same);
        self.different.extend(&other.different);
        self.nearest.0 += other.nearest.0;
        self.nearest.1 += other.nearest.1;
    }

    /// The share of unoccluded people that the detector found.
    pub fn recall(&self) -> f64 {
        self.found as f64 / self.people.max(1) as f64
    }

    /// Mean OKS.
    pub fn mean_oks(&self) -> f64 {
        self.oks.iter().fold(0.0, |sum, oks| sum + oks) / self.oks.len().max(1) as f64
    }

    /// The share of crops whose most similar one in another frame is the same person's.
    pub fn rank_one(&self) -> f64 {
        self.nearest.0 as f64 / self.nearest.1.max(1) as f64
    }

    fn compare(&mut self, crops: &[(u32, usize, Vec<f32>)]) {
        for (n, (frame, who, embedding)) in crops.iter().enumerate() {
            let mut best: Option<(f32, usize)> = None;
            for (m, (_, other, other_embedding)) in crops.iter().enumerate().filter(|(_, c)| c.0 != *frame) {
                let cosine = embedding.iter().zip(other_embedding).map(|(a, b)| a * b).sum();
                if m > n {
                    if who == other { self.same.push(cosine) } else { self.different.push(cosine) }
                }
                if best.is_none_or(|(most, _)| cosine > most) {
                    best = Some((cosine, *other));
                }
            }
            let again = crops.iter().any(|(other_frame, other, _)| other == who && other_frame != frame);
            if let Some((_, nearest)) = best.filter(|_| again) {
                self.nearest.0 += usize::from(nearest == *who);
                self.nearest.1 += 1;
            }
        }
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.people == 0 {
            return write!(f, "nobody is wholly to be seen");
        }
        let mean = |values: &[f32]| values.iter().fold(0.0, |sum, value| sum + value) / values.len().max(1) as f32;
        write!(
            f,
            "found {}/{} ({:.0} %), ghosts {}, OKS {:.3}, same person {:.3}, others {:.3}, nearest is the same {:.0} %",
            self.found,
            self.people,
            self.recall() * 100.0,
            self.ghosts,
            self.mean_oks(),
            mean(&self.same),
            mean(&self.different),
            self.rank_one() * 100.0
        )
    }
}

fn annotated(person: &PersonTruth) -> Annotated {
    let b = person.full;
    Annotated {
        keypoints: person.joints.map(Point::coco),
        area: f64::from(person.area),
        bbox: [b.x1, b.y1, b.width(), b.height()].map(f64::from),
    }
}

fn unit(mut embedding: Vec<f32>) -> Vec<f32> {
    let length = embedding.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-12);
    embedding.iter_mut().for_each(|v| *v /= length);
    embedding
}
