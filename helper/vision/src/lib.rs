//! vision
pub mod camera_motion;
pub mod crop;
pub mod draw;
pub mod frame;
pub mod osnet;
pub mod rtmdet;
pub mod rtmpose;
pub mod runtime;
pub mod video;
pub mod yolo;
mod image;
