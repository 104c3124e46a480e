//! The families of networks that Silhueta can run, and how each is told by its inputs and outputs.

mod recognise;

use std::fmt;

use silhueta_shared::model::Role;

use crate::graph::Elem;
pub use recognise::{NotRecognised, recognise};

/// A way to feed a network and to read what it says. `b` is the batch, sizes are in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// YOLOX as exported by its authors: `[b,N,5+classes]`, offsets within the cells of strides 8, 16, 32.
    YoloxRaw {
        /// Classes told apart; person is 0 in COCO.
        classes: usize,
    },
    /// Ultralytics YOLOv8, YOLO11 and alike: `[b,4+classes,N]`, decoded, before NMS.
    YoloV8 {
        /// Classes told apart; person is 0 in COCO.
        classes: usize,
    },
    /// YOLOv10, YOLO26, or any export with NMS inside: `[b,N,6]` of x1, y1, x2, y2, score, class.
    YoloEnd2End,
    /// YOLOX as exported by MMDeploy: `dets` `[b,n,5]` and `labels` `[b,n]`, NMS inside.
    YoloxNms,
    /// RTMDet as exported by MMDeploy: `dets` `[b,n,5]` and `labels` `[b,n]`, NMS inside.
    RtmDetNms,
    /// RTMPose and alike: `simcc_x` `[b,keypoints,split·w]` and `simcc_y` `[b,keypoints,split·h]`.
    Simcc {
        /// Joints: 17, 26, 133, …
        keypoints: usize,
        /// Bins per pixel of the input.
        split: usize,
    },
    /// ViTPose, HRNet and alike: `[b,keypoints,h/stride,w/stride]`.
    Heatmap {
        /// Joints.
        keypoints: usize,
        /// Pixels of the input per cell.
        stride: usize,
        /// Whether the first and the last cell of a row stand for the first and the last pixel (UDP, by which
        /// ViTPose is trained), instead of each cell for the first pixel of its `stride`.
        corners: bool,
    },
    /// OSNet and alike: `[b,dim]` for an upright picture of a person.
    Osnet {
        /// Length of the embedding.
        dim: usize,
    },
    /// YuNet: `cls_`, `obj_`, `bbox_`, `kps_` for strides 8, 16, 32.
    YuNet,
    /// PFLD and alike: `[b,2·points]`, x and y of each point as a share of the square crop.
    Landmarks {
        /// Points of the face.
        points: usize,
    },
    /// From the picture into space. In: `[b,t,17,2]`, x and y of Human3.6M's 17 joints over t frames, x from −1 to 1
    /// across the picture and y in the same unit about its middle; or `[b,t,17,3]`, with the score behind them. Out:
    /// `[b,t,17,3]` or `[b,1,17,3]`, the same joints about the root in the camera's axes (x right, y down, z ahead),
    /// of every frame or of the middle one.
    Lifter {
        /// Frames of a window; `None` where they are chosen at each run.
        frames: Option<usize>,
        /// Numbers a joint that go in: 2, or 3 with the score.
        channels: usize,
    },
}

impl Family {
    /// Every [`name`](Self::name).
    pub const NAMES: [&str; 11] = [
        "yolox",
        "yolov8",
        "yolo_end2end",
        "yolox_nms",
        "rtmdet",
        "simcc",
        "heatmap",
        "osnet",
        "yunet",
        "landmarks",
        "lifter",
    ];

    /// The name used in the manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Self::YoloxRaw { .. } => "yolox",
            Self::YoloV8 { .. } => "yolov8",
            Self::YoloEnd2End => "yolo_end2end",
            Self::YoloxNms => "yolox_nms",
            Self::RtmDetNms => "rtmdet",
            Self::Simcc { .. } => "simcc",
            Self::Heatmap { .. } => "heatmap",
            Self::Osnet { .. } => "osnet",
            Self::YuNet => "yunet",
            Self::Landmarks { .. } => "landmarks",
            Self::Lifter { .. } => "lifter",
        }
    }

    /// What networks of the family are for.
    pub const fn role(self) -> Role {
        match self {
            Self::YoloxRaw { .. } | Self::YoloV8 { .. } | Self::YoloEnd2End | Self::YoloxNms | Self::RtmDetNms => {
                Role::Detector
            }
            Self::Simcc { .. } | Self::Heatmap { .. } => Role::Pose,
            Self::Osnet { .. } => Role::Reid,
            Self::YuNet => Role::Face,
            Self::Landmarks { .. } => Role::Landmarks,
            Self::Lifter { .. } => Role::Lifter,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::YoloxRaw { classes } => write!(f, "YOLOX, {classes} classes"),
            Self::YoloV8 { classes } => write!(f, "YOLOv8/11, {classes} classes"),
            Self::YoloEnd2End => f.write_str("end-to-end YOLO"),
            Self::YoloxNms => f.write_str("YOLOX with NMS"),
            Self::RtmDetNms => f.write_str("RTMDet with NMS"),
            Self::Simcc { keypoints, .. } => write!(f, "SimCC, {keypoints} keypoints"),
            Self::Heatmap { keypoints, .. } => write!(f, "heatmaps, {keypoints} keypoints"),
            Self::Osnet { dim } => write!(f, "OSNet, {dim} numbers"),
            Self::YuNet => f.write_str("YuNet"),
            Self::Landmarks { points } => write!(f, "{points} face points"),
            Self::Lifter { frames: Some(1), .. } => f.write_str("lifter, 1 frame"),
            Self::Lifter { frames: Some(frames), .. } => write!(f, "lifter, {frames} frames"),
            Self::Lifter { frames: None, .. } => f.write_str("lifter, any number of frames"),
        }
    }
}

