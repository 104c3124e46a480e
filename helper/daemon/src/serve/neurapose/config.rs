//! Settings of runs that scripts start: a few keys, each with a type, each visible in the next run's jobs.

use std::sync::{Arc, MutexGuard, PoisonError};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use silhueta_shared::job::{Device, FPS, IdentityPreset, Precision, TrackerKind, TrackerPreset};
use silhueta_shared::model::Role;
use silhueta_shared::protocol::{ErrorCode, JobSettings, ModelShelf, WireError};

use super::process::shelf_seen;
use crate::serve::answer::internal;
use crate::serve::api_error::ApiError;
use crate::serve::files;
use crate::serve::helper::Helper;

/// Under which they are kept.
const KEPT: &str = "neurapose_config";
/// In a body, beside the keys.
const PERSIST: &str = "persist";

/// Values by key, only those that were set.
pub(super) type Choices = Map<String, Value>;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Key {
    Device,
    Precision,
    Detector,
    Reid,
    Pose,
    Tracker,
    Preset,
    Identities,
    Fps,
    Video,
    Again,
}

impl Key {
    const ALL: [Self; 11] = [
        Self::Device,
        Self::Precision,
        Self::Detector,
        Self::Reid,
        Self::Pose,
        Self::Tracker,
        Self::Preset,
        Self::Identities,
        Self::Fps,
        Self::Video,
        Self::Again,
    ];

    /// Our name.
    const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Precision => "precision",
            Self::Detector => "detector",
            Self::Reid => "reid",
            Self::Pose => "pose",
            Self::Tracker => "tracker",
            Self::Preset => "preset",
            Self::Identities => "identities",
            Self::Fps => "fps",
            Self::Video => "video",
            Self::Again => "again",
        }
    }

    /// NeuraPose's name, where it has one.
    const fn alias(self) -> Option<&'static str> {
        match self {
            Self::Device => Some("DEVICE"),
            Self::Detector => Some("YOLO_MODEL"),
            Self::Reid => Some("OSNET_MODEL"),
            Self::Pose => Some("RTMPOSE_MODEL"),
            Self::Fps => Some("FPS_TARGET"),
            Self::Precision | Self::Tracker | Self::Preset | Self::Identities | Self::Video | Self::Again => None,
        }
    }

    fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.name() == name || key.alias() == Some(name))
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Device => "auto, cpu, cuda, tensorrt or openvino",
            Self::Precision => "auto, fp32, fp16 or int8",
            Self::Detector => "a detector's id, null for the first that fits",
            Self::Reid => "a re-identification network's id, null for the first that fits",
            Self::Pose => "a pose network's id, null for the first that fits",
            Self::Tracker => "botsort or bytetrack",
            Self::Preset => {
                "silhueta, original, ultralytics, boxmot, neurapose or neurapose-first: BoT-SORT's settings"
            }
            Self::Identities => "silhueta, neurapose (which deletes people who stand still) or off",
            Self::Fps => "frames a second to look at, a number from 0.001 to 1000, null for all",
            Self::Video => "whether to write the annotated video, true or false",
            Self::Again => "whether to work again through videos that are finished, true or false",
        }
    }

    /// The value as it will be used.
    fn check(self, name: &str, value: &Value, shelf: &ModelShelf) -> Result<Value, WireError> {
        let wrong = || {
            let error = WireError::new(ErrorCode::BadValue, format!("{name} can't be {value}")).field(name);
            error.hint(format!("it is {}", self.about()))
        };
        let one_of = |names: &[&'static str], text: &str| {
            let known = names.iter().find(|known| **known == text.to_ascii_lowercase());
            known.map(|known| Value::from(*known)).ok_or_else(wrong)
        };
        match (self, value) {
            (Self::Device, Value::String(text)) => device(name, text).map(|device| device.name().into()),
            (Self::Precision, Value::String(text)) => one_of(&Precision::ALL.map(Precision::name), text),
            (Self::Tracker, Value::String(text)) => one_of(&TrackerKind::ALL.map(TrackerKind::name), text),
            (Self::Preset, Value::String(text)) => one_of(&TrackerPreset::ALL.map(TrackerPreset::name), text),
            (Self::Identities, Value::String(text)) => one_of(&IdentityPreset::ALL.map(IdentityPreset::name), text),
            (Self::Detector | Self::Reid | Self::Pose | Self::Fps, Value::Null) => Ok(Value::Null),
            (Self::Detector, Value::String(text)) => model(shelf, Role::Detector, name, text).map(Value::from),
            (Self::Reid, Value::String(text)) => model(shelf, Role::Reid, name, text).map(Value::from),
            (Self::Pose, Value::String(text)) => model(shelf, Role::Pose, name, text).map(Value::from),
            (Self::Fps, Value::Number(n)) if n.as_f64().is_some_and(|fps| FPS.contains(&fps)) => Ok(value.clone()),
            (Self::Video | Self::Again, Value::Bool(_)) => Ok(value.clone()),
            _ => Err(wrong()),
        }
    }
}

