//! What a network is fed with, kept for whoever calibrates it.

use std::sync::{Arc, Mutex};

/// `[channels, height, width]` and the values.
pub type Input = ([usize; 3], Vec<f32>);

/// What a network is fed with, kept.
#[derive(Clone, Debug, Default)]
pub struct Recording {
    inputs: Arc<Mutex<Vec<Input>>>,
}

impl Recording {
    /// The inputs since the last time.
    pub fn take(&self) -> Vec<Input> {
        self.inputs.lock().map(|mut inputs| std::mem::take(&mut *inputs)).unwrap_or_default()
    }

    pub(super) fn keep(&self, [batch, channels, height, width]: [usize; 4], data: &[f32]) {
        if let Ok(mut inputs) = self.inputs.lock() {
            let one = channels * height * width;
            let shape = [channels, height, width];
            inputs.extend(data.chunks_exact(one.max(1)).take(batch).map(|values| (shape, values.to_vec())));
        }
    }
}
