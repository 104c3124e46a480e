//! How many pictures somebody still waits for. The daemon says the number, each encoded picture takes one
//! away; at nought nothing is copied, scaled or encoded.

use std::sync::{Mutex, MutexGuard, PoisonError};

use silhueta_shared::worker::PreviewWish;
use silhueta_vision::preview::Kinds;

/// The pictures that may still be encoded, shared by who hears the daemon and who encodes.
#[derive(Debug, Default)]
pub(crate) struct Wishes(Mutex<Wanted>);

#[derive(Debug, Default)]
struct Wanted {
    wish: PreviewWish,
    /// Counts the daemon's words.
    word: u64,
}

/// Pictures taken off a wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub(crate) kinds: Kinds,
    word: u64,
}

impl Wishes {
    /// What the daemon wants now, in place of what it wanted before.
    pub(crate) fn set(&self, wish: PreviewWish) {
        let mut wanted = self.lock();
        wanted.wish = wish;
        wanted.word += 1;
    }

    /// Nobody waits any more.
    pub(crate) fn clear(&self) {
        self.set(PreviewWish::default());
    }

    /// Whether anybody waits for a picture.
    pub(crate) fn any(&self) -> bool {
        self.lock().wish != PreviewWish::default()
    }

    /// The pictures to encode of the next frame: one of each kind that is wanted, counted down.
    pub(crate) fn take(&self) -> Taken {
        let mut wanted = self.lock();
        let kinds = Kinds { plain: wanted.wish.plain > 0, drawn: wanted.wish.drawn > 0 };
        wanted.wish.plain = wanted.wish.plain.saturating_sub(1);
        wanted.wish.drawn = wanted.wish.drawn.saturating_sub(1);
        Taken { kinds, word: wanted.word }
    }

    /// Pictures that never reached the daemon are waited for again, unless it has said something since:
    /// what it says counts.
    pub(crate) fn give_back(&self, taken: Taken) {
        let mut wanted = self.lock();
        if wanted.word == taken.word {
            wanted.wish.plain = wanted.wish.plain.saturating_add(taken.kinds.plain.into());
            wanted.wish.drawn = wanted.wish.drawn.saturating_add(taken.kinds.drawn.into());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Wanted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Kinds = Kinds { plain: true, drawn: false };

    #[test]
    fn a_wish_is_counted_down_and_a_new_one_replaces_the_rest() {
        let wishes = Wishes::default();
        assert!(!wishes.any());
        wishes.set(PreviewWish { plain: 2, drawn: 1 });
        assert_eq!(wishes.take().kinds, Kinds { plain: true, drawn: true });
        assert_eq!(wishes.take().kinds, PLAIN);
        assert!(!wishes.any());
        assert_eq!(wishes.take().kinds, Kinds::default());
        wishes.set(PreviewWish { plain: 9, drawn: 9 });
        wishes.set(PreviewWish { plain: 0, drawn: 1 });
        assert_eq!(wishes.take().kinds, Kinds { plain: false, drawn: true });
        assert!(!wishes.any());
        wishes.set(PreviewWish { plain: 1, drawn: 0 });
        wishes.clear();
        assert!(!wishes.any());
    }

    #[test]
    fn a_picture_that_was_replaced_is_waited_for_again_but_not_past_a_new_word() {
        let wishes = Wishes::default();
        wishes.set(PreviewWish { plain: 1, drawn: 0 });
        let lost = wishes.take();
        assert!(!wishes.any());
        wishes.give_back(lost);
        let lost = wishes.take();
        assert_eq!(lost.kinds, PLAIN);
        wishes.set(PreviewWish::default());
        wishes.give_back(lost);
        assert!(!wishes.any(), "it was switched off meanwhile");
    }
}