/// A device by its name.
pub(super) fn device(field: &str, name: &str) -> Result<Device, WireError> {
    const ALL: [Device; 5] = [Device::Auto, Device::Cpu, Device::Cuda, Device::Tensorrt, Device::Openvino];
    let found = ALL.into_iter().find(|device| device.name() == name.to_ascii_lowercase());
    found.ok_or_else(|| {
        let error = WireError::new(ErrorCode::BadValue, format!("there is no device {name:?}")).field(field);
        error.hint(format!("it is {}", Key::Device.about()))
    })
}

/// The id of a network that is there: by its id, by the name of its file, or by that of the folder of an `end2end`.
pub(super) fn model(shelf: &ModelShelf, role: Role, field: &str, named: &str) -> Result<String, WireError> {
    let named_with_slashes = named.replace('\\', "/");
    let mut parts = named_with_slashes.rsplit('/');
    let file = parts.next().unwrap_or_default();
    let stem = [".onnx", ".pt", ".pth"].iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(file);
    let name = if stem == "end2end" { parts.next().unwrap_or(stem) } else { stem };
    let mut there = shelf.models.iter().filter(|model| model.role == Some(role)).map(|model| &model.id);
    if let Some(id) = there.clone().find(|id| id.eq_ignore_ascii_case(named) || id.eq_ignore_ascii_case(name)) {
        return Ok(id.clone());
    }
    let error = WireError::new(ErrorCode::ModelUnfit, format!("{named} is no {} that is there", role.name()));
    let all = there.by_ref().map(String::as_str).collect::<Vec<_>>().join(", ");
    Err(error.field(field).hint(format!("there are {all}; others: silhueta models import FILE")))
}

fn choices(helper: &Helper) -> Result<MutexGuard<'_, Option<Choices>>, WireError> {
    let mut choices = helper.neurapose.choices.lock().unwrap_or_else(PoisonError::into_inner);
    if choices.is_none() {
        *choices = Some(kept(helper)?);
    }
    Ok(choices)
}

fn kept(helper: &Helper) -> Result<Choices, WireError> {
    let kept = helper.state().bench.store().choice(KEPT).map_err(internal)?;
    Ok(kept.and_then(|value| value.as_object().cloned()).unwrap_or_default())
}

/// What the next run is started with.
pub(super) fn effective(helper: &Helper) -> Result<JobSettings, WireError> {
    let set = choices(helper)?.clone().unwrap_or_default();
    settings_of(set)
}

fn settings_of(set: Choices) -> Result<JobSettings, WireError> {
    let defaults = serde_json::to_value(JobSettings::default()).map_err(internal)?;
    let mut all = defaults.as_object().cloned().unwrap_or_default();
    all.extend(set);
    serde_json::from_value(Value::Object(all)).map_err(|e| {
        let error = WireError::new(ErrorCode::BadValue, format!("the kept settings can't be used: {e}"));
        error.hint("POST /config/reset")
    })
}

