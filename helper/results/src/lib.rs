//! The canonical record of a video and everything that is derived from it.
//!
//! Pure Rust and deterministic: data and time come in as arguments, the same rows give the same bytes.
//! While a job runs it appends to one [`journal`] per stage ([`rows`]), in its [`work`] folder, and keeps a
//! [`checkpoint`] of how far it is; at the end the [`record`] is
//! written once, and the other files ([`neurapose`], [`mmpose`], [`identities`], [`summary`]) are made from its rows. Whatever has a
//! final name is whole ([`mod@file`]). Results are held against truth with [`metrics`], which [`mot`] and
//! [`coco`] read and write.

pub mod boxes;
pub mod checkpoint;
pub mod coco;
pub mod file;
pub mod identities;
pub mod journal;
pub mod metrics;
pub mod mmpose;
pub mod mot;
pub mod neurapose;
pub mod record;
pub mod rows;
pub mod summary;
pub mod work;

mod decimal;
mod error;
mod json;
mod rect;

pub use error::{Error, Result};
pub use rect::Rect;
