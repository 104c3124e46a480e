//! What the networks say of a video, kept as plain files, so that several trackers can be given the very same.
//!
//! | file | what |
//! |---|---|
//! | `seqinfo.ini` | MOTChallenge's, of the video |
//! | `det.txt` | MOTChallenge's detections, of a frame the best first |
//! | `embeddings.f32` | little endian, one row for each detection with a score of [`SURE`] or more, in their order |
//! | `camera.txt` | six numbers a frame: the map from the pixels of the frame before |

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use silhueta_results::file::write_whole;
use silhueta_results::mot::{self, SeqInfo};
use silhueta_shared::geometry::{Affine, Bbox};
use silhueta_shared::job::Device;
use silhueta_shared::model::ModelFile;
use silhueta_shared::track::Detection;
use silhueta_tracking::Embedding;
use silhueta_vision::camera_motion::CameraMotion;
use silhueta_vision::networks;
use silhueta_vision::runtime::{Runtime, RuntimeError};
use silhueta_vision::video::{Decoder, Limits, VideoError};

/// Detections from this score on have an embedding.
pub const SURE: f32 = 0.5;

/// One frame.
#[derive(Clone, Debug, Default)]
pub struct FrameSeen {
    /// Who the detector found, the best first.
    pub detections: Vec<Detection>,
    /// Of each, what they look like; none below [`SURE`].
    pub embeddings: Vec<Option<Embedding>>,
    /// How the camera came here from the frame before.
    pub motion: Affine,
}

/// A video, frame by frame.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The video.
    pub info: SeqInfo,
    /// Its frames.
    pub frames: Vec<FrameSeen>,
}

