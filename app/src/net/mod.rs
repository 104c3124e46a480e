//! The way to the helper: one WebSocket that comes back by itself, and the access form's requests.

mod access;
mod backoff;
mod link;
mod pending;
mod socket;

pub(crate) use access::{Credential, Entry};
pub(crate) use link::{Link, LinkStatus};
