//! ONNX Runtime, loaded at run time: devices and why not, and sessions of one network.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use ort::ep::{self, ExecutionProvider as _};
use ort::session::{Session, builder::SessionBuilder};
use ort::value::TensorRef;
use silhueta_shared::job::Device;
use silhueta_shared::summary::{DeviceUse, PassedOver};
use silhueta_shared::worker::RuntimeInfo;

/// What can go wrong between us and the runtime.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The library isn't there or doesn't fit.
    #[error("ONNX Runtime can't be loaded from {file}: {why}")]
    Load {
        /// The library.
        file: PathBuf,
        /// The loader's reason.
        why: String,
    },
    /// A device was asked for by name and isn't to be had.
    #[error("the device {device} was asked for, but can't be used: {why}")]
    Device {
        /// Which.
        device: Device,
        /// The runtime's reason.
        why: String,
    },
    /// A model's graph can't be read.
    #[error(transparent)]
    Graph(#[from] silhueta_registry::graph::GraphError),
    /// A model can't be loaded or run.
    #[error("{file}: {why}")]
    Model {
        /// The model.
        file: PathBuf,
        /// The runtime's reason.
        why: String,
    },
}

/// The loaded library.
#[derive(Debug)]
pub struct Runtime {
    environment: ort::environment::Environment,
    info: RuntimeInfo,
    recording: Option<(PathBuf, Recording)>,
}

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

    fn keep(&self, [batch, channels, height, width]: [usize; 4], data: &[f32]) {
        if let Ok(mut inputs) = self.inputs.lock() {
            let one = channels * height * width;
            let shape = [channels, height, width];
            inputs.extend(data.chunks_exact(one.max(1)).take(batch).map(|values| (shape, values.to_vec())));
        }
    }
}

impl Runtime {
    /// Loads the library at `file`.
    ///
    /// # Errors
    /// It isn't there, or is older than 1.23.
    pub fn load(file: &Path) -> Result<Self, RuntimeError> {
        let fail = |why: String| RuntimeError::Load { file: file.into(), why };
        let real = file.canonicalize().map_err(|e| fail(e.to_string()))?;
        let builder = ort::init_from(&real).map_err(|e| fail(e.to_string()))?;
        let environment = builder.with_telemetry(false).build().map_err(|e| fail(e.to_string()))?;
        let name = real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let version = match name.split_once(".so.") {
            Some((_, version)) => version.to_owned(),
            None => ort::util::probe(&real).map_or_else(|| "unknown".into(), |minor| format!("1.{minor}")),
        };
        Ok(Self { environment, info: RuntimeInfo { version, file: real.display().to_string() }, recording: None })
    }

    /// Version and path.
    pub fn info(&self) -> &RuntimeInfo {
        &self.info
    }

    /// From now on keeps what the networks of `file`, opened after this, are fed with.
    pub fn record(&mut self, file: &Path) -> Recording {
        let recording = Recording::default();
        self.recording = Some((file.into(), recording.clone()));
        recording
    }

    /// Finds the device to run on by opening `model` on it: a provider that registers may still fail there.
    ///
    /// # Errors
    /// A device that was named is not to be had: there is no silent fallback.
    pub fn choose(&self, requested: Device, model: &Path) -> Result<DeviceUse, RuntimeError> {
        let mut passed_over = Vec::new();
        let candidates: &[Device] = match requested {
            Device::Auto => &[Device::Tensorrt, Device::Cuda, Device::Openvino],
            Device::Cpu => &[],
            named => {
                return self.network(model, named).map_err(|e| named_device(named, e)).map(|_| DeviceUse {
                    requested,
                    used: named,
                    passed_over,
                });
            }
        };
        for device in candidates {
            match self.network(model, *device) {
                Ok(_) => return Ok(DeviceUse { requested, used: *device, passed_over }),
                Err(error) => {
                    passed_over.push(PassedOver { name: device.name().into(), why: reason(error) });
                }
            }
        }
        Ok(DeviceUse { requested, used: Device::Cpu, passed_over })
    }

