//! A batch that a file fixes, made free: only where the network then gives the same numbers, which is tried on
//! noise, on the CPU, once for each file.

use std::path::Path;

use silhueta_registry::family::{Contract, Family, InputSize};
use silhueta_registry::graph::Elem;
use silhueta_registry::rewrite;
use silhueta_shared::job::Device;

use crate::runtime::{Network, Outputs, Runtime, RuntimeError};

/// Sides of a picture for networks that take any.
const FREE_SIZE: (usize, usize) = (256, 256);

/// The file's bytes with a free batch instead of `at`; `None` where that would change what it says.
pub(super) fn freed(
    runtime: &Runtime,
    file: &Path,
    contract: &Contract,
    at: usize,
) -> Result<Option<Vec<u8>>, RuntimeError> {
    if runtime.free_batches().get(file) == Some(&false) {
        return Ok(None);
    }
    let bytes = std::fs::read(file).map_err(|e| RuntimeError::Model { file: file.into(), why: e.to_string() })?;
    let Some(bytes) = rewrite::free_batch(&bytes) else { return Ok(None) };
    let known = runtime.free_batches().get(file).copied();
    let same = match known {
        Some(same) => same,
        None => {
            // Whatever is wrong with the original is said when it is opened to be run.
            let mut original = runtime.unrecorded(file, None, Device::Cpu)?;
            let same = match runtime.unrecorded(file, Some(&bytes), Device::Cpu) {
                Ok(mut freed) => says_the_same(&mut original, &mut freed, contract, at),
                Err(_) => false,
            };
            runtime.free_batches().insert(file.to_owned(), same);
            same
        }
    };
    Ok(same.then_some(bytes))
}

/// Whether `freed` says of each of several pictures, all at once and one by one, what `original` says at its
/// batch of `at`.
fn says_the_same(original: &mut Network, freed: &mut Network, contract: &Contract, at: usize) -> bool {
    let (w, h) = match contract.input {
        InputSize::Fixed { w, h } => (w, h),
        InputSize::Free | InputSize::Joints => FREE_SIZE,
    };
    let one = 3 * w * h;
    // At least two different ones, and whole batches of them.
    let count = at.max(2);
    let pictures = noise(contract, count * one);
    let run = |network: &mut Network, at: usize, pictures: &[f32]| -> Option<Vec<Vec<f32>>> {
        let mut all = Vec::new();
        for batch in pictures.chunks_exact(at * one) {
            all.extend(network.run([at, 3, h, w], batch, |outputs| read(outputs, contract, at)).ok()?);
        }
        Some(all)
    };
    let Some(expected) = run(original, at, &pictures) else { return false };
    let (Some(together), Some(alone)) = (run(freed, count, &pictures), run(freed, 1, &pictures)) else { return false };
    let tolerance = if contract.elem == Elem::F16 { 1e-2 } else { 1e-4 };
    let alike =
        |a: &[Vec<f32>], b: &[Vec<f32>]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a, b, tolerance));
    // Numbers that are the same for every picture would prove nothing.
    let telling = expected.iter().skip(1).any(|other| !near(&expected[0], other, 10.0 * tolerance));
    telling && alike(&expected, &together) && alike(&expected, &alone)
}

/// All that a run says of each picture: the outputs one behind the other.
fn read(outputs: &Outputs<'_>, contract: &Contract, batch: usize) -> Result<Vec<Vec<f32>>, String> {
    let mut pictures = vec![Vec::new(); batch];
    for name in &contract.output_names {
        let labels;
        let numbers;
        let values: &[f32] = if name == "labels" {
            labels = outputs.i64(name)?.iter().map(|label| *label as f32).collect::<Vec<_>>();
            &labels
        } else {
            numbers = outputs.f32(name)?.1;
            &numbers
        };
        if !values.len().is_multiple_of(batch) {
            return Err(format!("output {name} does not divide by {batch}"));
        }
        for (picture, values) in pictures.iter_mut().zip(values.chunks_exact((values.len() / batch).max(1))) {
            picture.extend(values);
        }
    }
    Ok(pictures)
}

/// Whether no value differs by more than `tolerance` of itself, or of 1 (of the largest, where all are smaller):
/// boxes have hundreds, scores beside them less than 1.
fn near(a: &[f32], b: &[f32], tolerance: f32) -> bool {
    let least = a.iter().fold(0f32, |largest, value| largest.max(value.abs())).min(1.0);
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= tolerance * a.abs().max(least))
}

/// Noise in the range that the network is used to.
fn noise(contract: &Contract, count: usize) -> Vec<f32> {
    let bytes = contract.elem == Elem::U8
        || matches!(contract.family, Family::YoloxRaw { .. } | Family::YoloxNms | Family::YuNet);
    let mut state = 1u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let byte = (state >> 24) as f32;
        if bytes { byte } else { byte / 64.0 - 2.0 }
    };
    std::iter::repeat_with(next).take(count).collect()
}
