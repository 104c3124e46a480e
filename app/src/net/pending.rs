//! Requests under way: each has a number, and gets exactly one outcome.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use silhueta_shared::protocol::{Answer, WireError};

/// What a request comes to.
pub(super) type Outcome = Result<Answer, WireError>;

/// Who waits for which number.
#[derive(Default)]
pub(super) struct Pending {
    last: u32,
    waiting: BTreeMap<u32, Rc<RefCell<Slot>>>,
}

#[derive(Default)]
struct Slot {
    outcome: Option<Outcome>,
    waker: Option<Waker>,
}

/// An outcome to come.
pub(super) struct Reply(Rc<RefCell<Slot>>);

impl Pending {
    /// A new number and its outcome to come.
    pub(super) fn ask(&mut self) -> (u32, Reply) {
        // A number that is still waited for is never given twice, not even after four thousand million asks.
        loop {
            self.last = self.last.wrapping_add(1);
            if !self.waiting.contains_key(&self.last) {
                break;
            }
        }
        let slot = Rc::new(RefCell::new(Slot::default()));
        self.waiting.insert(self.last, Rc::clone(&slot));
        (self.last, Reply(slot))
    }

    /// The outcome of `id`; one that nobody waits for is let go.
    pub(super) fn settle(&mut self, id: u32, outcome: Outcome) {
        if let Some(slot) = self.waiting.remove(&id) {
            give(&slot, outcome);
        }
    }

    /// Nothing will be answered any more.
    pub(super) fn fail_all(&mut self, error: &WireError) {
        for slot in std::mem::take(&mut self.waiting).into_values() {
            give(&slot, Err(error.clone()));
        }
    }
}

fn give(slot: &RefCell<Slot>, outcome: Outcome) {
    let waker = {
        let mut slot = slot.borrow_mut();
        slot.outcome = Some(outcome);
        slot.waker.take()
    };
    if let Some(waker) = waker {
        waker.wake();
    }
}

impl Future for Reply {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        let mut slot = self.0.borrow_mut();
        if let Some(outcome) = slot.outcome.take() {
            return Poll::Ready(outcome);
        }
        slot.waker = Some(context.waker().clone());
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use silhueta_shared::protocol::ErrorCode;

    fn poll(reply: &mut Reply) -> Poll<Outcome> {
        Pin::new(reply).poll(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn an_answer_reaches_who_asked_and_nobody_else() {
        let mut pending = Pending::default();
        let (first, mut one) = pending.ask();
        let (second, mut two) = pending.ask();
        assert_ne!(first, second);
        pending.settle(second, Ok(Answer::Done));
        assert_eq!(poll(&mut two), Poll::Ready(Ok(Answer::Done)));
        assert!(poll(&mut one).is_pending());
        pending.settle(99, Ok(Answer::Done));
    }

    #[test]
    fn a_closed_socket_fails_all_that_wait() {
        let mut pending = Pending::default();
        let (_, mut one) = pending.ask();
        let error = WireError::new(ErrorCode::Closing, "gone");
        pending.fail_all(&error);
        assert_eq!(poll(&mut one), Poll::Ready(Err(error)));
        assert!(pending.waiting.is_empty());
    }

    #[test]
    fn a_number_in_use_is_passed_over() {
        let mut pending = Pending { last: u32::MAX - 1, ..Pending::default() };
        let (a, _keep) = pending.ask();
        pending.last = a - 1;
        assert_ne!(pending.ask().0, a);
    }
}
