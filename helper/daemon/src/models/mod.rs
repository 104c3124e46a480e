//! This user's models: where they are, which of them a job runs, and how they come and go.
//!
//! [`Store`] is for the terminal ([`terminal`]) and the page alike: it tells progress by a callback, is stopped by a
//! token, and prints nothing.

mod archive;
mod error;
mod fetch;
mod incoming;
pub(crate) mod int8;
mod intake;
mod ledger;
mod net;
mod part;
mod progress;
mod quantize;
mod store;
mod stream;
pub(crate) mod terminal;
mod trash;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::OnceLock;

pub(crate) use error::{StoreError, mb};
pub(crate) use fetch::{FetchOptions, Fetched};
pub(crate) use incoming::Incoming;
pub(crate) use intake::{Brought, Imported, check_stem};
pub(crate) use progress::Progress;
pub(crate) use store::{Check, Item, ItemState, Store, Verdict};
pub(crate) use stream::Patience;

use silhueta_registry::locate::{Registry, ResolveError};
use silhueta_registry::manifest::Manifest;
use silhueta_shared::job::{Failure, FailureCode, JobModels};
use silhueta_shared::model::{ModelFile, Role};

use crate::exit::CliError;
use crate::folders;

/// The roles of the main job.
pub(crate) const ROLES: [Role; 3] = [Role::Detector, Role::Reid, Role::Pose];

/// The models of `$SILHUETA_MODELS`, else of the user's own folder, and behind them those that are built in.
pub(crate) fn registry() -> Registry {
    store().registry()
}

/// The same folder, to bring models to and take them away from.
pub(crate) fn store() -> Store {
    Store::new(folder(), manifest())
}

static MANIFEST: OnceLock<Manifest> = OnceLock::new();

/// The models that are known of: those of `$SILHUETA_MANIFEST`, for who has a mirror, else those built in.
pub(crate) fn manifest() -> &'static Manifest {
    MANIFEST.get().unwrap_or_else(|| Manifest::builtin())
}

/// Reads `$SILHUETA_MANIFEST`, once, before anything else.
pub(crate) fn read_manifest() -> Result<(), CliError> {
    let Some(path) = std::env::var_os("SILHUETA_MANIFEST").map(PathBuf::from) else { return Ok(()) };
    let wrong = |e: &dyn std::fmt::Display| {
        CliError::Runtime(format!("the manifest {} (SILHUETA_MANIFEST) can't be used: {e}", path.display()))
    };
    let text = std::fs::read_to_string(&path).map_err(|e| wrong(&e))?;
    let manifest = Manifest::parse(&text).map_err(|e| wrong(&e))?;
    MANIFEST.get_or_init(|| manifest);
    Ok(())
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
    let mut said = HashSet::new();
    // A file that can't be used is passed over for each role that it might have been for.
    let mut warn = |warning: String| {
        if said.insert(warning.clone()) {
            warn(warning);
        }
    };
    Ok(JobModels {
        detector: Some(find(&registry, Role::Detector, detector, &mut warn)?),
        reid: Some(find(&registry, Role::Reid, reid, &mut warn)?),
        pose: find(&registry, Role::Pose, pose, &mut warn)?,
        lifter: None,
    })
}

/// A pose network alone: the one chosen, or the first that fits.
pub(crate) fn pose(choice: Option<&str>, warn: impl FnMut(String)) -> Result<ModelFile, Failure> {
    find(&registry(), Role::Pose, choice, warn)
}

fn find(registry: &Registry, role: Role, choice: Option<&str>, warn: impl FnMut(String)) -> Result<ModelFile, Failure> {
    let unfit = |error: ResolveError| Failure { code: FailureCode::ModelUnfit, message: error.to_string(), hint: None };
    let resolved = registry.resolve(role, choice).map_err(unfit)?;
    resolved.warnings.into_iter().for_each(warn);
    Ok(resolved.model)
}

/// The stem that a lifter has which goes before others.
const LIFTER: &str = "human3d";

/// The lifter of `human3d`: the one of that name, else the first in the models folder, else the one that is built in.
///
/// # Errors
/// That can't be laid out.
pub(crate) fn resolve_lifter() -> Result<ModelFile, Failure> {
    lifter_of(&registry())
}

fn lifter_of(registry: &Registry) -> Result<ModelFile, Failure> {
    let choice = registry.file(LIFTER).map(|_| LIFTER);
    let resolved = registry.resolve(Role::Lifter, choice).map_err(|error| Failure {
        code: FailureCode::ModelUnfit,
        message: error.to_string(),
        hint: Some(
            "import a lifter with `silhueta models import FILE --name human3d`, or choose a model in the plane".into(),
        ),
    })?;
    Ok(resolved.model)
}

/// The folder that is looked in.
pub(crate) fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("SILHUETA_MODELS") {
        return PathBuf::from(folder);
    }
    folders::own("XDG_DATA_HOME", ".local/share").unwrap_or_default().join("silhueta/models")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifter_is_the_one_called_human3d_or_the_first_or_the_one_built_in() {
        let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let registry = Registry::new(vec![folder.path().to_owned()]);
        let failure = lifter_of(&registry).unwrap_err();
        assert_eq!(failure.code, FailureCode::ModelUnfit);
        assert!(failure.message.starts_with("there is no lifter; looked in "), "{}", failure.message);
        assert!(failure.hint.unwrap().contains("silhueta models import"));

        let registry = registry.with_builtin(cache.path().to_owned());
        let small = lifter_of(&registry).unwrap();
        assert_eq!((small.id.as_str(), small.builtin), ("lifter_small", true));
        let bring = |name: &str| std::fs::copy(&small.file, folder.path().join(name)).unwrap();
        bring("motion.onnx");
        assert_eq!(lifter_of(&registry).unwrap().id, "motion");
        bring("alpha.onnx");
        bring("human3d.onnx");
        let found = lifter_of(&registry).unwrap();
        assert_eq!((found.id.as_str(), found.sha256.len()), ("human3d", 64));
    }
}
