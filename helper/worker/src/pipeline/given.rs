//! Stage `track` where people's boxes are given: the video is decoded as ever (so that frames, times, samples and
//! checkpoints are what they are without a file), and each frame's boxes are written down as if they had been tracked.

use silhueta_results::boxes::{Boxes, Place};
use silhueta_results::checkpoint::{Checkpoint, Counted, Lengths};
use silhueta_results::journal::JournalWriter;
use silhueta_results::rows::{FrameTracks, TrackRow};
use silhueta_results::work::WorkFolder;
use silhueta_shared::notice::AnewReason;
use silhueta_tracking::tracklet::Tracklet;
use silhueta_vision::frame::Frame;

use super::book::Book;
use super::failure::JobError;
use super::probe::Job;
use super::track::go_to;
use crate::control::Halt;
use crate::faults::{self, Point};
use crate::report::{Reporter, StageMeter};

/// What stands where a tracker's name stands else.
pub(super) const TRACKER: &str = "boxes";

/// Where frames go.
struct Sink {
    tracks: JournalWriter<FrameTracks>,
    /// Nobody is stitched: it stays empty.
    tracklets: JournalWriter<Tracklet>,
    looked_at: u64,
    /// The last frame whose boxes are in the journal, unless writing it failed.
    last: Option<Frame>,
}

/// Runs the stage, from its beginning or from where a checkpoint left it; returns how long its journals are.
pub(super) fn track(
    job: &Job<'_>,
    boxes: &Boxes,
    files: &WorkFolder,
    book: &mut Book<'_>,
    from: Option<&Checkpoint>,
    meter: &mut StageMeter<'_>,
    reporter: &Reporter,
) -> Result<Lengths, JobError> {
    let (mut decoder, mut sampler) = (job.decoder(reporter)?, job.sampler());
    let halt = Halt::new(reporter.control());
    let mut sink = match from {
        None => Sink::create(files)?,
        Some(checkpoint) => {
            let mark = checkpoint.mark.ok_or(JobError::Unfit(AnewReason::Damaged))?;
            go_to(&mut decoder, &mut sampler, mark, |frame| {
                reporter.on_the_way(frame);
                reporter.stand(&halt, &|| true)
            })?;
            Sink::reopen(files, checkpoint)?
        }
    };
    let (mut walk, mut frames) = (boxes.walk(), decoder.position());
    let mut pass = || -> Result<(), JobError> {
        while let Some(frame) = decoder.next_frame()? {
            reporter.stand(&halt, &|| true)?;
            if reporter.control().is_stopped() {
                return Err(JobError::Stopped);
            }
            frames = frame.index + 1;
            faults::pass(Point::TrackDecode, frame.index);
            if !sampler.keeps(frame.pts) {
                continue;
            }
            let rows = walk.at(frame.index).into_iter().filter_map(|place| row(place, job.info.width, job.info.height));
            sink.take(frame, rows.collect())?;
            meter.advance();
            if book.is_due() {
                sink.checkpoint(book, meter)?;
            }
        }
        Ok(())
    };
    if let Err(error) = pass() {
        if let Err(error) = sink.checkpoint(book, meter) {
            tracing::warn!("the last frames will have to be worked through again: {error}");
        }
        return Err(error);
    }
    let looked_at = sink.looked_at;
    book.count(Counted { frames, looked_at, warnings: decoder.warnings() });
    sink.sync()
}

/// The part of a box that is in the picture; `None` where nothing of it is.
fn row(place: Place, width: u32, height: u32) -> Option<TrackRow> {
    let bbox = place.bbox.clipped(width, height);
    bbox.is_valid().then_some(TrackRow { track: Some(place.person), bbox, score: place.score })
}

impl Sink {
    fn create(files: &WorkFolder) -> Result<Self, JobError> {
        let (tracks, tracklets) = (JournalWriter::create(&files.tracks())?, JournalWriter::create(&files.tracklets())?);
        Ok(Self { tracks, tracklets, looked_at: 0, last: None })
    }

    fn reopen(files: &WorkFolder, at: &Checkpoint) -> Result<Self, JobError> {
        let tracks = JournalWriter::open_at(&files.tracks(), at.lengths.tracks)?;
        let tracklets = JournalWriter::open_at(&files.tracklets(), at.lengths.tracklets)?;
        Ok(Self { tracks, tracklets, looked_at: at.done, last: None })
    }

    fn take(&mut self, frame: Frame, boxes: Vec<TrackRow>) -> Result<(), JobError> {
        self.last = None;
        faults::disk(frame.index)?;
        self.tracks.append(&FrameTracks { frame: frame.index, pts: frame.pts, boxes })?;
        self.looked_at += 1;
        self.last = Some(frame);
        Ok(())
    }

    fn sync(&mut self) -> Result<Lengths, JobError> {
        Ok(Lengths { tracks: self.tracks.sync()?, tracklets: self.tracklets.sync()?, poses: 0 })
    }

    /// Writes down all that is needed to go on behind the last frame.
    fn checkpoint(&mut self, book: &mut Book<'_>, meter: &StageMeter<'_>) -> Result<(), JobError> {
        let Some(last) = &self.last else { return Ok(()) };
        book.mark(last);
        let lengths = self.sync()?;
        book.write(meter, self.looked_at, lengths, &[])
    }
}

#[cfg(test)]
mod tests {
    use silhueta_shared::geometry::Bbox;
    use silhueta_shared::track::TrackId;

    use super::*;

    #[test]
    fn what_is_outside_of_the_picture_is_left_away() {
        let of = |x1, y1, x2, y2| {
            let bbox = Bbox::new(x1, y1, x2, y2);
            let place = Place { person: TrackId::new(4).unwrap(), bbox, score: 0.5, is_filled: false };
            row(place, 640, 360).map(|row| (row.track.map(TrackId::get), row.bbox.to_array(), row.score))
        };
        assert_eq!(of(10.0, 20.0, 30.0, 60.0), Some((Some(4), [10.0, 20.0, 30.0, 60.0], 0.5)));
        assert_eq!(of(-10.0, 20.0, 700.0, 400.0), Some((Some(4), [0.0, 20.0, 640.0, 360.0], 0.5)));
        for outside in
            [(-30.0, 0.0, -10.0, 60.0), (640.0, 0.0, 700.0, 60.0), (0.0, 360.0, 9.0, 400.0), (5.0, 5.0, 5.0, 9.0)]
        {
            let (x1, y1, x2, y2) = outside;
            assert_eq!(of(x1, y1, x2, y2), None, "{outside:?}");
        }
    }
}
