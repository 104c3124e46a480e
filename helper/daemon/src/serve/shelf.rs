//! The models that there are, as a page sees them.

use silhueta_shared::model::Role;
use silhueta_shared::protocol::{HelperMessage, ModelShelf, ModelView, WantedModel};

use super::helper::Helper;
use crate::models;

/// The roles of the main job.
const ROLES: [Role; 3] = [Role::Detector, Role::Reid, Role::Pose];

/// Before the first look: nothing is known to be missing.
pub(super) fn unknown() -> ModelShelf {
    ModelShelf { folder: models::folder().display().to_string(), models: vec![], missing: vec![] }
}

/// Looks through the models folder; reads each file whole. What was removed long ago goes for good.
pub(super) fn scan() -> ModelShelf {
    models::store().empty_trash();
    let (registry, manifest) = (models::registry(), models::manifest());
    let mut found: Vec<ModelView> = registry
        .scan()
        .into_iter()
        .map(|found| {
            let size = std::fs::metadata(&found.path).map_or(0, |meta| meta.len());
            let (role, about) = match &found.contract {
                Ok(contract) => (Some(contract.role()), contract.family.to_string()),
                Err(error) => (None, error.to_string()),
            };
            ModelView { id: found.id, role, about, size }
        })
        .collect();
    // The one that a job takes by itself comes first.
    let preferred: Vec<_> =
        ROLES.iter().filter_map(|role| registry.resolve(*role, None).ok()).map(|resolved| resolved.model.id).collect();
    found.sort_by_key(|model| (!preferred.contains(&model.id), model.id.clone()));
    let is_missing = |role: &&Role| !found.iter().any(|model| model.role == Some(**role));
    let wanted = |role: &Role| {
        let entry =
            manifest.of_role(*role).find(|entry| entry.url.is_some()).or_else(|| manifest.of_role(*role).next())?;
        let (id, url, licence) = (entry.id.clone(), entry.url.clone(), entry.licence.clone());
        Some(WantedModel { role: *role, id, url, licence })
    };
    let missing = ROLES.iter().filter(is_missing).filter_map(wanted).collect();
    ModelShelf { folder: models::folder().display().to_string(), models: found, missing }
}

/// Keeps a new look and tells everyone.
pub(super) fn tell(helper: &Helper, models: ModelShelf) {
    let mut state = helper.state();
    helper.hub.tell_all(&HelperMessage::Models(models.clone()));
    state.models = models;
}
