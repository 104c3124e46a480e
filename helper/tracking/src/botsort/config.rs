//! The settings of BoT-SORT, and the sets of them that are in use in the world.

use serde::{Deserialize, Serialize};
pub use silhueta_shared::job::TrackerPreset as Preset;

use crate::kalman::{BoxModel, CameraModel};

/// How long a track that is not seen may still be found again.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Buffer {
    /// Seconds of video, at any frame rate.
    Seconds(f64),
    /// Frames, whatever they last.
    Frames(u32),
}

/// How appearance and motion become one cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Looks {
    /// The lesser of the two, where both gates let appearance through.
    Least,
    /// `appearance * a + motion * (1 - a)` with a = [`Config::appearance`] (NeuraPose): beyond
    /// [`Config::proximity`] appearance is 1, without looks motion counts alone, and so it does in the third
    /// matching.
    Blended,
}

/// What is told of tracks seen only once so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unconfirmed {
    /// Nothing.
    Withheld,
    /// The box, without its number.
    Anonymous,
    /// The box with its number.
    Named,
}

/// Settings of BoT-SORT. Distances are `1 - IoU` and cosine distance; the limits are exclusive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Scores from here on take part in the first matching.
    pub high: f32,
    /// Whether a score of exactly `high` is high; otherwise it is dropped, as the authors' code does.
    pub high_inclusive: bool,
    /// Scores above this, and below `high`, take part in the second matching.
    pub low: f32,
    /// Scores from here on may start a track.
    pub new: f32,
    /// For how long a lost track is kept.
    pub buffer: Buffer,
    /// Whether a track whose buffer is over may be found in one more frame (and is then gone at its next loss),
    /// a habit of every known implementation.
    pub late_removal: bool,
    /// Cost limit of the first matching: high scores with tracked and lost tracks.
    pub first_limit: f64,
    /// Cost limit of the second matching: low scores with tracks still unmatched.
    pub second_limit: f64,
    /// Cost limit of the third matching: high scores left over with unconfirmed tracks.
    pub unconfirmed_limit: f64,
    /// Whether the score is fused into the cost of the first matching (`1 - IoU * score`).
    pub fuse_first: bool,
    /// Whether the score is fused into the cost of the third matching.
    pub fuse_unconfirmed: bool,
    /// How appearance enters the cost.
    pub looks: Looks,
    /// Appearance counts only where the IoU distance is at most this.
    pub proximity: f64,
    /// Appearance counts only where its (divided) cosine distance is at most this; its weight where it is blended.
    pub appearance: f64,
    /// The cosine distance is divided by this in the first matching.
    pub first_divisor: f64,
    /// The cosine distance is divided by this in the third matching.
    pub unconfirmed_divisor: f64,
    /// Whether a low score's embedding, if there is one, changes what a track looks like (Ultralytics).
    pub low_looks: bool,
    /// What the filter believes of a box.
    pub model: BoxModel,
    /// How a turning camera acts on the size of boxes.
    pub camera: CameraModel,
    /// Whether the boxes are asked how the camera moved where no picture tells it.
    pub motion_from_boxes: bool,
    /// What is told of unconfirmed tracks.
    pub unconfirmed: Unconfirmed,
    /// The share of the box told of in the last frame that stays in this one; the filter's own box where 0.
    pub inertia: f32,
}

impl Config {
    /// The settings of that name.
    pub const fn preset(name: Preset) -> Self {
        let original = Self {
            high: 0.6,
            high_inclusive: false,
            low: 0.1,
            new: 0.7,
            buffer: Buffer::Seconds(1.0),
            late_removal: true,
            first_limit: 0.8,
            second_limit: 0.5,
            unconfirmed_limit: 0.7,
            fuse_first: true,
            fuse_unconfirmed: true,
            looks: Looks::Least,
            proximity: 0.5,
            appearance: 0.25,
            first_divisor: 2.0,
            unconfirmed_divisor: 2.0,
            low_looks: false,
            model: BoxModel::Size,
            camera: CameraModel::Signed,
            motion_from_boxes: false,
            unconfirmed: Unconfirmed::Named,
            inertia: 0.0,
        };
        // Its tracks live for 60 frames, however long its buffer (300) is. Where a frame is skipped, nothing is
        // told, so that there is nothing to predict.
        let neurapose = Self {
            new: 0.6,
            buffer: Buffer::Frames(60),
            late_removal: false,
            first_limit: 0.9,
            fuse_unconfirmed: false,
            looks: Looks::Blended,
            proximity: 0.75,
            appearance: 0.45,
            first_divisor: 1.0,
            camera: CameraModel::Enclosing,
            unconfirmed: Unconfirmed::Withheld,
            inertia: 0.35,
            ..original
        };
        match name {
            Preset::Original => original,
            Preset::Ultralytics => Self {
                high: 0.25,
                high_inclusive: true,
                new: 0.25,
                // Not scaled by the frame rate.
                buffer: Buffer::Frames(30),
                appearance: 0.2,
                low_looks: true,
                camera: CameraModel::Enclosing,
                unconfirmed: Unconfirmed::Withheld,
                ..original
            },
            Preset::Boxmot => Self {
                high: 0.5,
                new: 0.6,
                fuse_first: false,
                first_divisor: 1.0,
                camera: CameraModel::Enclosing,
                unconfirmed: Unconfirmed::Withheld,
                ..original
            },
            Preset::Neurapose => neurapose,
            Preset::NeuraposeFirst => {
                Self { high: 0.5, new: 0.5, first_limit: 0.3, proximity: 0.6, appearance: 0.2, ..neurapose }
            }
            Preset::Silhueta => Self {
                high: 0.5,
                high_inclusive: true,
                new: 0.6,
                // MOT17-02/05/09/10, public detections: HOTA 40.24 with 1 s, 40.93 with 1.5, 40.92 with 2,
                // 40.84 with 3; IDF1 46.3, 47.7, 47.7, 47.5. Without fusion at 2 s: 40.96 and 47.4.
                buffer: Buffer::Seconds(2.0),
                // There, at 2 s: HOTA 42.5, IDF1 50.1.
                motion_from_boxes: true,
                late_removal: false,
                camera: CameraModel::Enclosing,
                unconfirmed: Unconfirmed::Anonymous,
                ..original
            },
        }
    }

    /// The number of frames that a lost track is kept at `frame_rate` frames a second.
    pub(crate) fn buffer_frames(&self, frame_rate: f64) -> u64 {
        match self.buffer {
            Buffer::Frames(frames) => frames.into(),
            // An unknown rate counts as 30; the cast saturates.
            Buffer::Seconds(s) if frame_rate.is_finite() && frame_rate > 0.0 => (s * frame_rate) as u64,
            Buffer::Seconds(s) => (s * 30.0) as u64,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::preset(Preset::default())
    }
}
