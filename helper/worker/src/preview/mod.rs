//! The preview gate: the one way from frames to pictures. Only the stage `pose` opens it, only a wish lets a
//! frame through, and the pipeline never waits for it.

mod wish;

use std::sync::Arc;
use std::thread::{Scope, ScopedJoinHandle};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crossbeam_channel::Receiver;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::pose::Keypoint;
use silhueta_shared::time::TimeBase;
use silhueta_shared::track::{IdentityId, TrackId};
use silhueta_shared::worker::{Picture, PreviewPerson};
use silhueta_vision::draw::Person;
use silhueta_vision::frame::Frame;
use silhueta_vision::preview::{Kinds, Pictures, PreviewEncoder};

use crate::latest::{Latest, latest};
use crate::report::Reporter;

pub(crate) use wish::{Taken, Wishes};

/// Thirty offers a second at most.
const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 30);

/// Someone in a frame that is offered.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) identity: IdentityId,
    pub(crate) track: TrackId,
    pub(crate) bbox: Bbox,
    pub(crate) keypoints: Vec<Keypoint>,
}

impl Seen {
    pub(crate) fn new(track: TrackId, person: &Person<'_>) -> Self {
        let Person { identity, bbox, keypoints } = *person;
        Self { identity, track, bbox, keypoints: keypoints.to_vec() }
    }
}

/// A frame on offer, with the people in it.
#[derive(Debug)]
struct Offer {
    frame: Arc<Frame>,
    people: Vec<Seen>,
    posed_at: u64,
}

/// Where the stage leaves its frames; a thread of its own makes pictures of those that are wished for.
#[derive(Debug)]
pub(crate) struct Gate<'r, 'scope> {
    reporter: &'r Reporter,
    offers: Latest<Offer>,
    encoding: ScopedJoinHandle<'scope, u64>,
    last: Option<Instant>,
}

impl<'r, 'scope> Gate<'r, 'scope> {
    /// Opens the gate for a stage; `time_base` is of the frames' times.
    pub(crate) fn open<'env>(scope: &'scope Scope<'scope, 'env>, reporter: &'r Reporter, time_base: TimeBase) -> Self
    where
        'r: 'scope,
    {
        let (offers, offered) = latest();
        let encoding = scope.spawn(move || encode(&offered, reporter, time_base));
        Self { reporter, offers, encoding, last: None }
    }

    /// Offers a frame whose poses are ready. Without a wish, or too soon after the last, nothing is done;
    /// `people` is asked only when the frame goes through.
    pub(crate) fn offer(&mut self, frame: &Arc<Frame>, people: impl FnOnce() -> Vec<Seen>) {
        if !self.reporter.wishes().any() || self.last.is_some_and(|last| last.elapsed() < INTERVAL) {
            return;
        }
        self.last = Some(Instant::now());
        let posed_at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros();
        let posed_at = u64::try_from(posed_at).unwrap_or(u64::MAX);
        self.offers.put(Offer { frame: Arc::clone(frame), people: people(), posed_at });
    }

    /// Closes the gate behind the stage's last frame; returns how many pictures were encoded. What is
    /// still wished for is forgotten, and no picture comes after the stage has ended.
    pub(crate) fn close(self) -> u64 {
        let Self { reporter, offers, encoding, .. } = self;
        drop(offers);
        let encoded = encoding.join().unwrap_or_else(|_| {
            tracing::error!("the preview thread ended by itself");
            0
        });
        reporter.wishes().clear();
        reporter.flush_picture();
        encoded
    }
}

/// Makes the wanted pictures of the newest frame on offer, until the gate closes; returns their number.
fn encode(offered: &Receiver<Offer>, reporter: &Reporter, time_base: TimeBase) -> u64 {
    let (mut encoder, mut encoded) = (PreviewEncoder::default(), 0);
    for Offer { frame, people, posed_at } in offered {
        // The wish may be gone since the frame was offered.
        let taken = reporter.wishes().take();
        if taken.kinds == Kinds::default() {
            continue;
        }
        let persons: Vec<_> = people
            .iter()
            .map(|seen| Person { identity: seen.identity, bbox: seen.bbox, keypoints: &seen.keypoints })
            .collect();
        let Pictures { size, plain, drawn } = match encoder.encode(&frame, &persons, taken.kinds) {
            Ok(pictures) => pictures,
            Err(error) => {
                tracing::warn!("no preview of frame {}: {error}", frame.index);
                continue;
            }
        };
        encoded += u64::from(plain.is_some()) + u64::from(drawn.is_some());
        let people = people.iter().map(|seen| PreviewPerson {
            identity: seen.identity,
            track: seen.track,
            bbox: seen.bbox,
            keypoints: seen.keypoints.iter().map(|joint| [joint.x, joint.y, joint.score]).collect(),
        });
        let picture = Picture {
            frame: frame.index,
            pts: frame.pts,
            seconds: time_base.seconds(frame.pts),
            posed_at,
            source_size: [frame.width, frame.height],
            size,
            people: people.collect(),
            jpeg: plain,
            drawn,
        };
        reporter.picture(picture, taken);
    }
    encoded
}

#[cfg(test)]
mod tests;
