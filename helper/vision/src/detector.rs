//! Any detector: the right preparation and decoding for its family.

use silhueta_registry::family::{Batch, Contract, Family, InputSize};
use silhueta_registry::graph::Elem;
use silhueta_shared::job::ChannelOrder;
use silhueta_shared::track::Detection;

use crate::crop::{Normalise, Placement, letterbox};
use crate::frame::Frame;
use crate::rtmdet;
use crate::runtime::{Network, RuntimeError};
use crate::yolo;

/// The canvas of a detector with free axes, where nothing else is known (width, height).
const FREE_INPUT: (usize, usize) = (640, 640);

/// An open detector of people.
#[derive(Debug)]
pub struct Detector {
    network: Network,
    family: Family,
    outputs: Vec<String>,
    /// Pictures that the graph wants at once: all are the same one.
    batch: usize,
    size: (usize, usize),
    placement: Placement,
    normalise: Normalise,
    input: Vec<f32>,
}

impl Detector {
    /// A detector of this contract. `size` (width, height) is for graphs with free axes.
    ///
    /// # Errors
    /// The contract is not a detector's.
    pub fn new(network: Network, contract: &Contract, size: Option<(usize, usize)>) -> Result<Self, RuntimeError> {
        let (placement, normalise) = match contract.family {
            Family::YoloV8 { .. } | Family::YoloEnd2End => (Placement::Center, Normalise::unit(ChannelOrder::Rgb)),
            Family::YoloxRaw { .. } => (Placement::TopLeft, Normalise::raw(ChannelOrder::Bgr)),
            Family::YoloxNms => (Placement::TopLeft, Normalise::raw(ChannelOrder::Bgr)),
            Family::RtmDetNms => (Placement::TopLeft, Normalise::new(ChannelOrder::Bgr, rtmdet::BGR_STATISTICS)),
            other => return Err(network.error(format!("it is {other}, not a detector of people"))),
        };
        // A graph that takes bytes normalises by itself: it gets them in the family's order of channels.
        let normalise = if contract.elem == Elem::U8 { normalise.unscaled() } else { normalise };
        let size = match contract.input {
            InputSize::Fixed { w, h } => (w, h),
            InputSize::Free | InputSize::Joints => size.unwrap_or(FREE_INPUT),
        };
        let (family, outputs) = (contract.family, contract.output_names.clone());
        let batch = match contract.batch {
            Batch::Fixed(n) => n.max(1),
            Batch::Free => 1,
        };
        let input = vec![0.0; batch * 3 * size.0 * size.1];
        Ok(Self { network, family, outputs, batch, size, placement, normalise, input })
    }

    /// The people in `frame`, best first, in source pixels, from [`yolo::LEAST_SCORE`] on.
    ///
    /// # Errors
    /// The runtime's, or an output that isn't what the graph promised.
    pub fn detect(&mut self, frame: &Frame) -> Result<Vec<Detection>, RuntimeError> {
        let (batch, one) = (self.batch, self.input.len() / self.batch);
        let back = letterbox(frame, self.size, self.placement, &self.normalise, &mut self.input[..one])
            .map_err(|e| self.network.error(e.to_string()))?;
        let (first, others) = self.input.split_at_mut(one);
        others.chunks_exact_mut(one).for_each(|other| other.copy_from_slice(first));
        let (family, size) = (self.family, self.size);
        let names = &self.outputs;
        let name = |i: usize| names.get(i).map(String::as_str).ok_or("it has too few outputs");
        self.network.run([batch, 3, size.1, size.0], &self.input, |outputs| {
            let (shape, data) = outputs.f32(name(0)?)?;
            // The first picture's part: each output's first axis is the batch.
            let data = data.get(..data.len() / batch).unwrap_or_default();
            let last = shape.last().copied().unwrap_or(0);
            Ok(match family {
                Family::YoloxRaw { .. } => yolo::decode_yolox(data, last, size, &back),
                Family::YoloV8 { .. } => yolo::decode_yolov8(data, last, &back),
                Family::YoloEnd2End => yolo::decode_end_to_end(data, &back),
                // YOLOX with NMS inside gives its boxes as RTMDet does.
                _ => rtmdet::decode(data, &outputs.i64(name(1)?)?, &back),
            })
        })
    }
}
