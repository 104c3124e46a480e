//! Decodes the video again beside its people and cuts the people into batches.

use std::sync::Arc;

use crossbeam_channel::Sender;
use silhueta_results::checkpoint::Mark;
use silhueta_results::journal::JournalReader;
use silhueta_results::rows::FramePoses;
use silhueta_results::work::WorkFolder;
use silhueta_shared::notice::AnewReason;
use silhueta_vision::frame::Frame;
use silhueta_vision::video::Decoder;

use super::super::book::mark_of;
use super::super::failure::JobError;
use super::super::people::FramePeople;
use super::super::sampler::Sampler;
use super::batches::Batches;
use super::rejoin::Rejoin;
use super::{Crop, Scene};
use crate::control::Halt;
use crate::faults::{self, Point};
use crate::report::Reporter;

/// The beginning of the stage: where its frames, scenes and batches come from.
pub(super) struct Feeder {
    permit: Sender<()>,
    scenes: Sender<Scene>,
    crops: Sender<Vec<Crop>>,
    batches: Batches<Crop>,
    rejoin: Rejoin,
    mark: Option<Mark>,
}

impl Feeder {
    pub(super) fn new(
        permit: Sender<()>,
        scenes: Sender<Scene>,
        crops: Sender<Vec<Crop>>,
        batch: usize,
        rejoin: Rejoin,
        mark: Option<Mark>,
    ) -> Self {
        Self { permit, scenes, crops, batches: Batches::new(batch), rejoin, mark }
    }

    pub(super) fn feed(
        mut self,
        decoder: &mut Decoder,
        sampler: &mut Sampler,
        rows: impl Iterator<Item = Result<FramePeople, JobError>>,
        files: &WorkFolder,
        halt: &Halt<'_>,
        reporter: &Reporter,
    ) -> Result<(), JobError> {
        let Rejoin { done, drawn, waited, .. } = self.rejoin;
        let mut known = match drawn < done {
            true => Some(JournalReader::<FramePoses>::open(&files.poses())?),
            false => None,
        };
        // People of frames that are done, from the first who waited on; the last of them wait again.
        let mut past = Vec::new();
        for (seq, row) in (0u64..).zip(rows) {
            let row = row?;
            // Frames from the first whose people still wait for a full batch can't get through meanwhile.
            let held = self.batches.first().map_or(0, |first| seq.saturating_sub(first.max(done)));
            reporter.stand(halt, &|| self.permit.len() as u64 <= held)?;
            let poses = match known.as_mut().filter(|_| seq < done).map(Iterator::next) {
                Some(poses) => Some(poses.ok_or(JobError::Unfit(AnewReason::Damaged))??.poses),
                None => None,
            };
            if seq < done {
                reporter.on_the_way(row.frame);
            }
            let Some(frame) = self.frame(seq, &row, decoder, sampler)? else { continue };
            let frame = Arc::new(frame);
            let people: Vec<_> = row.boxes.iter().filter_map(|b| Some((b.track?, b.identity, b.bbox))).collect();
            let crops = people.iter().enumerate().map(|(person, (.., bbox))| Crop {
                seq,
                person,
                frame: Arc::clone(&frame),
                bbox: *bbox,
            });
            if seq < done {
                if seq >= waited {
                    past.extend(crops);
                }
            } else {
                self.wait_again(&mut past);
                let ready = self.batches.add(seq, crops);
                self.send_scene(Scene { seq, frame, people, known: None })?;
                ready.into_iter().try_for_each(|batch| self.send_batch(batch))?;
                continue;
            }
            if seq >= drawn {
                self.send_scene(Scene { seq, frame, people, known: poses })?;
            }
        }
        self.wait_again(&mut past);
        let Self { batches, crops, .. } = self;
        match batches.finish() {
            Some(batch) if done_differs(&batch, done) => crops.send(batch).map_err(|_| JobError::Disconnected),
            _ => Ok(()),
        }
    }

    /// The frame of a row; `None` where it need not be looked at.
    fn frame(
        &self,
        seq: u64,
        row: &FramePeople,
        decoder: &mut Decoder,
        sampler: &mut Sampler,
    ) -> Result<Option<Frame>, JobError> {
        let changed = || JobError::Changed { frame: row.frame };
        while decoder.position() < row.frame {
            let pts = decoder.pass()?.ok_or_else(changed)?;
            if sampler.keeps(pts) {
                return Err(changed());
            }
        }
        let mark = self.mark.filter(|mark| mark.frame == row.frame);
        if mark.is_none() && seq < self.rejoin.first() {
            let pts = decoder.pass()?.ok_or_else(changed)?;
            return if sampler.keeps(pts) && pts == row.pts { Ok(None) } else { Err(changed()) };
        }
        let frame = decoder.next_frame()?.ok_or_else(changed)?;
        faults::pass(Point::PoseDecode, frame.index);
        if !sampler.keeps(frame.pts) || (frame.index, frame.pts) != (row.frame, row.pts) {
            return Err(changed());
        }
        if mark.is_some_and(|mark| mark != mark_of(&frame)) {
            return Err(JobError::Unfit(AnewReason::Pictures));
        }
        Ok((seq >= self.rejoin.first()).then_some(frame))
    }

    /// Those who shared their batch with people of frames to come wait for them again.
    fn wait_again(&mut self, past: &mut Vec<Crop>) {
        let gone = past.len().saturating_sub(self.rejoin.waiting);
        for crop in past.drain(..).skip(gone) {
            self.batches.restore(crop.seq, [crop]);
        }
    }

    fn send_scene(&self, scene: Scene) -> Result<(), JobError> {
        self.permit.send(()).map_err(|_| JobError::Disconnected)?;
        self.scenes.send(scene).map_err(|_| JobError::Disconnected)
    }

    fn send_batch(&self, batch: Vec<Crop>) -> Result<(), JobError> {
        self.crops.send(batch).map_err(|_| JobError::Disconnected)
    }
}

/// Whether anybody in a batch is of a frame that is not done.
fn done_differs(batch: &[Crop], done: u64) -> bool {
    batch.iter().any(|crop| crop.seq >= done)
}
