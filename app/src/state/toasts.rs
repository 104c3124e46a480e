//! Short messages that come to the reader: what was refused and why, or what was done and can be undone.

use leptos::prelude::*;
use silhueta_shared::protocol::WireError;

/// Shown at once; the oldest go first.
const LIMIT: usize = 4;

/// What a message tells.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// The helper would not.
    Refused(WireError),
    /// A model was taken away, and can be brought back.
    Removed {
        /// Its name.
        model: String,
    },
}

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Toast {
    pub(crate) id: u32,
    pub(crate) said: Said,
}

/// The messages now, in context.
#[derive(Clone, Copy)]
pub(crate) struct Toasts {
    list: RwSignal<Vec<Toast>>,
    last: StoredValue<u32>,
}

impl Toasts {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self { list: RwSignal::default(), last: StoredValue::new(0) }
    }

    /// Tells of a refusal. The same one again replaces the earlier.
    pub(crate) fn refused(self, error: WireError) {
        self.say(Said::Refused(error));
    }

    /// Tells that a model was taken away.
    pub(crate) fn removed(self, model: String) {
        self.say(Said::Removed { model });
    }

    /// The model is back, or on its way back.
    pub(crate) fn forget_removed(self, model: &str) {
        self.list.update(|list| {
            list.retain(|toast| !matches!(&toast.said, Said::Removed { model: removed } if removed == model));
        });
    }

    /// Takes one away.
    pub(crate) fn dismiss(self, id: u32) {
        self.list.update(|list| list.retain(|toast| toast.id != id));
    }

    /// Oldest first.
    pub(crate) fn get(self) -> Vec<Toast> {
        self.list.get()
    }

    fn say(self, said: Said) {
        self.last.update_value(|last| *last = last.wrapping_add(1));
        let id = self.last.get_value();
        self.list.update(|list| {
            list.retain(|toast| toast.said != said);
            list.push(Toast { id, said });
            if list.len() > LIMIT {
                list.remove(0);
            }
        });
    }
}
