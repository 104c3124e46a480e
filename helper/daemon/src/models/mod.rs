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

/// The models of `$SILHUETA_MODELS`, else of the user's own folder.
pub(crate) fn registry() -> Registry {
    Registry::with_manifest(vec![folder()], manifest())
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
    Ok(JobModels {
        detector: Some(find(&registry, Role::Detector, detector, &mut warn)?),
        reid: Some(find(&registry, Role::Reid, reid, &mut warn)?),
        pose: find(&registry, Role::Pose, pose, warn)?,
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

/// The folder that is looked in.
pub(crate) fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("SILHUETA_MODELS") {
        return PathBuf::from(folder);
    }
    folders::own("XDG_DATA_HOME", ".local/share").unwrap_or_default().join("silhueta/models")
}
