//! ONNX Runtime, loaded at run time: devices and why not, and sessions of one network.

mod network;
mod recording;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use ort::ep::{self, ExecutionProvider as _};
use ort::session::{Session, builder::SessionBuilder};
use silhueta_shared::job::{Device, Precision};
use silhueta_shared::summary::{DeviceUse, PassedOver};
use silhueta_shared::worker::RuntimeInfo;

pub use network::{Network, Outputs};
pub use recording::{Input, Recording};

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
    /// A precision was asked for that the device doesn't have.
    #[error("the precision {precision} was asked for, but can't be had on {device}: {why}")]
    Precision {
        /// Which.
        precision: Precision,
        /// Where.
        device: Device,
        /// The runtime's reason, or ours.
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
    free_batches: Mutex<FreeBatches>,
    filled: Mutex<HashMap<PathBuf, usize>>,
    recording: Option<(PathBuf, Recording)>,
    precision: Precision,
    engines: Option<PathBuf>,
}

/// Whether the batch that a file fixes may be made free, where that has been tried.
type FreeBatches = HashMap<PathBuf, bool>;

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
        Ok(Self {
            environment,
            info: RuntimeInfo { version, file: real.display().to_string() },
            free_batches: Mutex::default(),
            filled: Mutex::default(),
            recording: None,
            precision: Precision::Auto,
            engines: None,
        })
    }

    /// Version and path.
    pub fn info(&self) -> &RuntimeInfo {
        &self.info
    }

    /// From now on networks are opened with this precision.
    pub fn set_precision(&mut self, precision: Precision) {
        self.precision = precision;
    }

    /// From now on what devices build of networks is kept in `folder`, for the next time.
    pub fn keep_engines(&mut self, folder: PathBuf) {
        self.engines = Some(folder);
    }

    /// From now on keeps what the networks of `file`, opened after this, are fed with.
    pub fn record(&mut self, file: &Path) -> Recording {
        let recording = Recording::default();
        self.recording = Some((file.into(), recording.clone()));
        recording
    }

    /// Finds the device to run on by opening `model` on it: a provider that registers may still fail there. `opening`
    /// hears of each device whose provider registers, before the network is opened on it.
    ///
    /// # Errors
    /// A device that was named is not to be had, or no device has the precision: there is no silent fallback.
    pub fn choose(&self, requested: Device, model: &Path, opening: impl Fn(Device)) -> Result<DeviceUse, RuntimeError> {
        let open = |device| {
            let builder = self.builder(device, model)?;
            opening(device);
            Self::committed(builder, model, None)
        };
        let mut passed_over = Vec::new();
        let candidates: &[Device] = match requested {
            Device::Auto => &[Device::Tensorrt, Device::Cuda, Device::Openvino],
            Device::Cpu | Device::Cuda if self.precision == Precision::Fp16 => {
                return Err(self.imprecise(requested, NO_HALF.into()));
            }
            Device::Cpu => &[],
            named => {
                return open(named).map_err(|e| self.refused(named, model, e)).map(|_| DeviceUse {
                    requested,
                    used: named,
                    passed_over,
                });
            }
        };
        for device in candidates {
            match open(*device) {
                Ok(_) => return Ok(DeviceUse { requested, used: *device, passed_over }),
                Err(error) => {
                    passed_over.push(PassedOver { name: device.name().into(), why: self.explained(*device, error) });
                }
            }
        }
        if self.precision == Precision::Fp16 && requested == Device::Auto {
            let why: Vec<_> = passed_over.iter().map(|passed| format!("{}: {}", passed.name, passed.why)).collect();
            let why = format!("{NO_HALF}\n  {}", why.join("\n  "));
            return Err(self.imprecise(Device::Auto, why));
        }
        Ok(DeviceUse { requested, used: Device::Cpu, passed_over })
    }

    fn imprecise(&self, device: Device, why: String) -> RuntimeError {
        RuntimeError::Precision { precision: self.precision, device, why }
    }

    /// Why a device that was named could not open `model`: where only half precision was too much, that is said.
    fn refused(&self, device: Device, model: &Path, error: RuntimeError) -> RuntimeError {
        let why = self.explained(device, error);
        let half = self.precision == Precision::Fp16 && self.builder(device, model).is_ok();
        if half { self.imprecise(device, why) } else { RuntimeError::Device { device, why } }
    }

    /// The reason why a device can't be used; OpenVINO doesn't say what it has against a precision.
    fn explained(&self, device: Device, error: RuntimeError) -> String {
        let why = reason(error);
        if device == Device::Openvino && self.precision == Precision::Fp16 {
            return format!("{why} (OpenVINO has half precision on Intel's graphics only, not on the processor)");
        }
        why
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
        Ok(self.unrecorded(file, None, device)?.recorded(self.recording(file)))
    }

    /// As [`network`](Self::network), with these bytes instead of the file's.
    ///
    /// # Errors
    /// The same.
    pub(crate) fn network_of(&self, file: &Path, bytes: &[u8], device: Device) -> Result<Network, RuntimeError> {
        Ok(self.unrecorded(file, Some(bytes), device)?.recorded(self.recording(file)))
    }

    /// A network for a trial: what it is fed with is not [recorded](Self::record).
    ///
    /// # Errors
    /// As [`network`](Self::network).
    pub(crate) fn unrecorded(
        &self,
        file: &Path,
        bytes: Option<&[u8]>,
        device: Device,
    ) -> Result<Network, RuntimeError> {
        Self::committed(self.builder(device, file)?, file, bytes)
    }

    fn committed(mut builder: SessionBuilder, file: &Path, bytes: Option<&[u8]>) -> Result<Network, RuntimeError> {
        let fail = |e: ort::Error| RuntimeError::Model { file: file.into(), why: e.to_string() };
        let session = match bytes {
            Some(bytes) => builder.commit_from_memory(bytes),
            None => builder.commit_from_file(file),
        };
        Network::of(file, session.map_err(fail)?)
    }

    fn recording(&self, file: &Path) -> Option<Recording> {
        let (_, recording) = self.recording.as_ref().filter(|(recorded, _)| recorded == file)?;
        Some(recording.clone())
    }

    /// Whether the batch that `file` fixes was made free, where it was opened for a role; `false`: that would have
    /// changed its numbers.
    pub fn free_batch(&self, file: &Path) -> Option<bool> {
        self.free_batches().get(file).copied()
    }

    /// How many pictures each run of `file` takes however few there are, where that is more than one and can't be
    /// changed: runs are filled up, and one picture costs as much as all.
    pub fn filled_batch(&self, file: &Path) -> Option<usize> {
        self.filled.lock().unwrap_or_else(PoisonError::into_inner).get(file).copied()
    }

    /// Remembers that runs of `file` are filled up to `batch` pictures.
    pub(crate) fn fills(&self, file: &Path, batch: usize) {
        if batch > 1 {
            self.filled.lock().unwrap_or_else(PoisonError::into_inner).insert(file.to_owned(), batch);
        }
    }

    pub(crate) fn free_batches(&self) -> MutexGuard<'_, FreeBatches> {
        // What is in it is whole at every moment.
        self.free_batches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn builder(&self, device: Device, file: &Path) -> Result<SessionBuilder, RuntimeError> {
        let fail = |why: String| RuntimeError::Model { file: file.into(), why };
        let mut builder = Session::builder(&self.environment)
            .and_then(|b| Ok(b.with_intra_threads(1)?.with_inter_threads(1)?.with_intra_op_spinning(false)?))
            .map_err(|e| fail(e.to_string()))?;
        let registered = match device {
            Device::Auto | Device::Cpu => Ok(()),
            Device::Cuda if self.precision == Precision::Fp16 => return Err(fail(NO_HALF.into())),
            // TF32 rounds what goes into a product to 10 bits.
            Device::Cuda => ep::CUDA::default().with_tf32(self.precision != Precision::Fp32).register(&mut builder),
            Device::Tensorrt => {
                let mut tensorrt = ep::TensorRT::default().with_fp16(self.precision != Precision::Fp32);
                if let Some(folder) = &self.engines {
                    let folder = folder.join(device.name()).display().to_string();
                    tensorrt = tensorrt.with_engine_cache(true).with_engine_cache_path(&folder);
                    tensorrt = tensorrt.with_timing_cache(true).with_timing_cache_path(&folder);
                }
                tensorrt.register(&mut builder)
            }
            Device::Openvino => {
                // Said outright: left to itself it rounds to bf16 where the processor has that.
                let precision = if self.precision == Precision::Fp16 { "FP16" } else { "FP32" };
                let mut openvino = ep::OpenVINO::default().with_precision(precision);
                if let Some(folder) = &self.engines {
                    openvino = openvino.with_cache_dir(folder.join(device.name()).display());
                }
                openvino.register(&mut builder)
            }
        };
        registered.map_err(|e| fail(e.to_string()))?;
        Ok(builder)
    }
}

/// Why half precision isn't to be had.
const NO_HALF: &str = "half precision (fp16) needs TensorRT or OpenVINO; elsewhere take an fp16 export of the network";

fn reason(error: RuntimeError) -> String {
    match error {
        RuntimeError::Model { why, .. }
        | RuntimeError::Device { why, .. }
        | RuntimeError::Precision { why, .. }
        | RuntimeError::Load { why, .. } => why,
        RuntimeError::Graph(error) => error.to_string(),
    }
}
