//! The domain types and the wire protocols of Silhueta.
//!
//! Everything here is plain data: no I/O, no clock, no threads, and it builds for wasm32 as well as
//! for the native helper, so that page, daemon and worker speak of the same things.

pub mod colour;
pub mod geometry;
pub mod job;
pub mod model;
pub mod notice;
pub mod pose;
pub mod protocol;
pub mod quantize;
pub mod state;
pub mod summary;
pub mod time;
pub mod track;
pub mod worker;
