//! How good results are, measured against annotated truth.

pub mod oks;
