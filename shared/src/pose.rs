//! Keypoints and skeletons.

mod set;

pub use set::{KeypointSet, Part};

use serde::{Deserialize, Serialize};

/// One joint: position in source pixels and the network's own score (not a probability).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Keypoint {
    /// Pixels from the left.
    pub x: f32,
    /// Pixels from the top.
    pub y: f32,
    /// Higher is surer; at or below 0 the joint was not found.
    pub score: f32,
}

/// Joint names of COCO's 17 keypoints, in file order.
pub const COCO17: [&str; 17] = [
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
];

/// The bones of [`COCO17`] as pairs of joint indices, as NeuraPose draws them, with the neck and face lines.
pub const COCO17_BONES: [(usize, usize); 16] = [
    (5, 7),
    (7, 9),
    (6, 8),
    (8, 10),
    (5, 6),
    (11, 12),
    (11, 13),
    (13, 15),
    (12, 14),
    (14, 16),
    (5, 11),
    (6, 12),
    (0, 1),
    (0, 2),
    (1, 3),
    (2, 4),
];

/// Keypoints below this score are not drawn.
pub const DRAW_SCORE: f32 = 0.30;
