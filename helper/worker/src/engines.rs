//! What devices build of networks, kept between jobs: TensorRT's engines take minutes, OpenVINO's blobs seconds.

use std::fs::File;
use std::path::PathBuf;

use silhueta_shared::job::{Device, Precision};
use silhueta_shared::model::ModelFile;
use silhueta_shared::notice::Notice;

use crate::report::Reporter;

/// The folder of what was built, by one version of the runtime.
#[derive(Debug)]
pub(crate) struct Engines {
    folder: PathBuf,
}

impl Engines {
    /// `None` where there is no home to keep anything in: then everything is built each time.
    pub(crate) fn of(runtime: &str) -> Option<Self> {
        let home = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let cache = home("XDG_CACHE_HOME").or_else(|| home("HOME").map(|home| home.join(".cache")))?;
        let folder = cache.join("silhueta/engines").join(runtime);
        for device in [Device::Tensorrt, Device::Openvino] {
            if let Err(error) = std::fs::create_dir_all(folder.join(device.name())) {
                tracing::warn!("{} can't be made, engines are built anew each time: {error}", folder.display());
                return None;
            }
        }
        Some(Self { folder })
    }

    /// Where the runtime keeps them.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.clone()
    }

    /// Opens a network, and says so beforehand when its engine has yet to be built.
    pub(crate) fn opening<T, E>(
        &self,
        device: Device,
        precision: Precision,
        model: &ModelFile,
        reporter: &Reporter,
        open: impl FnOnce() -> Result<T, E>,
    ) -> Result<T, E> {
        let is_built = self.folder.join(device.name()).join(format!("{}-{}.built", model.sha256, precision.name()));
        let builds = matches!(device, Device::Tensorrt | Device::Openvino) && !is_built.exists();
        if builds {
            reporter.log(Notice::Building { device, model: model.id.clone() });
        }
        let opened = open()?;
        // Only a mark: without it the notice comes once more.
        if builds && let Err(error) = File::create(&is_built) {
            tracing::warn!("{}: {error}", is_built.display());
        }
        Ok(opened)
    }
}
