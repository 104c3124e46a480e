//! Videos for the page: [`FilePicker`] chooses them in folders that the helper can read, [`DropZone`] sends them
//! there. [`Uploads`] is what is being sent, [`Imports`] the same for models; they belong to the app, so that going to
//! another page breaks nothing.

pub(crate) mod arrivals;
mod browser;
mod drop_zone;
mod gather;
mod imports;
mod intake;
mod listing;
pub(crate) mod pace;
mod picker;
pub(crate) mod queue;
mod roots;
mod rows;
mod selection;
mod send;
mod uploads;

pub(crate) use drop_zone::DropZone;
pub(crate) use imports::Imports;
pub(crate) use picker::FilePicker;
pub(crate) use uploads::Uploads;
