//! The page: Leptos in the browser. It renders what the helper says, plus the user's own inputs, and holds no
//! truth of its own.

#![allow(unreachable_pub, reason = "the component macro writes public items of its own")]

mod app;
mod components;
mod files;
mod i18n;
mod net;
mod pages;
mod preview;
mod shell;
mod state;

fn main() {
    std::panic::set_hook(Box::new(|what| leptos::logging::error!("{what}")));
    // The first paint that index.html brings has done its work.
    if let Some(first) = leptos::prelude::document().get_element_by_id("first-paint") {
        first.remove();
    }
    leptos::mount::mount_to_body(app::App);
}
