//! One open network: pictures in as f32, whatever numbers its input takes; f32 out, whatever it gives.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use half::f16;
use half::slice::HalfFloatSliceExt;
use ort::session::Session;
use ort::value::{TensorElementType, TensorRef, ValueType};

use super::RuntimeError;
use super::recording::Recording;

/// The buffer that a picture is copied into where the input doesn't take f32.
#[derive(Debug)]
enum Numbers {
    F32,
    F16(Vec<f16>),
    U8(Vec<u8>),
}

/// One network, ready to run in the calling thread.
#[derive(Debug)]
pub struct Network {
    file: PathBuf,
    session: Session,
    input: String,
    numbers: Numbers,
    recording: Option<Recording>,
}

impl Network {
    /// The network of an open session.
    pub(super) fn of(file: &Path, session: Session) -> Result<Self, RuntimeError> {
        let fail = |why: String| RuntimeError::Model { file: file.into(), why };
        let [port] = session.inputs() else {
            return Err(fail(format!("it has {} inputs, not one", session.inputs().len())));
        };
        let numbers = match port.dtype() {
            ValueType::Tensor { ty: TensorElementType::Float32, .. } => Numbers::F32,
            ValueType::Tensor { ty: TensorElementType::Float16, .. } => Numbers::F16(Vec::new()),
            ValueType::Tensor { ty: TensorElementType::Uint8, .. } => Numbers::U8(Vec::new()),
            other => return Err(fail(format!("its input is {other}; f32, f16 or u8 is needed"))),
        };
        let input = port.name().to_owned();
        Ok(Self { file: file.into(), session, input, numbers, recording: None })
    }

    /// The same, keeping what it is fed with.
    pub(super) fn recorded(self, recording: Option<Recording>) -> Self {
        Self { recording, ..self }
    }

    /// Runs it on one input of `shape` (batch, channels, height, width) and hands the outputs, in the graph's
    /// order, to `read`. Where the input is f16 or u8, `data` is rounded to that.
    ///
    /// # Errors
    /// The runtime's, or `read`'s reason, with the file named.
    pub fn run<R>(
        &mut self,
        shape: [usize; 4],
        data: &[f32],
        read: impl FnOnce(&Outputs<'_>) -> Result<R, String>,
    ) -> Result<R, RuntimeError> {
        let file = &self.file;
        let fail = |why: String| RuntimeError::Model { file: file.clone(), why };
        if let Some(recording) = &self.recording {
            recording.keep(shape, data);
        }
        let tensor = match &mut self.numbers {
            Numbers::F32 => TensorRef::from_array_view((shape, data)).map(TensorRef::into_dyn),
            Numbers::F16(copy) => {
                copy.resize(data.len(), f16::ZERO);
                copy.convert_from_f32_slice(data);
                TensorRef::from_array_view((shape, copy.as_slice())).map(TensorRef::into_dyn)
            }
            Numbers::U8(copy) => {
                copy.clear();
                copy.extend(data.iter().map(|value| value.round() as u8));
                TensorRef::from_array_view((shape, copy.as_slice())).map(TensorRef::into_dyn)
            }
        };
        let tensor = tensor.map_err(|e| fail(e.to_string()))?;
        let inputs = ort::inputs![self.input.as_str() => tensor];
        let outputs = self.session.run(inputs).map_err(|e| fail(e.to_string()))?;
        read(&Outputs { outputs }).map_err(fail)
    }

    /// An error of this network's, with the file named.
    pub(crate) fn error(&self, why: String) -> RuntimeError {
        RuntimeError::Model { file: self.file.clone(), why }
    }
}

/// What a run gave.
#[derive(Debug)]
pub struct Outputs<'s> {
    outputs: ort::session::SessionOutputs<'s>,
}

impl Outputs<'_> {
    fn named(&self, name: &str) -> Result<&ort::value::DynValue, String> {
        self.outputs.get(name).ok_or_else(|| format!("it gave no output {name}"))
    }

    /// The f32 or f16 output called `name`: its shape and values.
    ///
    /// # Errors
    /// There is none, or it holds something else.
    pub fn f32(&self, name: &str) -> Result<(Vec<usize>, Cow<'_, [f32]>), String> {
        let value = self.named(name)?;
        let fail = |e: ort::Error| format!("output {name}: {e}");
        let (shape, data) = if value.data_type() == &TensorElementType::Float16 {
            let (shape, data) = value.try_extract_tensor::<f16>().map_err(fail)?;
            let mut wide = vec![0.0; data.len()];
            data.convert_to_f32_slice(&mut wide);
            (shape, Cow::Owned(wide))
        } else {
            let (shape, data) = value.try_extract_tensor::<f32>().map_err(fail)?;
            (shape, Cow::Borrowed(data))
        };
        Ok((shape.iter().map(|d| usize::try_from(*d).unwrap_or(0)).collect(), data))
    }

    /// The i64 or i32 output called `name`.
    ///
    /// # Errors
    /// There is none, or it holds something else.
    pub fn i64(&self, name: &str) -> Result<Cow<'_, [i64]>, String> {
        let value = self.named(name)?;
        let fail = |e: ort::Error| format!("output {name}: {e}");
        Ok(match value.try_extract_tensor::<i32>() {
            Ok((_, data)) => Cow::Owned(data.iter().map(|label| i64::from(*label)).collect()),
            Err(_) => Cow::Borrowed(value.try_extract_tensor::<i64>().map_err(fail)?.1),
        })
    }
}
