//! Where this user's models are, and which of them a job runs.

use std::path::PathBuf;

use silhueta_registry::locate::Registry;
use silhueta_shared::job::{Failure, FailureCode, JobModels};
use silhueta_shared::model::Role;

/// The models of `$SILHUETA_MODELS`, else of the user's own folder.
pub(crate) fn registry() -> Registry {
    Registry::new(vec![folder()])
}

/// The three networks for what was chosen, by id or file, `None` for the first that fits; `warn` gets
/// what a person should know of them. Reads and hashes files of hundreds of megabytes.
pub(crate) fn resolve(
    detector: Option<&str>,
    reid: Option<&str>,
    pose: Option<&str>,
    mut warn: impl FnMut(String),
) -> Result<JobModels, Failure> {
    let registry = registry();
    let mut find = |role: Role, choice: Option<&str>| {
        let resolved = registry.resolve(role, choice).map_err(|error| Failure {
            code: FailureCode::ModelUnfit,
            message: error.to_string(),
            hint: None,
        })?;
        resolved.warnings.into_iter().for_each(&mut warn);
        Ok(resolved.model)
    };
    Ok(JobModels {
        detector: find(Role::Detector, detector)?,
        reid: find(Role::Reid, reid)?,
        pose: find(Role::Pose, pose)?,
    })
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
