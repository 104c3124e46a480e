//! Videos for the page: [`FilePicker`] chooses them in folders that the helper can read, [`DropZone`] sends them
//! there. [`Uploads`] is what is being sent; it belongs to the app, so that going to another page breaks nothing.

mod browser;
mod drop_zone;
mod gather;
mod intake;
mod listing;
mod pace;
mod picker;
mod queue;
mod roots;
mod rows;
mod selection;
mod send;
mod uploads;

pub(crate) use drop_zone::DropZone;
pub(crate) use picker::FilePicker;
pub(crate) use uploads::Uploads;
