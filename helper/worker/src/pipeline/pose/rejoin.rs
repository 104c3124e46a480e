//! Where the stage goes on: from which frame on there is something to draw, and whose poses are computed again
//! because they shared a batch with people of frames to come.

use silhueta_results::checkpoint::Checkpoint;

use super::super::failure::JobError;
use super::super::overlay::Coded;
use super::super::people::FramePeople;
use super::batches::Batches;

/// Rows are those of the people: the frames that are looked at, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Rejoin {
    /// Rows whose poses are in their journal.
    pub(super) done: u64,
    /// Where the journal of poses goes on, in bytes; `None` to begin it.
    pub(super) poses: Option<u64>,
    /// The first row that somebody waited of when the work ended.
    pub(super) waited: u64,
    /// How many waited: the last ones of the rows that are done.
    pub(super) waiting: usize,
    /// The first row that has yet to be drawn.
    pub(super) drawn: u64,
    /// Where the journal of the annotated video goes on; `None` to begin it.
    pub(super) overlay: Option<u64>,
}

impl Rejoin {
    /// The first row that is needed as a picture.
    pub(super) fn first(&self) -> u64 {
        self.drawn.min(self.waited)
    }

    /// Finds out from what is there. `coded` is `None` where no annotated video is made; `ticks` are its
    /// packets' in one of a frame's.
    pub(super) fn find(
        rows: impl Iterator<Item = Result<FramePeople, JobError>>,
        at: &Checkpoint,
        batch: usize,
        coded: Option<(&Coded, i64)>,
    ) -> Result<Self, JobError> {
        let mut found = Self::of(rows, at.done, batch, coded)?;
        found.poses = (at.lengths.poses > 0).then_some(at.lengths.poses);
        Ok(found)
    }

    fn of(
        rows: impl Iterator<Item = Result<FramePeople, JobError>>,
        done: u64,
        batch: usize,
        coded: Option<(&Coded, i64)>,
    ) -> Result<Self, JobError> {
        let mut found = Self { done, drawn: if coded.is_some() { 0 } else { done }, ..Self::default() };
        let mut batches = Batches::new(batch);
        // The row behind those that are done may be a key picture, too.
        for (seq, row) in (0..=done).zip(rows) {
            let row = row?;
            if let Some((coded, ticks)) = coded
                && let Some(position) = coded.key_at(row.pts.saturating_mul(ticks))
            {
                (found.drawn, found.overlay) = (seq, Some(position));
            }
            if seq < done {
                batches.add(seq, row.boxes.iter().filter(|b| b.track.is_some()).map(|_| ()));
            }
        }
        found.waited = batches.first().unwrap_or(done);
        found.waiting = batches.waiting();
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use silhueta_shared::geometry::Bbox;
    use silhueta_shared::track::TrackId;

    use super::super::super::people::PersonRow;
    use super::*;

    /// A frame with so many people, and somebody who is not confirmed.
    fn row(frame: u64, people: u32) -> FramePeople {
        let bbox = Bbox::new(0.0, 0.0, 1.0, 2.0);
        let row = |track| PersonRow { track, identity: None, bbox, score: 0.5, is_filled: false };
        let boxes = (0..=people).map(|n| row(TrackId::new(n))).collect();
        FramePeople { frame, pts: frame as i64 * 512, boxes }
    }

    /// Batches from row `from` on, as the feeder cuts them.
    fn batches(mut batches: Batches<(u64, u32)>, people: &[u32], from: usize) -> Vec<Vec<(u64, u32)>> {
        let mut cut = Vec::new();
        for (seq, count) in (0..).zip(people).skip(from) {
            cut.extend(batches.add(seq, (0..*count).map(|person| (seq, person))));
        }
        cut.extend(batches.finish());
        cut
    }

    proptest! {
        #[test]
        fn wherever_it_goes_on_the_batches_are_those_of_one_go(
            people in prop::collection::vec(0u32..7, 1..40), size in 1usize..9, at in 0.0f64..1.0,
        ) {
            let done = (people.len() as f64 * at) as u64;
            let rows = (0..).zip(&people).map(|(frame, people)| Ok(row(frame, *people)));
            let found = Rejoin::of(rows, done, size, None).unwrap();
            // As the feeder puts them back: the last `waiting` people of the rows from `waited` on.
            let past: Vec<_> = (found.waited..done)
                .flat_map(|seq| (0..people[seq as usize]).map(move |person| (seq, person)))
                .collect();
            let mut restored = Batches::new(size);
            for person in &past[past.len() - found.waiting..] {
                restored.restore(person.0, [*person]);
            }
            let later = |batch: &Vec<(u64, u32)>| batch.iter().any(|(seq, _)| *seq >= done);
            let whole = batches(Batches::new(size), &people, 0).into_iter().filter(later).collect::<Vec<_>>();
            let rest = batches(restored, &people, done as usize).into_iter().filter(later).collect::<Vec<_>>();
            prop_assert_eq!(whole, rest);
            prop_assert!(done - found.waited <= size as u64, "somebody waited too long");
        }
    }

    #[test]
    fn the_video_goes_on_at_the_last_key_picture_that_is_not_behind() {
        let coded = Coded { keys: vec![(0, 40), (512 * 4, 900), (512 * 9, 2000)], is_whole: false };
        let of = |done| {
            let rows = (0..12).map(|frame| Ok(row(frame, 1)));
            let found = Rejoin::of(rows, done, 1, Some((&coded, 1))).unwrap();
            (found.first(), found.overlay)
        };
        assert_eq!(
            [of(3), of(4), of(8), of(9), of(12)],
            [(0, Some(40)), (4, Some(900)), (4, Some(900)), (9, Some(2000)), (9, Some(2000))]
        );
        let none = Coded::default();
        let rows = (0..12).map(|frame| Ok(row(frame, 1)));
        let found = Rejoin::of(rows, 7, 1, Some((&none, 1))).unwrap();
        assert_eq!((found.first(), found.overlay), (0, None));
    }
}