/// Why there is nothing to track.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    /// The video.
    #[error(transparent)]
    Video(#[from] VideoError),
    /// A network.
    #[error(transparent)]
    Network(#[from] RuntimeError),
    /// A file that can't be read or written.
    #[error(transparent)]
    File(#[from] silhueta_results::Error),
    /// A file that is not what it should be.
    #[error("{path}: {why}")]
    Broken {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

impl Observed {
    /// Looks at every frame of a video with a detector and a re-identification network.
    ///
    /// # Errors
    /// The video can't be read; a file isn't there or is another network.
    pub fn of(video: &Path, runtime: &Runtime, detector: &Path, reid: &Path) -> Result<Self, ObserveError> {
        let file = |path: &Path| ModelFile {
            id: path.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            file: path.to_string_lossy().into_owned(),
            ..ModelFile::default()
        };
        let mut detector = networks::detector(runtime, Device::Cpu, &file(detector))?;
        let mut reid = networks::reid(runtime, Device::Cpu, &file(reid))?;
        let mut camera = CameraMotion::default();
        let mut decoder = Decoder::open(video, &Limits::default(), 1, &Arc::new(AtomicBool::new(false)))?;
        let mut frames = Vec::new();
        while let Some(frame) = decoder.next_frame()? {
            let detections = detector.detect(&frame)?;
            let sure: Vec<Bbox> = detections.iter().take_while(|d| d.score >= SURE).map(|d| d.bbox).collect();
            let mut embeddings: Vec<_> = reid.embed(&frame, &sure)?.into_iter().map(Embedding::new).collect();
            embeddings.resize(detections.len(), None);
            let motion = camera.update(&frame).map_err(|error| broken(video, error))?;
            frames.push(FrameSeen { detections, embeddings, motion });
        }
        let of = decoder.info();
        let info = SeqInfo {
            name: video.file_stem().unwrap_or_default().to_string_lossy().into_owned(),
            image_folder: "img1".into(),
            frame_rate: of.fps,
            length: u32::try_from(frames.len()).unwrap_or(u32::MAX),
            width: of.width,
            height: of.height,
            image_ending: ".png".into(),
        };
        Ok(Self { info, frames })
    }

    /// Writes the files into `folder`, which must be there.
    ///
    /// # Errors
    /// The folder can't be written to.
    pub fn write(&self, folder: &Path) -> Result<(), ObserveError> {
        write_whole(&folder.join("det.txt"), |file| {
            for (frame, detection) in
                self.frames.iter().zip(1..).flat_map(|(f, n)| f.detections.iter().map(move |d| (n, d)))
            {
                // As many digits as the number has: what is read again is what was seen.
                let [x1, y1, x2, y2] = detection.bbox.to_array().map(f64::from);
                writeln!(file, "{},-1,{x1},{y1},{},{},{}", frame, x2 - x1, y2 - y1, detection.score)?;
            }
            Ok(())
        })?;
        write_whole(&folder.join("embeddings.f32"), |file| {
            let views = self.frames.iter().flat_map(|frame| frame.embeddings.iter().flatten());
            views.flat_map(Embedding::as_slice).try_for_each(|value| file.write_all(&value.to_le_bytes()))
        })?;
        write_whole(&folder.join("camera.txt"), |file| {
            for Affine([a, b, c, d, e, f]) in self.frames.iter().map(|frame| frame.motion) {
                writeln!(file, "{a} {b} {c} {d} {e} {f}")?;
            }
            Ok(())
        })?;
        // Last: a folder that has it is whole.
        Ok(self.info.write(&folder.join("seqinfo.ini"))?)
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    /// A file isn't there or doesn't fit the others.
    pub fn read(folder: &Path) -> Result<Self, ObserveError> {
        let info = SeqInfo::read(&folder.join("seqinfo.ini"))?;
        let mut frames = vec![FrameSeen::default(); info.length as usize];
        let (text, bytes) = (folder.join("det.txt"), folder.join("embeddings.f32"));
        for row in mot::read_detections(&text)? {
            let frame = frames.get_mut(row.frame as usize - 1);
            let frame = frame.ok_or_else(|| broken(&text, format!("frame {} of {}", row.frame, info.length)))?;
            let b = row.bbox;
            let bbox = [b.left, b.top, b.left + b.width, b.top + b.height].map(|edge| edge as f32);
            frame
                .detections
                .push(Detection { bbox: Bbox::new(bbox[0], bbox[1], bbox[2], bbox[3]), score: row.score as f32 });
        }
        let sure = |frame: &FrameSeen| frame.detections.iter().filter(|d| d.score >= SURE).count();
        let values: Vec<f32> = std::fs::read(&bytes)
            .map_err(|error| broken(&bytes, error))?
            .as_chunks::<4>()
            .0
            .iter()
            .map(|value| f32::from_le_bytes(*value))
            .collect();
        let rows: usize = frames.iter().map(sure).sum();
        let width = values.len() / rows.max(1);
        if width * rows != values.len() || (rows > 0 && width == 0) {
            return Err(broken(
                &bytes,
                format!("{} numbers are no {rows} rows, one for each sure detection", values.len()),
            ));
        }
        let mut views = values.chunks_exact(width.max(1));
        let camera = folder.join("camera.txt");
        let motions = std::fs::read_to_string(&camera).map_err(|error| broken(&camera, error))?;
        let mut motions = motions.lines();
        for frame in &mut frames {
            let seen = sure(frame);
            frame.embeddings = views.by_ref().take(seen).map(|view| Embedding::new(view.to_vec())).collect();
            frame.embeddings.resize(frame.detections.len(), None);
            let numbers: Option<Vec<f64>> =
                motions.next().and_then(|line| line.split(' ').map(|n| n.parse().ok()).collect());
            let numbers = numbers.and_then(|numbers| <[f64; 6]>::try_from(numbers).ok());
            frame.motion =
                Affine(numbers.ok_or_else(|| broken(&camera, "a line of six numbers is wanted for each frame"))?);
        }
        Ok(Self { info, frames })
    }
}

fn broken(path: &Path, why: impl std::fmt::Display) -> ObserveError {
    ObserveError::Broken { path: path.into(), why: why.to_string() }
}
