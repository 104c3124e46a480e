//! Which model files there are, what they are for, and what their graphs say they are.
//!
//! A file is known by its [`graph`], not by its name: [`family`] says which decoder fits it. The
//! [`manifest`] lists the models that the project knows of, in the order it prefers them, and
//! [`locate`] finds the file that a job shall run; where there is none, it is one that is [`builtin`]. No network, no ONNX
//! Runtime, no environment.

pub mod builtin;
pub mod family;
pub mod graph;
pub mod locate;
pub mod manifest;
pub mod rewrite;

mod external;
mod onnx;
mod pytorch;

pub use builtin::Builtin;
pub use family::{Batch, Contract, Family, InputSize};
pub use locate::{Found, Registry, ResolveError, Resolved};
pub use pytorch::recipe;
