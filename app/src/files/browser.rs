//! Where the picker is, what is there and what of it is chosen.

use leptos::prelude::*;
use leptos::task::spawn_local;
use silhueta_shared::protocol::{Answer, Ask, ErrorCode, Listing, RootId, SourceRef, WireError};

use super::listing;
use super::selection::{Row, Selection};
use crate::net::Link;
use crate::state::helper::HelperState;

/// The picker's state; it stays while the dialog is closed, so that it opens where one was.
#[derive(Clone, Copy)]
pub(super) struct Browser {
    link: Link,
    helper: HelperState,
    /// The folder that is shown, or will be.
    pub(super) at: RwSignal<Option<(RootId, String)>>,
    /// What is in it, or why that can't be said.
    pub(super) listing: RwSignal<Option<Result<Listing, WireError>>>,
    /// Whether an answer is awaited.
    pub(super) busy: RwSignal<bool>,
    /// Why a folder could not be opened.
    pub(super) trouble: RwSignal<Option<WireError>>,
    pub(super) filter: RwSignal<String>,
    pub(super) selection: RwSignal<Selection>,
    /// The lines that are shown.
    pub(super) rows: Memo<Vec<Row>>,
    /// Counts requests: an answer that was overtaken is let go.
    turn: StoredValue<u32>,
}

impl Browser {
    pub(super) fn new(link: Link, helper: HelperState) -> Self {
        let (listing, filter) = (RwSignal::new(None::<Result<Listing, WireError>>), RwSignal::new(String::new()));
        let rows = Memo::new(move |_| {
            let filter = filter.get();
            listing.with(|listing| match listing {
                Some(Ok(listing)) => listing::rows(listing, &filter),
                _ => Vec::new(),
            })
        });
        Self {
            link,
            helper,
            at: RwSignal::new(None),
            listing,
            busy: RwSignal::new(false),
            trouble: RwSignal::new(None),
            filter,
            selection: RwSignal::default(),
            rows,
            turn: StoredValue::new(0),
        }
    }

    /// The dialog was opened: shows the folder of before anew, or the first that is open.
    pub(super) fn enter(self) {
        self.selection.update(Selection::clear);
        self.trouble.set(None);
        let roots = self.helper.roots.get_untracked();
        let at = self.at.get_untracked().filter(|(root, _)| roots.iter().any(|known| known.id == *root));
        match at.or_else(|| roots.first().map(|root| (root.id, String::new()))) {
            Some((root, path)) => self.go(root, path),
            None => {
                self.at.set(None);
                self.listing.set(None);
            }
        }
    }

    /// Shows a folder.
    pub(super) fn go(self, root: RootId, path: String) {
        let turn = self.next_turn();
        if self.at.get_untracked() != Some((root, path.clone())) {
            self.filter.set(String::new());
        }
        self.at.set(Some((root, path.clone())));
        self.busy.set(true);
        spawn_local(async move {
            let answer = match self.link.ask(Ask::Browse { root, path }).await {
                Ok(Answer::Listing(listing)) => Ok(listing),
                Ok(_) => Err(WireError::new(ErrorCode::Internal, "another answer than was asked for")),
                Err(error) => Err(error),
            };
            // The dialog may be gone, or at another folder by now.
            if self.turn.try_get_value() == Some(turn) {
                self.busy.set(false);
                self.selection.update(Selection::home);
                self.listing.set(Some(answer));
            }
        });
    }

    /// Shows the same folder anew.
    pub(super) fn again(self) {
        if let Some((root, path)) = self.at.get_untracked() {
            self.go(root, path);
        }
    }

    /// Goes a folder up, where there is one.
    pub(super) fn up(self) {
        if let Some((root, path)) = self.at.get_untracked()
            && let Some(above) = listing::above(&path)
        {
            self.go(root, above);
        }
    }

    /// Opens a folder of the helper's machine and shows it.
    pub(super) fn open(self, path: String) {
        let before: Vec<RootId> = self.helper.roots.get_untracked().iter().map(|root| root.id).collect();
        let turn = self.next_turn();
        self.trouble.set(None);
        self.busy.set(true);
        spawn_local(async move {
            let answer = self.link.ask(Ask::OpenRoot { path: path.clone() }).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.busy.set(false);
            match answer {
                Ok(Answer::Roots(roots)) => {
                    let roots: Vec<_> = roots.into_iter().map(|root| (root.id, root.path)).collect();
                    if let Some(root) = listing::opened(&before, &roots, &path) {
                        self.go(root, String::new());
                    }
                }
                Ok(_) => {}
                Err(error) => self.trouble.set(Some(error)),
            }
        });
    }

    /// What is chosen, for the page.
    pub(super) fn chosen(self) -> Vec<SourceRef> {
        let places = self.selection.with_untracked(|selection| selection.chosen().to_vec());
        places.into_iter().map(|(root, path)| SourceRef::File { root, path }).collect()
    }

    /// The path of the root that is shown.
    pub(super) fn root_path(self) -> Option<String> {
        let (at, _) = self.at.get()?;
        self.helper.roots.with(|roots| roots.iter().find(|root| root.id == at).map(|root| root.path.clone()))
    }

    fn next_turn(self) -> u32 {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.turn.get_value()
    }
}
