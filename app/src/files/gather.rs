//! The files of a drop: those dropped themselves, and those of a kind in folders that were dropped.

use std::future::Future;
use std::pin::Pin;

use js_sys::{Array, Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, File, FileList, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry,
};

/// Files that one drop brings at most, and folders below each other: a whole disk was dropped by mistake.
const MOST_FILES: usize = 2000;
const DEEPEST: usize = 12;

/// What was dropped. Taken out at once: the browser forgets it when the event is over.
pub(super) struct Dropped {
    entries: Vec<FileSystemEntry>,
    files: Vec<File>,
}

impl Dropped {
    /// Whatever the browser gives: entries, which may be folders, or at least files.
    pub(super) fn of(transfer: &DataTransfer) -> Self {
        let items = transfer.items();
        let item = |i| items.get(i).filter(|item| item.kind() == "file");
        let entry = |i| item(i)?.webkit_get_as_entry().ok()?;
        let entries: Vec<_> = (0..items.length()).filter_map(entry).collect();
        let files =
            if entries.is_empty() { transfer.files().map_or_else(Vec::new, |list| files(&list)) } else { Vec::new() };
        Self { entries, files }
    }

    /// All files. Of folders only those that `is_meant` by their name: nobody means the notes beside videos.
    pub(super) async fn files(self, is_meant: fn(&str) -> bool) -> Vec<File> {
        let mut files = self.files;
        for entry in self.entries {
            let is_itself = entry.is_file();
            let mut found = Vec::new();
            walk(entry, &mut found, 0).await;
            found.retain(|file| is_itself || is_meant(&file.name()));
            // The browser gives them as they come.
            found.sort_by_key(|file| file.name().to_lowercase());
            found.truncate(MOST_FILES.saturating_sub(files.len()));
            files.extend(found);
        }
        files
    }
}

/// A list of the browser's as one of ours.
pub(super) fn files(list: &FileList) -> Vec<File> {
    (0..list.length()).filter_map(|i| list.get(i)).collect()
}

fn walk(entry: FileSystemEntry, found: &mut Vec<File>, depth: usize) -> Pin<Box<dyn Future<Output = ()> + '_>> {
    Box::pin(async move {
        if found.len() >= MOST_FILES || depth > DEEPEST {
            return;
        }
        if entry.is_file() {
            let entry: FileSystemFileEntry = entry.unchecked_into();
            let file = called_back(|done, failed| entry.file_with_callback_and_callback(done, failed)).await;
            // One that can't be read is left out: it is told when it is missing in the list.
            found.extend(file.ok().and_then(|file| file.dyn_into::<File>().ok()));
            return;
        }
        let reader = entry.unchecked_into::<FileSystemDirectoryEntry>().create_reader();
        while let Some(part) = next_part(&reader).await {
            for entry in part {
                walk(entry.unchecked_into(), found, depth + 1).await;
            }
        }
    })
}

/// The next entries of a folder; the browser gives a hundred at a time.
async fn next_part(reader: &FileSystemDirectoryReader) -> Option<Array> {
    let read = |done: &Function, failed: &Function| {
        // Refused where the browser has no such reader: then the folder is empty to us.
        if reader.read_entries_with_callback_and_callback(done, failed).is_err() {
            let _ = failed.call0(&JsValue::NULL);
        }
    };
    let part: Array = called_back(read).await.ok()?.dyn_into().ok()?;
    (part.length() > 0).then_some(part)
}

/// Waits for one of two callbacks.
async fn called_back(begin: impl FnOnce(&Function, &Function)) -> Result<JsValue, JsValue> {
    let mut begin = Some(begin);
    let promise = Promise::new(&mut |done, failed| {
        if let Some(begin) = begin.take() {
            begin(&done, &failed);
        }
    });
    JsFuture::from(promise).await
}

/// Keeps the browser from leaving the page for a file that was dropped beside the zone.
pub(super) fn guard_window() {
    let Some(window) = web_sys::window() else { return };
    let ignore = Closure::<dyn FnMut(web_sys::DragEvent)>::new(|event: web_sys::DragEvent| {
        event.prevent_default();
    });
    for name in ["dragover", "drop"] {
        // Never refused for events of these names.
        let _ = window.add_event_listener_with_callback(name, ignore.as_ref().unchecked_ref());
    }
    // For as long as the page is there.
    ignore.forget();
}
