//! Brings ONNX Runtime: the library out of its pinned Python wheel, once.

mod gpu;

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::shell::{cache, step};
use crate::wheels::Wheel;

/// The version that everything is tested with.
const VERSION: &str = "1.31.1";

/// Wheels by architecture.
const WHEELS: [(&str, Wheel); 2] = [
    (
        "x86_64",
        Wheel {
            name: "onnxruntime",
            version: VERSION,
            platform: "manylinux_2_28_x86_64",
            sha256: "5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f",
            megabytes: 24,
        },
    ),
    (
        "aarch64",
        Wheel {
            name: "onnxruntime",
            version: VERSION,
            platform: "manylinux_2_28_aarch64",
            sha256: "da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3",
            megabytes: 24,
        },
    ),
];

/// The build with OpenVINO inside; later versions have none.
const OPENVINO: Wheel = Wheel {
    name: "onnxruntime-openvino",
    version: "1.24.1",
    platform: "manylinux_2_28_x86_64",
    sha256: "3007c803634cc69c6d52af1dea7ce729d9bb62b9a11070fd2f959119199007a8",
    megabytes: 84,
};

/// Which build of the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Build {
    /// For the processor.
    Cpu,
    /// With CUDA and TensorRT, and CUDA's own libraries beside it. `anyway`: also where no driver is found.
    Gpu {
        /// For a machine that has none, or none yet.
        anyway: bool,
    },
    /// With OpenVINO.
    Openvino,
}

/// The library's path, after it was downloaded if need be. `$SILHUETA_ONNXRUNTIME` names another one; it can't be asked
/// for together with a build of ours.
pub(crate) fn library(build: Build) -> Result<PathBuf> {
    match (std::env::var_os("SILHUETA_ONNXRUNTIME"), build) {
        (Some(file), Build::Cpu) => return Ok(file.into()),
        (Some(file), _) => bail!(
            "SILHUETA_ONNXRUNTIME says that {} is to be used: unset it, or leave out --gpu and --openvino",
            PathBuf::from(file).display()
        ),
        (None, _) => {}
    }
    let arch = std::env::consts::ARCH;
    let pinned = WHEELS.iter().find(|(of, _)| *of == arch).map(|(_, wheel)| wheel);
    match (build, pinned) {
        (Build::Cpu, Some(wheel)) => single(wheel),
        (Build::Openvino, _) if arch == "x86_64" => single(&OPENVINO),
        (Build::Gpu { anyway }, _) if arch == "x86_64" => gpu::library(anyway),
        _ => bail!("no pinned wheel for {arch}: set SILHUETA_ONNXRUNTIME to a libonnxruntime.so of 1.23 or newer"),
    }
}

/// The library out of a wheel that needs no other.
fn single(wheel: &Wheel) -> Result<PathBuf> {
    let Wheel { name, version, megabytes, .. } = wheel;
    let folder = cache().join(format!("{name}-{version}"));
    let library = folder.join(file_name(version));
    if library.is_file() {
        return Ok(library);
    }
    step(&format!("downloading {name} {version}, {megabytes} MB"), || {
        std::fs::create_dir_all(cache())?;
        // Everything happens in a folder of its own, which takes its name only when it is whole.
        let work = tempfile::tempdir_in(cache())?;
        let whole = work.path().join("whole");
        wheel.libraries(work.path(), &whole, |_| true)?;
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::rename(whole, &folder)?;
        if !library.is_file() {
            bail!("the wheel held no {}", library.display());
        }
        Ok(library.clone())
    })
}

/// What the library is called in its wheel.
fn file_name(version: &str) -> String {
    format!("libonnxruntime.so.{version}")
}
