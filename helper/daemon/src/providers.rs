//! The environment that ONNX Runtime is started with. Libraries that its providers need, CUDA's for instance, lie in a
//! folder beside it: the system's loader looks there only if a process was started with that folder in its environment.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The folder's name; `cargo xtask run --gpu` fills one, and TensorRT's libraries may be put there, too.
const FOLDER: &str = "nvidia";
/// Set, it keeps ONNX Runtime from noting how it is used and sending that home: since 1.31 it begins before its own
/// interface can forbid it.
pub(crate) const NO_TELEMETRY: &str = "ORT_DISABLE_TELEMETRY";
/// Where the loader looks first.
pub(crate) const SEARCH_PATH: &str = "LD_LIBRARY_PATH";

/// The search path of a worker at `program`; `None` where there is no such folder and the user's stays as it is.
pub(crate) fn search_path(program: &Path) -> Option<OsString> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let named = std::env::var_os("SILHUETA_ONNXRUNTIME").map(PathBuf::from);
    // As the worker finds it: see its `runtime_file`.
    let runtime = named.unwrap_or_else(|| program.with_file_name("libonnxruntime.so"));
    path_for(&runtime, std::env::var_os(SEARCH_PATH))
}

/// Ours first: those libraries were brought together, and versions must not be mixed.
fn path_for(runtime: &Path, before: Option<OsString>) -> Option<OsString> {
    let folder = runtime.canonicalize().ok()?.with_file_name(FOLDER);
    if !folder.is_dir() {
        return None;
    }
    let before = before.unwrap_or_default();
    // An empty part would mean the current folder.
    let others = std::env::split_paths(&before).filter(|part| !part.as_os_str().is_empty());
    match std::env::join_paths(std::iter::once(folder.clone()).chain(others)) {
        Ok(path) => Some(path),
        Err(error) => {
            tracing::warn!("libraries in {} can't be found by the loader: {error}", folder.display());
            None
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_folder_beside_the_real_library_comes_first_and_only_where_it_is() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().canonicalize().unwrap().join(name);
        std::fs::create_dir(at("brought")).unwrap();
        std::fs::File::create(at("brought/libonnxruntime.so.1")).unwrap();
        std::os::unix::fs::symlink(at("brought/libonnxruntime.so.1"), at("libonnxruntime.so")).unwrap();
        let path = |before: Option<&str>| path_for(&at("libonnxruntime.so"), before.map(OsString::from));
        assert_eq!(path(Some("/opt/cuda/lib")), None, "no folder, nothing changed");
        std::fs::create_dir(at("brought/nvidia")).unwrap();
        let ours = at("brought/nvidia").display().to_string();
        assert_eq!(path(None), Some(OsString::from(&ours)));
        assert_eq!(path(Some(":/opt/cuda/lib:")), Some(OsString::from(format!("{ours}:/opt/cuda/lib"))));
        assert_eq!(path_for(&at("missing.so"), None), None);
    }
}
