//! Where the stage goes on: from which frame on there is something to draw, and whose poses are computed again
//! because they shared a batch with people of frames to come.

use silhueta_results::checkpoint::Checkpoint;
use silhueta_results::journal::JournalReader;
use silhueta_results::rows::FrameTracks;
use silhueta_results::work::WorkFolder;

use super::super::failure::JobError;
use super::super::overlay::Coded;
use super::batches::Batches;

/// Rows are those of the journal of tracks: the frames that are looked at, from 0.
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
        files: &WorkFolder,
        at: &Checkpoint,
        batch: usize,
        coded: Option<(&Coded, i64)>,
    ) -> Result<Self, JobError> {
        let mut tracks = JournalReader::<FrameTracks>::open(&files.tracks())?;
        let rows = std::iter::from_fn(|| tracks.next());
        let mut found = Self::of(rows.map(|row| Ok(row?)), at.done, batch, coded)?;
        found.poses = (at.lengths.poses > 0).then_some(at.lengths.poses);
        Ok(found)
    }

    fn of(
        rows: impl Iterator<Item = Result<FrameTracks, JobError>>,
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
