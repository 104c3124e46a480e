//! What goes into a batch: decided by the video alone, never by the clock or by where a run began.

use std::collections::VecDeque;

/// People in the order of frames and tracks, cut into batches of at most `size`. A batch that is not full is cut
/// once its first person has waited for `size` frames.
#[derive(Debug)]
pub(super) struct Batches<T> {
    size: usize,
    waiting: VecDeque<(u64, T)>,
}

impl<T> Batches<T> {
    /// None waiting.
    pub(super) fn new(size: usize) -> Self {
        Self { size, waiting: VecDeque::new() }
    }

    /// Puts people of frame `seq` back who waited when an earlier run ended.
    pub(super) fn restore(&mut self, seq: u64, people: impl IntoIterator<Item = T>) {
        self.waiting.extend(people.into_iter().map(|person| (seq, person)));
    }

    /// Takes the people of the next frame, and gives the batches that are ready.
    pub(super) fn add(&mut self, seq: u64, people: impl IntoIterator<Item = T>) -> Vec<Vec<T>> {
        self.restore(seq, people);
        let mut ready = Vec::new();
        while self.waiting.len() >= self.size {
            ready.push(self.cut());
        }
        if self.first().is_some_and(|first| seq - first >= self.size as u64) {
            ready.push(self.cut());
        }
        ready
    }

    /// The frame of the first who waits.
    pub(super) fn first(&self) -> Option<u64> {
        self.waiting.front().map(|(seq, _)| *seq)
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The last batch, if anybody still waits.
    pub(super) fn finish(mut self) -> Option<Vec<T>> {
        (!self.waiting.is_empty()).then(|| self.cut())
    }

    fn cut(&mut self) -> Vec<T> {
        let count = self.waiting.len().min(self.size);
        self.waiting.drain(..count).map(|(_, person)| person).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Batches of (frame, person) from `people` a frame, all in one go.
    fn all(size: usize, people: &[usize]) -> Vec<Vec<(u64, usize)>> {
        let mut batches = Batches::new(size);
        let mut cut = Vec::new();
        for (seq, count) in (0..).zip(people) {
            cut.extend(batches.add(seq, (0..*count).map(|person| (seq, person))));
        }
        cut.extend(batches.finish());
        cut
    }

    #[test]
    fn nobody_waits_for_more_frames_than_a_batch_has_places() {
        assert_eq!(all(2, &[3, 0, 1]), [vec![(0, 0), (0, 1)], vec![(0, 2), (2, 0)]]);
        assert_eq!(all(3, &[1, 0, 0, 0, 1]), [vec![(0, 0)], vec![(4, 0)]]);
    }
}
