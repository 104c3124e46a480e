//! What this machine can do.

use std::path::{Path, PathBuf};

use silhueta_shared::worker::DoctorReport;
use silhueta_vision::runtime::Runtime;

/// Looks at the runtime, devices, codecs and the processor.
pub(crate) fn report() -> DoctorReport {
    let runtime = runtime_file().and_then(|file| Runtime::load(&file).map_err(|e| e.to_string()));
    let (devices, passed_over) = runtime.as_ref().map(Runtime::devices).unwrap_or_default();
    let (ffmpeg, codecs) = silhueta_vision::video::report();
    DoctorReport {
        runtime: runtime.map(|runtime| runtime.info().clone()),
        devices,
        passed_over,
        ffmpeg,
        codecs,
        opencv: silhueta_vision::opencv_version(),
        cpu: cpu(),
        cores: cores(),
        disk_free: free_space(Path::new(".")).unwrap_or(0),
    }
}

/// ONNX Runtime's library: `$SILHUETA_ONNXRUNTIME`, else beside this program.
///
/// # Errors
/// None of them is there; the text says what to do.
pub(crate) fn runtime_file() -> Result<PathBuf, String> {
    if let Some(file) = std::env::var_os("SILHUETA_ONNXRUNTIME") {
        return Ok(PathBuf::from(file));
    }
    let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("libonnxruntime.so")));
    beside.filter(|file| file.exists()).ok_or_else(|| {
        "ONNX Runtime was not found: start with `cargo xtask run`, which brings it, or set SILHUETA_ONNXRUNTIME to \
         the library's path"
            .into()
    })
}

/// The processor's name: the same numbers come out only within one kind.
pub(crate) fn cpu() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    model.map_or_else(|| std::env::consts::ARCH.to_owned(), |(_, name)| name.trim().to_owned())
}

/// Cores that this process may use.
pub(crate) fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Bytes free for us on the disk of `folder`.
///
/// # Errors
/// The system's.
pub(crate) fn free_space(folder: &Path) -> std::io::Result<u64> {
    let stat = rustix::fs::statvfs(folder)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// A disk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disk {
    /// What the system knows it by.
    pub(crate) device: u64,
    /// Bytes free for us.
    pub(crate) free: u64,
}

/// The disk that a folder is on.
///
/// # Errors
/// The system's.
pub(crate) fn disk_of(folder: &Path) -> std::io::Result<Disk> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(Disk { device: std::fs::metadata(folder)?.dev(), free: free_space(folder)? })
}
