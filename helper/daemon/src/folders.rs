//! This user's own folders, where the system says that such things belong.

use std::path::PathBuf;

/// Where the XDG variable `variable` says, else at `below_home` in the home folder; on Windows always the local
/// application data. `None` where nothing is set; set to nothing counts as not set.
pub(crate) fn own(variable: &str, below_home: &str) -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        set("LOCALAPPDATA")
    } else {
        set(variable).or_else(|| set("HOME").map(|home| home.join(below_home)))
    }
}
