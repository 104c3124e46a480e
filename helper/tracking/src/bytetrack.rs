//! ByteTrack: Zhang et al., "ByteTrack: Multi-Object Tracking by Associating Every Detection Box" (ECCV 2022,
//! arXiv:2110.06864).
//!
//! BoT-SORT is ByteTrack with appearance, the camera's motion and a filter of widths; so this is BoT-SORT's
//! matching without these three.

use serde::{Deserialize, Serialize};

use crate::botsort::{BotSort, Buffer, Config, Preset};
use crate::kalman::BoxModel;
use crate::tracker::{Input, TrackedBox};

/// The tracker. It can be stored at any frame and goes on from there as if never stopped.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ByteTrack(BotSort);

impl ByteTrack {
    /// A tracker that has seen nothing, set as boxmot 25 does, for video of `frame_rate` frames a second (30 where
    /// it is not positive).
    pub fn new(frame_rate: f64) -> Self {
        let config = Config {
            high: 0.45,
            new: 0.45,
            // 25 frames of 1/30 s.
            buffer: Buffer::Seconds(25.0 / 30.0),
            fuse_first: true,
            model: BoxModel::Aspect,
            ..Config::preset(Preset::Boxmot)
        };
        Self(BotSort::new(config, frame_rate))
    }

    /// A track not seen for more than this many frames never comes back.
    pub fn max_lost_frames(&self) -> u64 {
        self.0.max_lost_frames()
    }

    /// Detections that score this or more take part in the first matching.
    pub const fn sure_score(&self) -> f32 {
        self.0.config().high
    }

    /// Takes in the next frame and tells who is in it, by track. Embeddings and the camera's motion are not used.
    pub fn update(&mut self, input: &Input<'_>) -> Vec<TrackedBox> {
        self.0.update(&Input { detections: input.detections, embeddings: &[], motion: None })
    }
}

#[cfg(test)]
mod tests {
    use silhueta_shared::geometry::{Affine, Bbox};
    use silhueta_shared::track::{Detection, TrackId};

    use super::*;
    use crate::Embedding;

    fn detection(x: f32, score: f32) -> Detection {
        Detection { bbox: Bbox::new(x, 0.0, x + 40.0, 100.0), score }
    }

    fn ids(tracker: &mut ByteTrack, detections: &[Detection], motion: Affine) -> Vec<Option<u32>> {
        // Looks that, were they heeded, would make everybody the same person.
        let embeddings = vec![Embedding::new(vec![1.0, 0.0]); detections.len()];
        let boxes = tracker.update(&Input { detections, embeddings: &embeddings, motion: Some(motion) });
        boxes.iter().map(|b| b.track.map(TrackId::get)).collect()
    }

    #[test]
    fn low_scores_keep_tracks_and_neither_looks_nor_the_camera_count() {
        let mut tracker = ByteTrack::new(30.0);
        assert_eq!(ids(&mut tracker, &[detection(0.0, 0.9)], Affine::IDENTITY), [Some(1)]);
        let far = Affine([1.0, 0.0, 500.0, 0.0, 1.0, 0.0]);
        assert_eq!(ids(&mut tracker, &[detection(1.0, 0.2), detection(500.0, 0.2)], far), [Some(1)]);
        // 0.45 itself is neither high nor low; a little more starts a track, told of once it is seen again.
        assert_eq!(ids(&mut tracker, &[detection(2.0, 0.45), detection(26.0, 0.46)], far), []);
        assert_eq!(ids(&mut tracker, &[detection(3.0, 0.9), detection(26.0, 0.46)], far), [Some(1), Some(2)]);
    }

    #[test]
    fn lost_tracks_are_kept_for_25_frames_of_a_thirtieth() {
        assert_eq!(ByteTrack::new(30.0).max_lost_frames(), 26);
        assert_eq!(ByteTrack::new(60.0).max_lost_frames(), 51);
    }
}
