//! Short messages that come to the reader: what was refused and why, or what was done.

use leptos::prelude::*;
use silhueta_shared::protocol::WireError;

/// Shown at once; the oldest go first.
const LIMIT: usize = 4;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Toast {
    pub(crate) id: u32,
    pub(crate) error: WireError,
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
        self.last.update_value(|last| *last = last.wrapping_add(1));
        let id = self.last.get_value();
        self.list.update(|list| {
            list.retain(|toast| toast.error != error);
            list.push(Toast { id, error });
            if list.len() > LIMIT {
                list.remove(0);
            }
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
}
