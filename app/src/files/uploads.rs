//! What is being sent to the helper. One for the whole app, in context.

use std::collections::BTreeMap;

use js_sys::encode_uri_component;
use leptos::ev;
use leptos::prelude::*;
use silhueta_shared::protocol::{SourceRef, UploadDone};
use web_sys::File;

use super::gather::guard_window;
use super::intake::{self, Refusal};
use super::queue::{Key, Problem, Queue};
use super::send::Sending;
use crate::net::{Link, LinkStatus};
use crate::state::helper::HelperState;

/// Uploads under way, in context.
#[derive(Clone, Copy)]
pub(crate) struct Uploads {
    link: Link,
    helper: HelperState,
    /// What is shown.
    pub(super) queue: RwSignal<Queue>,
    /// Files that were not taken, by name.
    pub(super) refused: RwSignal<Vec<(String, Refusal)>>,
    /// With the helper, and not handed to the page yet.
    pub(super) ready: RwSignal<Vec<SourceRef>>,
    hold: StoredValue<Hold, LocalStorage>,
}

/// What only the browser can hold.
#[derive(Default)]
struct Hold {
    files: BTreeMap<Key, File>,
    sending: Option<(Key, Sending)>,
}

impl Uploads {
    /// Nothing is being sent yet.
    pub(crate) fn open(helper: HelperState, link: Link) -> Self {
        let uploads = Self {
            link,
            helper,
            queue: RwSignal::default(),
            refused: RwSignal::default(),
            ready: RwSignal::default(),
            hold: StoredValue::new_local(Hold::default()),
        };
        guard_window();
        // Leaving would break off what is under way; when nothing is, nobody is asked.
        let _ = window_event_listener(ev::beforeunload, move |event| {
            if uploads.queue.with_untracked(Queue::is_busy) {
                event.prevent_default();
                event.set_return_value("unsent");
            }
        });
        uploads
    }

    /// Takes files, or says why not.
    pub(super) fn add(self, files: Vec<File>) {
        let mut refused = Vec::new();
        for file in files {
            let (name, size) = (file.name(), file.size().max(0.0) as u64);
            let spoken_for = self.queue.with_untracked(Queue::to_come);
            let room = self.helper.upload_room.get_untracked().saturating_sub(spoken_for);
            match intake::check(&name, size, room) {
                Ok(()) => {
                    let key = self.queue.try_update(|queue| queue.add(name, size)).unwrap_or_default();
                    self.hold.update_value(|hold| drop(hold.files.insert(key, file)));
                }
                Err(refusal) => refused.push((name, refusal)),
            }
        }
        self.refused.set(refused);
        self.go_on();
    }

    /// Ends an upload, or takes it out of the queue.
    pub(super) fn cancel(self, key: Key) {
        self.finish(key);
        self.queue.update(|queue| queue.remove(key));
        self.go_on();
    }

    /// Tries one once more that did not get through.
    pub(super) fn retry(self, key: Key) {
        self.queue.update(|queue| queue.retry(key));
        self.go_on();
    }

    fn go_on(self) {
        let Some(upload) = self.queue.try_update(Queue::begin).flatten() else { return };
        let key = upload.key;
        let file = self.hold.with_value(|hold| hold.files.get(&key).cloned());
        let online = self.link.status().get_untracked() == LinkStatus::Online;
        let session = untrack(|| self.link.session()).filter(|_| online);
        let (Some(file), Some(session)) = (file, session) else {
            return self.end(key, Err(Problem::Offline));
        };
        let on_sent = move |sent| self.queue.update(|queue| queue.sent(key, js_sys::Date::now(), sent));
        let address = format!("/api/v1/uploads?name={}", encode_uri_component(&file.name()));
        let sending = Sending::begin(&address, &file, session, on_sent, move |outcome| {
            let outcome = outcome.map(|done: UploadDone| {
                // The helper tells its room at the welcome; what it took since is known here.
                self.helper.upload_room.update(|room| *room = room.saturating_sub(done.size));
                SourceRef::Upload { upload: done.upload, name: done.name }
            });
            // This runs inside a callback of what is about to be dropped.
            queue_microtask(move || self.end(key, outcome));
        });
        match sending {
            Some(sending) => self.hold.update_value(|hold| hold.sending = Some((key, sending))),
            None => self.end(key, Err(Problem::BrokeOff)),
        }
    }

    fn end(self, key: Key, outcome: Result<SourceRef, Problem>) {
        match outcome {
            Ok(source) => {
                self.finish(key);
                self.queue.update(|queue| queue.remove(key));
                self.ready.update(|ready| ready.push(source));
            }
            Err(problem) => {
                self.hold.update_value(|hold| drop(hold.sending.take_if(|(sending, _)| *sending == key)));
                self.queue.update(|queue| queue.fail(key, problem));
            }
        }
        self.go_on();
    }

    fn finish(self, key: Key) {
        self.hold.update_value(|hold| {
            hold.files.remove(&key);
            drop(hold.sending.take_if(|(sending, _)| *sending == key));
        });
    }
}
