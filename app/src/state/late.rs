//! For what comes late: an answer may arrive when the part of the page that waited for it is gone.

use leptos::prelude::*;

/// Sets a signal if its part of the page is still there.
pub(crate) fn set<T: Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    // What comes back is the value that nobody wants any more.
    drop(Some(signal.try_set(value)));
}