/// Every key with the value that the next run is started with.
fn values(helper: &Helper) -> Result<Map<String, Value>, WireError> {
    let all = serde_json::to_value(effective(helper)?).map_err(internal)?;
    Ok(Key::ALL.into_iter().map(|key| (key.name().to_owned(), all[key.name()].clone())).collect())
}

/// GET `/config`: the values, and the folders; `null` for those of work that only the earlier system did.
pub(super) async fn show(State(helper): State<Arc<Helper>>) -> Result<Json<Value>, ApiError> {
    let config = values(&helper)?;
    let state = helper.state();
    let videos = files::roots(state.bench.store())?.into_iter().next().map(|root| root.path);
    let out = helper.out.display().to_string();
    let paths = json!({
        "root": out, "videos": videos, "processados": out, "output": out, "models": state.models.folder,
        "reidentificados": null, "anotados": null, "datasets": null, "modelos_treinados": null,
        "relatorios_testes": null,
    });
    Ok(Json(json!({ "status": "success", "config": config, "paths": paths })))
}

/// GET `/config/all`: the values under both names, and what each key takes.
pub(super) async fn all(State(helper): State<Arc<Helper>>) -> Result<Json<Value>, ApiError> {
    let mut config = values(&helper)?;
    let keys: Vec<_> =
        Key::ALL.iter().map(|key| json!({ "key": key.name(), "alias": key.alias(), "takes": key.about() })).collect();
    for key in Key::ALL {
        if let Some(alias) = key.alias() {
            config.insert(alias.to_owned(), config[key.name()].clone());
        }
    }
    Ok(Json(json!({ "status": "success", "config": config, "keys": keys })))
}

#[derive(Debug, Deserialize)]
pub(super) struct Update {
    persist: Option<bool>,
}

/// POST `/config/update` with some keys: all of them or none. With `persist`, in the body or behind `?`, they outlive
/// the helper.
pub(super) async fn update(
    State(helper): State<Arc<Helper>>,
    Query(Update { persist }): Query<Update>,
    body: Bytes,
) -> Result<Json<Value>, ApiError> {
    let wrong = |why: String| WireError::new(ErrorCode::BadValue, why);
    let body: Value = serde_json::from_slice(&body).map_err(|e| wrong(format!("the body is no JSON: {e}")))?;
    let Value::Object(mut fields) = body else { return Err(wrong("the body is no JSON object".into()).into()) };
    let persist = match fields.remove(PERSIST) {
        None | Some(Value::Null) => persist.unwrap_or(false),
        Some(Value::Bool(on)) => on,
        Some(other) => return Err(wrong(format!("persist is true or false, not {other}")).field(PERSIST).into()),
    };
    shelf_seen(&helper).await;
    let mut checked = Choices::new();
    for (name, value) in &fields {
        let key = Key::find(name).ok_or_else(|| {
            let known: Vec<_> = Key::ALL.iter().flat_map(|key| key.alias().into_iter().chain([key.name()])).collect();
            let error = wrong(format!("there is no setting {name}")).field(name.as_str());
            error.hint(format!("there are {}", known.join(", ")))
        })?;
        let value = key.check(name, value, &helper.state().models)?;
        if checked.insert(key.name().to_owned(), value).is_some() {
            return Err(wrong(format!("{} is there twice, under both of its names", key.name())).field(name).into());
        }
    }
    choices(&helper)?.get_or_insert_default().extend(checked.clone());
    if persist {
        let mut all = kept(&helper)?;
        all.extend(checked);
        helper.state().bench.store().choose(KEPT, &Value::Object(all)).map_err(internal)?;
    }
    Ok(Json(json!({ "status": "success", "persisted": persist, "config": values(&helper)? })))
}

/// POST `/config/reset`: as if nothing had ever been set.
pub(super) async fn reset(State(helper): State<Arc<Helper>>) -> Result<Json<Value>, ApiError> {
    helper.state().bench.store().choose(KEPT, &json!({})).map_err(internal)?;
    *choices(&helper)? = Some(Choices::new());
    Ok(Json(json!({ "status": "success", "config": values(&helper)? })))
}
