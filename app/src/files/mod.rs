//! Videos for the page.
