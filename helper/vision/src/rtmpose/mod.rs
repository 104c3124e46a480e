//! RTMPose (arXiv 2303.07399): a person's crop to keypoints by classifying each joint's x and y (SimCC).

mod decode;

use std::sync::Arc;

use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::ChannelOrder;
use silhueta_shared::pose::{Keypoint, KeypointSet};

use crate::crop::{IMAGENET, Normalise, PoseCrop};
use crate::frame::Frame;
use crate::runtime::{Network, RuntimeError};
pub use decode::decode_simcc;

/// How much larger than the box its crop is, as in training.
const PADDING: f64 = 1.25;

/// The network's shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Input width and height.
    pub size: (usize, usize),
    /// The joints that it gives.
    pub keypoints: KeypointSet,
    /// SimCC bins per input pixel.
    pub split_ratio: f32,
    /// The batch that the graph is fixed at; `None` where it is free.
    pub fixed_batch: Option<usize>,
    /// Names of the outputs over x and over y.
    pub outputs: (String, String),
}

/// An open pose network.
#[derive(Debug)]
pub struct RtmPose {
    network: Network,
    layout: Layout,
    normalise: Normalise,
    input: Vec<f32>,
}

impl RtmPose {
    /// A network of this layout, fed in `channels` order.
    pub fn new(network: Network, layout: Layout, channels: ChannelOrder) -> Self {
        // The statistics stay those of red, green, blue even where BGR is asked for: that is rtmlib's slip.
        Self { network, layout, normalise: Normalise::new(channels, IMAGENET), input: Vec::new() }
    }

    /// The joints that it gives.
    pub fn keypoints(&self) -> KeypointSet {
        self.layout.keypoints
    }

    /// Joints of each person, in source pixels. All of `people` run as one batch.
    ///
    /// # Errors
    /// The runtime's.
    pub fn estimate(&mut self, people: &[(Arc<Frame>, Bbox)]) -> Result<Vec<Vec<Keypoint>>, RuntimeError> {
        let Layout { size, keypoints, split_ratio, .. } = self.layout;
        let one = 3 * size.0 * size.1;
        let mut poses = Vec::with_capacity(people.len());
        for part in people.chunks(self.layout.fixed_batch.unwrap_or(people.len()).max(1)) {
            let batch = self.layout.fixed_batch.unwrap_or(part.len());
            self.input.clear();
            self.input.resize(batch * one, 0.0);
            let crops: Vec<_> = part.iter().map(|(_, bbox)| PoseCrop::new(*bbox, PADDING, size)).collect();
            for ((crop, (frame, _)), out) in crops.iter().zip(part).zip(self.input.chunks_exact_mut(one)) {
                crop.write(frame, size, &self.normalise, out).map_err(|e| self.network.error(e.to_string()))?;
            }
            let names = &self.layout.outputs;
            poses.extend(self.network.run([batch, 3, size.1, size.0], &self.input, |outputs| {
                let ((_, x), (_, y)) = (outputs.f32(&names.0)?, outputs.f32(&names.1)?);
                let person = |values: &[f32]| values.len() / batch.max(1);
                let (x, y) = (x.chunks_exact(person(x).max(1)), y.chunks_exact(person(y).max(1)));
                let joints = x.zip(y).zip(&crops).map(|((x, y), crop)| {
                    let mut joints = decode_simcc(x, y, keypoints.count(), split_ratio);
                    for joint in &mut joints {
                        (joint.x, joint.y) = crop.to_source((joint.x, joint.y), size);
                    }
                    joints
                });
                Ok(joints.collect::<Vec<_>>())
            })?);
        }
        Ok(poses)
    }
}
