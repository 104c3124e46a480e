//! One picture at a time: which one is worked on, which one waits, and what the helper may still send.
//!
//! The helper sends only what was granted. A picture that has been dealt with, painted or not, is granted anew
//! once the page is seen; so a hidden tab, which paints nothing, gets nothing.

use silhueta_shared::protocol::MAX_CREDITS;

/// Pictures on their way to the eye.
#[derive(Debug)]
pub(super) struct Flow<F> {
    /// Being decoded or about to be painted; whether it is paid with a credit of this connection.
    busy: Option<bool>,
    /// Comes next; a newer one takes its place.
    waiting: Option<F>,
    /// Dealt with and not granted anew yet.
    owed: u8,
    /// Pictures whose place a newer one took.
    replaced: u64,
}

impl<F> Flow<F> {
    pub(super) const fn new() -> Self {
        Self { busy: None, waiting: None, owed: 0, replaced: 0 }
    }

    /// A picture has come; the one to work on now, if there is one.
    pub(super) fn arrive(&mut self, frame: F) -> Option<F> {
        if self.busy.is_some() {
            if self.waiting.replace(frame).is_some() {
                self.replaced += 1;
                self.owe();
            }
            return None;
        }
        self.busy = Some(true);
        Some(frame)
    }

    /// The one worked on is painted, or can't be; the one to work on now, if there is one.
    pub(super) fn settle(&mut self) -> Option<F> {
        if self.busy.take() == Some(true) {
            self.owe();
        }
        let next = self.waiting.take();
        self.busy = next.is_some().then_some(true);
        next
    }

    /// A new connection, or the preview was switched on: all that may be sent is granted anew.
    pub(super) fn restart(&mut self) {
        self.waiting = None;
        self.busy = self.busy.map(|_| false);
        self.owed = MAX_CREDITS;
    }

    /// The preview was switched off: nothing more is granted.
    pub(super) fn stop(&mut self) {
        self.waiting = None;
        self.busy = self.busy.map(|_| false);
        self.owed = 0;
    }

    /// How many to grant now; none while nobody can see the page.
    pub(super) fn grants(&mut self, seen: bool) -> u8 {
        if seen { std::mem::take(&mut self.owed) } else { 0 }
    }

    /// Pictures whose place a newer one took.
    pub(super) const fn replaced(&self) -> u64 {
        self.replaced
    }

    fn owe(&mut self) {
        self.owed = (self.owed + 1).min(MAX_CREDITS);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_painted_picture_is_granted_anew() {
        let mut flow = Flow::new();
        flow.restart();
        assert_eq!(flow.grants(true), 2);
        assert_eq!(flow.arrive('a'), Some('a'));
        assert_eq!(flow.arrive('b'), None);
        assert_eq!((flow.grants(true), flow.settle()), (0, Some('b')));
        assert_eq!((flow.grants(true), flow.settle(), flow.grants(true)), (1, None, 1));
    }

    #[test]
    fn a_newer_picture_takes_the_place_of_the_waiting_one_and_both_are_granted() {
        let mut flow = Flow::new();
        flow.arrive('a');
        flow.arrive('b');
        assert_eq!(flow.arrive('c'), None);
        assert_eq!((flow.replaced(), flow.settle(), flow.grants(true)), (1, Some('c'), 2));
    }

    #[test]
    fn a_hidden_tab_grants_nothing_until_it_is_seen() {
        let mut flow = Flow::<()>::new();
        flow.restart();
        assert_eq!((flow.grants(false), flow.grants(false), flow.grants(true), flow.grants(true)), (0, 0, 2, 0));
    }

    #[test]
    fn a_picture_of_the_old_connection_grants_nothing_on_the_new_one() {
        let mut flow = Flow::new();
        flow.arrive('a');
        flow.arrive('b');
        flow.restart();
        assert_eq!((flow.grants(true), flow.settle(), flow.grants(true)), (2, None, 0));
        flow.arrive('c');
        flow.stop();
        assert_eq!((flow.settle(), flow.grants(true)), (None, 0));
    }

    proptest! {
        /// Against a helper that sends all it may: two at most are on their way, and it never starves.
        #[test]
        fn what_is_granted_comes_to_two_whatever_happens(steps in prop::collection::vec(0u8..4, 0..200)) {
            let mut flow = Flow::new();
            flow.restart();
            let (mut granted, mut working) = (0u8, false);
            for step in steps {
                match step {
                    0 if granted > 0 => { granted -= 1; working |= flow.arrive(()).is_some(); }
                    1 if working => working = flow.settle().is_some(),
                    2 => granted += flow.grants(true),
                    _ => granted += flow.grants(false),
                }
                prop_assert!(granted <= MAX_CREDITS);
            }
            while working { working = flow.settle().is_some(); }
            granted += flow.grants(true);
            prop_assert_eq!(granted, MAX_CREDITS);
        }
    }
}
