//! The build for NVIDIA, with the libraries of CUDA and cuDNN that it needs in a folder `nvidia` beside it, where
//! `silhueta` lets its workers find them. TensorRT's are in no wheel: who has them may put them there.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use super::{VERSION, file_name};
use crate::shell::{cache, output, step};
use crate::wheels::{Wheel, free_megabytes};

/// The libraries' folder, as `silhueta` knows it.
const LIBRARIES: &str = "nvidia";
/// What all of it takes once it is unpacked, in megabytes.
const ON_DISK: u64 = 2500;
/// What is needed beside that on the way: one wheel at a time, the largest of them, and what of it isn't kept.
const ON_THE_WAY: u64 = 700;
/// CUDA's version as drivers tell it, and the first driver that has it.
const CUDA: (u32, &str) = (13000, "580");

const fn wheel(
    name: &'static str,
    version: &'static str,
    platform: &'static str,
    sha256: &'static str,
    megabytes: u64,
) -> Wheel {
    Wheel { name, version, platform, sha256, megabytes }
}

/// ONNX Runtime; then what it names as its needs, and what those name. Of CUDA 13 the first release, which the oldest
/// drivers know.
const WHEELS: [Wheel; 8] = [
    wheel(
        "onnxruntime-gpu",
        VERSION,
        "manylinux_2_28_x86_64",
        "e26c475fe361b2015f45b4b824bd13f0bb20204e59b62814e6f0acd5f3d491a6",
        256,
    ),
    wheel(
        "nvidia-cuda-runtime",
        "13.0.96",
        "manylinux2014_x86_64",
        "7f82250d7782aa23b6cfe765ecc7db554bd3c2870c43f3d1821f1d18aebf0548",
        2,
    ),
    wheel(
        "nvidia-cuda-nvrtc",
        "13.0.88",
        "manylinux2010_x86_64",
        "ad9b6d2ead2435f11cbb6868809d2adeeee302e9bb94bcf0539c7a40d80e8575",
        90,
    ),
    wheel(
        "nvidia-nvjitlink",
        "13.0.88",
        "manylinux2010_x86_64",
        "13a74f429e23b921c1109976abefacc69835f2f433ebd323d3946e11d804e47b",
        41,
    ),
    wheel(
        "nvidia-curand",
        "10.4.0.35",
        "manylinux_2_27_x86_64",
        "1aee33a5da6e1db083fe2b90082def8915f30f3248d5896bcec36a579d941bfc",
        60,
    ),
    wheel(
        "nvidia-cufft",
        "12.0.0.61",
        "manylinux2014_x86_64",
        "6c44f692dce8fd5ffd3e3df134b6cdb9c2f72d99cf40b62c32dde45eea9ddad3",
        214,
    ),
    wheel(
        "nvidia-cublas",
        "13.1.0.3",
        "manylinux_2_27_x86_64",
        "ee8722c1f0145ab246bccb9e452153b5e0515fd094c3678df50b2a0888b8b171",
        423,
    ),
    wheel(
        "nvidia-cudnn-cu13",
        "9.26.1.1",
        "manylinux_2_27_x86_64",
        "c709224270fbfb5c51248422b468dc258461a723a8d5a21f50111614b36b8c53",
        519,
    ),
];

/// The library's path. What was brought before an interruption is not brought again.
pub(super) fn library(anyway: bool) -> Result<PathBuf> {
    if !anyway {
        usable(driver())?;
    }
    let folder = cache().join(format!("onnxruntime-gpu-{VERSION}"));
    let library = folder.join(file_name(VERSION));
    if library.is_file() {
        return Ok(library);
    }
    let all: u64 = WHEELS.iter().map(|wheel| wheel.megabytes).sum();
    let what = format!("bringing ONNX Runtime {VERSION} for NVIDIA: {all} MB to download, once");
    step(&what, || {
        println!("   into {}, where it takes {ON_DISK} MB", folder.display());
        std::fs::create_dir_all(cache())?;
        let part = cache().join(format!("onnxruntime-gpu-{VERSION}.part"));
        let one = File::create(cache().join("onnxruntime-gpu.lock"))?;
        one.try_lock().context("another `cargo xtask run --gpu` is bringing it: wait for that")?;
        bring(&part)?;
        clear(&folder)?;
        std::fs::rename(&part, &folder)?;
        println!("   to use it without xtask: SILHUETA_ONNXRUNTIME={} silhueta serve", library.display());
        Ok(library.clone())
    })
}

