//! Where this user's models are.

use std::path::PathBuf;

use silhueta_registry::locate::Registry;

/// The models of `$SILHUETA_MODELS`, else of the user's own folder.
pub(crate) fn registry() -> Registry {
    Registry::new(vec![folder()])
}

/// The folder that is looked in.
pub(crate) fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("SILHUETA_MODELS") {
        return PathBuf::from(folder);
    }
    let home = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let data = if cfg!(windows) {
        home("LOCALAPPDATA")
    } else {
        home("XDG_DATA_HOME").or_else(|| home("HOME").map(|home| home.join(".local/share")))
    };
    data.unwrap_or_default().join("silhueta/models")
}
