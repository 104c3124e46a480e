//! The preview: pictures of the pose stage as they come, with boxes, names and skeletons drawn over them by the
//! page itself. [`PreviewTile`] is what other parts use.

mod chips;
mod figure;
mod fit;
mod flow;
mod hit;
mod look;
mod measure;
mod message;
mod pen;
mod phase;
mod screen;
mod stats;
mod tile;

pub(crate) use look::Look;
pub(crate) use tile::PreviewTile;
