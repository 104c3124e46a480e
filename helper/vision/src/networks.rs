//! Opens networks from files: what each file is comes from its graph.

mod batch;

use std::path::Path;
use std::sync::Arc;

use silhueta_registry::family::{Batch, Contract, InputSize, recognise};
use silhueta_registry::graph;
use silhueta_registry::manifest::Manifest;
use silhueta_shared::geometry::Bbox;
use silhueta_shared::job::{ChannelOrder, Device};
use silhueta_shared::model::{ModelFile, Role};

use crate::detector::Detector;
use crate::frame::Frame;
use crate::lifter::Lifter;
use crate::osnet::Osnet;
use crate::pose::PoseNetwork;
use crate::runtime::{Network, Runtime, RuntimeError};

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
    let path = Path::new(&model.file);
    // A frame is looked at alone: a batch of more is rewritten or filled up.
    if let Batch::Fixed(at) = contract.batch
        && at > 1
    {
        if let Some(bytes) = batch::freed(runtime, path, &contract, at)? {
            return Detector::new(
                runtime.network_of(path, &bytes, device)?,
                &Contract { batch: Batch::Free, ..contract },
                size,
            );
        }
        runtime.fills(path, at);
    }
    Detector::new(runtime.network(path, device)?, &contract, size)
}

/// Opens a network of people. `open` makes it for a fixed batch or a free one; `works` tells whether it takes
/// two people at once, where the batch is free: an axis that says so may not be.
fn of_people<N>(
    runtime: &Runtime,
    device: Device,
    model: &ModelFile,
    contract: &Contract,
    open: impl Fn(Network, Option<usize>) -> Result<N, RuntimeError>,
    works: impl Fn(&mut N) -> bool,
) -> Result<N, RuntimeError> {
    let path = Path::new(&model.file);
    let fixed = match contract.batch {
        Batch::Free => {
            let mut free = open(runtime.network(path, device)?, None)?;
            if works(&mut free) {
                return Ok(free);
            }
            1
        }
        Batch::Fixed(at) => {
            if let Some(bytes) = batch::freed(runtime, path, contract, at)? {
                let mut free = open(runtime.network_of(path, &bytes, device)?, None)?;
                if works(&mut free) {
                    return Ok(free);
                }
            }
            at
        }
    };
    runtime.fills(path, fixed);
    open(runtime.network(path, device)?, Some(fixed))
}

/// Opens a re-identification network.
///
/// # Errors
/// It can't be loaded, or its graph is another one's; with what it is and what is needed.
pub fn reid(runtime: &Runtime, device: Device, model: &ModelFile) -> Result<Osnet, RuntimeError> {
    let contract = contract(model, Role::Reid)?;
    let size = match contract.input {
        InputSize::Fixed { w, h } => (w, h),
        InputSize::Free | InputSize::Joints => (128, 256),
    };
    let output = contract.output_names.first().cloned().unwrap_or_default();
    let open = |network, fixed| Ok(Osnet::new(network, output.clone(), size, fixed, contract.elem));
    let two = [Bbox::new(0.0, 0.0, 2.0, 2.0); 2];
    of_people(runtime, device, model, &contract, open, |osnet| osnet.embed(&blank(), &two).is_ok())
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
) -> Result<PoseNetwork, RuntimeError> {
    let contract = contract(model, Role::Pose)?;
    let open = |network, fixed| PoseNetwork::new(network, &contract, fixed, channels);
    let frame = Arc::new(blank());
    let two = [(Arc::clone(&frame), Bbox::new(0.0, 0.0, 2.0, 2.0)), (frame, Bbox::new(0.0, 0.0, 2.0, 2.0))];
    of_people(runtime, device, model, &contract, open, |pose| pose.estimate(&two).is_ok())
}

/// Opens a lifter.
///
/// # Errors
/// It can't be loaded, or its graph is another one's, or what it gives is; with what it is and what is needed.
pub fn lifter(runtime: &Runtime, device: Device, model: &ModelFile) -> Result<Lifter, RuntimeError> {
    let contract = contract(model, Role::Lifter)?;
    let path = Path::new(&model.file);
    if let Batch::Fixed(at) = contract.batch {
        runtime.fills(path, at);
    }
    Lifter::new(runtime.network(path, device)?, &contract, device)
}

fn blank() -> Frame {
    Frame { index: 0, pts: 0, width: 2, height: 2, bgr: vec![0; 12].into() }
}
