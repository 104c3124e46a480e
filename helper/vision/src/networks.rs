//! Opens networks from files: what each file is comes from its graph.

use std::path::Path;

use silhueta_registry::family::{Batch, Contract, Family, InputSize, recognise};
use silhueta_registry::graph;
use silhueta_registry::manifest::Manifest;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::{ChannelOrder, Device};
use silhueta_shared::model::{ModelFile, Role};
use silhueta_shared::pose::KeypointSet;

use crate::detector::Detector;
use crate::frame::Frame;
use crate::osnet::Osnet;
use crate::rtmpose::{Layout, RtmPose};
use crate::runtime::{Runtime, RuntimeError};

fn unfit(model: &ModelFile, why: String) -> RuntimeError {
    RuntimeError::Model { file: (&model.file).into(), why }
}

/// Reads what the graph of `model` says it is and refuses what doesn't fit `role`.
fn contract(model: &ModelFile, role: Role) -> Result<Contract, RuntimeError> {
    let path = Path::new(&model.file);
    let signature = graph::read(path)?;
    let contract = recognise(&signature).map_err(|e| unfit(model, e.to_string()))?;
    if contract.role() != role {
        let is = contract.role().name();
        return Err(unfit(model, format!("it is a {is} network, a {} is needed", role.name())));
    }
    Ok(contract)
}

/// Opens a detector.
///
/// # Errors
/// It can't be loaded, or its graph is another one's; with what it is and what is needed.
pub fn detector(runtime: &Runtime, device: Device, model: &ModelFile) -> Result<Detector, RuntimeError> {
    let contract = contract(model, Role::Detector)?;
    let size = Manifest::builtin().find(&model.id).and_then(|entry| entry.input).map(|[w, h]| (w, h));
    let network = runtime.network(Path::new(&model.file), device)?;
    Detector::new(network, &contract, size)
}

/// Opens a re-identification network.
///
/// # Errors
/// It can't be loaded, or its graph is another one's; with what it is and what is needed.
pub fn reid(runtime: &Runtime, device: Device, model: &ModelFile) -> Result<Osnet, RuntimeError> {
    let contract = contract(model, Role::Reid)?;
    let size = match contract.input {
        InputSize::Fixed { w, h } => (w, h),
        InputSize::Free => (128, 256),
    };
    let fixed = match contract.batch {
        Batch::Fixed(n) => Some(n),
        Batch::Free => None,
    };
    let open = |fixed| -> Result<Osnet, RuntimeError> {
        let network = runtime.network(Path::new(&model.file), device)?;
        Ok(Osnet::new(network, contract.output_names.first().cloned().unwrap_or_default(), size, fixed))
    };
    let mut osnet = open(fixed)?;
    // An axis that says it is free may not be: two at once tell.
    let two = [Bbox::new(0.0, 0.0, 2.0, 2.0); 2];
    if fixed.is_none() && osnet.embed(&blank(), &two).is_err() {
        osnet = open(Some(1))?;
    }
    Ok(osnet)
}

/// Opens a pose network.
///
/// # Errors
/// It can't be loaded, or its graph is another one's; with what it is and what is needed.
pub fn pose(
    runtime: &Runtime,
    device: Device,
    model: &ModelFile,
    channels: ChannelOrder,
) -> Result<RtmPose, RuntimeError> {
    let contract = contract(model, Role::Pose)?;
    let Family::Simcc { keypoints, split } = contract.family else {
        let family = contract.family;
        return Err(unfit(model, format!("it is {family}; a SimCC network is needed for now")));
    };
    let Some(keypoints) = KeypointSet::of_count(keypoints) else {
        let known = KeypointSet::ALL.map(|set| format!("{} ({set})", set.count())).join(", ");
        return Err(unfit(model, format!("it gives {keypoints} keypoints; one of these sets is needed: {known}")));
    };
    let InputSize::Fixed { w, h } = contract.input else {
        return Err(unfit(model, "it doesn't say its input size".into()));
    };
    let [x, y] = contract.output_names.as_slice() else {
        return Err(unfit(model, format!("it has {} outputs, not two", contract.output_names.len())));
    };
    let fixed = match contract.batch {
        Batch::Fixed(n) => Some(n),
        Batch::Free => None,
    };
    let open = |fixed_batch| -> Result<RtmPose, RuntimeError> {
        let network = runtime.network(Path::new(&model.file), device)?;
        let layout =
            Layout { size: (w, h), keypoints, split_ratio: split as f32, fixed_batch, outputs: (x.clone(), y.clone()) };
        Ok(RtmPose::new(network, layout, channels))
    };
    let mut rtmpose = open(fixed)?;
    let frame = std::sync::Arc::new(blank());
    let two = [(frame.clone(), Bbox::new(0.0, 0.0, 2.0, 2.0)), (frame, Bbox::new(0.0, 0.0, 2.0, 2.0))];
    if fixed.is_none() && rtmpose.estimate(&two).is_err() {
        rtmpose = open(Some(1))?;
    }
    Ok(rtmpose)
}

fn blank() -> Frame {
    Frame { index: 0, pts: 0, width: 2, height: 2, bgr: vec![0; 12].into() }
}
