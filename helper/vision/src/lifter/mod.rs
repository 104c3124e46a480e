//! Lifters: joints of a person over a window of frames in, the joints of its middle frame in space out.

mod joints;

use silhueta_registry::family::{Batch, Contract, Family};
use silhueta_shared::job::Device;

pub use joints::{Flat, JOINTS, Spatial, h36m, normalise, stand};

use crate::runtime::{Network, Outputs, RuntimeError};

/// Frames of a window where the network leaves them free: a second and a bit at 25 a second.
const FREE_FRAMES: usize = 27;
/// People per run on a device where the batch is free. Runs are filled up, so that the device builds for one shape;
/// on the CPU one person a run costs no more.
const DEVICE_BATCH: usize = 8;

/// An open lifter.
#[derive(Debug)]
pub struct Lifter {
    network: Network,
    output: String,
    frames: usize,
    channels: usize,
    batch: usize,
    input: Vec<f32>,
}

impl Lifter {
    /// A network of this contract on `device`, tried once: what a file leaves open shows only at a run.
    ///
    /// # Errors
    /// The contract is not a lifter's, or what it gives is of another shape.
    pub fn new(network: Network, contract: &Contract, device: Device) -> Result<Self, RuntimeError> {
        let (Family::Lifter { frames, channels }, [output]) = (contract.family, contract.output_names.as_slice())
        else {
            return Err(network.error(format!("it is {}, not a lifter", contract.family)));
        };
        let batch = match contract.batch {
            Batch::Fixed(batch) => batch.max(1),
            Batch::Free if device == Device::Cpu => 1,
            Batch::Free => DEVICE_BATCH,
        };
        let frames = frames.unwrap_or(FREE_FRAMES).max(1);
        let mut lifter = Self { network, output: output.clone(), frames, channels, batch, input: Vec::new() };
        let nobody = vec![&joints::NOBODY; frames];
        lifter.lift(&[nobody], (2, 2))?;
        Ok(lifter)
    }

    /// Frames of a window. The middle one, which is lifted, has `frames() / 2` before it.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// The joints of each window's middle frame about the root, in the camera's axes: x right, y down, z ahead.
    /// `size` is the picture's, in the pixels of the joints; each window has [`frames`](Self::frames) frames.
    ///
    /// # Errors
    /// The runtime's; or a window of another length.
    pub fn lift(&mut self, windows: &[Vec<&Flat>], size: (u32, u32)) -> Result<Vec<Spatial>, RuntimeError> {
        let (frames, channels, batch) = (self.frames, self.channels, self.batch);
        if let Some(other) = windows.iter().find(|window| window.len() != frames) {
            return Err(self.network.error(format!("it takes {frames} frames, not {}", other.len())));
        }
        let mut lifted = Vec::with_capacity(windows.len());
        for part in windows.chunks(batch) {
            self.input.clear();
            for joints in part.iter().flatten() {
                normalise(joints, size, channels, &mut self.input);
            }
            self.input.resize(batch * frames * JOINTS * channels, 0.0);
            let output = &self.output;
            let shape = [batch, frames, JOINTS, channels];
            lifted.extend(self.network.run(shape, &self.input, |outputs| read(outputs, output, frames, part.len()))?);
        }
        Ok(lifted)
    }
}

/// The middle frames of the first `people` of a batch.
fn read(outputs: &Outputs<'_>, name: &str, frames: usize, people: usize) -> Result<Vec<Spatial>, String> {
    let (shape, values) = outputs.f32(name)?;
    let rows = match *shape.as_slice() {
        [batch, rows, JOINTS, 3] if batch >= people && (rows == 1 || rows == frames) => rows,
        _ => {
            return Err(format!(
                "it gives {shape:?} for {frames} frames; [b,{frames},17,3] or [b,1,17,3] is needed. A network that \
                 loses frames at the ends must be exported with the number of frames fixed at what it needs for one"
            ));
        }
    };
    let person = |values: &[f32]| {
        let middle = values.chunks_exact(JOINTS * 3).nth(rows / 2).unwrap_or_default();
        let mut joints = [[0.0; 3]; JOINTS];
        joints.iter_mut().flatten().zip(middle).for_each(|(joint, value)| *joint = *value);
        joints::about_root(&mut joints);
        joints
    };
    Ok(values.chunks_exact(rows * JOINTS * 3).take(people).map(person).collect())
}
