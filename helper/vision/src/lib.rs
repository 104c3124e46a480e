//! Frames in and out of video, and one folder per family of networks.
//!
//! Architecture Invariant: this is the only crate that calls FFmpeg, OpenCV and ONNX Runtime, and of what is
//! shipped only the worker links it.

pub mod camera_motion;
pub mod crop;
pub mod detector;
pub mod draw;
pub mod frame;
pub mod heatmap;
pub mod lifter;
pub mod networks;
pub mod osnet;
pub mod pose;
pub mod preview;
pub mod rtmdet;
pub mod rtmpose;
pub mod runtime;
pub mod video;
pub mod yolo;

mod image;

/// OpenCV's version, for `silhueta doctor`.
pub fn opencv_version() -> String {
    opencv::core::get_version_string().unwrap_or_else(|error| format!("unknown ({error})"))
}
