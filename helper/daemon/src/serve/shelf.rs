//! The models that there are and could be, as a page sees them.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use silhueta_registry::manifest::Entry;
use silhueta_registry::recipe;
use silhueta_shared::model::Role;
use silhueta_shared::protocol::{
    HelperMessage, ModelOrigin, ModelShelf, ModelSource, ModelView, OfferedModel, RemovedModel, WantedModel,
};

use super::helper::{Helper, State};
use crate::disk;
use crate::models::{self, Item, ItemState, ROLES, Store};

/// What a look through the models folder found.
#[derive(Debug)]
pub(super) struct Look {
    pub(super) shelf: ModelShelf,
    /// What a job takes that names nothing.
    pub(super) preferred: Preferred,
}

/// The model that a job takes by itself, for each of its roles that anything fits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Preferred(Vec<(Role, String)>);

impl Preferred {
    /// For one role.
    pub(super) fn of(&self, role: Role) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == role).map(|(_, id)| id.as_str())
    }
}

/// Before the first look: nothing is known to be missing.
pub(super) fn unknown() -> ModelShelf {
    ModelShelf {
        folder: models::folder().display().to_string(),
        disk_used: 0,
        disk_free: None,
        models: vec![],
        offered: vec![],
        better: vec![],
        removed: vec![],
    }
}

/// Looks through the models folder; reads each file whole. What was removed long ago goes for good.
fn scan(store: &Store) -> Look {
    store.empty_trash();
    let registry = models::registry();
    // What stands in the way of one is told by the job that needs it.
    let found = ROLES.into_iter().filter_map(|role| Some((role, registry.resolve(role, None).ok()?.model)));
    let (builtin, own): (Vec<_>, Vec<_>) = found.partition(|(_, model)| model.builtin);
    let lacking = ROLES.into_iter().filter(|role| own.iter().all(|(known, _)| known != role));
    let better = lacking.filter_map(|role| store.better(role)).map(wanted).collect();
    let preferred = Preferred(own.into_iter().chain(builtin).map(|(role, model)| (role, model.id)).collect());
    let (mut there, mut offered) = (Vec::new(), Vec::new());
    for item in store.list() {
        match item.state {
            ItemState::There(_) | ItemState::Unusable(_) | ItemState::BuiltIn(_) => there.push(view(store, item)),
            ItemState::Fetchable(_) | ItemState::BringYourOwn => offered.extend(offer(store, item)),
        }
    }
    // The one that a job takes by itself comes first.
    let is_preferred = |id: &String| preferred.0.iter().any(|(_, known)| known == id);
    let is_builtin = |model: &ModelView| model.origin == ModelOrigin::BuiltIn;
    there.sort_by_key(|model| (!is_preferred(&model.id), is_builtin(model), model.id.clone()));
    let folder = store.folder();
    let shelf = ModelShelf {
        folder: folder.display().to_string(),
        disk_used: there.iter().filter(|model| !is_builtin(model)).map(|model| model.size).sum(),
        disk_free: free(folder),
        models: there,
        offered,
        better,
        removed: removed(store),
    };
    Look { shelf, preferred }
}

/// Before the first model comes, there may be no folder: then its disk is that of the next one above.
fn free(folder: &Path) -> Option<u64> {
    folder.ancestors().find(|folder| folder.exists()).and_then(disk::free)
}

fn view(store: &Store, item: Item) -> ModelView {
    let origin = match item.state {
        ItemState::BuiltIn(_) => ModelOrigin::BuiltIn,
        _ if store.manifest().find(&item.id).is_some() => ModelOrigin::Known,
        _ => ModelOrigin::Own,
    };
    ModelView {
        role: item.role,
        about: match item.state {
            ItemState::There(about) | ItemState::Unusable(about) | ItemState::BuiltIn(about) => about,
            ItemState::Fetchable(_) | ItemState::BringYourOwn => String::new(),
        },
        size: item.size.unwrap_or(0),
        profile: item.profile,
        keypoints: item.keypoints,
        licence: item.licence,
        origin,
        used: false,
        id: item.id,
    }
}

fn offer(store: &Store, item: Item) -> Option<OfferedModel> {
    let entry = store.manifest().find(&item.id)?;
    let source = match item.state {
        ItemState::Fetchable(address) => ModelSource::Address(address),
        _ => ModelSource::BringYourOwn { recipe: recipe(entry) },
    };
    Some(OfferedModel {
        role: entry.role,
        profile: item.profile,
        keypoints: item.keypoints,
        size: item.size,
        licence: entry.licence.clone(),
        source,
        partial: item.partial,
        id: item.id,
    })
}

fn wanted(entry: &Entry) -> WantedModel {
    let Entry { role, id, url, licence, .. } = entry;
    WantedModel { role: *role, id: id.clone(), url: url.clone(), licence: licence.clone() }
}

fn removed(store: &Store) -> Vec<RemovedModel> {
    let kept = store.removed().into_iter();
    kept.map(|kept| RemovedModel {
        id: kept.id,
        size: kept.size,
        removed_at: kept.since.saturating_mul(1000),
        until: kept.until.saturating_mul(1000),
    })
    .collect()
}

/// Looks again and tells everyone. One look at a time: an older one never comes after a newer one.
pub(super) async fn look(helper: &Arc<Helper>) {
    let _one = helper.looking.lock().await;
    match tokio::task::spawn_blocking(|| scan(&models::store())).await {
        Ok(look) => {
            let mut state = helper.state();
            state.models = look.shelf;
            state.preferred = look.preferred;
            mark_used(&mut state);
            helper.hub.tell_all(&HelperMessage::Models(state.models.clone()));
        }
        Err(error) => tracing::error!("the models can't be looked through: {error}"),
    }
}

/// Notes what is left of a download, without a look at the files.
pub(super) fn weigh(helper: &Helper, id: &str) {
    let store = models::store();
    let mut state = helper.state();
    let free = free(store.folder());
    state.models.disk_free = free;
    if let Some(offered) = state.models.offered.iter_mut().find(|offered| offered.id == id) {
        offered.partial = store.kept(id);
    }
    helper.hub.tell_all(&HelperMessage::Models(state.models.clone()));
}

/// Tells everyone whenever jobs begin to use other models, until the helper ends.
pub(super) async fn keep(helper: Arc<Helper>) {
    let mut moved = helper.state().bench.moved();
    // What happened before it listened counts, too.
    moved.mark_changed();
    loop {
        tokio::select! {
            Ok(()) = moved.changed() => {}
            () = helper.closing.cancelled() => return,
        }
        let mut state = helper.state();
        if mark_used(&mut state) {
            helper.hub.tell_all(&HelperMessage::Models(state.models.clone()));
        }
    }
}

/// Notes what jobs use; whether that is news.
fn mark_used(state: &mut State) -> bool {
    let used: HashSet<String> = state.bench.models_in_use(&state.preferred);
    let mut is_new = false;
    for model in &mut state.models.models {
        let now = used.contains(&model.id);
        is_new |= model.used != now;
        model.used = now;
    }
    is_new
}
