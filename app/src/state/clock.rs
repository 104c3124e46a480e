//! The passing of time, for what is told in seconds.

use std::time::Duration;

use leptos::leptos_dom::helpers::set_interval_with_handle;
use leptos::prelude::*;

/// Changes every second, for as long as the part of the page that asked for it is there.
pub(crate) fn every_second() -> RwSignal<u32> {
    let tick = RwSignal::new(0u32);
    let beat = move || tick.update(|n| *n = n.wrapping_add(1));
    if let Ok(timer) = set_interval_with_handle(beat, Duration::from_secs(1)) {
        on_cleanup(move || timer.clear());
    }
    tick
}
