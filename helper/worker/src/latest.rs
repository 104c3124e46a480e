//! A channel of one place whose newest item replaces the one that nobody has taken yet: the sender never
//! waits, the taker never sees anything old.

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

/// The sending end.
#[derive(Debug)]
pub(crate) struct Latest<T> {
    sender: Sender<T>,
    /// The same place, to take out what a newer item replaces.
    place: Receiver<T>,
}

impl<T> Clone for Latest<T> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone(), place: self.place.clone() }
    }
}

/// Both ends. The taker's end is an ordinary receiver; it ends when every sending end is gone.
pub(crate) fn latest<T>() -> (Latest<T>, Receiver<T>) {
    let (sender, place) = bounded(1);
    (Latest { sender, place: place.clone() }, place)
}

impl<T> Latest<T> {
    /// Puts `item` in the place of whatever waits there, and returns that.
    pub(crate) fn put(&self, mut item: T) -> Option<T> {
        let mut replaced = None;
        loop {
            item = match self.sender.try_send(item) {
                Err(TrySendError::Full(item)) => item,
                Ok(()) | Err(TrySendError::Disconnected(_)) => return replaced,
            };
            // The taker may have been quicker: then the place is free all the same.
            replaced = self.place.try_recv().ok().or(replaced);
        }
    }

    /// Takes back what nobody has taken.
    pub(crate) fn take_back(&self) -> Option<T> {
        self.place.try_recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_replaces_what_waits_and_nobody_waits_to_put() {
        let (put, taker) = latest();
        for n in 0..1000u32 {
            assert_eq!(put.put(n), n.checked_sub(1));
        }
        assert_eq!((taker.try_recv(), taker.try_recv()), (Ok(999), Err(crossbeam_channel::TryRecvError::Empty)));
        put.put(1);
        assert_eq!((put.take_back(), put.take_back()), (Some(1), None));
    }

    #[test]
    fn the_last_item_is_still_there_when_the_sender_is_gone() {
        let (put, taker) = latest();
        put.put(7);
        drop(put);
        assert_eq!(taker.iter().collect::<Vec<_>>(), [7]);
    }

    #[test]
    fn under_a_race_the_taker_sees_rising_numbers_and_the_last() {
        let (put, taker) = latest();
        let taking = std::thread::spawn(move || taker.iter().collect::<Vec<u32>>());
        let replaced: Vec<_> = (0..20_000).filter_map(|n| put.put(n)).collect();
        drop(put);
        let seen = taking.join().unwrap();
        assert_eq!(seen.len() + replaced.len(), 20_000, "each is taken or replaced");
        assert!(seen.is_sorted_by(|a, b| a < b));
        assert_eq!(seen.last(), Some(&19_999));
    }
}
