//! From a decoded graph to its signature: the ports, and the hints that tell lookalikes apart.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Signature, port};
use crate::onnx;

/// Operators that leave a picture a picture: they change the type or the range of its values.
const RESCALES: [&str; 9] =
    ["Cast", "Identity", "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "Add", "Sub", "Mul", "Div"];

pub(super) fn signature(graph: &onnx::Graph, metadata: BTreeMap<String, String>) -> Signature {
    let weights = weight_shapes(graph);
    let inputs: Vec<_> =
        graph.input.iter().filter(|info| !weights.contains_key(info.name.as_str())).map(port).collect();
    let mut ops = BTreeMap::new();
    for node in &graph.node {
        *ops.entry(node.op_type.clone()).or_default() += 1;
    }
    let readers = inputs.first().map(|port| readers(graph, &port.name)).unwrap_or_default();
    let kernel = |node: &onnx::Node| kernel(node, &weights);
    Signature {
        first_kernel: readers.iter().find_map(|node| match kernel(node)? {
            [_, _, h, w] => Some((*h, *w)),
            _ => None,
        }),
        depthwise_5x5: graph.node.iter().filter_map(kernel).any(|shape| matches!(shape, [_, 1, 5, 5])),
        last_conv: graph
            .node
            .iter()
            .rfind(|node| weights_place(node).is_some())
            .and_then(|conv| usize::try_from(*kernel(conv)?.first()?).ok()),
        readers: readers.into_iter().map(|node| node.op_type.clone()).collect(),
        outputs: graph.output.iter().map(port).collect(),
        inputs,
        ops,
        metadata,
    }
}

/// The nodes that take the picture apart, in file order (which ONNX wants to be the order of running).
fn readers<'g>(graph: &'g onnx::Graph, picture: &'g str) -> Vec<&'g onnx::Node> {
    let mut pictures = HashSet::from([picture]);
    let mut readers = Vec::new();
    for node in &graph.node {
        if !node.input.iter().any(|name| pictures.contains(name.as_str())) {
            continue;
        }
        match node.output.first() {
            Some(same) if RESCALES.contains(&node.op_type.as_str()) => _ = pictures.insert(same),
            _ => readers.push(node),
        }
    }
    readers
}

/// Which input of a convolution, quantised or not, its weights are.
fn weights_place(node: &onnx::Node) -> Option<usize> {
    match node.op_type.as_str() {
        "Conv" | "ConvInteger" => Some(1),
        "QLinearConv" => Some(3),
        _ => None,
    }
}

/// The shape of a convolution's weights.
fn kernel<'w>(node: &onnx::Node, weights: &HashMap<&str, &'w [i64]>) -> Option<&'w [i64]> {
    weights.get(node.input.get(weights_place(node)?)?.as_str()).copied()
}

/// Shapes of what the file holds as numbers, by name: initializers, constants, and other names and types of
/// them.
fn weight_shapes(graph: &onnx::Graph) -> HashMap<&str, &[i64]> {
    let mut shapes: HashMap<&str, &[i64]> =
        graph.initializer.iter().map(|tensor| (tensor.name.as_str(), tensor.dims.as_slice())).collect();
    for node in &graph.node {
        let shape = match node.op_type.as_str() {
            "Constant" => node.attribute.iter().find_map(|a| a.t.as_ref()).map(|tensor| tensor.dims.as_slice()),
            "Identity" | "Cast" | "DequantizeLinear" => {
                node.input.first().and_then(|name| shapes.get(name.as_str()).copied())
            }
            _ => None,
        };
        if let (Some(shape), Some(name)) = (shape, node.output.first()) {
            shapes.insert(name, shape);
        }
    }
    shapes
}
