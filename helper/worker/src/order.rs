//! Puts results that finish in any order back into the order of their input.

use std::collections::BTreeMap;

/// Holds early results until their turn. Bounded by the permits that the pipeline gives out per frame.
#[derive(Debug)]
pub(crate) struct Reorder<T> {
    next: u64,
    waiting: BTreeMap<u64, T>,
}

impl<T> Default for Reorder<T> {
    fn default() -> Self {
        Self { next: 0, waiting: BTreeMap::new() }
    }
}

impl<T> Reorder<T> {
    /// Takes result number `seq`.
    pub(crate) fn push(&mut self, seq: u64, item: T) {
        self.waiting.insert(seq, item);
    }

    /// The next result in order, if it has come.
    pub(crate) fn pop(&mut self) -> Option<T> {
        let item = self.waiting.remove(&self.next)?;
        self.next += 1;
        Some(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_leave_in_the_order_of_their_numbers() {
        let (mut order, mut out) = (Reorder::default(), Vec::new());
        for seq in [2, 0, 1, 4, 3] {
            order.push(seq, seq);
            while let Some(item) = order.pop() {
                out.push(item);
            }
        }
        assert_eq!(out, [0, 1, 2, 3, 4]);
    }
}