/// Size of the picture that goes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InputSize {
    /// Exactly this, in pixels.
    Fixed {
        /// Pixels across.
        w: usize,
        /// Pixels down.
        h: usize,
    },
    /// Chosen at each run (a multiple of 32).
    Free,
    /// No picture goes in, but joints.
    Joints,
}

/// Pictures per run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// Exactly so many, at least 1.
    Fixed(usize),
    /// Chosen at each run, as the file says; some networks refuse more than 1 all the same.
    Free,
}

/// All that is needed to feed a network, as its file says it. The input is `[batch,3,h,w]`, a lifter's
/// [otherwise](Family::Lifter).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contract {
    /// How its outputs are read.
    pub family: Family,
    /// Name of the input.
    pub input_name: String,
    /// Names of the outputs, in the order that the family's description has them (YuNet: cls 8, 16, 32,
    /// obj 8, 16, 32, bbox …, kps …).
    pub output_names: Vec<String>,
    /// Size of the picture.
    pub input: InputSize,
    /// Pictures per run.
    pub batch: Batch,
    /// What the picture's values are: [`Elem::F32`] and [`Elem::F16`] normalised as the family is, [`Elem::U8`]
    /// as they are, in the family's order of channels, for a graph that normalises by itself.
    pub elem: Elem,
}

impl Contract {
    /// What the network is for.
    pub const fn role(&self) -> Role {
        self.family.role()
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, ", self.family)?;
        match self.input {
            InputSize::Fixed { w, h } => write!(f, "{h}×{w}, ")?,
            InputSize::Free => f.write_str("any size, ")?,
            InputSize::Joints => {}
        }
        match self.batch {
            Batch::Fixed(n) => write!(f, "batch {n}")?,
            Batch::Free => f.write_str("any batch")?,
        }
        if self.elem == Elem::F32 { Ok(()) } else { write!(f, ", {}", self.elem) }
    }
}

/// A role in words, with its article.
pub(crate) const fn in_words(role: Role) -> &'static str {
    match role {
        Role::Detector => "a detector",
        Role::Reid => "a re-identification network",
        Role::Pose => "a pose network",
        Role::Face => "a face detector",
        Role::Landmarks => "a face landmark network",
        Role::Lifter => "a lifter",
    }
}

/// What a network of this role must look like, one line per family.
pub const fn needs(role: Role) -> &'static str {
    match role {
        Role::Detector => {
            "a detector takes f32, f16 or u8 [b,3,h,w] and gives one of\n  \
             YOLOX, beginning with Focus slices: [b,N,5+classes] for strides 8, 16, 32\n  \
             YOLOv8/11: [b,4+classes,N]\n  \
             YOLOv10/26: [b,N,6]\n  \
             YOLOX or RTMDet with NMS: dets [b,n,5] and labels [b,n]"
        }
        Role::Reid => {
            "a re-identification network takes f32, f16 or u8 [b,3,h,w], upright (256×128), and gives [b,dim]"
        }
        Role::Pose => {
            "a pose network takes f32, f16 or u8 [b,3,h,w] of fixed size and gives one of\n  \
             SimCC (RTMPose): simcc_x [b,keypoints,split·w] and simcc_y [b,keypoints,split·h]\n  \
             heatmaps (ViTPose, HRNet): [b,keypoints,h/stride,w/stride]"
        }
        Role::Face => {
            "a face detector takes f32 [b,3,h,w] and gives, as YuNet, cls_S [b,n,1], obj_S [b,n,1], \
             bbox_S [b,n,4], kps_S [b,n,10] for S of 8, 16, 32"
        }
        Role::Landmarks => {
            "a face landmark network takes f32 [b,3,s,s] and gives [b,2·points] for 5, 68, 98 or 106 points"
        }
        Role::Lifter => {
            "a lifter takes f32 or f16 [b,t,17,2] or, with scores, [b,t,17,3]: Human3.6M's joints over t frames; and \
             gives [b,t,17,3] or, of the middle frame alone, [b,1,17,3]"
        }
    }
}

#[cfg(test)]
mod tests;
