//! What the browser keeps. Every access may fail (storage switched off, full, private windows): then nothing is
//! kept and the page works all the same.

use web_sys::Storage;

fn local() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn session() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// Kept text.
pub(crate) fn get(key: &str) -> Option<String> {
    local()?.get_item(key).ok()?
}

/// Keeps text; whether it could be kept.
pub(crate) fn put(key: &str, text: &str) -> bool {
    local().is_some_and(|storage| storage.set_item(key, text).is_ok())
}

/// Forgets text.
pub(crate) fn forget(key: &str) {
    if let Some(storage) = local() {
        drop(storage.remove_item(key));
    }
}

/// Text that this tab kept; it is gone from there afterwards.
pub(crate) fn take_session(key: &str) -> Option<String> {
    let storage = session()?;
    let text = storage.get_item(key).ok()?;
    drop(storage.remove_item(key));
    text
}

/// Keeps text for the next load of this tab.
pub(crate) fn put_session(key: &str, text: &str) {
    if let Some(storage) = session() {
        drop(storage.set_item(key, text));
    }
}
