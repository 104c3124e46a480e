//! The same network with its batch left free: an ONNX file's bytes with the first axis of its picture and of
//! its outputs unnamed, and with the reshapes that repeat it. All else stays as it is, byte by byte.
//!
//! A graph may depend on its batch elsewhere, too: whoever runs the result has to see that it gives the same
//! numbers.

mod wire;

use std::collections::HashSet;

use prost::Message;

use crate::onnx;
use wire::{Edit, edit, field};

/// Tags of the public `onnx.proto`.
mod tag {
    pub(super) const MODEL_GRAPH: u32 = 7;
    pub(super) const GRAPH_NODE: u32 = 1;
    pub(super) const GRAPH_INITIALIZER: u32 = 5;
    pub(super) const GRAPH_INPUT: u32 = 11;
    pub(super) const GRAPH_OUTPUT: u32 = 12;
    pub(super) const GRAPH_VALUE_INFO: u32 = 13;
    pub(super) const NODE_ATTRIBUTE: u32 = 5;
    pub(super) const ATTRIBUTE_TENSOR: u32 = 5;
    pub(super) const TENSOR_INT64: u32 = 7;
    pub(super) const TENSOR_RAW: u32 = 9;
    pub(super) const VALUE_TYPE: u32 = 2;
    pub(super) const TYPE_TENSOR: u32 = 1;
    pub(super) const TENSOR_SHAPE: u32 = 2;
    pub(super) const SHAPE_DIM: u32 = 1;
}

/// `bytes` with a free batch; `None` where the picture's first axis is not fixed, or the bytes are no ONNX.
pub fn free_batch(bytes: &[u8]) -> Option<Vec<u8>> {
    let graph = onnx::Model::decode(bytes).ok()?.graph?;
    let weights: HashSet<&str> = graph.initializer.iter().map(|tensor| tensor.name.as_str()).collect();
    let picture = graph.input.iter().find(|info| !weights.contains(info.name.as_str()))?;
    let batch = first_axis(picture)?;
    let shapes = shapes_with_the_batch(&graph, &weights);

    edit(bytes, &mut |tag, model| match tag {
        tag::MODEL_GRAPH => Edit::of(edit(model, &mut |tag, part| match tag {
            tag::GRAPH_OUTPUT => Edit::of(freed(part, batch)),
            tag::GRAPH_INPUT => match onnx::ValueInfo::decode(part) {
                Ok(info) if info.name == picture.name => Edit::of(freed(part, batch)),
                _ => Edit::Keep,
            },
            // Shapes in between are for people; the runtime works them out by itself.
            tag::GRAPH_VALUE_INFO => Edit::Drop,
            tag::GRAPH_INITIALIZER => {
                let tensor = onnx::Tensor::decode(part).ok();
                let repeats = tensor.is_some_and(|tensor| shapes.contains(tensor.name.as_str()));
                if repeats { Edit::of(reshaped(part, batch)) } else { Edit::Keep }
            }
            tag::GRAPH_NODE => {
                let Ok(node) = onnx::Node::decode(part) else { return Edit::Damaged };
                let known = |name: Option<&String>| name.is_some_and(|name| shapes.contains(name.as_str()));
                match node.op_type.as_str() {
                    "Constant" if known(node.output.first()) => Edit::of(reshaped_constant(part, batch)),
                    "Reshape" if known(node.input.get(1)) => Edit::of(without_allowzero(part)),
                    _ => Edit::Keep,
                }
            }
            _ => Edit::Keep,
        })),
        _ => Edit::Keep,
    })
}

/// The fixed first extent of a tensor of some axes.
fn first_axis(info: &onnx::ValueInfo) -> Option<i64> {
    let shape = info.r#type.as_ref()?.tensor_type.as_ref()?.shape.as_ref()?;
    match shape.dim.first()?.extent {
        Some(onnx::Extent::Value(n)) if n > 0 => Some(n),
        _ => None,
    }
}

