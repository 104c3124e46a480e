//! Any top-down pose network: a person's crop in, joints out, whether it classifies (SimCC: RTMPose) or
//! paints heatmaps (ViTPose, HRNet).

use std::sync::Arc;

use silhueta_registry::family::{Contract, Family, InputSize};
use silhueta_registry::graph::Elem;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::ChannelOrder;
use silhueta_shared::pose::{Keypoint, KeypointSet};

use crate::crop::{IMAGENET, Normalise, PoseCrop};
use crate::frame::Frame;
use crate::heatmap::{self, Grid};
use crate::rtmpose::decode_simcc;
use crate::runtime::{Network, Outputs, RuntimeError};

/// How much larger than the box its crop is, as in training.
const PADDING: f64 = 1.25;

/// How one person's outputs become joints.
#[derive(Clone, Debug, PartialEq)]
enum Head {
    /// Bins over x and over y (the outputs' names), `split` of them per input pixel.
    Simcc { x: String, y: String, split: f32 },
    /// One map a joint (the output's name).
    Heatmap { maps: String, grid: Grid },
}

impl Head {
    /// The joints of each person of a batch of `batch`, in input pixels.
    fn read(&self, outputs: &Outputs<'_>, batch: usize, keypoints: usize) -> Result<Vec<Vec<Keypoint>>, String> {
        let person = |values: &[f32]| (values.len() / batch.max(1)).max(1);
        Ok(match self {
            Self::Simcc { x, y, split } => {
                let ((_, x), (_, y)) = (outputs.f32(x)?, outputs.f32(y)?);
                let rows = x.chunks_exact(person(&x)).zip(y.chunks_exact(person(&y)));
                rows.map(|(x, y)| decode_simcc(x, y, keypoints, *split)).collect()
            }
            Self::Heatmap { maps, grid } => {
                let (_, maps) = outputs.f32(maps)?;
                maps.chunks_exact(person(&maps)).map(|maps| heatmap::decode(maps, keypoints, *grid)).collect()
            }
        })
    }
}

/// An open pose network.
#[derive(Debug)]
pub struct PoseNetwork {
    network: Network,
    head: Head,
    size: (usize, usize),
    keypoints: KeypointSet,
    /// The batch that the graph is fixed at; `None` where it is free.
    fixed_batch: Option<usize>,
    normalise: Normalise,
    input: Vec<f32>,
}

impl PoseNetwork {
    /// A network of this contract, fed in `channels` order, `fixed_batch` people a run. With a u8 input the
    /// graph itself normalises and gets the pixels as they are.
    ///
    /// # Errors
    /// The contract is not a pose network's, or its joints are of no known set.
    pub fn new(
        network: Network,
        contract: &Contract,
        fixed_batch: Option<usize>,
        channels: ChannelOrder,
    ) -> Result<Self, RuntimeError> {
        let InputSize::Fixed { w, h } = contract.input else {
            return Err(network.error("it doesn't say its input size".into()));
        };
        let (head, keypoints) = match (contract.family, contract.output_names.as_slice()) {
            (Family::Simcc { keypoints, split }, [x, y]) => {
                (Head::Simcc { x: x.clone(), y: y.clone(), split: split as f32 }, keypoints)
            }
            (Family::Heatmap { keypoints, stride, corners }, [maps]) if stride > 0 => {
                let grid = Grid { columns: w / stride, rows: h / stride, stride, corners };
                (Head::Heatmap { maps: maps.clone(), grid }, keypoints)
            }
            (other, _) => return Err(network.error(format!("it is {other}, not a pose network"))),
        };
        let Some(keypoints) = KeypointSet::of_count(keypoints) else {
            let known = KeypointSet::ALL.map(|set| format!("{} ({set})", set.count())).join(", ");
            return Err(network.error(format!("it gives {keypoints} keypoints; one of these sets is needed: {known}")));
        };
        // The statistics stay those of red, green, blue even where BGR is asked for: that is rtmlib's slip.
        let normalise = match contract.elem {
            Elem::U8 => Normalise::raw(channels),
            _ => Normalise::new(channels, IMAGENET),
        };
        Ok(Self { network, head, size: (w, h), keypoints, fixed_batch, normalise, input: Vec::new() })
    }

    /// The joints that it gives.
    pub fn keypoints(&self) -> KeypointSet {
        self.keypoints
    }

    /// Joints of each person, in source pixels. All of `people` run as one batch.
    ///
    /// # Errors
    /// The runtime's.
    pub fn estimate(&mut self, people: &[(Arc<Frame>, Bbox)]) -> Result<Vec<Vec<Keypoint>>, RuntimeError> {
        let size = self.size;
        let one = 3 * size.0 * size.1;
        let mut poses = Vec::with_capacity(people.len());
        for part in people.chunks(self.fixed_batch.unwrap_or(people.len()).max(1)) {
            let batch = self.fixed_batch.unwrap_or(part.len());
            self.input.clear();
            self.input.resize(batch * one, 0.0);
            let crops: Vec<_> = part.iter().map(|(_, bbox)| PoseCrop::new(*bbox, PADDING, size)).collect();
            for ((crop, (frame, _)), out) in crops.iter().zip(part).zip(self.input.chunks_exact_mut(one)) {
                crop.write(frame, size, &self.normalise, out).map_err(|e| self.network.error(e.to_string()))?;
            }
            let (head, keypoints) = (&self.head, self.keypoints.count());
            let mut joints = self
                .network
                .run([batch, 3, size.1, size.0], &self.input, |outputs| head.read(outputs, batch, keypoints))?;
            joints.truncate(part.len());
            for (joints, crop) in joints.iter_mut().zip(&crops) {
                for joint in joints {
                    (joint.x, joint.y) = crop.to_source((joint.x, joint.y), size);
                }
            }
            poses.append(&mut joints);
        }
        Ok(poses)
    }
}