    /// The devices that a session can be set up for, and why not the others.
    pub fn devices(&self) -> (Vec<Device>, Vec<PassedOver>) {
        let (mut there, mut passed_over) = (Vec::new(), Vec::new());
        for device in [Device::Tensorrt, Device::Cuda, Device::Openvino] {
            match self.builder(device, Path::new("")) {
                Ok(_) => there.push(device),
                Err(error) => passed_over.push(PassedOver { name: device.name().into(), why: reason(error) }),
            }
        }
        there.push(Device::Cpu);
        (there, passed_over)
    }

    /// Opens a network on `device`. On the CPU it runs in the calling thread alone: several side by side
    /// beat one with several threads, by up to two under load.
    ///
    /// # Errors
    /// The file is not a network that the runtime takes, or the device is not to be had.
    pub fn network(&self, file: &Path, device: Device) -> Result<Network, RuntimeError> {
        let fail = |e: ort::Error| RuntimeError::Model { file: file.into(), why: e.to_string() };
        let session = self.builder(device, file)?.commit_from_file(file).map_err(fail)?;
        let inputs = session.inputs().iter().map(|port| port.name().to_owned()).collect();
        let recording = self.recording.as_ref().filter(|(recorded, _)| recorded == file);
        let recording = recording.map(|(_, recording)| recording.clone());
        Ok(Network { file: file.into(), session, inputs, recording })
    }

    fn builder(&self, device: Device, file: &Path) -> Result<SessionBuilder, RuntimeError> {
        let fail = |why: String| RuntimeError::Model { file: file.into(), why };
        let mut builder = Session::builder(&self.environment)
            .and_then(|b| Ok(b.with_intra_threads(1)?.with_inter_threads(1)?.with_intra_op_spinning(false)?))
            .map_err(|e| fail(e.to_string()))?;
        let registered = match device {
            Device::Auto | Device::Cpu => Ok(()),
            Device::Cuda => ep::CUDA::default().register(&mut builder),
            Device::Tensorrt => ep::TensorRT::default().register(&mut builder),
            Device::Openvino => ep::OpenVINO::default().register(&mut builder),
        };
        registered.map_err(|e| fail(e.to_string()))?;
        Ok(builder)
    }
}

fn reason(error: RuntimeError) -> String {
    match error {
        RuntimeError::Model { why, .. } | RuntimeError::Device { why, .. } | RuntimeError::Load { why, .. } => why,
        RuntimeError::Graph(error) => error.to_string(),
    }
}

fn named_device(device: Device, error: RuntimeError) -> RuntimeError {
    RuntimeError::Device { device, why: reason(error) }
}

/// One network, ready to run in the calling thread.
#[derive(Debug)]
pub struct Network {
    file: PathBuf,
    session: Session,
    inputs: Vec<String>,
    recording: Option<Recording>,
}

impl Network {
    /// Runs it on one f32 input of `shape` (batch, channels, height, width) and hands the outputs, in the
    /// graph's order, to `read`.
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
        let [name] = self.inputs.as_slice() else {
            return Err(fail(format!("it has {} inputs, not one", self.inputs.len())));
        };
        if let Some(recording) = &self.recording {
            recording.keep(shape, data);
        }
        let tensor = TensorRef::from_array_view((shape, data)).map_err(|e| fail(e.to_string()))?;
        let outputs = self.session.run(ort::inputs![name.as_str() => tensor]).map_err(|e| fail(e.to_string()))?;
        read(&Outputs { outputs }).map_err(fail)
    }
}

impl Network {
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
    /// The f32 output called `name`: its shape and values.
    ///
    /// # Errors
    /// There is none, or it holds something else.
    pub fn f32(&self, name: &str) -> Result<(Vec<usize>, &[f32]), String> {
        let value = self.outputs.get(name).ok_or_else(|| format!("it gave no output {name}"))?;
        let (shape, data) = value.try_extract_tensor::<f32>().map_err(|e| format!("output {name}: {e}"))?;
        Ok((shape.iter().map(|d| usize::try_from(*d).unwrap_or(0)).collect(), data))
    }

    /// The i64 output called `name`.
    ///
    /// # Errors
    /// There is none, or it holds something else.
    pub fn i64(&self, name: &str) -> Result<&[i64], String> {
        let value = self.outputs.get(name).ok_or_else(|| format!("it gave no output {name}"))?;
        let (_, data) = value.try_extract_tensor::<i64>().map_err(|e| format!("output {name}: {e}"))?;
        Ok(data)
    }
}
