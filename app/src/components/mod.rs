//! The small parts that every page is made of.

mod copy;
mod field;
mod icon;
mod log;
mod meter;
mod sure;
mod switch;

pub(crate) use copy::Copy;
pub(crate) use field::{Choice, Field, Select};
pub(crate) use icon::{Icon, Shape, page_shape};
pub(crate) use log::{LogView, last_lines};
pub(crate) use meter::Meter;
pub(crate) use sure::Sure;
pub(crate) use switch::Switch;
