//! Models on their way from this browser to the helper. One for the whole app, in context: going to another page
//! breaks nothing off.

use std::collections::BTreeMap;

use js_sys::encode_uri_component;
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::ModelImported;
use web_sys::{Blob, DataTransfer, File, FileList};

use super::arrivals::{Arrivals, is_checkpoint, is_model};
use super::gather::{Dropped, files};
use super::queue::{Key, Problem};
use super::send::Sending;
use crate::net::{Link, LinkStatus};
use crate::state::shelf::Shelf;

/// Models under way, in context.
#[derive(Clone, Copy)]
pub(crate) struct Imports {
    link: Link,
    shelf: Shelf,
    /// What is shown.
    pub(crate) arrivals: RwSignal<Arrivals>,
    hold: StoredValue<Hold, LocalStorage>,
}

/// What only the browser can hold.
#[derive(Default)]
struct Hold {
    files: BTreeMap<Key, File>,
    sending: Option<(Key, Sending)>,
}

impl Imports {
    /// Nothing is on its way yet.
    pub(crate) fn open(link: Link, shelf: Shelf) -> Self {
        let hold = StoredValue::new_local(Hold::default());
        let imports = Self { link, shelf, arrivals: RwSignal::default(), hold };
        let _ = window_event_listener(ev::beforeunload, move |event| {
            if imports.arrivals.with_untracked(Arrivals::is_busy) {
                event.prevent_default();
                event.set_return_value("unsent");
            }
        });
        imports
    }

    /// Takes what was dropped.
    pub(crate) fn take_dropped(self, transfer: &DataTransfer) {
        let dropped = Dropped::of(transfer);
        spawn_local(async move { self.add(dropped.files(is_model).await) });
    }

    /// Takes what was chosen.
    pub(crate) fn take_chosen(self, list: &FileList) {
        self.add(files(list));
    }

    /// Ends one that is on its way, or puts aside what was said of it.
    pub(crate) fn dismiss(self, key: Key) {
        self.finish(key);
        self.arrivals.update(|arrivals| arrivals.remove(key));
        self.go_on();
    }

    /// Tries one once more; `replaces` if it may take another's place.
    pub(crate) fn again(self, key: Key, replaces: bool) {
        self.arrivals.update(|arrivals| arrivals.again(key, replaces));
        self.go_on();
    }

    fn add(self, files: Vec<File>) {
        for file in files {
            let (name, size) = (file.name(), file.size().max(0.0) as u64);
            let key = self.arrivals.try_update(|arrivals| arrivals.add(name, size)).unwrap_or_default();
            self.hold.update_value(|hold| drop(hold.files.insert(key, file)));
        }
        // Files that were given again stand once.
        let keys: Vec<_> = self.arrivals.with_untracked(|all| all.list().iter().map(|arrival| arrival.key).collect());
        self.hold.update_value(|hold| hold.files.retain(|key, _| keys.contains(key)));
        self.go_on();
    }

    fn go_on(self) {
        let Some(next) = self.arrivals.try_update(Arrivals::begin).flatten() else { return };
        let key = next.key;
        let online = self.link.status().get_untracked() == LinkStatus::Online;
        let session = untrack(|| self.link.session()).filter(|_| online);
        let file = self.hold.with_value(|hold| hold.files.get(&key).cloned());
        let (Some(file), Some(session)) = (file, session) else {
            return self.end(key, Err(Problem::Offline));
        };
        // Weights alone are known by their name: nothing of them need be sent to be told what to do with them.
        let body = if is_checkpoint(&next.name) { Blob::new().ok() } else { Some(file.into()) };
        let mut address = format!("/api/v1/models?name={}", encode_uri_component(&next.name));
        if next.replaces {
            address.push_str("&replace=1");
        }
        let on_sent = move |sent| self.arrivals.update(|arrivals| arrivals.sent(key, js_sys::Date::now(), sent));
        let on_end = move |outcome| queue_microtask(move || self.end(key, outcome));
        match body.and_then(|body| Sending::begin(&address, &body, session, on_sent, on_end)) {
            Some(sending) => self.hold.update_value(|hold| hold.sending = Some((key, sending))),
            None => self.end(key, Err(Problem::BrokeOff)),
        }
    }

    fn end(self, key: Key, outcome: Result<ModelImported, Problem>) {
        match &outcome {
            Ok(model) => {
                self.finish(key);
                if !model.was_there {
                    self.shelf.came(model.id.clone());
                }
            }
            // The file stays at hand: it may be tried again.
            Err(_) => self.hold.update_value(|hold| drop(hold.sending.take_if(|(sending, _)| *sending == key))),
        }
        self.arrivals.update(|arrivals| arrivals.settle(key, outcome));
        self.go_on();
    }

    fn finish(self, key: Key) {
        self.hold.update_value(|hold| {
            hold.files.remove(&key);
            drop(hold.sending.take_if(|(sending, _)| *sending == key));
        });
    }
}
