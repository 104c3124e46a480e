//! OSNet (arXiv 1905.00953): a person's picture to an embedding that tells people apart.

use silhueta_registry::graph::Elem;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::ChannelOrder;

use crate::crop::{Normalise, stretch};
use crate::frame::Frame;
use crate::runtime::{Network, RuntimeError};

/// People per run where the batch is free: beyond it the CPU gains nothing and memory grows.
const BATCH: usize = 8;

/// An open re-identification network.
#[derive(Debug)]
pub struct Osnet {
    network: Network,
    output: String,
    size: (usize, usize),
    /// The batch that the graph is fixed at; `None` where it is free.
    fixed_batch: Option<usize>,
    normalise: Normalise,
    input: Vec<f32>,
}

impl Osnet {
    /// A network with input `size` (width, height) of `elem`, `fixed_batch` people a run, and its output's name.
    /// With a u8 input the graph itself normalises and gets red, green, blue as they are.
    pub fn new(network: Network, output: String, size: (usize, usize), fixed_batch: Option<usize>, elem: Elem) -> Self {
        let normalise = match elem {
            Elem::U8 => Normalise::raw(ChannelOrder::Rgb),
            _ => Normalise::imagenet_unit(ChannelOrder::Rgb),
        };
        Self { network, output, size, fixed_batch, normalise, input: Vec::new() }
    }

    /// One embedding a box, not yet normalised.
    ///
    /// # Errors
    /// The runtime's.
    pub fn embed(&mut self, frame: &Frame, boxes: &[Bbox]) -> Result<Vec<Vec<f32>>, RuntimeError> {
        let one = 3 * self.size.0 * self.size.1;
        let mut embeddings = Vec::with_capacity(boxes.len());
        for part in boxes.chunks(self.fixed_batch.unwrap_or(BATCH).max(1)) {
            let batch = self.fixed_batch.unwrap_or(part.len());
            self.input.clear();
            self.input.resize(batch * one, 0.0);
            for (bbox, out) in part.iter().zip(self.input.chunks_exact_mut(one)) {
                stretch(frame, *bbox, self.size, &self.normalise, out)
                    .map_err(|e| self.network.error(e.to_string()))?;
            }
            let output = &self.output;
            let rows = self.network.run([batch, 3, self.size.1, self.size.0], &self.input, |outputs| {
                let (shape, data) = outputs.f32(output)?;
                let width = shape.last().copied().filter(|n| *n > 0).ok_or("its embedding is empty")?;
                Ok(data.chunks_exact(width).take(part.len()).map(<[f32]>::to_vec).collect::<Vec<_>>())
            })?;
            embeddings.extend(rows);
        }
        Ok(embeddings)
    }
}
