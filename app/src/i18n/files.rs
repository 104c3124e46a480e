//! The file picker's and the drop zone's words.
