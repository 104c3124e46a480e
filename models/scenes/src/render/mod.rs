//! From surfaces to pixels, on the processor.
//!
//! Each pixel has four samples. `raster` finds the nearest triangle of every sample; then each triangle that
//! is seen in a pixel is lit once (`light`) and counts by its samples. What doesn't move is lit once for as
//! long as the camera stands still ([`Backdrop`]); shadows of what moves are laid over it (`shadow`).
//! `lens` makes of that what a camera would.

mod draw;
mod lens;
mod light;
mod raster;
mod scan;
mod shadow;
mod tile;

pub use draw::{Actor, Backdrop, Cover, Drawing, Set};
pub use lens::{Lens, Picture};
pub use raster::{SAMPLES, Samples, Seen};
