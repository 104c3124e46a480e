//! Brings ONNX Runtime: the library out of its pinned Python wheel, once.

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::shell::{cache, command, run, step};

const VERSION: &str = "1.31.1";

/// Wheels by architecture: pip's platform tag and the file's SHA-256.
const WHEELS: [(&str, &str, &str); 2] = [
    ("x86_64", "manylinux_2_28_x86_64", "5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f"),
    ("aarch64", "manylinux_2_28_aarch64", "da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3"),
];

/// The library's path, after it was downloaded if need be. `$SILHUETA_ONNXRUNTIME` names another one.
pub(crate) fn library() -> Result<PathBuf> {
    if let Some(file) = std::env::var_os("SILHUETA_ONNXRUNTIME") {
        return Ok(file.into());
    }
    let folder = cache().join(format!("onnxruntime-{VERSION}"));
    let library = folder.join(format!("libonnxruntime.so.{VERSION}"));
    if library.is_file() {
        return Ok(library);
    }
    step(&format!("downloading ONNX Runtime {VERSION}"), || {
        let arch = std::env::consts::ARCH;
        let Some((_, platform, sha256)) = WHEELS.iter().find(|(a, ..)| *a == arch) else {
            bail!("no pinned wheel for {arch}: set SILHUETA_ONNXRUNTIME to a libonnxruntime.so of 1.23 or newer");
        };
        std::fs::create_dir_all(cache())?;
        // Everything happens in a folder of its own, which takes its name only when it is whole.
        let work = tempfile::tempdir_in(cache())?;
        let at = |name: &str| work.path().join(name).display().to_string();
        let pins = format!("onnxruntime=={VERSION} --hash=sha256:{sha256}\n");
        std::io::Write::write_all(&mut std::fs::File::create(at("pins"))?, pins.as_bytes())?;
        let pip = "-m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
                   --python-version 3.11 --implementation cp --abi cp311 --require-hashes";
        let mut args: Vec<&str> = pip.split_whitespace().collect();
        let (pins, wheel) = (at("pins"), at("wheel"));
        args.extend(["--platform", platform, "--dest", &wheel, "-r", &pins]);
        run(&mut command("python3", &args))
            .context("the network is needed once, for 24 MB; or set SILHUETA_ONNXRUNTIME")?;
        let file = std::fs::read_dir(&wheel)?.next().context("pip brought nothing")??.path();
        let all = at("all");
        run(&mut command("python3", &["-m", "zipfile", "-e", &file.display().to_string(), &all]))?;
        let inside = work.path().join("all/onnxruntime/capi");
        std::fs::create_dir_all(work.path().join("whole"))?;
        for entry in std::fs::read_dir(inside)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default();
            if name.to_string_lossy().starts_with("libonnxruntime") {
                std::fs::rename(&path, work.path().join("whole").join(name))?;
            }
        }
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::rename(work.path().join("whole"), &folder)?;
        if !library.is_file() {
            bail!("the wheel held no {}", library.display());
        }
        Ok(library)
    })
}
