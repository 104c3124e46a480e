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

    /// Says that a network is about to be built for a device, where that has not been done before.
    pub(crate) fn announce(&self, device: Device, precision: Precision, model: &ModelFile, reporter: &Reporter) {
        if self.mark(device, precision, model).is_some_and(|mark| !mark.exists()) {
            reporter.log(Notice::Building { device, model: model.id.clone() });
        }
    }

    /// Remembers that networks are built.
    pub(crate) fn remember<'m>(
        &self,
        device: Device,
        precision: Precision,
        models: impl Iterator<Item = &'m ModelFile>,
    ) {
        for mark in models.filter_map(|model| self.mark(device, precision, model)) {
            // Without it the announcement comes once more.
            if let Err(error) = File::create(&mark) {
                tracing::warn!("{}: {error}", mark.display());
            }
        }
    }

    /// The file that says that a network is built; `None` for devices that build nothing.
    fn mark(&self, device: Device, precision: Precision, model: &ModelFile) -> Option<PathBuf> {
        let builds = matches!(device, Device::Tensorrt | Device::Openvino);
        let name = format!("{}-{}.built", model.sha256, precision.name());
        builds.then(|| self.folder.join(device.name()).join(name))
    }
}
