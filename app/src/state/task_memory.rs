//! What the page Tarefas remembers in this browser: what of the list is shown. Versioned JSON; what can't be read
//! counts as nothing, since nothing of it is work.

use serde::{Deserialize, Serialize};

use super::store;
use super::task_list::Group;

const KEY: &str = "silhueta.tarefas";
const VERSION: u32 = 1;

/// Everything remembered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TaskMemory {
    version: u32,
    /// The name of the only group that is shown; empty for all.
    group: String,
    /// What is searched for.
    pub(crate) search: String,
    /// Whether the lines for programs are unfolded.
    pub(crate) programs: bool,
}

impl Default for TaskMemory {
    fn default() -> Self {
        Self { version: VERSION, group: String::new(), search: String::new(), programs: true }
    }
}

impl TaskMemory {
    /// From what the page has.
    pub(crate) fn new(only: Option<Group>, search: String, programs: bool) -> Self {
        Self { version: VERSION, group: only.map_or("", Group::name).to_owned(), search, programs }
    }

    /// What was kept, or nothing yet.
    pub(crate) fn load() -> Self {
        store::get(KEY).and_then(|text| Self::read(&text)).unwrap_or_default()
    }

    /// Keeps it.
    pub(crate) fn save(&self) {
        if let Ok(text) = serde_json::to_string(self) {
            store::put(KEY, &text);
        }
    }

    /// The only group that is shown; none for all.
    pub(crate) fn only(&self) -> Option<Group> {
        Group::ALL.into_iter().find(|group| group.name() == self.group)
    }

    fn read(text: &str) -> Option<Self> {
        serde_json::from_str::<Self>(text).ok().filter(|memory| memory.version == VERSION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_back_and_nothing_else() {
        for only in Group::ALL.map(Some).into_iter().chain([None]) {
            let memory = TaskMemory::new(only, "rua".into(), true);
            let text = serde_json::to_string(&memory).unwrap();
            let read = TaskMemory::read(&text);
            assert_eq!((read.as_ref(), read.as_ref().and_then(TaskMemory::only)), (Some(&memory), only));
            assert_eq!(TaskMemory::read(&text.replace("\"version\":1", "\"version\":2")), None);
        }
        for text in ["", "null", "{}", "[1]", r#"{"version":1}"#] {
            assert_eq!(TaskMemory::read(text), None, "{text}");
        }
    }
}