/// Fills `part`, wheel by wheel; its file `brought` names those that are there.
fn bring(part: &Path) -> Result<()> {
    std::fs::create_dir_all(part)?;
    let list = part.join("brought");
    let brought = if list.is_file() { std::fs::read_to_string(&list)? } else { String::new() };
    let work = part.join("work");
    clear(&work)?;
    let open: Vec<_> = WHEELS.iter().filter(|wheel| !brought.lines().any(|line| line == wheel.sha256)).collect();
    if open.len() < WHEELS.len() {
        println!("   {} of {} packages are here already", WHEELS.len() - open.len(), WHEELS.len());
    }
    let (free, needed) = (free_megabytes(part)?, room(&open));
    if free < needed {
        bail!("{} has {free} MB free, {needed} MB are needed; XDG_CACHE_HOME names another place", part.display());
    }
    for (i, wheel) in open.iter().enumerate() {
        println!("── {} of {}: {} {}, {} MB", i + 1, open.len(), wheel.name, wheel.version, wheel.megabytes);
        // Of one name, so that nothing is left for good if this is killed.
        clear(&work)?;
        std::fs::create_dir(&work)?;
        if wheel.name == "onnxruntime-gpu" {
            wheel.libraries(&work, part, |_| true)?;
        } else {
            wheel.libraries(&work, &part.join(LIBRARIES), |name| !is_spare(name))?;
        }
        writeln!(OpenOptions::new().create(true).append(true).open(&list)?, "{}", wheel.sha256)?;
    }
    clear(&work)
}

/// Removes a folder, if it is there.
fn clear(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    Ok(())
}

/// Megabytes that must be free for these wheels: what they unpack to, by their share, and the room on the way.
fn room(open: &[&Wheel]) -> u64 {
    let megabytes = |wheels: &mut dyn Iterator<Item = &Wheel>| wheels.map(|wheel| wheel.megabytes).sum::<u64>();
    let share = ON_DISK * megabytes(&mut open.iter().copied()) / megabytes(&mut WHEELS.iter());
    if open.is_empty() { 0 } else { share + ON_THE_WAY }
}

/// Libraries that nothing here needs: other versions of the same, and layers for programs of other kinds.
fn is_spare(name: &str) -> bool {
    name.contains(".alt.") || name.starts_with("libnvblas") || name.starts_with("libcufftw")
}

/// The version of CUDA that the driver has, 1000 times its major number and 10 times its minor; an error's text where
/// there is no driver.
fn driver() -> Result<u32, String> {
    const ASK: &str = "import ctypes\nv = ctypes.c_int()\n\
                       ctypes.CDLL('libcuda.so.1').cuDriverGetVersion(ctypes.byref(v))\nprint(v.value)";
    let said = output("python3", &["-c", ASK]).map_err(|error| {
        let text = error.to_string();
        text.lines().last().unwrap_or_default().to_owned()
    })?;
    said.parse().map_err(|_| format!("it says that its version is {said:?}"))
}

/// Whether a driver will do.
fn usable(driver: Result<u32, String>) -> Result<()> {
    const WAY_OUT: &str = "run without --gpu, or with --gpu-anyway to bring the libraries all the same";
    let (needed, release) = CUDA;
    match driver {
        Ok(version) if version >= needed => Ok(()),
        Ok(version) => bail!(
            "NVIDIA's driver has CUDA {}.{}, these libraries need {}: update it to {release} or newer, {WAY_OUT}",
            version / 1000,
            version % 1000 / 10,
            needed / 1000
        ),
        Err(why) => bail!("no driver of NVIDIA was found ({why}): install it ({release} or newer), {WAY_OUT}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_driver_that_will_do_nothing_is_brought_and_the_way_out_is_said() {
        let said = |driver| usable(driver).unwrap_err().to_string();
        for (driver, says) in [
            (Ok(12_040), "has CUDA 12.4, these libraries need 13"),
            (Err("libcuda.so.1: cannot open".to_owned()), "no driver of NVIDIA was found (libcuda.so.1"),
        ] {
            let text = said(driver);
            assert!(text.contains(says) && text.contains("--gpu-anyway") && text.contains("580"), "{text}");
        }
        assert!(usable(Ok(13_000)).is_ok() && usable(Ok(14_010)).is_ok());
    }

    #[test]
    fn what_is_there_already_needs_no_room() {
        let all: Vec<_> = WHEELS.iter().collect();
        assert_eq!(room(&all), ON_DISK + ON_THE_WAY);
        assert_eq!(room(&[]), 0);
        assert!(room(&all[7..]) < room(&all));
    }
}
