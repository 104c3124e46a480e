//! What the page knows: the helper's truth as last heard, and the user's own inputs.

pub(crate) mod bench;
pub(crate) mod clock;
pub(crate) mod curl;
pub(crate) mod dots;
pub(crate) mod eta;
#[cfg(test)]
pub(crate) mod fixture;
pub(crate) mod helper;
pub(crate) mod late;
pub(crate) mod memory;
pub(crate) mod merge;
pub(crate) mod model;
pub(crate) mod progress;
pub(crate) mod queue;
pub(crate) mod route;
pub(crate) mod shelf;
pub(crate) mod standing;
pub(crate) mod start;
pub(crate) mod store;
pub(crate) mod task_list;
pub(crate) mod task_memory;
pub(crate) mod tasks;
pub(crate) mod theme;
pub(crate) mod toasts;