/// Names of the constants that are target shapes of what the network computes, and nothing else.
fn shapes_with_the_batch<'g>(graph: &'g onnx::Graph, weights: &HashSet<&str>) -> HashSet<&'g str> {
    let constants = graph.node.iter().filter(|node| node.op_type == "Constant").flat_map(|node| &node.output);
    let fixed: HashSet<&str> = constants.map(String::as_str).chain(weights.iter().copied()).collect();
    let (mut shapes, mut others) = (HashSet::new(), HashSet::new());
    for node in &graph.node {
        let reshapes =
            node.op_type == "Reshape" && node.input.first().is_some_and(|data| !fixed.contains(data.as_str()));
        for (place, name) in node.input.iter().enumerate() {
            let known = if reshapes && place == 1 { &mut shapes } else { &mut others };
            known.insert(name.as_str());
        }
    }
    shapes.retain(|name| !others.contains(name));
    shapes
}

/// A value's description with a free first axis, where that is fixed at `batch`.
fn freed(info: &[u8], batch: i64) -> Option<Vec<u8>> {
    if first_axis(&onnx::ValueInfo::decode(info).ok()?) != Some(batch) {
        return Some(info.to_vec());
    }
    let free = onnx::Dimension { extent: Some(onnx::Extent::Param("batch".to_owned())) }.encode_to_vec();
    let mut first = true;
    within(&[tag::VALUE_TYPE, tag::TYPE_TENSOR, tag::TENSOR_SHAPE, tag::SHAPE_DIM], info, &mut |dim| {
        if std::mem::take(&mut first) { Some(free.clone()) } else { Some(dim.to_vec()) }
    })
}

fn reshaped_constant(node: &[u8], batch: i64) -> Option<Vec<u8>> {
    within(&[tag::NODE_ATTRIBUTE, tag::ATTRIBUTE_TENSOR], node, &mut |tensor| reshaped(tensor, batch))
}

/// A reshape for which 0 means "as it came", whatever its exporter wrote: no tensor here is empty.
fn without_allowzero(node: &[u8]) -> Option<Vec<u8>> {
    edit(node, &mut |tag, part| match tag {
        tag::NODE_ATTRIBUTE => match onnx::Attribute::decode(part) {
            Ok(attribute) if attribute.name == "allowzero" => Edit::Drop,
            _ => Edit::Keep,
        },
        _ => Edit::Keep,
    })
}

/// A target shape that begins with `batch`: with "whatever is left" in its place, or, where another axis is
/// that, with "as it came".
fn reshaped(tensor: &[u8], batch: i64) -> Option<Vec<u8>> {
    let numbers = onnx::Numbers::decode(tensor).ok()?;
    let mut shape = match numbers.raw_data.as_slice() {
        [] => numbers.int64_data,
        raw => raw.chunks_exact(8).filter_map(|chunk| Some(i64::from_le_bytes(chunk.try_into().ok()?))).collect(),
    };
    let rest_is_taken = shape.contains(&-1);
    match shape.first_mut() {
        Some(first) if *first == batch => *first = if rest_is_taken { 0 } else { -1 },
        _ => return Some(tensor.to_vec()),
    }
    let mut changed = edit(tensor, &mut |tag, _| match tag {
        tag::TENSOR_INT64 | tag::TENSOR_RAW => Edit::Drop,
        _ => Edit::Keep,
    })?;
    let raw: Vec<u8> = shape.iter().flat_map(|extent| extent.to_le_bytes()).collect();
    field(tag::TENSOR_RAW, &raw, &mut changed);
    Some(changed)
}

/// `message` with each part at the end of `path` replaced by what `change` makes of it.
fn within(path: &[u32], message: &[u8], change: &mut dyn FnMut(&[u8]) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    let Some((step, rest)) = path.split_first() else { return change(message) };
    edit(message, &mut |tag, part| if tag == *step { Edit::of(within(rest, part, change)) } else { Edit::Keep })
}

#[cfg(test)]
mod tests;
