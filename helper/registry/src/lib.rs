//! Which model files there are, what they are for, and what their graphs say they are.
//!
//! Nothing here runs a network: a file is recognised by reading its graph, without ONNX Runtime, so the
//! daemon can tell what a folder holds.

pub mod family;
pub mod graph;
pub mod locate;
pub mod manifest;
